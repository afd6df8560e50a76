"""Who has rights that matter at the integration's resources: each read that decides passes, fails and is unknown."""

from typing import Any

import pytest

from sfharden.checks.azure.rights_least import judge_rights_least
from sfharden.checks.common import NoParameters, Verdict
from sfharden.model.azure import AzureEntry, AzureList, AzureResource
from tests.orgs.azure_side import (
    ADMIN,
    CONNECTION,
    GROUP,
    OWNER,
    READER,
    SITE,
    SUBSCRIPTION,
    WORKFLOW,
    assignments_of,
    connection,
    context,
    gap,
    listed,
    role_assignment,
    role_definition,
    site,
    site_workflow,
    snapshot,
    workflow,
)

OTHER = "00000000-0000-4000-8000-00000000000b"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
CUSTOM = "00000000-0000-4000-8000-0000000000c1"
ROLES = (role_definition(OWNER, "*"), role_definition(READER, "*/read"))
HARDENED = role_assignment()
GROUPS = "/providers/Microsoft.Management/managementGroups/acme"


def judged(
    *rows: AzureResource,
    roles: tuple[AzureResource, ...] = ROLES,
    lists: tuple[AzureList, ...] = (),
    allowed: tuple[str, ...] = (ADMIN.upper(),),
    whole: bool = True,
    **more: Any,
) -> dict[str, Verdict]:
    """The verdicts by kind of subject; the rows stand at each resource, beside the one that is allowed."""
    everywhere = tuple(assignments_of(one, HARDENED, *rows, whole=whole) for one in (WORKFLOW, CONNECTION))
    entry = AzureEntry(workflows=("crm-sync",), allowed_principals=allowed)
    read = snapshot(workflow(), connection(), *roles, lists=(*everywhere, *lists), **more)
    found = judge_rights_least(context(read, entry), NoParameters())
    return {one.subject.kind: one for one in found}


def both(*rows: AzureResource, **more: Any) -> list[tuple[str, str | None]]:
    found = judged(*rows, **more)
    return [_told(found[kind]) for kind in ("azure-connection", "azure-workflow")]


def _told(verdict: Verdict) -> tuple[str, str | None]:
    return verdict.status.value, verdict.severity.value if verdict.severity else None


def test_only_allowed_principals_pass_and_pim_is_said() -> None:
    found = judged()
    assert {one.status.value for one in found.values()} == {"pass"}
    assert all("PIM" in one.message for one in found.values())
    eligible = [
        assignments_of(one, what="roleEligibilityScheduleInstances") for one in (WORKFLOW, CONNECTION)
    ]
    assert not any("PIM" in one.message for one in judged(lists=tuple(eligible)).values())


FAIL, WARN, LOW, PASS, UNKNOWN = (
    ("fail", None),
    ("fail", "medium"),
    ("fail", "low"),
    ("pass", None),
    ("unknown", None),
)


@pytest.mark.parametrize("scope", ["/", GROUPS, SUBSCRIPTION, GROUP, GROUP.upper()])
def test_a_user_who_takes_the_connection_over_from_a_group_or_above_fails(scope: str) -> None:
    assert both(role_assignment(OTHER, scope=scope)) == [FAIL, FAIL]


@pytest.mark.parametrize(
    "kind", ["Group", "ServicePrincipal", "ForeignGroup", "AgentUser", "Something", None]
)
def test_others_than_users_weigh_less(kind: str | None) -> None:
    assert both(role_assignment(OTHER, kind=kind)) == [WARN, WARN]


def test_a_kind_that_is_not_known_is_told() -> None:
    found = judged(role_assignment(OTHER, kind="Something"))["azure-connection"]
    assert "Something" in found.message


def test_a_user_at_the_resource_alone_weighs_less() -> None:
    assert both(role_assignment(OTHER, scope=CONNECTION)) == [WARN, PASS]


