"""Values in Setup's words."""

import pytest

from sfharden.model.plan import PlannedChange
from sfharden.plan.setup_words import before_and_after


def said(setting: str, text: str) -> str:
    change = PlannedChange(
        kind="ConnectedApp", name="A", setting=setting, before=(), after=(text,), control="c", file="f", member="m"
    )  # fmt: skip
    before, (after,) = before_and_after(change)
    assert before == []
    return after


@pytest.mark.parametrize(
    ("setting", "text", "words"),
    [
        ("permitted users", "false", "All users may self-authorize"),
        ("permitted users", "AllSelfAuthorized", "All users may self-authorize"),
        ("permitted users", "true", "Admin approved users are pre-authorized"),
        ("IP relaxation", "BYPASS", "Relax IP restrictions"),
        ("IP relaxation", "Enforce", "Enforce IP restrictions"),
        ("IP relaxation", "BYPASS_2FACTOR", "Relax IP restrictions for activated devices"),
        (
            "IP relaxation",
            "Enforce_RelaxRefresh",
            "Enforce IP restrictions, but relax for refresh tokens",
        ),
        ("refresh token policy", "infinite", "Valid until revoked"),
        ("refresh token policy", "specific_inactivity:30:DAYS", "Expire if not used for 30 days"),
        ("refresh token policy", "SpecificInactivity 30 Days", "Expire if not used for 30 days"),
        ("refresh token policy", "specific_lifetime:1:MONTHS", "Expire after 1 month"),
        ("refresh token policy", "SpecificInactivity", "SpecificInactivity"),
        ("IP relaxation", "NEW_WORD", "NEW_WORD"),
        ("assigned profiles", "true", "true"),
    ],
)
def test_known_values_are_setups_and_others_stay(setting: str, text: str, words: str) -> None:
    assert said(setting, text) == words
