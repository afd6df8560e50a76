"""Over the traffic of a whole run: only reading leaves, only to the org, and no secret in any address."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sfharden.errors import OrgError
from sfharden.salesforce.auth import (
    SignInDoors,
    sign_in_with_client_credentials,
    sign_in_with_jwt,
    sign_in_with_token,
)
from sfharden.salesforce.connect import Connection, connect
from sfharden.salesforce.deploy import deploy_check_only
from sfharden.salesforce.outgoing_bodies import is_check_only, soap_operation
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from tests.salesforce.test_metadata_api import answer, properties, records
from tests.salesforce.test_retrieve import FILE, STARTED, done, zip_of

from .kit import DATA, ORG, QUERY, SOAP, TOKEN, FakeTime, loopback_org, reply

CLIENT_SECRET = "made-up-client-secret"


def an_org() -> None:
    """Answers for everything that this room asks."""
    responses.get(f"{ORG}/services/data/", json=[{"label": "x", "url": "/x", "version": "66.0"}])
    responses.get(QUERY, json={"totalSize": 0, "done": True, "records": []})
    responses.get(f"{DATA}/tooling/query/", json={"totalSize": 0, "done": True, "records": []})
    responses.get(f"{DATA}/limits", json={})
    responses.get(f"{DATA}/apps/oauth/usage", json={"apps": []})
    responses.get(f"{DATA}/sobjects/PermissionSet/describe", json={"fields": []})
    responses.get(
        f"{ORG}/services/oauth2/userinfo",
        json={"user_id": "005", "organization_id": "00D", "preferred_username": "a"},
    )
    responses.post(f"{DATA}/metadata/deployRequest", status=201, json={"id": "0Afxx0000000001AAA"})
    result = {"id": "0Af", "checkOnly": True, "done": True, "status": "Succeeded", "success": True}
    responses.get(f"{DATA}/metadata/deployRequest/0Afxx0000000001AAA", json={"deployResult": result})
    for body in (
        answer("listMetadata", properties("Profile", "Admin")),
        records('<records xsi:nil="true"/>'),
        STARTED,
        done(zip_of(FILE), FILE),
    ):
        responses.post(SOAP, body=body)


def everything(org: Connection) -> None:
    """Every call that this room can make."""
    list(org.rest.query("SELECT Id FROM Profile WHERE Name = '%&/'"))
    org.rest.count("SELECT COUNT() FROM OauthToken")
    list(org.rest.query("SELECT Score FROM SecurityHealthCheck", tooling=True))
    org.rest.limits()
    org.rest.identity()
    org.rest.describe("PermissionSet")
    org.rest.get("apps/oauth/usage", {"page": "0", "pageSize": "100"})
    org.metadata.list_metadata(["Profile"])
    org.metadata.read_metadata("Profile", ["Admin"])
    org.metadata.retrieve({"Profile": ["Admin"]})
    deploy_check_only(org.wire, org.version, b"PK")


@pytest.fixture(name="key_file")
def _key_file(tmp_path: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


def only_reads(request: requests.PreparedRequest) -> bool:
    path = urlsplit(request.url or "").path
    body = request.body if isinstance(request.body, bytes) else b""
    if request.method == "GET":
        return not request.body
    if path == "/services/oauth2/token":
        return True
    if path.startswith("/services/Soap/m/"):
        return soap_operation(body) in {"listMetadata", "readMetadata", "retrieve", "checkRetrieveStatus"}
    return path.endswith("/deployRequest") and is_check_only(str(request.headers["Content-Type"]), body)


@responses.activate
def test_a_whole_run_only_reads_and_stays_with_its_org(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    an_org()
    responses.post(f"{ORG}/services/oauth2/token", json={"access_token": TOKEN, "instance_url": ORG})
    doors = SignInDoors(CallMeter(), FakeTime().timing())
    sign_in_with_jwt(ORG, "3MVG", "a@acme.example", key_file, doors)
    session = sign_in_with_client_credentials(ORG, "3MVG", Secret(CLIENT_SECRET), doors)
    everything(connect(session, ["66.0"], doors.meter, timing=doors.timing))

    requests_made = [call.request for call in responses.calls]
    assert len(requests_made) == doors.meter.count().total == 16
    assert all(only_reads(request) for request in requests_made)
    key_text = key_file.read_text()
    for request in requests_made:
        url = urlsplit(request.url or "")
        assert f"{url.scheme}://{url.netloc}" == ORG
        for secret in (TOKEN, TOKEN[16:], CLIENT_SECRET, key_text[40:80], "assertion"):
            assert secret not in str(request.url)
    assert doors.meter.count().by_kind["soap"] == 4
    for secret in (TOKEN, CLIENT_SECRET, key_text[40:80]):
        assert secret not in caplog.text


Recorded = tuple[str, str, Mapping[str, object]]

FAULTS: dict[str, Mapping[str, object]] = {
    "503": {"status": 503},
    "403 limit": {"status": 403, "json": [{"message": TOKEN, "errorCode": "REQUEST_LIMIT_EXCEEDED"}]},
    "401": {"status": 401, "json": [{"message": TOKEN, "errorCode": "INVALID_SESSION_ID"}]},
    "reset": {"body": requests.exceptions.ConnectionError(ConnectionResetError(TOKEN))},
    "timeout": {"body": requests.exceptions.ReadTimeout(TOKEN)},
    "truncated": {"body": b'{"totalSize": 3, "records": [{"Id"'},
    "html": {"body": f"<html>{TOKEN}</html>", "content_type": "text/html"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize("broken", range(12))
def test_any_call_that_fails_is_an_error_without_a_secret(
    broken: int, fault: Mapping[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as org:
        answers = _answers()
        method, url, _ = answers[broken]
        for index, (verb, address, kwargs) in enumerate(answers):
            if index == broken or (verb, address) != (method, url):
                org.add(verb, address, **(fault if index == broken else kwargs))  # type: ignore[arg-type]
        with pytest.raises(OrgError) as caught:
            _run(broken)
    error = caught.value
    assert TOKEN not in f"{error!r}{error.hint}{vars(error)}{error.__cause__!r}{caplog.text}"
    assert error.__suppress_context__ or error.__context__ is None


def _answers() -> list[Recorded]:
    """The answers of one run, by call: method, address and what `responses` takes."""
    empty: Mapping[str, object] = {"json": {"totalSize": 0, "done": True, "records": []}}
    versions: Mapping[str, object] = {"json": [{"version": "66.0"}]}
    accepted: Mapping[str, object] = {"json": {"id": "0Afxx0000000001AAA"}}
    soap = [answer("listMetadata"), records('<records xsi:nil="true"/>'), STARTED, done(zip_of(FILE), FILE)]
    return [
        ("GET", f"{ORG}/services/data/", versions),
        ("GET", QUERY, empty),
        ("GET", f"{DATA}/tooling/query/", empty),
        ("GET", f"{DATA}/limits", {"json": {}}),
        ("GET", f"{DATA}/sobjects/PermissionSet/describe", {"json": {"fields": []}}),
        ("GET", f"{DATA}/apps/oauth/usage", {"json": {}}),
        ("POST", f"{DATA}/metadata/deployRequest", accepted),
        ("GET", f"{DATA}/metadata/deployRequest/0Afxx0000000001AAA", {"json": {}}),
        *(("POST", SOAP, {"body": body}) for body in soap),
    ]


def _run(broken: int) -> None:
    session = sign_in_with_token(ORG, Secret(TOKEN))
    org = connect(session, ["66.0"], CallMeter(), timing=FakeTime().timing())
    calls: list[Callable[[], object]] = [
        lambda: None,
        lambda: list(org.rest.query("SELECT Id FROM Profile")),
        lambda: list(org.rest.query("SELECT Id FROM Profile", tooling=True)),
        org.rest.limits,
        lambda: org.rest.describe("PermissionSet"),
        lambda: org.rest.get("apps/oauth/usage"),
        lambda: deploy_check_only(org.wire, org.version, b"PK"),
        lambda: deploy_check_only(org.wire, org.version, b"PK"),
        lambda: org.metadata.list_metadata(["Profile"]),
        lambda: org.metadata.read_metadata("Profile", ["Admin"]),
        lambda: org.metadata.retrieve({"Profile": ["*"]}),
        lambda: org.metadata.retrieve({"Profile": ["*"]}),
    ]
    calls[broken]()


def test_many_threads_share_one_wire() -> None:
    body = json.dumps({"totalSize": 7, "done": True, "records": []}).encode()
    versions = reply(200, b'[{"version": "66.0"}]')
    with loopback_org(versions, reply(200, body, Sforce_Limit_Info="api-usage=5/1000")) as server:
        meter = CallMeter()
        org = connect(sign_in_with_token(server.url, Secret(TOKEN)), ["66.0"], meter)
        with ThreadPoolExecutor(8) as pool:
            counts = list(pool.map(org.rest.count, ["SELECT COUNT() FROM OauthToken"] * 40))
        org.wire.close()
    assert counts == [7] * 40
    assert meter.count().total == len(server.seen) == 41
    assert meter.unanswered == 0


def test_the_room_opens_without_its_furniture() -> None:
    program = (
        "import sys, sfharden.salesforce\n"
        "print(sorted({'requests', 'simple_salesforce', 'urllib3', 'jwt', 'xml'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_reading_needs_no_simple_salesforce() -> None:
    program = "import sys, sfharden.salesforce.connect\nprint('simple_salesforce' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
