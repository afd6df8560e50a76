"""What is said of a drift in every form."""

import pytest

from sfharden.model.drift import DriftGap, Explanation, Trail
from sfharden.report.drift_words import (
    fact_words,
    headline,
    span,
    thing_words,
    trail_words,
    verdict_words,
    who_lines,
    whose,
)

from .drift_kit import drift, fact, row, verdict


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (drift(), "NO REGRESSION: no verdict changed; no fact changed."),
        (drift(verdict(), facts=(fact(),)), "REGRESSED: 1 regressed; 1 fact changed."),
        (
            drift(facts=(fact(), fact(change="unclear"))),
            "NO REGRESSION: no verdict changed; 1 fact changed, 1 fact on one side only.",
        ),
        (drift(verdict("new")), "REGRESSED: 1 new; no fact changed."),
        (drift(verdict("new", now="pass"), verdict("mended")), "NO REGRESSION: 1 new, 1 mended; no fact changed."),
        (drift(verdict("lost")), "NOT ALL KNOWN: 1 can't be told any more; no fact changed."),
        (drift(verdict("new", now="unknown"), facts=None), "NOT ALL KNOWN: 1 new."),
        (
            drift(gaps=(DriftGap(what="w", reason="r", is_new=True),)),
            "NOT ALL KNOWN: no verdict changed; no fact changed; not everything could be compared.",
        ),
        (drift(gaps=(DriftGap(what="w", reason="r"),)), "NO REGRESSION: no verdict changed; no fact changed."),
    ],
)  # fmt: skip
def test_the_headline_says_the_worst_and_counts_the_rest(found: object, said: str) -> None:
    assert headline(found) == said  # type: ignore[arg-type]


def test_a_fact_in_words() -> None:
    assert fact_words(fact(was="A", now="B")) == "A → B"
    assert fact_words(fact(change="came", added=("x", "y"))) == "came; added x, y"
    assert fact_words(fact(change="unclear", note="because")) == "on one side only; because"
    many = fact_words(fact(removed=tuple(f"{at}" for at in range(9))))
    assert many == "removed 0, 1, 2, 3, 4, 5 and 3 more"
    assert (thing_words(fact()), thing_words(fact(what="file"))) == (
        "ConnectedApp CRM: ipRelaxation",
        "ConnectedApp CRM",
    )


def test_who_is_said_with_how_sure_it_is() -> None:
    assert list(who_lines(Explanation(telling="none", note="no row explains it"))) == [
        "Who: no row explains it"
    ]
    (one,) = who_lines(Explanation(telling="likely", rows=(row("x"),)))
    assert one == "Likely: x, 2026-11-24 12:00 UTC: x (x)"
    (other,) = who_lines(Explanation(telling="likely", rows=(row("x").model_copy(update={"delegate": "y"}),)))
    assert other.startswith("Likely: y, logged in as x, ")
    two = list(
        who_lines(Explanation(telling="candidates", rows=(row("x"), row("y")), note="several are called so"))
    )
    assert [line.partition(":")[0] for line in two] == ["May be, one of these"] * 3


def test_what_the_trail_could_tell() -> None:
    elsewhere = fact(explained=Explanation(telling="elsewhere", note="x"))
    assert (
        trail_words(drift(facts=(elsewhere,), trail=None)) == "Who changed Azure, its own activity log tells."
    )
    unread = fact(explained=Explanation(telling="not-read", note="x"))
    assert "repository" in trail_words(drift(facts=(unread,), trail=None))
    assert list(who_lines(unread.explained)) == list(who_lines(elsewhere.explained)) == []
    assert trail_words(drift(trail=None)) == ""
    assert (
        trail_words(drift(trail=Trail(is_read=False, note="refused")))
        == "The Setup Audit Trail wasn't read: refused."
    )
    assert "likely, not sure" in trail_words(drift())


def test_of_what_and_from_when_to_when() -> None:
    assert (whose(drift()), span(drift())) == (
        "acme, Acme, 00D",
        "2026-11-24 12:00 UTC to 2026-11-24 12:00 UTC",
    )
    assert verdict_words(verdict("gone")) == "pass → not judged"
