"""Small metadata files: read again they say what was asked for, whatever the names hold."""

from sfharden.emulator.templates import (
    connected_app_xml,
    external_app_files,
    permission_set_xml,
    profile_xml,
    security_xml,
    settings_xml,
)
from sfharden.emulator.xmltree import METADATA_NS, parse


def test_a_profile_has_its_ranges_and_permissions_in_order() -> None:
    tree = parse(profile_xml({"B", "A"}, ranges=[("192.0.2.1", "192.0.2.9")], custom=False))
    assert tree.value("custom") == "false"
    assert tree.value("loginIpRanges.startAddress") == "192.0.2.1"
    assert [one.value("name") for one in tree.all("userPermissions")] == ["A", "B"]
    assert tree.attributes["xmlns"] == METADATA_NS


def test_an_app_s_policy_is_said_in_its_own_words() -> None:
    tree = parse(
        connected_app_xml("A <b> & c", admin_approved=False, relaxation="BYPASS", profiles=["P & Q"])
    )
    assert tree.value("label") == "A <b> & c"
    assert tree.value("oauthConfig.isAdminApproved") == "false"
    assert tree.value("oauthPolicy.ipRelaxation") == "BYPASS"
    assert tree.values("profileName") == ["P & Q"]


def test_settings_and_permission_sets() -> None:
    security = parse(security_xml(every_request=False, trusted=[("192.0.2.1", "192.0.2.9")]))
    assert security.value("sessionSettings.enforceIpRangesEveryRequest") == "false"
    assert security.value("networkAccess.ipRanges.end") == "192.0.2.9"
    assert parse(settings_xml("MyDomain", on=True)).name == "MyDomainSettings"
    assert parse(permission_set_xml("Label", ["ApiEnabled"])).value("userPermissions.name") == "ApiEnabled"


def test_an_external_client_app_is_four_files_that_name_it() -> None:
    files = external_app_files("Ext", "An App", ipRelaxationPolicyType="Bypass")
    trees = [parse(content) for content in files.values()]
    assert len(files) == 4
    assert [tree.value("externalClientApplication") for tree in trees] == ["", "Ext", "Ext", "Ext"]
    assert "Bypass" in {tree.value("ipRelaxationPolicyType") for tree in trees}
