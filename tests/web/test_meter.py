"""The meter stops a run before its budget or the org's reserve is passed."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import LimitError
from sfharden.web.meter import CallMeter


def test_counts_by_kind() -> None:
    meter = CallMeter()
    for kind in ("soap", "query", "soap"):
        meter.before_call(kind)
        meter.after_call()
    count = meter.count()
    assert (count.total, dict(count.by_kind)) == (3, {"query": 1, "soap": 2})
    assert count.daily_left is None


@pytest.mark.parametrize(
    ("header", "left"),
    [
        ("api-usage=10018/100000", 89982),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample)", 4975),
        ("per-app-api-usage=17/250(appName=api-usage), api-usage=25/5000", 4975),
        ("per-app-api-usage=17/250(appName=x)", None),
        ("api-usage=1/9999999999999999999", None),
        ("api-usage=junk", None),
        ("api-usage=120/100", 0),
        (None, None),
    ],
)
def test_reads_the_limit_header(header: str | None, left: int | None) -> None:
    meter = CallMeter()
    meter.before_call("query")
    meter.after_call(header)
    assert meter.count().daily_left == left


def test_answers_without_the_header_still_count_as_used() -> None:
    meter = CallMeter()
    for header in ("api-usage=10/1000", None, None):
        meter.before_call("soap")
        meter.after_call(header)
    assert meter.count().daily_used == 12


def test_a_late_answer_does_not_turn_the_count_back() -> None:
    meter = CallMeter()
    for header in ("api-usage=20/1000", "api-usage=19/1000"):
        meter.before_call("query")
        meter.after_call(header)
    assert meter.count().daily_used == 20


def test_calls_under_way_count_towards_the_reserve() -> None:
    meter = CallMeter(reserve_share=0.5)
    meter.before_call("query")
    meter.after_call("api-usage=7/20")
    for _ in range(3):
        meter.before_call("query")
    with pytest.raises(LimitError):
        meter.before_call("query")


@given(
    st.integers(0, 5000),
    st.integers(1, 5000),
    st.floats(0, 1),
)
def test_the_reserve_is_never_touched(used: int, limit: int, share: float) -> None:
    meter = CallMeter(reserve_share=share)
    meter.before_call("query")
    meter.after_call(f"api-usage={used}/{limit}")
    for step in range(1, 4):
        try:
            meter.before_call("query")
        except LimitError:
            assert limit - used - step < limit * share
            return
        meter.after_call(f"api-usage={used + step}/{limit}")
        assert limit - used - step >= limit * share


def test_threads_cannot_overrun_the_budget_together() -> None:
    meter = CallMeter(budget=50)
    refused: list[int] = []

    def work() -> None:
        for _ in range(20):
            try:
                meter.before_call("query")
            except LimitError:
                refused.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (meter.count().total, len(refused)) == (50, 110)


def test_a_budget_of_nothing_allows_nothing() -> None:
    with pytest.raises(LimitError) as caught:
        CallMeter(budget=0).before_call("versions")
    assert "--api-budget" in caught.value.hint


def test_calls_answered_before_the_org_told_its_use_count_too() -> None:
    """SOAP answers tell nothing, and the first header may be older than they are."""
    meter = CallMeter()
    for _ in range(3):
        meter.before_call("soap")
        meter.after_call()
    meter.before_call("query")
    meter.after_call("api-usage=897/1000")
    with pytest.raises(LimitError):
        meter.before_call("query")
    assert meter.count().daily_left == 103


def test_a_header_that_is_older_than_a_silent_answer_does_not_swallow_it() -> None:
    meter = CallMeter()
    for header in ("api-usage=896/1000", None, "api-usage=897/1000", None, "api-usage=898/1000"):
        meter.before_call("any")
        meter.after_call(header)
    with pytest.raises(LimitError):
        meter.before_call("any")
