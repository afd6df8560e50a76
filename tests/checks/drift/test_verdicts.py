"""What became of verdicts: nothing is mended or gone that nobody looked at, and a new failure regresses."""

from typing import Any

import pytest

from sfharden.checks.drift.verdicts import behind, compare_verdicts, is_open, is_regression
from sfharden.model.drift import FactChange, VerdictChange
from sfharden.model.results import Evidence, Report, Result, Severity, Status
from sfharden.model.snapshot import Gap
from tests.report.forms_kit import WAIVED, named, report

FAIL, PASS, UNKNOWN, NONE, MANUAL = (
    Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE, Status.MANUAL,
)  # fmt: skip


def of(status: Status | None, **changes: Any) -> tuple[Result, ...]:
    return () if status is None else (named(status, "A", **changes),)


def turns(old: Report, new: Report) -> list[str]:
    return [one.turn for one, _ in compare_verdicts(old, new)]


@pytest.mark.parametrize(
    ("was", "now", "turn"),
    [
        (PASS, FAIL, "regressed"), (NONE, FAIL, "regressed"), (MANUAL, FAIL, "regressed"), (UNKNOWN, FAIL, "found"),
        (FAIL, PASS, "mended"), (FAIL, NONE, "mended"), (PASS, UNKNOWN, "lost"), (FAIL, UNKNOWN, "lost"),
        (UNKNOWN, PASS, "settled"), (PASS, NONE, "changed"), (None, FAIL, "new"), (None, PASS, "new"), (PASS, None, "gone"),
        (FAIL, None, "gone"), (PASS, PASS, None), (FAIL, FAIL, None), (UNKNOWN, UNKNOWN, None),
    ],
)  # fmt: skip
def test_each_turn_has_its_word(was: Status | None, now: Status | None, turn: str | None) -> None:
    assert turns(report(*of(was)), report(*of(now))) == ([turn] if turn else [])


def test_a_waiver_that_ended_regresses_and_a_new_one_mends_nothing() -> None:
    waived, fails = report(*of(FAIL, waived=WAIVED)), report(*of(FAIL))
    assert (turns(waived, fails), turns(fails, waived), turns(waived, report(*of(PASS)))) == (
        ["regressed"],
        ["waived"],
        ["mended"],
    )
    ((change, _),) = compare_verdicts(fails, waived)
    assert (change.was, change.now) == ("fail", "fail, waived")


def test_what_got_worse_is_found_and_what_got_less_bad_is_no_change() -> None:
    low, high = report(*of(FAIL, severity=Severity.LOW)), report(*of(FAIL, severity=Severity.HIGH))
    assert (turns(low, high), turns(high, low)) == (["found"], [])


def test_what_is_not_judged_any_more_is_lost_where_the_later_state_has_a_gap_more() -> None:
    gap = Gap(what="g", reason="r", kind="Profile")
    gone = report(gaps=(gap,))
    assert turns(report(*of(PASS)), gone) == ["lost"]
    assert turns(report(*of(PASS), gaps=(gap,)), gone) == ["gone"]


def test_the_worst_stands_first() -> None:
    old = report(named(PASS, "A"), named(PASS, "B", severity=Severity.LOW), named(FAIL, "C"))
    new = report(named(FAIL, "A"), named(FAIL, "B", severity=Severity.LOW), named(PASS, "C"))
    assert [one.name for one, _ in compare_verdicts(old, new)] == ["A", "B", "C"]


def change(turn: str, now: str = "fail", severity: str = "medium") -> VerdictChange:
    given = {
        "control": "c",
        "kind": "k",
        "name": "n",
        "title": "t",
        "was": "",
        "message": "",
        "fingerprint": "f",
    }
    return VerdictChange.model_validate({**given, "turn": turn, "now": now, "severity": severity})


