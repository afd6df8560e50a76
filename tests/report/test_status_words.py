"""The words for a state: one table, that docs show."""

from pathlib import Path

from sfharden.model.results import ResultState, Severity, Status
from sfharden.report.status_words import LEVELS, WORDS, counts_of, reason_of, words_table

from .forms_kit import WAIVED, every_state, named

DOCS = Path(__file__).resolve().parents[2] / "docs" / "ci.md"


def test_every_state_has_its_words_and_no_two_the_same() -> None:
    assert set(WORDS) == set(ResultState)
    assert len({one.word for one in WORDS.values()}) == len(ResultState)
    assert len({(one.ocsf_id, one.ocsf, one.finding_id) for one in WORDS.values()}) == len(ResultState)
    assert set(LEVELS) == set(Severity)


def test_only_a_pass_passes_and_only_a_finding_fails() -> None:
    """What isn't known, or is accepted, is neither in any form."""
    for state, words in WORDS.items():
        assert (words.junit == "passed") is (words.ocsf_id == 1) is (state is ResultState.PASS)
        assert (words.junit == "failure") is (words.github == "error") is (state is ResultState.FAIL)


def test_the_table_stands_in_the_docs() -> None:
    assert "\n".join(words_table()) in DOCS.read_text("utf-8")


def test_counts_and_reasons_in_words() -> None:
    assert counts_of(every_state()).startswith("2 failed, 1 known, 1 unknown, 1 passed")
    assert (
        reason_of(named(Status.FAIL, "A", waived=WAIVED)) == "A message. Waived: why (who, until 2027-01-01)."
    )
