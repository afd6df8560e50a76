"""Files kept in parts: read as one, or a gap for each part; and nothing else is taken for a part."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.checks.evaluate import evaluate
from sfharden.errors import NoVerdictError
from sfharden.model import kinds
from sfharden.model.results import Result
from sfharden.model.snapshot import Component, Snapshot
from sfharden.sources.decomposed import may_be_part
from sfharden.sources.metadata_files import load_raw, load_snapshot
from tests.orgs import healthy
from tests.orgs.metadata import HEALTHY, INTEGRATION, NOW, PROFILE, login_range, permission, write, xml

NAME = "Logic Apps Integration"
FOLDER = f"profiles/{NAME}"
MAIN = f"{FOLDER}/{NAME}.profile-meta.xml"
RANGE = f"{FOLDER}/loginIpRanges/a1b2.loginIpRanges-meta.xml"
RIGHTS = f"{FOLDER}/userPermissions/ApiEnabled.userPermissions-meta.xml"
BARE = xml("Profile", "<custom>true</custom>\n<userLicense>Salesforce</userLicense>")
ALL = xml("Profile", login_range("0.0.0.0", "255.255.255.255"))
API = xml("Profile", permission("ApiEnabled"))
SET = "permissionsets/Azure_Ops/Azure_Ops.permissionset-meta.xml"
SET_PART = "permissionsets/Azure_Ops/Azure_Ops.userPermissions-meta.xml"
RANGES = ("login-ranges-cover-egress", "login-ranges-bounded", "app-ip-enforced", "login-ranges-everywhere")


def loaded(tmp_path: Path, files: dict[str, str]) -> Snapshot:
    return load_snapshot(write(files, tmp_path), "0")


def profile(snapshot: Snapshot) -> Component:
    (found,) = snapshot.of_kind(kinds.PROFILE)
    return found


def gaps(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    return {(gap.what, gap.kind, gap.name) for gap in snapshot.gaps}


def org_of(tmp_path: Path, files: dict[str, str]) -> Snapshot:
    """The healthy org whose own profile is kept in other files."""
    rest = {path: text for path, text in HEALTHY.items() if path != PROFILE}
    return loaded(tmp_path, {**rest, **files})


def judged(snapshot: Snapshot, control_id: str) -> tuple[Result, ...]:
    policy = healthy.policy_of(healthy.control(control_id))
    return evaluate(snapshot, [policy], [INTEGRATION], (), NOW, "0").results


def statuses(snapshot: Snapshot, control: str) -> set[str]:
    found = judged(snapshot, control)
    return {one.status.value for one in found if one.subject.name not in ("Admin", "System Administrator")}


def test_a_profile_is_put_together_from_its_parts(tmp_path: Path) -> None:
    found = profile(loaded(tmp_path, {MAIN: BARE, RANGE: ALL, RIGHTS: API}))
    assert (found.name, found.file) == (NAME, MAIN)
    assert set(found.permissions) == {"ApiEnabled"}
    assert [group.values["endAddress"] for group in found.groups["loginIpRanges"]] == ["255.255.255.255"]
    assert set(found.parts) == {RANGE, RIGHTS}
    assert found.where(found.permissions["ApiEnabled"]) == MAIN  # a line would be one of another file


def test_f038_ranges_in_a_part_are_the_profile_s(tmp_path: Path) -> None:
    snapshot = org_of(tmp_path, {MAIN: BARE, RANGE: ALL, RIGHTS: API})
    assert snapshot.gaps == ()
    for control in ("login-ranges-bounded", "app-ip-enforced", "login-ranges-everywhere"):
        assert statuses(snapshot, control) == {"fail"}
    right = xml(
        "Profile", login_range("192.0.2.0", "192.0.2.15") + login_range("198.51.100.7", "198.51.100.7")
    )
    snapshot = org_of(tmp_path, {MAIN: BARE, RANGE: right, RIGHTS: API})
    for control in (*RANGES, "login-ranges-keep-operator-way-in"):
        assert statuses(snapshot, control) == {"pass"}


@pytest.mark.parametrize("control", RANGES)
def test_f038_a_profile_of_which_parts_may_be_missing_is_not_one_without_ranges(
    tmp_path: Path, control: str
) -> None:
    assert statuses(org_of(tmp_path, {MAIN: BARE}), control) == {"unknown"}
    trimmed = xml("Profile", "<custom>true</custom>")
    assert statuses(org_of(tmp_path, {PROFILE: trimmed}), control) == {"unknown"}


def test_f037_permissions_in_a_part_of_a_permission_set_are_its_own(tmp_path: Path) -> None:
    granting = xml("PermissionSet", permission("UseAnyApiClient") + permission("ModifyAllData"))
    snapshot = org_of(
        tmp_path,
        {
            PROFILE: HEALTHY[PROFILE],
            SET: xml("PermissionSet", "<label>Azure Ops</label>"),
            SET_PART: granting,
        },
    )
    assert snapshot.gaps == ()
    found = {one.subject.name: one.status.value for one in judged(snapshot, "use-any-api-client-restricted")}
    assert found["Azure_Ops"] == "fail"


@pytest.mark.parametrize(
    "path",
    [
        "permissionsets/Azure_Ops/userPermissions.xml",  # grouped by tag
        "permissionsets/Azure_Ops/userPermissions/UseAnyApiClient.userPermissions-meta.xml",  # one by one
        "force-app/main/default/permissionsets/team/Azure_Ops/Azure_Ops.userPermissions-meta.xml",
    ],
)
def test_every_layout_is_read(tmp_path: Path, path: str) -> None:
    folder = path.split("Azure_Ops/")[0]
    files = {
        f"{folder}Azure_Ops/Azure_Ops.permissionset-meta.xml": xml("PermissionSet", "<label>Ops</label>"),
        path: xml("PermissionSet", permission("UseAnyApiClient")),
    }
    snapshot = loaded(tmp_path, files)
    (found,) = snapshot.of_kind(kinds.PERMISSION_SET)
    assert (set(found.permissions), snapshot.gaps) == ({"UseAnyApiClient"}, ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{FOLDER}/loginIpRanges.yaml", "loginIpRanges: []"),
        (f"{FOLDER}/loginIpRanges/a1.loginIpRanges-meta.json", "{}"),
        (RANGE, "<Profile"),
        (RANGE, "<!DOCTYPE x><Profile/>"),
        (RANGE, xml("PermissionSet", permission("ApiEnabled"))),
    ],
)
def test_a_part_that_cannot_be_read_is_a_gap_of_the_whole(tmp_path: Path, path: str, text: str) -> None:
    snapshot = org_of(tmp_path, {MAIN: BARE, RIGHTS: API, path: text})
    assert gaps(snapshot) == {(path, kinds.PROFILE, NAME)}
    for control in (*RANGES[:3], "integration-profile-least-privilege"):
        assert statuses(snapshot, control) == {"unknown"}


def test_parts_without_their_main_file_are_gaps_of_what_they_are_named_after(tmp_path: Path) -> None:
    snapshot = org_of(tmp_path, {RANGE: ALL, "profiles/Bot.loginHours-meta.xml": BARE})
    assert gaps(snapshot) == {
        (RANGE, kinds.PROFILE, NAME),
        ("profiles/Bot.loginHours-meta.xml", kinds.PROFILE, "Bot"),
    }
    assert statuses(snapshot, "login-ranges-bounded") == {"unknown"}


def test_settings_may_be_kept_in_parts_too(tmp_path: Path) -> None:
    main = "settings/Security/Security.settings-meta.xml"
    part = "settings/Security/sessionSettings/x.sessionSettings-meta.xml"
    session = "<sessionSettings><sessionTimeout>TwoHours</sessionTimeout></sessionSettings>"
    files = {main: xml("SecuritySettings", "<networkAccess/>"), part: xml("SecuritySettings", session)}
    (found,) = loaded(tmp_path, files).of_kind(kinds.SECURITY)
    assert found.values["sessionSettings.sessionTimeout"][0].text == "TwoHours"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "force-app/main/default/lwc/settings/settings.js-meta.xml",
            xml("LightningComponentBundle", "<x>1</x>"),
        ),
        ("classes/profiles/Foo.cls-meta.xml", xml("ApexClass", "<apiVersion>60.0</apiVersion>")),
        ("staticresources/settings/data.json", "{}"),
        ("profiles/README.md", "# Profiles"),
        ("settings/notes.yaml", "x: 1"),
        ("profiles/package.json", "{}"),
    ],
)
def test_what_is_no_part_is_neither_read_nor_a_gap(tmp_path: Path, path: str, text: str) -> None:
    snapshot = loaded(tmp_path, {PROFILE: HEALTHY[PROFILE], path: text})
    assert (len(snapshot.components), snapshot.gaps) == (1, ())


def test_a_zip_holds_parts_like_a_folder(tmp_path: Path) -> None:
    archive = tmp_path / "org.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path, text in {MAIN: BARE, RANGE: ALL}.items():
            packed.writestr(path, text)
    assert profile(load_snapshot(archive, "0")).groups["loginIpRanges"]


def test_a_plan_does_not_edit_what_is_kept_in_parts(tmp_path: Path) -> None:
    one = profile(loaded(tmp_path, {MAIN: BARE, RANGE: ALL}))
    with pytest.raises(NoVerdictError, match="kept in parts"):
        load_raw(tmp_path, {one.file: one})


@given(st.text(alphabet="abX/.-_ é", max_size=40))
def test_only_what_lies_below_a_folder_of_a_type_may_be_a_part(path: str) -> None:
    assert not may_be_part(path)
    assert not may_be_part(f"classes/{path}")
