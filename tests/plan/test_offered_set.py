"""The permission set that is offered: a file that Salesforce takes, steps in their order, and nothing overwritten."""

from typing import Any

import pytest

from sfharden.emulator.generate import PROFILE as OLD_PROFILE
from sfharden.facts.index import Index
from sfharden.model.org import Assignment, ObjectRights, OrgTables, PermissionSetRow
from sfharden.plan.lost_rights import Lost
from sfharden.plan.offered_set import set_file
from sfharden.plan.ordinary_rights import ASKED_FOR
from sfharden.plan.package import package_files
from sfharden.plan.planner import PlanResult
from sfharden.sources.metadata_files import load_proposal
from tests.orgs.files import permission, xml
from tests.plan.kit import SERVICE, Files, flat, healthy, integration, org, outcome, user, write

TEMPLATE = "profiles/Minimum Access - Salesforce.profile-meta.xml"
NEW = integration(profile="Night Robot", clone_from="Minimum Access - Salesforce")
OWN, SET = "0PS00e1", PermissionSetRow("0PSset", "crm_sync_rights", "crm-sync rights", "", "", (), False)


def tables(**changes: object) -> OrgTables:
    """The integration's user has the old profile, which has API Enabled by its file."""
    found = org(user(SERVICE, "00e1"))
    return found.model_copy(
        update={"permission_names": ("ApiEnabled",), "permissions_asked": tuple(ASKED_FOR), **changes}
    )


def planned(files: dict[str, bytes] | None = None, **changes: object) -> PlanResult:
    template = xml("Profile", "<custom>false</custom><userLicense>Salesforce</userLicense>").encode()
    content = {**healthy(), TEMPLATE: template, **(files or {})}
    return outcome(Files(content, org=tables(**changes)), NEW).planned


def test_the_set_comes_with_the_profile_and_its_step_before_the_others() -> None:
    result = planned()
    made = next(one for one in result.files if one.kind == "PermissionSet")
    assert (made.member, made.before) == ("permissionsets/crm_sync_rights.permissionset", None)
    first, second, *_ = result.plan.manual
    assert first.startswith(
        "Assign the permission set 'crm-sync rights' (crm_sync_rights) to svc@acme.example"
    )
    assert second.startswith("Give svc@acme.example the profile 'Night Robot'")
    assert any("'crm-sync rights' is new" in one for one in result.plan.undo)
    (lost,) = result.plan.rights
    assert (lost.profiles, lost.offered) == ((OLD_PROFILE,), ("ApiEnabled",))


def test_the_package_holds_it_and_can_be_judged(tmp_path: object) -> None:
    folder = write(tmp_path, package_files(planned()))  # type: ignore[arg-type]
    proposal = load_proposal(folder, "0")
    assert proposal.gaps == ()
    (one,) = proposal.of_kind("PermissionSet")
    assert (one.name, set(one.permissions)) == ("crm_sync_rights", {"ApiEnabled"})


def test_the_file_is_in_the_order_of_the_schema_and_escaped() -> None:
    lost = Lost(
        rights={"ApiEnabled", "ModifyAllData"},
        objects={"Account": frozenset({"Read", "ViewAllRecords"}), "Account.Rating": frozenset({"Read"})},
    )
    file = set_file(integration(name="<a> & b"), lost)
    paths = list(dict.fromkeys(path.partition(".")[0] for path, _, _ in flat(file)[1:]))
    assert paths == sorted(paths)
    assert ("label", "[]", "<a> & b rights") in flat(file)
    assert ("objectPermissions.viewAllRecords", "[]", "false") in flat(file)
    assert b"ModifyAllData" not in file


def test_planning_again_makes_it_no_second_time_and_asks_for_it_until_it_is_assigned() -> None:
    there = SET._replace(permissions=("ApiEnabled",))
    sets = (*(tables().permission_sets or ()), there)
    again = planned(permission_sets=sets)
    assert [one.kind for one in again.files] == ["Profile"]
    assert again.plan.manual[0].startswith("Assign the permission set")
    given = planned(permission_sets=sets, assignments=(Assignment(f"005{SERVICE}", there.id, "", True),))
    assert not any(one.startswith("Assign") for one in given.plan.manual)