def test_which_turns_regress_and_which_leave_a_question() -> None:
    regress = [
        one
        for one in ("regressed", "found", "new", "lost", "mended", "waived")
        if is_regression(change(one), 0)
    ]
    assert regress == ["regressed", "found", "new"]
    assert not is_regression(change("new", "pass"), 0)
    assert [is_regression(change("regressed", severity=one), 2) for one in ("low", "medium", "high", "critical")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert (
        is_open(change("lost", "unknown")),
        is_open(change("new", "unknown")),
        is_open(change("new", "pass")),
    ) == (True, True, False)


def test_of_azure_the_property_that_evidence_points_at_comes_before_all_of_the_resource() -> None:
    def of(what: str) -> tuple[FactChange, frozenset[str]]:
        return fact("Azure", "wf").model_copy(update={"what": what}), frozenset({"/x/wf"})

    facts = [of("properties.state"), of("properties.access.triggers.0"), of("definition")]

    def tied(source: str) -> tuple[int, ...]:
        return behind([named(FAIL, "A", evidence=(Evidence(what="w", observed="o", source=source),))], facts)

    assert tied("/x/wf#/properties/access/triggers") == (1,)
    assert tied("/x/wf#/properties/access/triggers/0/range") == (1,)
    assert tied("/x/wf#/properties/definition/actions/A") == (2,)
    assert tied("/x/wf#/properties/other") == tied("/x/wf") == (0, 1, 2)


def fact(part: str, name: str, file: str = "") -> FactChange:
    return FactChange(part=part, kind="k", name=name, what="w", change="changed", file=file)


def test_facts_behind_a_verdict_are_those_at_its_evidence_first_by_line_then_by_file_then_by_table() -> None:
    facts = [
        (fact("Profile", "P", "p.xml"), frozenset({"p.xml:3"})), (fact("Profile", "P", "p.xml"), frozenset({"p.xml:9"})),
        (fact("User", "A"), frozenset[str]()), (fact("User", "B"), frozenset[str]()), (fact("Other", "A"), frozenset[str]()),
    ]  # fmt: skip

    def tied(*sources: str) -> tuple[int, ...]:
        evidence = tuple(Evidence(what="w", observed="o", source=one) for one in sources)
        return behind([named(FAIL, "A", evidence=evidence)], facts)

    assert tied("p.xml:9") == (1,)
    assert tied("p.xml:77") == tied("p.xml") == (0, 1)
    assert tied("p.xml#/properties/x") == (0, 1)
    assert tied("User") == (2,)
    assert tied("p.xml:3", "User") == (0, 2)
    assert tied("", "nothing") == ()


def test_what_a_baseline_knew_fails_all_the_same() -> None:
    known = report(*of(FAIL, known=True))
    assert (turns(known, report(*of(FAIL))), turns(known, report(*of(PASS)))) == ([], ["mended"])


def test_the_message_is_that_of_now_and_evidence_of_both_sides_is_looked_at() -> None:
    old, new = report(*of(PASS, message="fine")), report(*of(FAIL, message="bad"))
    ((change, results),) = compare_verdicts(old, new)
    assert (change.message, len(results)) == ("bad", 2)
    ((gone, _),) = compare_verdicts(old, report())
    assert (gone.message, gone.was, gone.now) == ("", "pass", "")


def test_of_reports_what_the_later_one_was_not_asked_is_lost_and_not_gone() -> None:
    old = report(
        named(Status.PASS, "A", integration="i"), named(Status.PASS, "B"), named(Status.FAIL, "C", control="other"),
        integrations=("i",),
    )  # fmt: skip
    other = report(named(Status.FAIL, "D", control="other"), integrations=("i",))
    unasked = report(named(Status.PASS, "E"), named(Status.FAIL, "C", control="other"))

    def lost(new: Report) -> dict[str, str]:
        return {one.name: one.turn for one, _ in compare_verdicts(old, new, reports_only=True)}

    assert lost(other) == {"A": "lost", "B": "lost", "C": "gone", "D": "new"}
    assert lost(unasked) == {"A": "lost", "B": "gone", "E": "new"}
    assert {one.turn for one, _ in compare_verdicts(old, unasked)} == {"gone", "new"}
