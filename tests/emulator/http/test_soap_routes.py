"""The SOAP Metadata API over HTTP."""

import pytest

from sfharden.emulator import kinds
from sfharden.emulator.derive import sync
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, profile_xml
from tests.emulator.kit import Client, client, fault_code, members


def listing(*types: str) -> str:
    queries = "".join(f"<m:queries><m:type>{one}</m:type></m:queries>" for one in types)
    return f"<m:listMetadata>{queries}<m:asOfVersion>66.0</m:asOfVersion></m:listMetadata>"


def reading(kind: str, *names: str) -> str:
    inner = "".join(f"<m:fullNames>{name}</m:fullNames>" for name in names)
    return f"<m:readMetadata><m:type>{kind}</m:type>{inner}</m:readMetadata>"


def test_the_list_joins_full_names_and_record_ids(auditor: Client, org: DemoOrg) -> None:
    answer = auditor.call(listing("Profile", "ConnectedApp", "Settings"))
    found = {one.value("fileName"): one for one in answer.all("result")}
    admin = found["profiles/Admin.profile"]
    assert (admin.value("fullName"), admin.value("type")) == ("Admin", "Profile")
    assert admin.value("id") == next(one.id for one in org.profiles if one.name == "System Administrator")
    assert found["connectedApps/Azure_Logic_Apps.connectedApp"].value("id") == org.connected_apps[0].id
    assert "settings/Security.settings" in found


@pytest.mark.parametrize(
    "label", ["100% Remote", "O'Neil & Sons", "Ventes/Région", 'The "Core" Team', "営業部", "A.B (C)"]
)
def test_names_arrive_percent_encoded(auditor: Client, org: DemoOrg, label: str) -> None:
    full_name = kinds.encode_name(label)
    org.metadata[f"profiles/{full_name}.profile"] = profile_xml({"ApiEnabled"})
    sync(org)
    profile = org.profile(label)
    assert profile is not None
    found = {one.value("fullName"): one for one in auditor.call(listing("Profile")).all("result")}
    assert found[full_name].value("id") == profile.id
    escaped = full_name.replace("&", "&amp;")
    assert list(auditor.retrieve(members("Profile", escaped)).files) == [
        f"profiles/{full_name}.profile",
        "package.xml",
    ]


def test_four_queries_or_eleven_names_are_too_many(auditor: Client) -> None:
    assert fault_code(auditor.soap(listing(*["Profile"] * 4))) == "sf:EXCEEDED_ID_LIMIT"
    assert fault_code(auditor.soap(reading("Profile", *["Admin"] * 11))) == "sf:EXCEEDED_ID_LIMIT"


def test_an_unknown_type_is_a_fault(auditor: Client) -> None:
    assert fault_code(auditor.soap(listing("Nonsense"))) == "sf:INVALID_TYPE"
    assert fault_code(auditor.soap("<m:explode/>")) == "sf:INVALID_OPERATION"


def test_read_gives_a_nil_record_for_a_missing_name(auditor: Client) -> None:
    result = auditor.call(reading("Profile", "Admin", "Nobody")).first("result")
    assert result is not None
    there, missing = result.all("records")
    assert there.attributes["xsi:type"] == "Profile"
    assert (there.value("fullName"), there.value("loginIpRanges.startAddress")) == ("Admin", "198.51.100.7")
    assert missing.attributes == {"xsi:nil": "true"}


def test_settings_are_read_by_their_type_and_name(auditor: Client) -> None:
    result = auditor.call(reading("SecuritySettings", "Security")).first("result")
    assert result is not None
    assert result.value("records.sessionSettings.enforceIpRangesEveryRequest") == "true"


def test_retrieve_is_pending_first_and_its_zip_is_given_once(auditor: Client) -> None:
    package = f"<m:unpackaged>{members('Profile', '*')}<m:version>66.0</m:version></m:unpackaged>"
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
    found = auditor.retrieve(asked, single=False)
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


def test_elements_newer_than_the_version_are_left_out(server: DemoServer, org: DemoOrg) -> None:
    org.versions = ("48.0", "58.0", *org.versions)
    app = "connectedApps/Azure_Logic_Apps.connectedApp"
    with client(server) as auditor:
        seen = {
            version: auditor.retrieve(members("ConnectedApp", "*"), version=version).files[app]
            for version in ("48.0", "58.0", "62.0")
        }
    assert b"oauthPolicy" not in seen["48.0"]
    assert b"oauthPolicy" in seen["58.0"]
    assert b"isPkceRequired" not in seen["58.0"]
    assert seen["62.0"] == org.metadata[app]


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


def test_without_modify_metadata_even_reading_is_refused(server: DemoServer) -> None:
    with client(server, "no-modify-metadata") as caller:
        assert fault_code(caller.soap(listing("Profile"))) == "sf:INSUFFICIENT_ACCESS"


def test_a_wrong_session_and_a_wrong_version_are_faults(server: DemoServer) -> None:
    with client(server, token="wrong") as stranger:
        assert fault_code(stranger.soap(listing("Profile"))) == "sf:INVALID_SESSION_ID"
    with client(server, version="30.0") as old:
        assert fault_code(old.soap(listing("Profile"))) == "sf:UNSUPPORTED_API_VERSION"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<Envelope/>",
        b"<Envelope><Body/></Envelope>",
    ],
)
def test_hostile_envelopes_are_faults(auditor: Client, body: bytes) -> None:
    assert fault_code(auditor.ask("POST", "/services/Soap/m/66.0", body)) == "sf:UNKNOWN_EXCEPTION"


def test_describe_lists_the_types_of_the_version(auditor: Client) -> None:
    result = auditor.call("<m:describeMetadata><m:asOfVersion>66.0</m:asOfVersion></m:describeMetadata>")
    names = {one.value("xmlName") for one in (result.first("result") or result).all("metadataObjects")}
    assert {"Profile", "ConnectedApp", "ExternalClientApplication"} <= names
    assert "ExtlClntAppOauthSecuritySettings" not in names


def test_several_callback_addresses_in_one_element_survive(auditor: Client, org: DemoOrg) -> None:
    app = connected_app_xml("Azure Logic Apps").replace(b"/callback<", b"/callback\nhttps://b.acme.example<")
    org.metadata["connectedApps/Azure_Logic_Apps.connectedApp"] = app
    result = auditor.call(reading("ConnectedApp", "Azure_Logic_Apps"))
    assert result.value("result.records.oauthConfig.callbackUrl").count("\n") == 1
