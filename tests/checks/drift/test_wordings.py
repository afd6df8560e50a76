"""The wordings of rows: each fills in, and each fits its own kind of change alone."""

import pytest

from sfharden.checks.drift.wordings import (
    PHRASINGS,
    is_about_user,
    is_action_of,
    names_switch,
    other_aspects,
    pattern,
)
from sfharden.model.org import SetupChange
from tests.orgs.constants import NOW

DANA, DANA_ID = "dana@acme.example", "005000000000001AAA"


@pytest.mark.parametrize("one", PHRASINGS, ids=[one.text for one in PHRASINGS])
def test_each_wording_is_a_pattern_for_names_of_any_letters(one: object) -> None:
    text = one.text  # type: ignore[attr-defined]
    pattern(text, "a.(b) [*", "c|d+", DANA_ID)
    assert not pattern(text, "", "", "").fullmatch("")


def test_a_custom_profile_is_written_with_its_mark_and_an_id_in_15_letters_or_18() -> None:
    hours = "Changed profile {name}: login hours were changed from .+"
    for written in ("Sales", "Custom: Sales"):
        assert pattern(hours, "Sales", "", "").fullmatch(
            f"Changed profile {written}: login hours were changed from A to B"
        )
    given = r"x \[{id}\]"
    assert pattern(given, "", "", DANA_ID).fullmatch(f"x [{DANA_ID[:15]}]")
    assert pattern(given, "", "", DANA_ID).fullmatch(f"x [{DANA_ID}]")
    assert not pattern(given, "", "", DANA_ID).fullmatch(f"x [{DANA_ID}1]")


@pytest.mark.parametrize(
    ("action", "aspect", "fits"),
    [
        ("lockSessionsToIpOnOff", "lockSessionsToIp", True), ("LockSessionsToIp", "lockSessionsToIp", True),
        ("lockSessionsToIpToo", "lockSessionsToIp", False), ("xlockSessionsToIp", "lockSessionsToIp", False), ("On", "", False),
    ],
)  # fmt: skip
def test_an_action_is_named_after_its_switch_whole(action: str, aspect: str, fits: bool) -> None:
    assert is_action_of(action, aspect) is fits


@pytest.mark.parametrize(
    ("display", "fits"),
    [
        ("Changed Lock sessions to the IP address from which they originated from on to off", True),
        ("Changed lockSessionsToIp from true to false", True), ('Set "lockSessionsToIp"', True),
        ("Organization setup action: lockSessionsToIpOnOff has changed.", True),
        ("Changed lockSessionsToIpAndDomain from true to false", False), ("Changed session timeout", False),
        ("lockSessionsToIp", False),
    ],
)  # fmt: skip
def test_a_text_names_a_switch_whole(display: str, fits: bool) -> None:
    assert names_switch(display, "lockSessionsToIp") is fits
    assert not names_switch(display, "")


def test_a_row_on_another_property_says_so() -> None:
    assert other_aspects("Changed IP relaxation", "scopes")
    assert not other_aspects("Changed IP relaxation", "ipRelaxation")
    assert not other_aspects("Changed something", "scopes")


@pytest.mark.parametrize(
    ("action", "display", "fits"),
    [
        ("changedprofileforuser", f"Changed profile for user {DANA} from A to B", True),
        ("changedprofileforusercusttostd", f"Changed profile for user Dana (UserID: [{DANA_ID[:15]}]) from A to B", True),
        ("changedprofileforuser", f"Changed profile for user x{DANA} from A to B", False),
        ("changedprofileforuser", f"Changed profile for user {DANA}.uat from A to B", False),
        ("changedprofileforuser", f"Changed profile for user Dana (UserID: [{DANA_ID[:14]}2]) from A to B", False),
        ("changedprofileforuser", "Changed profile for user Dana Reyes from A to B", False),
        ("frozeuser", f"Froze user {DANA}", False),
    ],
)  # fmt: skip
def test_a_row_on_a_user_names_them_whole_and_does_just_that(action: str, display: str, fits: bool) -> None:
    row = SetupChange(NOW, action, "Manage Users", display, "005")
    assert is_about_user(row, "profile", (DANA,), (DANA_ID,)) is fits
