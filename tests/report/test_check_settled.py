"""What a baseline has: counted, told where it fails no more, cut after some, and harmless."""

from sfharden.checks.since_baseline import since
from sfharden.model.results import Status
from sfharden.report.check_settled import settled_block
from tests.report.forms_kit import named, report

EARLIER = report(*(named(Status.FAIL, f"subject {number}") for number in range(20)))


def test_without_a_baseline_there_is_none() -> None:
    assert settled_block(EARLIER, 80) == ""


def test_what_still_fails_is_counted_and_what_is_settled_is_told() -> None:
    now = since(report(named(Status.FAIL, "subject 1"), named(Status.PASS, "subject 2")), EARLIER)
    text = settled_block(now, 80)
    assert "1 finding known" in text
    assert "- fixed: " in text
    assert "'subject 2')" in text
    assert "  and 11 more (--full)" in text
    wide = settled_block(now, 80, wide=True)
    assert wide.count("\n") == 20
    assert "more (--full)" not in wide
    assert "0 findings known" in settled_block(now, 80, shown=())
