"""Rows counted into groups: none lost, whatever the order, and never more groups than may be kept."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sfharden.model import org
from sfharden.model.events import EventPeriod, OtherEvents
from sfharden.sources.events.columns import layout_of
from sfharden.sources.events.grouping import EventTally, group_rows
from tests.sources.events.kit import AT, TOTAL_HEAD, total

LAYOUT = layout_of(TOTAL_HEAD, "it")
SOURCES = st.sampled_from(["203.0.113.9", "198.51.100.7", "Salesforce.com IP"])
ROWS = st.lists(st.builds(lambda source, second: total(source, second=second), SOURCES, st.integers(0, 59)))


def tally_of(*batches: list[list[str]]) -> EventTally:
    tally = EventTally()
    for number, rows in enumerate(batches):
        tally.add(group_rows(rows, LAYOUT), LAYOUT, f"file {number}")
    return tally


@given(ROWS, st.randoms())
def test_every_row_is_counted_once_in_whatever_order_and_in_however_many_files(rows, chance) -> None:  # type: ignore[no-untyped-def]
    cut = chance.randint(0, len(rows))
    shuffled = chance.sample(rows, len(rows))
    one, other = tally_of(rows).snapshot(), tally_of(shuffled[:cut], shuffled[cut:]).snapshot()
    assert one.groups == other.groups
    assert sum(group.times for group in one.groups) == len(rows)
    assert all(a < b for a, b in pairwise(one.groups))


def test_the_first_and_the_last_are_told() -> None:
    (group,) = tally_of([total(second=30), total(second=12), total(second=59)]).snapshot().groups
    assert (group.times, group.first, group.last) == (3, AT, AT + timedelta(seconds=47))


def test_a_log_covers_from_its_first_row_to_its_last_unless_told_otherwise() -> None:
    (period,) = tally_of([total(second=12), total(second=13)]).snapshot().periods
    assert period == EventPeriod(org.REQUESTS, AT, AT + timedelta(seconds=1), "file 0")
    tally, day = EventTally(), EventPeriod(org.REQUESTS, AT, AT + timedelta(days=1), "the org")
    tally.add(group_rows([], LAYOUT), LAYOUT, "the org", day)
    assert tally.snapshot().periods == (day,)


def test_rows_that_cannot_be_read_are_a_gap_with_their_number() -> None:
    damaged = [total()[:5], [*total()[:9], "never"], total()]
    tally = tally_of(damaged)
    assert {gap.reason for gap in tally.gaps} == {"2 rows can't be read"}
    assert {gap.kind for gap in tally.gaps} == {org.REQUESTS, org.LOGIN_EVENTS}
    assert [group.times for group in tally.snapshot().groups] == [1]


def test_groups_too_many_to_keep_are_a_gap_and_those_kept_are_counted_on() -> None:
    raw = group_rows([total(f"203.0.113.{n % 4}") for n in range(40)], LAYOUT, most=3)
    assert (len(raw.found), raw.left_out, sum(span[0] for span in raw.found.values())) == (3, 10, 30)
    tally = EventTally()
    tally.add(raw, LAYOUT, "file")
    assert {gap.reason for gap in tally.gaps} == {"10 rows are of groups too many to keep"}


def test_times_that_need_a_zone_are_put_in_order_as_times() -> None:
    head = ("Username", "Login Time", "Source IP", "Login Type", "Status", "Application")
    layout = layout_of(head, "it")
    rows = [["a@b", at, "203.0.113.9", "Remote Access 2.0", "Success", "Sync"]
            for at in ("11/27/2026 10:00:00 AM GMT", "11/27/2026 9:00:00 AM GMT", "11/27/2026 2:00:00 AM PST", "soon")]  # fmt: skip
    tally = EventTally()
    tally.add(group_rows(rows, layout), layout, "file")
    (group,) = tally.snapshot().groups
    assert (group.times, group.first.hour, group.last.hour) == (3, 9, 10)
    assert {gap.reason for gap in tally.gaps} == {"1 row can't be read"}


def test_times_of_two_forms_in_one_log_are_compared_as_times() -> None:
    times = ["2026-11-22T00:00:00.000Z", "2026-11-27T10:00:00.000+14:00", " 2026-11-26T23:59:59.000Z", "20261125120000.000",
             "2x26-garbage", "20261345996199.000"]  # fmt: skip
    for first in range(4):
        rows = [[*total()[:9], at] for at in (times[first], *times[:first], *times[first + 1 :])]
        tally = tally_of(rows)
        (group,) = tally.snapshot().groups
        assert (group.times, f"{group.first:%d %H:%M:%S}", f"{group.last:%d %H:%M:%S}") == (
            4,
            "22 00:00:00",
            "26 23:59:59",
        )
        assert {gap.reason for gap in tally.gaps} == {"2 rows can't be read"}


def test_rows_of_no_type_cannot_be_read_and_those_of_types_that_are_not_read_are_counted() -> None:
    rows = [
        ["", *total()[1:4], "", *total()[5:]],
        ["URI", *total()[1:]],
        ["URI", *total(status="302")[1:]],
        total(),
    ]
    tally = tally_of(rows)
    assert {gap.reason for gap in tally.gaps} == {"1 row can't be read"}
    found = tally.snapshot()
    assert found.others == (OtherEvents("URI", 2, "file 0"),)
    assert [one.times for one in found.groups] == [1]


def test_rows_of_the_future_are_a_gap_and_widen_no_period() -> None:
    def at(time: str, source: str = "203.0.113.9") -> list[str]:
        return [*total(source)[:9], time]

    rows = [at("2026-11-01T00:00:00.000Z"), at("2026-12-03T00:00:00.000Z"), at("2026-11-02T00:00:00.000Z", "192.0.2.1"),
            at("2026-12-04T00:00:00.000Z", "192.0.2.2")]  # fmt: skip
    tally = EventTally(now=AT)
    tally.add(group_rows(rows, LAYOUT), LAYOUT, "file")
    assert all("later than now" in gap.reason for gap in tally.gaps)
    assert len(tally.gaps) == 2
    found = tally.snapshot()
    assert [(one.start.day, one.end.day, one.end.month) for one in found.periods] == [(1, 2, 11)]
    assert len(found.groups) == 3
    near = EventTally(now=AT)
    near.add(group_rows([total(second=59)], LAYOUT), LAYOUT, "file")
    assert near.gaps == []
