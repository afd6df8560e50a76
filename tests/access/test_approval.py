"""Whether an app is assigned to somebody, by its metadata and by the org's own records of it."""

from sfharden.access.approval import assigned_by_set, assigned_to_profile
from sfharden.access.users import who_is
from sfharden.facts.index import Index
from sfharden.model import org as tables
from sfharden.model.snapshot import Gap
from tests.orgs.constants import APP_ID, APP_LABEL, DANA, P_STANDARD, PROFILE_NAME
from tests.orgs.files import APP, ECA_OAUTH_POLICY, EXTERNAL, PROFILE, snapshot_of, swapped
from tests.orgs.tables import FILES, USERS, assigned, changed, running

PROFILES_SET, SYNC_SET = "0PS000000000001AAA", "0PS000000000004AAA"


def index(files: object = FILES, *gaps: Gap, **changes: object) -> Index:
    return Index(running(files, *gaps, **changes))  # type: ignore[arg-type]


def test_whom_the_app_is_assigned_to() -> None:
    def assigned_to(files: object, user: int = 2, **changes: object) -> bool | None:
        found = index(files, **{"app_access": None, **changes})
        return who_is(found, USERS[user], found.app("Azure Logic Apps")).pre_approved

    by_set = changed(
        APP,
        (
            "<profileName>Logic Apps Integration</profileName>",
            "<permissionSetName>Sync_Access</permissionSetName>",
        ),
    )
    assert assigned_to(FILES, 0) is True
    assert assigned_to(FILES) is False
    assert assigned_to(by_set) is False
    assert assigned_to(by_set, assignments=assigned("Sync_Access")) is True
    assert assigned_to(by_set, assignments=None) is None
    in_group = (tables.Assignment(DANA, "", "0PG000000000001AAA"),)
    assert assigned_to(by_set, assignments=in_group) is None


def test_records_and_metadata_that_differ_leave_an_assignment_open() -> None:
    def assigned_to(*sets: str, user: int = 2, lists: object = FILES, **changes: object) -> bool | None:
        rows = tuple(tables.AppAccess(f"0PS00000000000{one}AAA", APP_ID) for one in sets)
        found = index(lists, app_access=rows, **changes)
        return who_is(found, USERS[user], found.app("Azure Logic Apps")).pre_approved

    assert assigned_to("1", user=0) is True
    assert assigned_to("1") is False
    assert assigned_to(user=0) is None  # the metadata lists the profile, no record approves it
    assert assigned_to("1", "3") is None  # a record approves a profile that the metadata doesn't list
    assert assigned_to("1", "4") is False  # nor do they have that permission set
    assert assigned_to("1", "4", assignments=assigned("Sync_Access")) is None
    unlisted = changed(APP, ("<profileName>", "<profileNam>"), ("</profileName>", "</profileNam>"))
    assert assigned_to("1", user=0, lists=unlisted) is True  # only the records tell


def test_an_external_app_s_record_ids_are_told_apart_by_the_profiles_that_were_read() -> None:
    def assigned_to(profile: str, *gaps: Gap, listed: str, **changes: object) -> bool | None:
        files = swapped(FILES, APP, ("<profileName>Logic Apps Integration<", f"<profileName>{listed}<"))
        found = index(files, *gaps, **{"app_access": None, **changes})
        return assigned_to_profile(found, profile, found.app(APP_LABEL))

    assert assigned_to("Standard", listed=P_STANDARD) is True
    assert assigned_to("Standard", listed=P_STANDARD[:15]) is True  # the id without its check letters
    assert assigned_to("Admin", listed=P_STANDARD) is False
    assert assigned_to("Admin", listed="00e00000000009XAAA") is None  # of a profile that nobody read
    assert assigned_to("Admin", listed=P_STANDARD, profiles=None) is None


def test_a_profile_is_told_unassigned_only_if_no_permission_set_is_assigned_either() -> None:
    found = index(app_access=(tables.AppAccess(PROFILES_SET, APP_ID), tables.AppAccess(SYNC_SET, APP_ID)))
    app = found.app(APP_LABEL)
    assert assigned_to_profile(found, PROFILE_NAME, app) is True
    assert assigned_to_profile(found, "Standard", app) is None  # one of its users may have the set
    assert assigned_by_set(found, USERS[2], app) is False


def test_records_that_are_cut_off_never_say_that_nothing_is_assigned() -> None:
    cut = Gap(what="approvals", reason="cut off", kind=tables.APP_ACCESS)
    unlisted = changed(APP, ("<profileName>", "<profileNam>"), ("</profileName>", "</profileNam>"))
    found = index(unlisted, cut)
    app = found.app(APP_LABEL)
    assert assigned_to_profile(found, PROFILE_NAME, app) is True
    assert assigned_to_profile(found, "Standard", app) is None


def test_a_list_that_may_mean_a_name_with_a_comma_leaves_an_assignment_open() -> None:
    def assigned_to(profile: str, listed: str, *known: str) -> bool | None:
        files = swapped(EXTERNAL, ECA_OAUTH_POLICY, ("Profile>Logic Apps Integration<", f"Profile>{listed}<"))
        files |= {f"profiles/{one}.profile": EXTERNAL[PROFILE] for one in known}
        found = Index(snapshot_of(files))
        return assigned_to_profile(found, profile, found.app(APP_LABEL))

    assert assigned_to("Apps", "Apps, Sales") is True
    assert assigned_to("Apps", "Apps, Sales", "Apps%2C Sales") is None
    assert assigned_to("Other", "Apps, Sales", "Apps%2C Sales") is False
    assert assigned_to("Apps, Sales", "Apps, Sales") is None
    assert assigned_to("Apps, Sales", "Apps") is False
