"""What a role permits, by actions with wildcards and what it takes away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.rights import (
    KNOWN_ROLES,
    SEVERE,
    Permission,
    Power,
    Role,
    _examples,
    covers,
    is_group_or_above,
    makes_workflows,
    matches,
    powers_of,
)
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS

WORDS = st.text(alphabet="ab/", max_size=8)
PATTERNS = st.text(alphabet="ab/*", max_size=8)
PERMISSIONS = st.builds(
    Permission,
    st.lists(PATTERNS, max_size=3).map(tuple),
    st.lists(PATTERNS, max_size=3).map(tuple),
)
GROUP = "/subscriptions/s/resourceGroups/g"
FLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/w"


@given(PATTERNS, WORDS)
def test_a_star_stands_for_any_text_and_nothing_else_does(pattern: str, action: str) -> None:
    as_regex = ".*".join(map(re.escape, pattern.split("*")))
    assert matches(pattern, action) is bool(re.fullmatch(as_regex, action))


@given(PATTERNS, WORDS)
def test_case_makes_no_difference(pattern: str, action: str) -> None:
    assert matches(pattern.upper(), action) is matches(pattern, action.upper())


@given(PERMISSIONS, WORDS)
def test_what_is_taken_away_is_never_more_than_was_given(permission: Permission, action: str) -> None:
    without = Permission(permission.actions)
    assert not permission.permits(action) or without.permits(action)
    assert Permission(("*",), permission.not_actions).permits(action) is not any(
        matches(one, action) for one in permission.not_actions
    )


@given(st.lists(PERMISSIONS, max_size=3), PERMISSIONS, WORDS)
def test_a_further_part_never_takes_anything_from_the_others(
    parts: list[Permission], more: Permission, action: str
) -> None:
    role, larger = Role("r", tuple(parts)), Role("r", (*parts, more))
    assert not role.permits(action) or larger.permits(action)


def test_many_stars_take_no_longer() -> None:
    assert not matches("*a" * 2_000 + "b", "a" * 20_000)


def role(*actions: str, but: tuple[str, ...] = ()) -> Role:
    return Role("custom", (Permission(actions, but),))


@pytest.mark.parametrize(
    ("given_role", "kind", "powers"),
    [
        (role("*"), CONNECTIONS, set(Power) - {Power.RUN, Power.SIGN, Power.READ}),
        (role("*/read"), CONNECTIONS, set()),
        (role("Microsoft.Web/connections/dynamicInvoke/action"), CONNECTIONS, {Power.USE}),
        (role("Microsoft.Web/connections/confirmConsentCode/action"), CONNECTIONS, {Power.REDIRECT}),
        (
            role("Microsoft.Web/connections/*"),
            CONNECTIONS,
            set(Power) - {Power.GIVE, Power.RUN, Power.SIGN, Power.READ},
        ),
        (role("microsoft.web/CONNECTIONS/Write"), CONNECTIONS, {Power.REDIRECT}),
        (role("*/write"), CONNECTIONS, {Power.REDIRECT, Power.OPEN, Power.GIVE}),
        (role("*/delete"), CONNECTIONS, {Power.BREAK}),
        (role("*", but=("Microsoft.Web/connections/*",)), CONNECTIONS, {Power.GIVE}),
        (role("Microsoft.Web/*/join/action"), CONNECTIONS, {Power.JOIN}),
        (role("*/read"), WORKFLOWS, {Power.READ}),
        (
            role("Microsoft.Logic/workflows/triggers/*"),
            WORKFLOWS,
            {Power.RUN, Power.SIGN, Power.CHANGE, Power.BREAK},
        ),
        (role("Microsoft.Logic/workflows/versions/*"), WORKFLOWS, {Power.SIGN, Power.CHANGE, Power.BREAK}),
        (role("Microsoft.Authorization/*"), WORKFLOWS, {Power.GIVE}),
        (role("*/read"), SITES, {Power.READ}),
        (
            role("Microsoft.Web/sites/*"),
            SITES,
            {Power.USE, Power.RUN, Power.SIGN, Power.READ, Power.CHANGE, Power.BREAK},
        ),
        (role("Microsoft.Web/sites/deployWorkflowArtifacts/action"), SITES, {Power.USE}),
        (role("*"), "microsoft.storage/storageaccounts", set()),
    ],
)
def test_powers_are_told_by_actions_not_by_names(given_role: Role, kind: str, powers: set[Power]) -> None:
    assert powers_of(given_role, kind) == powers


@pytest.mark.parametrize(
    ("action", "kind", "power"),
    [
        ("Microsoft.Authorization/roleDefinitions/write", CONNECTIONS, Power.GIVE),
        ("Microsoft.Authorization/roleAssignmentScheduleRequests/write", WORKFLOWS, Power.GIVE),
        ("Microsoft.Authorization/roleEligibilityScheduleRequests/write", SITES, Power.GIVE),
        ("Microsoft.Authorization/elevateAccess/action", SITES, Power.GIVE),
        ("Microsoft.Web/sites/config/write", SITES, Power.USE),
        ("Microsoft.Web/sites/config/*", SITES, Power.USE),
        ("Microsoft.Web/sites/config/list/action", SITES, Power.SIGN),
        ("Microsoft.Web/sites/extensions/*", SITES, Power.USE),
        ("Microsoft.Web/sites/extensions/onedeploy/action", SITES, Power.CHANGE),
        ("Microsoft.Web/sites/hostruntime/*", SITES, Power.USE),
        ("Microsoft.Web/sites/hostruntime/vfs/*", SITES, Power.USE),
        ("Microsoft.Web/sites/slots/*", SITES, Power.USE),
        ("Microsoft.Web/sites/sourcecontrols/write", SITES, Power.USE),
        ("Microsoft.Web/sites/publish/action", SITES, Power.USE),
        ("Microsoft.Web/*/neverheardof/write", SITES, Power.CHANGE),
        ("*/NeverHeardOf/action", CONNECTIONS, Power.CHANGE),
        ("Microsoft.Logic/workflows/regenerateAccessKey/action", WORKFLOWS, Power.CHANGE),
        ("Microsoft.Logic/workflows/triggers/setState/action", WORKFLOWS, Power.CHANGE),
        ("Microsoft.Logic/workflows/delete", WORKFLOWS, Power.BREAK),
        ("Microsoft.Logic/workflows/disable/action", WORKFLOWS, Power.BREAK),
        ("Microsoft.Web/connections/delete", CONNECTIONS, Power.BREAK),
        ("Microsoft.Web/connections/revokeConnectionKeys/action", CONNECTIONS, Power.BREAK),
    ],
)
def test_whoever_takes_over_or_breaks_what_is_judged_has_a_power(
    action: str, kind: str, power: Power
) -> None:
    assert power in powers_of(role(action), kind)


PLACES = st.sampled_from([CONNECTIONS, WORKFLOWS, SITES])
PARTS = st.lists(st.text(alphabet="abc", min_size=1, max_size=4), min_size=1, max_size=3).map("/".join)


@given(PLACES, PARTS, st.sampled_from(["write", "action", "delete"]))
def test_an_action_below_a_type_that_no_list_names_is_a_power_unless_it_reads(
    kind: str, part: str, verb: str
) -> None:
    assert powers_of(role(f"{kind}/{part}/{verb}"), kind)
    assert powers_of(role(f"{kind}/{part}/*"), kind)
    assert not powers_of(role(f"{kind}/{part}/read"), kind) - {Power.READ}
    assert not powers_of(role(f"{kind}/{part}/*", but=(f"{kind}/*",)), kind)


@given(PLACES, st.lists(PATTERNS, max_size=3))
def test_the_examples_of_a_pattern_fit_it(kind: str, patterns: list[str]) -> None:
    for pattern in ("*", *patterns, *(f"{kind}{one}" for one in patterns)):
        examples = list(_examples(pattern.casefold(), f"{kind}/"))
        assert all(matches(pattern, one) and one.startswith(f"{kind}/") for one in examples)


@pytest.mark.parametrize("kind", [CONNECTIONS, WORKFLOWS, SITES])
def test_who_may_all_but_write_act_and_delete_only_reads(kind: str) -> None:
    found = role("*", but=("*/write", "*/action", "*/delete"))
    assert powers_of(found, kind) <= {Power.READ}


@pytest.mark.parametrize(
    ("name", "severe", "makes"),
    [
        ("Owner", True, True),
        ("Contributor", True, True),
        ("User Access Administrator", True, False),
        ("Reader", False, False),
        ("Logic App Contributor", True, True),
        ("Logic App Operator", False, False),
    ],
)
def test_what_the_known_roles_permit(name: str, severe: bool, makes: bool) -> None:
    (found,) = [one for one in KNOWN_ROLES.values() if one.name == name]
    assert bool(powers_of(found, CONNECTIONS) & SEVERE) is severe
    assert makes_workflows(found) is makes


def test_a_contributor_gives_no_rights() -> None:
    found = KNOWN_ROLES["b24988ac-6180-42a0-ab88-20f7382dd24c"]
    assert Power.GIVE not in powers_of(found, CONNECTIONS)


@pytest.mark.parametrize(
    ("scope", "is_covered", "is_above"),
    [
        ("/", True, True),
        ("/providers/Microsoft.Management/managementGroups/acme", True, True),
        ("/subscriptions/S", True, True),
        (GROUP.upper(), True, True),
        (FLOW, True, False),
        ("/subscriptions/s/resourceGroups/g2", False, True),
        (f"{FLOW}2", False, False),
        (f"{FLOW}/triggers/t", False, False),
    ],
)
def test_a_scope_covers_what_stands_below_it(scope: str, is_covered: bool, is_above: bool) -> None:
    assert covers(scope, FLOW) is is_covered
    assert is_group_or_above(scope) is is_above
