"""SOAP deploy, as the Salesforce CLI calls it."""

import base64
import io
import zipfile
from collections.abc import Mapping

from sfharden.emulator.generate import PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node
from tests.emulator.kit import Client, client, fault_code, zipped
from tests.emulator.packages import PROFILE_PATH, login_range, profile

CHANGE = {PROFILE_PATH: profile(login_range("192.0.2.1", "192.0.2.9"))}


def in_a_folder(package: bytes) -> bytes:
    """A package as the Salesforce CLI zips one: in a folder, with an entry for the folder itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("zip/", b"")
        for name in old.namelist():
            new.writestr(f"zip/{name}", old.read(name))
    return out.getvalue()


def deploying(files: Mapping[str, bytes], *, check_only: bool) -> str:
    content = in_a_folder(zipped(files))
    options = (
        f"<m:checkOnly>{str(check_only).lower()}</m:checkOnly><m:rollbackOnError>true</m:rollbackOnError>"
    )
    inner = f"<m:ZipFile>{base64.b64encode(content).decode()}</m:ZipFile><m:DeployOptions>{options}</m:DeployOptions>"
    return f"<m:deploy>{inner}</m:deploy>"


def asking(name: str, *, details: bool = True) -> str:
    wish = f"<m:includeDetails>{str(details).lower()}</m:includeDetails>"
    return f"<m:checkDeployStatus><m:asyncProcessId>{name}</m:asyncProcessId>{wish}</m:checkDeployStatus>"


def outcome(auditor: Client, body: str) -> Node:
    """The result of a deployment once it is done."""
    started = auditor.call(body).first("result")
    assert started is not None
    assert (started.value("done"), started.value("state")) == ("false", "Queued")
    for _ in range(5):
        result = auditor.call(asking(started.value("id"))).first("result")
        assert result is not None
        if result.value("done") == "true":
            return result
    raise AssertionError("it never ends")


def test_a_check_changes_nothing_and_a_deployment_does(auditor: Client, org: DemoOrg) -> None:
    before = dict(org.metadata)
    checked = outcome(auditor, deploying(CHANGE, check_only=True))
    assert (checked.value("status"), checked.value("checkOnly"), org.metadata) == (
        "Succeeded",
        "true",
        before,
    )
    done = outcome(auditor, deploying(CHANGE, check_only=False))
    assert (done.value("status"), done.value("checkOnly"), done.value("success")) == (
        "Succeeded",
        "false",
        "true",
    )
    assert done.value("details.componentSuccesses.fullName") == PROFILE
    assert b"192.0.2.9" in org.metadata[PROFILE_PATH]


def test_what_is_wrong_is_told_a_component(auditor: Client) -> None:
    failed = outcome(auditor, deploying({PROFILE_PATH: profile(login_range("x", "y"))}, check_only=True))
    assert (failed.value("status"), failed.value("success")) == ("Failed", "false")
    assert failed.value("details.componentFailures.fullName") == PROFILE
    assert failed.value("details.componentFailures.problem")


def test_details_come_only_when_asked_for(auditor: Client) -> None:
    result = outcome(auditor, deploying(CHANGE, check_only=True))
    bare = auditor.call(asking(result.value("id"), details=False)).first("result")
    assert bare is not None
    assert bare.first("details") is None
    assert bare.value("status") == "Succeeded"


def test_nobody_else_deploys_and_nothing_unknown_is_told(server: DemoServer, auditor: Client) -> None:
    assert fault_code(auditor.soap(asking("0Afnothing"))) == "sf:NOT_FOUND"
    with client(server, "no-modify-metadata") as caller:
        assert fault_code(caller.soap(deploying(CHANGE, check_only=False))) == "sf:INSUFFICIENT_ACCESS"