@pytest.mark.parametrize(
    ("actions", "but", "found"),
    [
        (("Microsoft.Web/connections/write",), (), [FAIL, PASS]),
        (("Microsoft.Web/connections/accessPolicies/*",), (), [FAIL, PASS]),
        (("Microsoft.Authorization/roleAssignments/*",), (), [FAIL, FAIL]),
        (("Microsoft.Web/connections/join/action",), (), [LOW, PASS]),
        (("Microsoft.Web/*/join/action", "Microsoft.Logic/*"), (), [FAIL, FAIL]),
        (("Microsoft.Logic/workflows/*",), (), [PASS, LOW]),
        (("*/read",), (), [PASS, PASS]),
        (("*/read", "Microsoft.Logic/workflows/triggers/run/action"), (), [PASS, LOW]),
        (("*",), ("*/write", "*/action", "*/read"), [LOW, LOW]),  # it may delete
        (("*",), ("*/write", "*/action", "*/delete"), [PASS, PASS]),
        (("Microsoft.Authorization/roleDefinitions/write",), (), [FAIL, FAIL]),
        (("Microsoft.Web/connections/delete", "Microsoft.Logic/workflows/disable/action"), (), [LOW, LOW]),
        (("Microsoft.Storage/*",), (), [PASS, PASS]),
        ((), (), [PASS, PASS]),
    ],
)
def test_actions_decide_not_the_names_of_roles(
    actions: tuple[str, ...], but: tuple[str, ...], found: list[object]
) -> None:
    custom = role_definition(CUSTOM, *actions, not_actions=list(but))
    assert both(role_assignment(OTHER, CUSTOM, GROUP), roles=(*ROLES, custom)) == found


def test_who_only_reads_is_told_beside_the_pass() -> None:
    found = judged(role_assignment(OTHER, READER, kind="Group"))["azure-workflow"]
    assert found.status == "pass"
    assert "1 other may read" in found.message
    assert OTHER in found.evidence[0].observed


def test_two_roles_of_one_principal_make_one_right() -> None:
    join = role_definition(CUSTOM, "Microsoft.Web/connections/join/action")
    write = role_definition(CUSTOM[:-1] + "2", "Microsoft.Logic/workflows/write")
    rows = (role_assignment(OTHER, CUSTOM, GROUP), role_assignment(OTHER, CUSTOM[:-1] + "2", GROUP))
    assert both(*rows, roles=(*ROLES, join, write)) == [FAIL, FAIL]
    apart = (rows[0], role_assignment(OTHER[:-1] + "d", CUSTOM[:-1] + "2", GROUP))
    assert both(*apart, roles=(*ROLES, join, write)) == [LOW, LOW]


def test_the_evidence_names_principal_role_scope_and_what_they_may() -> None:
    found = judged(role_assignment(OTHER, scope=GROUP))["azure-connection"]
    (told,) = found.evidence
    group, deleted = GROUP.rpartition("/")[2], f"`az role assignment delete --ids {GROUP}/providers/"
    for part in (OTHER, "role 8e3af657", f" at {group}: may ", "use the connection", "give rights", deleted):
        assert part in told.observed


def test_only_who_fails_it_is_counted_and_gets_a_command() -> None:
    rows = (role_assignment(OTHER), *(role_assignment(f"{OTHER[:-1]}{one}", READER) for one in "123"))
    found = judged(*rows)["azure-workflow"]
    assert found.message.startswith("1 principal that")
    assert "3 more only read." in found.message
    assert ["delete --ids" in one.observed for one in found.evidence] == [True, False, False, False]
    assert {one.what for one in found.evidence[:1]} == {f"assignment of {OTHER}"}


@pytest.mark.parametrize("name", ["x; rm", "a b", "$(id)", "`id`"])
def test_no_command_is_made_of_an_id_that_means_something_to_a_shell(name: str) -> None:
    row = role_assignment(OTHER)
    row = row.model_copy(update={"id": f"{row.id}{name}"})
    assert "az role" not in judged(row)["azure-connection"].evidence[0].observed


def test_each_reason_names_its_principal_and_all_are_told_at_once() -> None:
    second = OTHER[:-1] + "d"
    rows = (role_assignment(OTHER, condition="x"), role_assignment(second, CUSTOM))
    message = judged(*rows)["azure-connection"].message
    assert f"User {OTHER}" in message
    assert f"User {second}" in message


def test_without_pim_a_pass_speaks_of_standing_rights() -> None:
    assert "a standing right" in judged()["azure-connection"].message


def test_many_assignments_are_cut_and_counted() -> None:
    rows = [role_assignment(f"{OTHER[:-4]}{number:04}", scope=GROUP) for number in range(60)]
    found = judged(*rows)["azure-connection"]
    assert len(found.evidence) == 41
    assert found.evidence[-1].observed == "20 more"


