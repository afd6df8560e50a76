"""retrieve(): the files as they are, and messages for what isn't there."""

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client, client, fault_code, listing, members


def test_retrieve_is_pending_first_and_its_zip_is_given_once(auditor: Client) -> None:
    package = f"<m:unpackaged>{members('Profile', '*')}<m:version>68.0</m:version></m:unpackaged>"
    started = auditor.call(f"<m:retrieve><m:retrieveRequest>{package}</m:retrieveRequest></m:retrieve>")
    name = started.value("result.id")
    assert started.value("result.done") == "false"
    pending = [auditor.check_retrieve(name).value("done") for _ in range(3)]
    assert pending == ["false"] * 3
    told = auditor.check_retrieve(name, with_zip=False)
    assert (told.value("done"), told.value("status"), told.first("zipFile")) == ("true", "Succeeded", None)
    assert auditor.check_retrieve(name).value("zipFile")
    assert auditor.check_retrieve(name).name == "Fault"


def test_retrieve_gives_the_files_as_they_are(auditor: Client, org: DemoOrg) -> None:
    kinds_asked = ("Profile", "ConnectedApp", "Settings", "ExternalClientApplication")
    asked = "".join(members(kind, "*") for kind in kinds_asked)
    found = auditor.retrieve(asked, single=False, version="68.0")
    kinds_found = {"profiles", "connectedApps", "settings", "externalClientApps"}
    expected = {f"unpackaged/{path}" for path in org.metadata if path.partition("/")[0] in kinds_found}
    assert set(found.files) == expected | {"unpackaged/package.xml"}
    for path in expected:
        assert found.files[path] == org.metadata[path.removeprefix("unpackaged/")]
    ids = {one.value("fullName"): one.value("id") for one in found.result.all("fileProperties")}
    assert ids["Azure_Logic_Apps"] == org.connected_apps[0].id
    assert found.problems == []


def test_missing_members_are_messages_not_files(auditor: Client) -> None:
    found = auditor.retrieve(members("Profile", "Admin", "Nobody") + members("Nonsense", "*"))
    assert set(found.files) == {"profiles/Admin.profile", "package.xml"}
    assert found.problems == [
        "Entity of type 'Profile' named 'Nobody' cannot be found",
        "Entity type: 'Nonsense' is unknown",
    ]


def test_types_newer_than_the_version_are_unknown(server: DemoServer, org: DemoOrg) -> None:
    org.versions = ("58.0", *org.versions)
    with client(server, version="58.0") as auditor:
        found = auditor.retrieve(members("ExternalClientApplication", "*"))
        assert found.problems == ["Entity type: 'ExternalClientApplication' is unknown"]
        assert fault_code(auditor.soap(listing("ExternalClientApplication"))) == "sf:INVALID_TYPE"


def test_profile_parts_come_only_with_their_components(auditor: Client, org: DemoOrg) -> None:
    part = b"<objectPermissions><allowRead>true</allowRead><object>Account</object></objectPermissions>"
    path = "profiles/Admin.profile"
    org.metadata[path] = org.metadata[path].replace(b"</Profile>", part + b"</Profile>")
    alone = auditor.retrieve(members("Profile", "Admin")).files[path]
    together = auditor.retrieve(members("Profile", "Admin") + members("CustomObject", "Account")).files[path]
    assert (b"objectPermissions" in alone, b"loginIpRanges" in alone) == (False, True)
    assert together == org.metadata[path]
