"""Metadata files as the API shows them: by version, by permission, or not at all."""

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client, client, members


def test_elements_newer_than_the_version_are_left_out(server: DemoServer, org: DemoOrg) -> None:
    org.versions = ("48.0", "58.0", *org.versions)
    app = "connectedApps/Azure_Logic_Apps.connectedApp"
    with client(server) as auditor:
        seen = {
            version: auditor.retrieve(members("ConnectedApp", "*"), version=version).files[app]
            for version in ("48.0", "58.0", "62.0", "68.0")
        }
    assert b"oauthPolicy" not in seen["48.0"]
    assert b"oauthPolicy" in seen["58.0"]
    assert b"isPkceRequired" not in seen["58.0"]
    assert b"isPkceRequired" in seen["62.0"]
    assert b"isIpBindingEnabled" not in seen["62.0"]
    assert seen["68.0"] == org.metadata[app]


def test_consumer_secrets_are_denied_unless_the_org_and_the_caller_allow_it(
    auditor: Client, org: DemoOrg
) -> None:
    name = "Reporting_Sync_glbloauth"
    denied = auditor.retrieve(members("ExtlClntAppGlobalOauthSettings", name))
    assert list(denied.files) == ["package.xml"]
    assert "permissions" in denied.problems[0]
    assert auditor.retrieve(members("ExtlClntAppGlobalOauthSettings", "*")).problems == []
    org.knobs.eca_secrets_readable = True
    given = org.permission_set("Caller auditor")
    assert given is not None
    given.permissions.add("ViewClientSecret")
    assert len(auditor.retrieve(members("ExtlClntAppGlobalOauthSettings", name)).files) == 2


def test_a_file_can_be_missing_without_a_word(auditor: Client, org: DemoOrg) -> None:
    org.knobs.unlisted = frozenset({"profiles/Admin.profile"})
    found = auditor.retrieve(members("Profile", "*"))
    assert "profiles/Admin.profile" not in found.files
    assert found.problems == []
