"""Against an earlier report: only what is new counts, and nothing is called fixed that nobody looked at."""

from typing import Any

import pytest

from sfharden.checks.since_baseline import among, since
from sfharden.model.results import Report, ResultState, Severity, Status
from tests.report.forms_kit import WAIVED, named, report

A = named(Status.FAIL, "A")


def settled(now: Report, earlier: Report) -> dict[str, tuple[str, bool]]:
    baseline = since(now, earlier).baseline
    assert baseline
    return {one.subject.name: (one.now, one.is_fixed) for one in baseline.settled}


def test_what_was_found_before_is_known_and_what_was_not_is_a_finding() -> None:
    found = since(report(A, named(Status.FAIL, "B")), report(A))
    assert [one.state for one in found.results] == [ResultState.KNOWN, ResultState.FAIL]
    assert [one.is_finding for one in found.results] == [False, True]
    assert (found.summary["known"], found.summary["fail"]) == (1, 1)
    assert sum(found.summary.values()) == 2


@pytest.mark.parametrize(
    "before",
    [
        named(Status.FAIL, "A", waived=WAIVED), named(Status.UNKNOWN, "A"), named(Status.PASS, "A"),
        named(Status.FAIL, "A", severity=Severity.MEDIUM), named(Status.FAIL, "A", integration="i", fingerprint="0" * 16),
    ],
    ids=["waived", "unknown", "passed", "less severe", "another integration's"],
)  # fmt: skip
def test_only_the_same_finding_at_least_as_severe_makes_one_known(before: Any) -> None:
    assert since(report(A), report(before)).results[0].is_finding


def test_what_is_no_matter_of_these_controls_is_neither_known_nor_settled() -> None:
    earlier = report(A, named(Status.FAIL, "B", control="another"), named(Status.FAIL, "C", integration="i"))
    assert among(earlier, [A.control]).results == (A,)


def test_what_was_known_stays_known_from_baseline_to_baseline() -> None:
    first = since(report(A), report(A))
    assert since(report(A), first).results[0].state is ResultState.KNOWN


def test_unknown_is_never_fixed_and_goes_on_counting() -> None:
    unknown = report(named(Status.UNKNOWN, "A"))
    for earlier in (report(A), unknown):
        now = since(unknown, earlier)
        assert now.results[0].is_open
        assert now.results[0].known is (earlier is unknown)
    assert settled(report(named(Status.UNKNOWN, "A")), report(A)) == {"A": ("unknown", False)}


def test_what_became_of_those_that_fail_no_more() -> None:
    earlier = report(*(named(Status.FAIL, name) for name in "ABCD"))
    now = report(
        named(Status.PASS, "A"), named(Status.NOT_APPLICABLE, "B"), named(Status.FAIL, "C", waived=WAIVED)
    )
    assert settled(now, earlier) == {
        "A": ("pass", True), "B": ("not-applicable", True), "C": ("waived", False), "D": ("not judged", False),
    }  # fmt: skip


def test_another_org_and_other_policies_are_told() -> None:
    here = report(A)
    org = {"kind": "org", "org_id": "00Dxx00000001DzEAI"}
    there = here.model_copy(update={"source": here.source.model_copy(update={**org, "org_id": "00Dyy"})})
    mine = here.model_copy(update={"source": here.source.model_copy(update=org), "policies": ("other",)})
    told = " ".join(since(mine, there).warnings)
    assert "another org: 00Dyy, not 00Dxx00000001DzEAI" in told
    assert "by other policies" in told
    assert since(here, here).warnings == ()
