"""The SOAP Metadata API over HTTP."""

import pytest

from sfharden.emulator import kinds
from sfharden.emulator.derive import sync
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, profile_xml
from tests.emulator.kit import Client, client, fault_code, listing, members


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


def test_describe_lists_the_types_of_the_version(server: DemoServer) -> None:
    with client(server, version="66.0") as older:
        result = older.call("<m:describeMetadata><m:asOfVersion>66.0</m:asOfVersion></m:describeMetadata>")
    names = {one.value("xmlName") for one in (result.first("result") or result).all("metadataObjects")}
    assert {"Profile", "ConnectedApp", "ExternalClientApplication"} <= names
    assert "ExtlClntAppOauthSecuritySettings" not in names


def test_several_callback_addresses_in_one_element_survive(auditor: Client, org: DemoOrg) -> None:
    app = connected_app_xml("Azure Logic Apps").replace(b"/callback<", b"/callback\nhttps://b.acme.example<")
    org.metadata["connectedApps/Azure_Logic_Apps.connectedApp"] = app
    result = auditor.call(reading("ConnectedApp", "Azure_Logic_Apps"))
    assert result.value("result.records.oauthConfig.callbackUrl").count("\n") == 1


def test_a_retrieve_request_may_go_by_the_name_that_the_salesforce_cli_gives_it(auditor: Client) -> None:
    types = "<m:types><m:members>Admin</m:members><m:name>Profile</m:name></m:types>"
    package = f"<m:unpackaged>{types}<m:version>66.0</m:version></m:unpackaged>"
    for name in ("request", "retrieveRequest"):
        started = auditor.call(
            f"<m:retrieve><m:{name}><m:singlePackage>true</m:singlePackage>{package}</m:{name}></m:retrieve>"
        )
        asked = f"<m:asyncProcessId>{started.value('result.id')}</m:asyncProcessId>"
        for _ in range(4):
            answer = auditor.call(f"<m:checkRetrieveStatus>{asked}</m:checkRetrieveStatus>")
            if answer.value("result.done") == "true":
                break
        assert answer.value("result.fileProperties.fileName") == "profiles/Admin.profile"
