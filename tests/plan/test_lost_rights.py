"""What moving to another profile takes from users: from files and rows, and what was not read of them."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.index import Index
from sfharden.model.integration import Integration
from sfharden.model.org import Assignment, ObjectRights, PermissionSetRow
from sfharden.model.snapshot import Component, Gap, Value
from sfharden.plan.lost_rights import Lost, find_lost, told
from sfharden.plan.ordinary_rights import ADMINISTRATIVE, is_offered
from tests.orgs.constants import DANA, INTEGRATION
from tests.orgs.files import permission, snapshot_of, xml
from tests.orgs.tables import FILES, SETS, STANDARD, running

# Dana is the integration's user, on a profile that people share.
MOVING = INTEGRATION.model_copy(update={"users": ("dana@acme.example",), "profile": "New One"})
OWN = "0PS000000000003AAA"  # the set that Dana's profile owns
ACCOUNT = ObjectRights(OWN, "Account", ("Edit", "ModifyAllRecords", "Read"))
RATING = ObjectRights(OWN, "Account.Rating", ("Read",))


def profile(*rights: str) -> Component:
    return Component(kind="Profile", name="New One", file="x", permissions=dict.fromkeys(rights, 1))


def lost(
    *rights: str,
    new: tuple[str, ...] = (),
    by: Integration = MOVING,
    gaps: tuple[Gap, ...] = (),
    **tables: Any,
) -> Lost | None:
    files: Mapping[str, str] = {
        **FILES, STANDARD: xml("Profile", "<custom>false</custom>" + "".join(map(permission, rights)))
    }  # fmt: skip
    given_: dict[str, Any] = {"object_rights": (), **tables}
    return find_lost(Index(running(files, *gaps, **given_)), by, profile(*new))


def test_what_the_new_profile_grants_too_is_not_lost() -> None:
    found = lost("ApiEnabled", "EditTask", "RunReports", new=("EditTask", "ApiEnabled"))
    assert found
    assert (found.rights, found.profiles, found.gaps) == ({"RunReports"}, ["Standard User"], [])


def test_api_enabled_is_missed_even_if_the_old_profile_lacked_it() -> None:
    found = lost("EditTask", new=("EditTask",))
    assert found
    assert found.rights == {"ApiEnabled"}


def test_what_a_permission_set_gives_stays() -> None:
    extra = PermissionSetRow("0PS000000000009AAA", "Calls", "", "", "", ("ApiEnabled",), False)
    tables: dict[str, Any] = {
        "permission_sets": (*SETS, extra),
        "assignments": (Assignment(DANA, extra.id, "", True),),
    }
    kept = lost("ApiEnabled", "EditTask", **tables)
    assert kept
    assert kept.rights == {"EditTask"}
    asleep = lost(
        "ApiEnabled", **{**tables, "permission_sets": (*SETS, extra._replace(needs_activation=True))}
    )
    assert asleep
    assert asleep.rights == {"ApiEnabled"}


def test_who_has_the_profile_already_loses_nothing() -> None:
    assert lost("ApiEnabled", by=INTEGRATION) is None


def test_objects_and_fields_are_offered_without_what_passes_over_sharing() -> None:
    found = lost("ApiEnabled", object_rights=(ACCOUNT, RATING))
    assert found
    text = told(found, MOVING)
    assert text.rights == ("ApiEnabled", "Account (Read, Edit, ModifyAllRecords)", "Account.Rating (Read)")
    assert text.offered == ("ApiEnabled", "Account (Read, Edit)", "Account.Rating (Read)")
    assert text.left_out == ("Account (ModifyAllRecords)",)


def test_an_object_s_right_may_depend_on_another_s_so_all_plain_ones_are_offered() -> None:
    contact = ObjectRights(OWN, "Contact", ("Read",))
    found = lost("ApiEnabled", object_rights=(ACCOUNT, contact))
    assert found
    found.kept_objects["Account"] = frozenset(("Read", "Edit"))
    assert found.lost_objects == {"Account": frozenset({"ModifyAllRecords"}), "Contact": frozenset({"Read"})}
    assert found.offered_objects == {"Account": frozenset({"Read", "Edit"}), "Contact": frozenset({"Read"})}


def test_a_field_without_its_object_and_a_hostile_name_are_left_out() -> None:
    evil = ObjectRights(OWN, "Account</object>", ("Read",))
    found = lost("ApiEnabled", object_rights=(RATING, evil))
    assert found
    text = told(found, MOVING)
    assert text.offered == ("ApiEnabled",)
    assert len(text.left_out) == 2


def test_what_was_not_read_is_said() -> None:
    unread = lost("ApiEnabled", object_rights=None)
    assert unread
    assert "of objects and fields was not read" in unread.gaps[0]
    partly = lost("ApiEnabled", gaps=(Gap(what="x", reason="cut off", kind="ObjectPermissions"),))
    assert partly
    assert "cut off" in partly.gaps[0]
    no_file = lost("ApiEnabled", gaps=(Gap(what="x", reason="gone", kind="Profile", name="Standard"),))
    assert no_file
    assert "Not all that the profile 'Standard User' grants was read" in no_file.gaps[0]


def test_rows_of_objects_say_nothing_of_a_profile_whose_own_set_was_not_read() -> None:
    found = lost("ApiEnabled", permission_sets=())
    assert found
    assert any("its own permission set was not read" in gap for gap in found.gaps)


def test_a_profile_that_permits_every_object_leaves_open_which() -> None:
    found = lost("ApiEnabled", "ViewAllData", object_rights=None)
    assert found
    (gap,) = found.gaps
    assert "permits every object by ViewAllData, which is never offered" in gap


def test_files_do_not_tell_who_has_which_profile() -> None:
    found = find_lost(Index(snapshot_of(FILES)), MOVING, profile())
    assert found
    assert "needs a live org" in found.gaps[0]
    assert told(found, MOVING).permission_set == ""
    assert find_lost(Index(snapshot_of(FILES)), INTEGRATION, profile()) is None


@given(st.frozensets(st.sampled_from(sorted({*ADMINISTRATIVE, "ApiEnabled", "EditTask", "Zebra"}))))
def test_whatever_is_lost_is_offered_or_named_and_nothing_administrative_offered(
    rights: frozenset[str],
) -> None:
    found = lost(*rights)
    assert found
    text = told(found, MOVING)
    assert sorted((*text.offered, *text.left_out)) == sorted(text.rights) == sorted({*rights, "ApiEnabled"})
    assert all(map(is_offered, text.offered))
    assert not ADMINISTRATIVE & set(text.offered)


def test_a_profile_of_another_licence_is_said() -> None:
    other = profile("ApiEnabled").model_copy(
        update={"values": {"userLicense": (Value(text="Salesforce Integration", line=1),)}}
    )
    files = {
        **FILES,
        STANDARD: xml("Profile", f"<userLicense>Salesforce</userLicense>{permission('ApiEnabled')}"),
    }
    found = find_lost(Index(running(files, object_rights=())), MOVING, other)
    assert found
    (gap,) = found.gaps
    assert "of the user licence 'Salesforce Integration', and 'dana@acme.example' has 'Salesforce'" in gap


def test_a_right_comes_with_the_one_that_it_depends_on() -> None:
    found = lost("ApiEnabled", "ActivitiesAccess", "EditTask", new=("ActivitiesAccess",))
    assert found
    assert found.rights == {"ApiEnabled", "EditTask"}
    assert found.offered == {"ApiEnabled", "ActivitiesAccess", "EditTask"}
