"""A row explains a change only if it went the way that the row says; one that tells no way is a candidate."""

from typing import Any

import pytest

from sfharden.checks.drift.directions import same_direction, squashed
from sfharden.model.drift import FactChange
from sfharden.model.org import SetupChange
from tests.orgs.constants import NOW

IP = "Changed connected app CRM IP relaxation setting from {} to {}"
WHO = "Changed connected app CRM Permitted Users setting from {} to {}"
ENFORCE, RELAX = "Enforce IP restrictions", "Relax IP restrictions"
ADMIN, ALL = "Admin approved users are pre-authorized", "All users may self-authorize"
PERMISSION = "Changed profile Ops: general user permission Modify All Data was changed from {} to {}"


def way(aspect: str, display: str, *, action: str = "x", **told: Any) -> bool | None:
    fact = FactChange.model_validate(
        {"part": "p", "kind": "k", "name": "n", "what": "w", "change": "changed", **told}
    )
    return same_direction(fact, aspect, SetupChange(NOW, action, "", display, "005"))


BOTH = [
    ("ipRelaxation", "ENFORCE", "BYPASS", IP.format(ENFORCE, RELAX), IP.format(RELAX, ENFORCE)),
    ("ipRelaxationPolicyType", "Enforce", "Bypass", "x from Enforce to Bypass", "x from Bypass to Enforce"),
    ("isAdminApproved", "true", "false", WHO.format(ADMIN, ALL), WHO.format(ALL, ADMIN)),
    ("isAdminApproved", "admin-approved users", "all users", WHO.format(ADMIN, ALL), WHO.format(ALL, ADMIN)),
    ("forceRelogin", "true", "false", "Changed x from on to off", "Changed x from off to on"),
    ("forceRelogin", "(not there)", "true", "Enabled x", "Disabled x"),
    ("blockOAuthUnPwFlow", "false", "true", "Changed Allow x from on to off", "Changed Allow x from off to on"),
    ("needs activation", "yes", "no", "x has changed from true to false", "x has changed from false to true"),
    ("profile", "Standard User", "System Administrator", "x from Standard User to System Administrator", "x from System Administrator to Standard User"),
    ("oauthClientCredentialUser", "a@x.example", "b@x.example",
     "Assigned OAuth client credentials user b@x.example to app CRM", "Assigned OAuth client credentials user a@x.example to app CRM"),
]  # fmt: skip


@pytest.mark.parametrize(("aspect", "was", "now", "mine", "opposite"), BOTH)
def test_the_value_that_a_row_went_to_is_the_one_that_is(
    aspect: str, was: str, now: str, mine: str, opposite: str
) -> None:
    assert (way(aspect, mine, was=was, now=now), way(aspect, opposite, was=was, now=now)) == (True, False)
    assert (way(aspect, mine, was=now, now=was), way(aspect, opposite, was=now, now=was)) == (False, True)


@pytest.mark.parametrize(
    ("aspect", "mine", "opposite", "was", "now"),
    [
        ("active", "deactivateduser", "activateduser", "yes", "no"),
        ("active", "reactivateduser", "deactivateduser", "no", "yes"),
        ("frozen", "frozeuser", "unfrozeuser", "no", "yes"),
        ("someSwitch", "someSwitchOffOn", "someSwitchOnOff", "false", "true"),
    ],
)
def test_an_action_tells_the_way_too(aspect: str, mine: str, opposite: str, was: str, now: str) -> None:
    assert way(aspect, "User x", action=mine, was=was, now=now) is True
    assert way(aspect, "User x", action=opposite, was=was, now=now) is False


@pytest.mark.parametrize("aspect", ["loginIpRanges", "ipRanges"])
def test_ranges_that_a_row_added_are_there_now(aspect: str) -> None:
    text = "{} Login Ip Range to Ops from 192.0.2.1 to 192.0.2.9"
    came: dict[str, Any] = {"added": ("192.0.2.0/24",)}
    went: dict[str, Any] = {"removed": ("192.0.2.0/24",)}
    assert [way(aspect, text.format(verb), **came) for verb in ("Added", "Deleted", "Changed")] == [
        True,
        False,
        None,
    ]
    assert [way(aspect, text.format(verb), **went) for verb in ("Added", "Deleted", "Changed")] == [
        False,
        True,
        None,
    ]


def test_a_permission_that_a_row_enabled_is_there_now() -> None:
    on, off = PERMISSION.format("disabled", "enabled"), PERMISSION.format("enabled", "disabled")
    other = ("ApiEnabled",)
    assert way("userPermissions", on, added=("ModifyAllData",), removed=other) is True
    assert way("userPermissions", off, added=("ModifyAllData",), removed=other) is False
    assert way("userPermissions", on, added=other, removed=("ModifyAllData",)) is False
    assert way("userPermissions", "Changed: API Only User turned on", added=("ApiUserOnly",)) is True
    assert way("userPermissions", "Changed: Modify All Data permission", added=("ModifyAllData",)) is None


def test_scopes_are_held_against_what_came_and_went() -> None:
    text = "Changed connected app CRM scopes from {} to {}"
    told: dict[str, Any] = {"added": ("Full",), "removed": ("Api",)}
    assert way("scopes", text.format("api, refresh_token", "full, refresh_token"), **told) is True
    assert way("scopes", text.format("full, refresh_token", "api, refresh_token"), **told) is False
    assert way("scopes", text.format("null", "web"), **told) is None


@pytest.mark.parametrize(
    "display",
    ["Changed x", "", "Changed x from 1 to 2", "Changed refresh token policy", "Enabled and disabled x"],
)
def test_a_row_that_tells_no_way_may_be_of_either(display: str) -> None:
    assert way("ipRelaxation", display, was="ENFORCE", now="BYPASS") is None


def test_what_came_or_went_has_wordings_of_its_own() -> None:
    assert way("came", "Installed x") is True
    assert squashed("Modify All Data") == squashed("ModifyAllData")
