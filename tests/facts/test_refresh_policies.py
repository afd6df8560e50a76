"""How long refresh tokens live, as either kind of app writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.apps import App
from sfharden.facts.refresh_policies import RefreshPolicy
from sfharden.facts.values import CannotTell
from tests.facts.build import connected, external
from tests.orgs.healthy import ECA_GLOBAL, ECA_OAUTH_POLICY

MONTH = 31 * 24
POLICIES = [
    ("infinite", ("Infinite", "", ""), RefreshPolicy(None)),
    ("zero", ("Zero", "", ""), RefreshPolicy(0)),
    ("specific_lifetime:60:MONTHS", ("SpecificLifetime", "60", "Months"), RefreshPolicy(60 * MONTH)),
    ("specific_lifetime:1:HOURS", ("SpecificLifetime", "1", "Hours"), RefreshPolicy(1)),
    ("specific_lifetime:365:DAYS", ("SpecificLifetime", "365", "Days"), RefreshPolicy(365 * 24)),
    ("specific_inactivity:30:DAYS", ("SpecificInactivity", "30", "Days"), RefreshPolicy(720, True)),
    ("specific_inactivity:0:DAYS", ("SpecificInactivity", "0", "Days"), RefreshPolicy(0, True)),
    ("SPECIFIC_LIFETIME:2:days", ("Specific_Lifetime", "2", "DAYS"), RefreshPolicy(48)),
]


def old_policy(text: str) -> App:
    return connected(("specific_inactivity:30:DAYS", text))


def new_policy(form: str, number: str, unit: str) -> App:
    return external(
        ECA_OAUTH_POLICY,
        ("SpecificInactivity", form),
        ("Period>30<", f"Period>{number}<"),
        ("Unit>Days<", f"Unit>{unit}<"),
    )


@pytest.mark.parametrize(("old", "new", "policy"), POLICIES)
def test_refresh_policies_of_both_kinds(old: str, new: tuple[str, str, str], policy: RefreshPolicy) -> None:
    assert old_policy(old).refresh_policy().value == policy
    assert new_policy(*new).refresh_policy().value == policy


@given(st.integers(0, 10**8), st.sampled_from(["hours", "days", "months"]), st.booleans())
def test_a_lifetime_of_any_length_is_read(number: int, unit: str, idle: bool) -> None:
    form = "specific_inactivity" if idle else "specific_lifetime"
    policy = old_policy(f"{form}:{number}:{unit.upper()}").refresh_policy().value
    assert policy == RefreshPolicy(number * {"hours": 1, "days": 24, "months": MONTH}[unit], idle)
    assert new_policy(form, str(number), unit).refresh_policy().value == policy


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        ("", "DAYS"),
        ("-1", "DAYS"),
        ("1.5", "DAYS"),
        ("٣", "DAYS"),
        ("9" * 5000, "DAYS"),
        ("1", "YEARS"),
        ("1", ""),
    ],
)
@pytest.mark.parametrize("form", ["specific_lifetime", "specific_inactivity"])
def test_a_lifetime_that_is_no_number_of_known_units_can_not_be_told(
    form: str, number: str, unit: str
) -> None:
    for app in (old_policy(f"{form}:{number}:{unit}"), new_policy(form, number, unit)):
        with pytest.raises(CannotTell):
            app.refresh_policy()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "forever",
        "infinite:1:DAYS",
        "zero:",
        "specific_lifetime",
        "specific_lifetime:1",
        "specific_lifetime:1:DAYS:2",
    ],
)
def test_a_policy_of_another_form_can_not_be_told(text: str) -> None:
    with pytest.raises(CannotTell):
        old_policy(text).refresh_policy()


def test_an_external_policy_of_another_form_can_not_be_told() -> None:
    with pytest.raises(CannotTell, match="doesn't know"):
        new_policy("Forever", "1", "Days").refresh_policy()


@pytest.mark.parametrize("value", [True, False])
def test_the_developer_s_idle_limit_is_read_where_it_stands(value: bool) -> None:
    element = f"<isEnforceRefreshTokenTTL>{str(value).lower()}</isEnforceRefreshTokenTTL>"
    assert connected(("<oauthConfig>", f"<oauthConfig>{element}")).idle_limit().value is value
    assert external(ECA_GLOBAL, ("<isPkce", f"{element}<isPkce")).idle_limit().value is value


def test_an_idle_limit_that_is_not_there_can_not_be_told() -> None:
    for app in (connected(), external()):
        with pytest.raises(CannotTell, match="not in the file"):
            app.idle_limit()