@pytest.mark.parametrize("known", [OWNER, CONTRIBUTOR, "87a39d53-fc1b-424a-814c-f7e04687dc9e"])
def test_a_known_role_whose_definition_was_not_read_may_fail(known: str) -> None:
    rows = (role_assignment(OTHER, known, GROUP),)
    assert both(*rows, roles=())[0] == FAIL
    assert "was not read" in judged(*rows, roles=())["azure-connection"].message


@pytest.mark.parametrize("role", [READER, "515c2055-d9d4-4321-b1b9-bd0c9a0f79fe", CUSTOM])
def test_and_never_passes_by_its_id(role: str) -> None:
    assert both(role_assignment(OTHER, role, GROUP), roles=()) == [UNKNOWN, UNKNOWN]


def test_a_condition_is_unknown_and_so_is_one_within_a_role() -> None:
    assert both(role_assignment(OTHER, condition="x")) == [UNKNOWN, UNKNOWN]
    custom = role_definition(CUSTOM, "*", condition="x")
    assert both(role_assignment(OTHER, CUSTOM), roles=(*ROLES, custom)) == [UNKNOWN, UNKNOWN]


def test_an_assignment_that_is_not_understood_is_unknown() -> None:
    assert both(role_assignment(OTHER, principalId=None)) == [UNKNOWN, UNKNOWN]


def test_a_list_that_is_not_whole_passes_nothing_and_may_fail() -> None:
    assert both(whole=False) == [UNKNOWN, UNKNOWN]
    assert both(role_assignment(OTHER), whole=False) == [FAIL, FAIL]


def test_an_answer_without_anything_inherited_was_asked_for_the_scope_alone() -> None:
    entry = AzureEntry(workflows=("crm-sync",), allowed_principals=(ADMIN,))
    for rows in ((), (role_assignment(scope=CONNECTION),)):
        lists = (assignments_of(CONNECTION, *rows), assignments_of(WORKFLOW))
        found = judge_rights_least(
            context(snapshot(workflow(), connection(), *ROLES, lists=lists), entry), NoParameters()
        )
        assert [one.status.value for one in found] == ["unknown", "unknown"]


def test_each_scope_is_read_for_itself() -> None:
    entry = AzureEntry(workflows=("crm-sync",), allowed_principals=(ADMIN,))
    path = f"{CONNECTION}/providers/Microsoft.Authorization/roleAssignments"
    read = snapshot(
        workflow(), connection(), *ROLES, lists=(assignments_of(WORKFLOW, HARDENED),), gaps=(gap(path),)
    )
    found = {one.subject.kind: one for one in judge_rights_least(context(read, entry), NoParameters())}
    assert found["azure-workflow"].status == "pass"
    assert found["azure-connection"].status == "unknown"
    assert "403" in found["azure-connection"].message


def test_without_an_allow_list_whoever_owns_it_is_a_finding() -> None:
    assert both(allowed=()) == [FAIL, FAIL]


def test_who_may_activate_a_role_weighs_less_than_who_has_it() -> None:
    row = role_assignment(OTHER, scope=GROUP)
    lists = tuple(
        assignments_of(one, row, what="roleEligibilityScheduleInstances") for one in (WORKFLOW, CONNECTION)
    )
    assert both(lists=lists) == [WARN, WARN]


def test_deny_assignments_are_told() -> None:
    lists = (assignments_of(CONNECTION, HARDENED, what="denyAssignments"),)
    assert "1 deny assignment" in judged(role_assignment(OTHER), lists=lists)["azure-connection"].message


def test_a_standard_app_is_judged_by_its_own_actions() -> None:
    custom = role_definition(CUSTOM, "Microsoft.Web/sites/deployWorkflowArtifacts/action")
    row = role_assignment(OTHER, CUSTOM, GROUP)
    entry = AzureEntry(workflows=("crm-standard",), allowed_principals=(ADMIN,))
    for rows, status in (((row,), "fail"), ((), "pass")):
        lists = (assignments_of(SITE, HARDENED, *rows), listed(f"{SITE}/workflows", site_workflow("Request")))
        read = snapshot(site(), *ROLES, custom, lists=lists)
        (found,) = judge_rights_least(context(read, entry), NoParameters())
        assert found.status == status


def test_what_was_not_found_is_unknown() -> None:
    entry = AzureEntry(workflows=("lost",), allowed_principals=(ADMIN,))
    found = judge_rights_least(context(snapshot(), entry), NoParameters())
    assert [one.status.value for one in found] == ["unknown"]