def test_a_set_of_that_name_that_lacks_something_is_not_overwritten() -> None:
    result = planned(permission_sets=(*(tables().permission_sets or ()), SET))
    assert [one.kind for one in result.files] == ["Profile"]
    assert any("is there already, and it doesn't grant API Enabled" in one for one in result.plan.conditions)


def test_nothing_is_offered_where_nothing_is_lost() -> None:
    template = xml(
        "Profile", f"<custom>false</custom><userLicense>Salesforce</userLicense>{permission('ApiEnabled')}"
    )
    result = planned({TEMPLATE: template.encode()})
    assert [one.kind for one in result.files] == ["Profile"]
    assert result.plan.conditions == ()


@pytest.mark.parametrize("rows", [None, (ObjectRights(OWN, "Account", ("Read",)),)])
def test_objects_are_offered_or_said_to_be_unread(rows: tuple[ObjectRights, ...] | None) -> None:
    result = planned(object_rights=rows)
    assert bool(result.plan.conditions) is (rows is None)
    assert ("Account (Read)" in result.plan.rights[0].offered) is (rows is not None)


def test_an_index_of_files_alone_tells_of_no_set() -> None:
    result = outcome(
        Files({**healthy(), TEMPLATE: xml("Profile", "<custom>false</custom>").encode()}), NEW
    ).planned
    assert "PermissionSet" not in {one.kind for one in result.files}
    assert any("needs a live org" in one for one in result.plan.conditions)
    assert Index(Files(healthy()).material().snapshot).apps


ACCOUNT = (ObjectRights(OWN, "Account", ("Create", "Edit", "Read")),)


def there(*rights: str, needs_activation: bool | None = False) -> dict[str, Any]:
    """A set of that name is in the org, and nobody has it."""
    row = SET._replace(permissions=rights, needs_activation=needs_activation)
    return {"permission_sets": (*(tables().permission_sets or ()), row)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {**there("ApiEnabled"), "object_rights": ACCOUNT},
            "it doesn't grant Account (Read, Create, Edit), as far",
        ),
        (
            {
                **there("ApiEnabled"),
                "object_rights": (*ACCOUNT, ObjectRights(SET.id, "Account", ("Read",))),
            },
            "it doesn't grant Account (Create, Edit), as far",
        ),
        (there("ApiEnabled", needs_activation=True), "for sure: it has to be activated in each session"),
        (there("ApiEnabled", needs_activation=None), "for sure: whether it has to be activated"),
        (there("ApiEnabled", "ModifyAllData"), "it also grants what is never offered: ModifyAllData"),
        ({**there("ApiEnabled"), "permissions_asked": ()}, "whether it also grants AssignPermissionSets"),
    ],
)
def test_a_set_that_does_not_do_is_looked_at_first_and_not_assigned(
    changes: dict[str, Any], told: str
) -> None:
    plan = planned(**changes).plan
    (condition,) = plan.conditions
    assert told in condition
    assert condition.endswith("then assign it to svc@acme.example, before any other step by hand.")
    assert not any(one.startswith("Assign") for one in plan.manual)


def test_a_set_that_holds_what_is_lost_is_assigned() -> None:
    rows = (*ACCOUNT, ObjectRights(SET.id, "Account", ("Create", "Delete", "Edit", "Read")))
    plan = planned(**there("ApiEnabled"), object_rights=rows).plan
    assert plan.conditions == ()
    assert plan.manual[0].startswith("Assign the permission set")


def test_a_file_of_that_name_without_a_record_is_no_better() -> None:
    text = xml("PermissionSet", f"<label>x</label>{permission('ApiEnabled')}{permission('ManageUsers')}")
    plan = planned({"permissionsets/CRM_sync_rights.permissionset": text.encode()}).plan
    assert any("it also grants what is never offered: ManageUsers" in one for one in plan.conditions)
    assert not any(one.startswith("Assign") for one in plan.manual)
