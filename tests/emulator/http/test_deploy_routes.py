"""REST deploy: a job that is asked for until it's done, and requests that start none."""

from sfharden.emulator.generate import PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client, client, zipped
from tests.emulator.packages import (
    PROFILE_PATH,
    login_range,
    profile,
)


def test_a_check_is_pending_first_and_changes_nothing(auditor: Client, org: DemoOrg) -> None:
    before = dict(org.metadata)
    content = zipped({PROFILE_PATH: profile(login_range("192.0.2.1", "192.0.2.9"))})
    started = auditor.start_deploy(content, check_only=True)
    name = started.json["id"]
    assert (started.status, started.json["deployResult"]["status"]) == (201, "Pending")
    pending = auditor.get(f"metadata/deployRequest/{name}").json["deployResult"]
    assert (pending["done"], pending["status"]) == (False, "InProgress")
    plain = auditor.get(f"metadata/deployRequest/{name}").json["deployResult"]
    assert (plain["status"], plain["checkOnly"], "details" in plain) == ("Succeeded", True, False)
    detailed = auditor.get(f"metadata/deployRequest/{name}?includeDetails=true").json["deployResult"]
    (success,) = detailed["details"]["componentSuccesses"]
    assert (success["fullName"], success["componentType"]) == (PROFILE, "Profile")
    assert org.metadata == before


def test_without_modify_metadata_nothing_is_deployed(server: DemoServer) -> None:
    with client(server, "no-modify-metadata") as caller:
        assert caller.start_deploy(zipped({})).code == "INSUFFICIENT_ACCESS"


def test_what_is_no_deploy_request_is_refused(auditor: Client) -> None:
    target = "/services/data/v66.0/metadata/deployRequest"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert auditor.ask("POST", target, b"{}").code == "JSON_PARSER_ERROR"
    part = b'--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n%s\r\n--b--\r\n'
    assert auditor.ask("POST", target, part % b'{"deployOptions": 1}', headers).code == "JSON_PARSER_ERROR"
    assert auditor.ask("POST", target, part % b'{"deployOptions": {}}', headers).code == "MISSING_ARGUMENT"
    assert auditor.get("metadata/deployRequest/0Afnothing").code == "NOT_FOUND"


def test_the_options_may_go_by_the_name_that_the_salesforce_cli_gives_them(auditor: Client) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    head = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    options = head % (b"entity_content", b'{"deployOptions": {"checkOnly": true}}')
    body = options + head % (b"file", zipped({})) + b"--b--\r\n"
    answer = auditor.ask("POST", "/services/data/v66.0/metadata/deployRequest", body, headers)
    assert (answer.status, answer.json["deployResult"]["checkOnly"]) == (201, True)
