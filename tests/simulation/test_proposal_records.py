"""The org's records after a proposal: they say what its metadata says, and what that leaves open is a gap."""

from sfharden.model.org import PermissionSetRow
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.simulation.proposal import overlay
from sfharden.simulation.proposal_records import with_records
from tests.orgs.files import APP, HEALTHY, SECURITY, permission, snapshot_of, xml
from tests.orgs.tables import APPROVE, FILES, SETS, STANDARD, UNLOCKED, running


def after(files: dict[str, str], before: Snapshot | None = None) -> Snapshot:
    return overlay(before or running(), snapshot_of(files))


# The org's records of an app ----------------------------------------------------------------


def access_after(files: dict[str, str]) -> set[str]:
    """The permission sets that would be approved for the app."""
    tables = after(files).org
    assert tables is not None
    return {one.permission_set_id for one in tables.app_access or ()}


def test_records_say_what_the_proposals_metadata_says() -> None:
    own, admins = "0PS000000000001AAA", "0PS000000000002AAA"
    both = HEALTHY[APP].replace(
        "<profileName>", "<profileName>System Administrator</profileName>\n<profileName>"
    )
    assert access_after({SECURITY: UNLOCKED}) == {own}
    assert access_after({APP: both}) == {own, admins}
    by_set = both.replace(
        "<profileName>Logic", "<permissionSetName>sync_access</permissionSetName>\n<profileName>Logic"
    )
    assert access_after({APP: by_set}) == {own, admins, "0PS000000000004AAA"}
    found = after({APP: both}).org
    assert found is not None
    assert [row.admin_approved for row in found.apps or ()] == [None]  # overtaken by the metadata


def test_a_name_that_leads_nowhere_leaves_it_open_who_would_be_approved() -> None:
    unknown = HEALTHY[APP].replace("Logic Apps Integration</profileName>", "New Profile</profileName>")
    found = after({APP: unknown})
    (gap,) = found.gaps
    assert "'New Profile'" in gap.reason
    assert gap.kind == "SetupEntityAccess"
    assert found.org is not None
    assert found.org.app_access == ()


def test_doing_it_twice_changes_nothing_more() -> None:
    before = running()
    once = overlay(
        before,
        snapshot_of(
            {APP: HEALTHY[APP].replace("ENFORCE", "BYPASS").replace("Logic Apps Integration</", "X</")}
        ),
    )
    assert with_records(before, once) == once


# The org's records of permissions -----------------------------------------------------------


def permitted_after(files: dict[str, str], before: Snapshot | None = None) -> dict[str, tuple[str, ...]]:
    tables = after(files, before).org
    assert tables is not None
    return {one.name: one.permissions for one in tables.permission_sets or ()}


def test_records_of_permissions_say_what_the_proposals_metadata_says() -> None:
    grant = permission("CanApproveUninstalledApps") + permission("Unheard")
    assert permitted_after({STANDARD: xml("Profile", grant)})["X3"] == ("CanApproveUninstalledApps",)
    off = "<userPermissions><enabled>false</enabled><name>CanApproveUninstalledApps</name></userPermissions>"
    sets = "permissionsets/approver.permissionset"
    assert permitted_after({sets: xml("PermissionSet", off)})["Approver"] == ()
    assert after({SECURITY: UNLOCKED}).org == running().org


def test_a_changed_permission_set_leaves_open_what_groups_would_permit() -> None:
    group = PermissionSetRow("0PS000000000006AAA", "Group", "", "", "0PG000000000001AAA", ())
    before = running(permission_sets=(*SETS, group))
    found = after(
        {"permissionsets/Sync_Access.permissionset": xml("PermissionSet", permission(APPROVE))}, before
    )
    (gap,) = found.gaps
    assert gap.kind == "PermissionSet"
    assert with_records(before, found) == found


def test_files_without_records_stay_as_they_are() -> None:
    before, proposed = (
        snapshot_of(HEALTHY),
        snapshot_of({**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}),
    )
    assert with_records(before, proposed) == proposed


def test_an_app_that_the_org_has_no_record_of_leaves_it_open_who_would_be_approved() -> None:
    found = after({APP.replace("Azure", "Other"): HEALTHY[APP]})
    (gap,) = found.gaps
    assert gap.what == "Who would be approved for Other_Logic_Apps"
    assert gap.reason == "the org has no record of it that could be told"


def test_tables_that_were_not_read_are_not_made_up() -> None:
    before = running(apps=None, app_access=None, permission_sets=None)
    changed = {APP: HEALTHY[APP].replace("ENFORCE", "BYPASS"), STANDARD: xml("Profile", permission(APPROVE))}
    found = after(changed, before).org
    assert found is not None
    assert (found.apps, found.app_access, found.permission_sets) == (None, None, None)


def test_a_gap_of_before_stays_and_is_told_once() -> None:
    gap = Gap(what="x", reason="gone", kind="Profile")
    found = overlay(running(), snapshot_of({SECURITY: UNLOCKED}, gap))
    assert with_records(running(), found).gaps == (gap,)


SYNC = "permissionsets/Sync_Access.permissionset"


def set_after(body: str, before: Snapshot | None = None) -> PermissionSetRow:
    tables = after({SYNC: xml("PermissionSet", body)}, before).org
    assert tables is not None
    return next(one for one in tables.permission_sets or () if one.name == "Sync_Access")


def test_a_set_has_to_be_activated_where_the_proposal_says_so() -> None:
    for said in (True, False):
        body = f"<hasActivationRequired>{str(said).lower()}</hasActivationRequired>"
        assert set_after(body).needs_activation is said
    assert set_after("<hasActivationRequired>perhaps</hasActivationRequired>").needs_activation is None
    told = running(permission_sets=tuple(one._replace(needs_activation=True) for one in SETS))
    assert set_after("<label>Sync</label>", told).needs_activation is True


def test_what_a_sets_new_file_leaves_out_counts_neither_as_held_nor_as_taken_away() -> None:
    """Whether a deployment takes it away is documented of profiles, which keep it, and not of permission sets."""
    path = "permissionsets/Approver.permissionset"
    today = snapshot_of({**FILES, path: xml("PermissionSet", permission(APPROVE))})
    read = running().model_copy(update={"components": today.components})
    for before in (running(), read):  # by the set's record alone, and by its file too
        found = after({path: xml("PermissionSet", "<label>Approver</label>")}, before)
        (gap,) = found.gaps
        assert gap.kind == "PermissionSet"
        assert APPROVE in gap.reason
        assert permitted_after({path: xml("PermissionSet", "<label>A</label>")}, before)["Approver"] == ()
        assert with_records(before, found) == found
    kept = after({STANDARD: xml("Profile", permission(APPROVE))})
    assert after({STANDARD: xml("Profile", "<description>x</description>")}, kept).gaps == ()
