"""What `verify-attestation` prints: what was not given is said, and nothing of a broken one is shown."""

import json

import pytest

from sfharden.checks.attested import Compared
from sfharden.report.verify_attestation import Verified, render_verified, render_verified_json
from sfharden.text.build_log import gives_orders
from sfharden.text.terminal import Terminal
from tests.report.forms_kit import HOSTILE, every_state, hostile_report
from tests.report.test_check_attestation import said

SAME, OTHER = Compared("report", "report.json", "matches"), Compared("policy", "p", "differs", "why so")
LEFT = Compared("snapshot", "s.json", "not given")


def shown(*parts: Compared) -> str:
    return " ".join(render_verified(Verified("k", "", said(every_state()), parts), Terminal()).split())


@pytest.mark.parametrize(
    ("parts", "end", "holds"),
    [
        ((SAME, LEFT), "All that was given is what was attested: 1 part. 1 part was not compared.", True),
        ((SAME, OTHER, LEFT, LEFT), "NOT WHAT WAS ATTESTED: 1 part differs. 2 parts were not compared.", False),
        ((LEFT,), "No file was given to be compared: this tells that the statement is the key's, and no more. 1 part was not compared.", True),
    ],
)  # fmt: skip
def test_the_end_says_what_it_rests_on(parts: tuple[Compared, ...], end: str, holds: bool) -> None:
    assert shown(*parts).endswith(end)
    assert Verified("k", "", said(every_state()), parts).holds is holds


def test_of_a_broken_one_nothing_is_shown() -> None:
    broken = Verified("k", "it was changed")
    assert "It says" not in render_verified(broken, Terminal())
    document = json.loads(render_verified_json(broken))
    assert (document["holds"], document["signature"], document["statement"]) == (False, "it was changed", None)  # fmt: skip


def test_hostile_names_do_no_harm() -> None:
    parts = tuple(Compared("policy", name, "not given") for name in HOSTILE)
    found = Verified("k", "", said(hostile_report()), parts)
    for text in (render_verified(found, Terminal()), render_verified_json(found)):
        assert not any(mark in text for mark in ("\x1b", "\x9b", "\u202e"))
        assert not gives_orders(text)
