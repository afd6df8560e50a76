"""The forms that a log may come in, whole, packed, cut off, or none at all."""

import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.model.events import RequestGroup
from sfharden.sources.events import rows
from sfharden.sources.events.grouping import EventTally
from sfharden.sources.events.rows import BrokenLogError, csv_layout, grouped
from tests.sources.events.kit import AT, TOTAL_HEAD, USER, csv_of, total, total_csv

ROWS = [total(), total("198.51.100.7", second=13), total(second=14)]
OBJECTS = [dict(zip(TOTAL_HEAD, row, strict=True)) for row in ROWS]
LINES = "\n".join(map(json.dumps, OBJECTS)).encode()
ANSWER = {"tables": [{"name": "t", "columns": [{"name": one} for one in TOTAL_HEAD], "rows": ROWS}]}
FORMS = {
    "csv": total_csv(*ROWS),
    "csv with a byte order mark": b"\xef\xbb\xbf" + total_csv(*ROWS),
    "csv with an empty line": total_csv(*ROWS) + b"\n",
    "csv in gzip": gzip.compress(total_csv(*ROWS), mtime=0),
    "json": json.dumps(OBJECTS, indent=1).encode(),
    "json in one line": json.dumps(OBJECTS).encode(),
    "json lines": LINES + b"\n\n",
    "json lines in gzip": gzip.compress(LINES, mtime=0),
    "an answer of Log Analytics": json.dumps(ANSWER).encode(),
    "the same, indented": json.dumps(ANSWER, indent=2).encode(),
}


def groups(data: bytes) -> tuple[RequestGroup, ...]:
    tally = EventTally()
    tally.add(*grouped(io.BytesIO(data), "it"), "it")
    assert tally.gaps == []
    return tally.snapshot().groups


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_form_holds_the_same_groups(form: str) -> None:
    assert groups(FORMS[form]) == groups(FORMS["csv"])


def test_an_object_may_leave_out_what_it_has_no_value_for() -> None:
    first = {name: value for name, value in OBJECTS[0].items() if name != "STATUS_CODE"}
    found = groups("\n".join(map(json.dumps, [first, *OBJECTS[1:]])).encode())
    assert [one.status for one in found] == ["200", "", "200"]


def test_a_value_that_goes_on_in_the_next_line_is_a_fault() -> None:
    odd = total()
    odd[7] = "Sync\nof two lines"
    with pytest.raises(BrokenLogError, match="1 line is within a value") as caught:
        grouped(io.BytesIO(total_csv(odd, *ROWS)), "it")
    assert sum(span[0] for span in caught.value.raw.found.values()) == 4


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"\xff\xfe\x00", b"{", b"[", b"[1, 2]", b'{"a": 1}', b"a;b;c\n1;2;3\n", b"x" * 2_000_000,
        gzip.compress(b"", mtime=0), b"\x1f\x8bnothing", b"[" * 5000, b'{"tables": [{"columns": [{"name": "a"}], "rows": [[1, 2]]}]}',
    ],
)  # fmt: skip
def test_what_is_no_event_log_is_named(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^it") as caught:
        grouped(io.BytesIO(data), "it")
    assert "CSV or JSON" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(total_csv(*ROWS * 2000), mtime=0)[:-2000], "cut off or damaged"),
        (total_csv(*ROWS) + b"\xff\xfe\n", "can't be read"),
        (total_csv(*ROWS) + b'"ApiTotalUsage,left,open\n', "can't be read"),
        (total_csv(*ROWS) + b"x" * 1_500_000, "can't be read"),
        (LINES + b"\n{oops", "can't be read"),
    ],
)
def test_what_came_before_a_fault_is_kept_and_the_fault_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(BrokenLogError, match=reason) as caught:
        grouped(io.BytesIO(data), "it")
    assert sum(span[0] for span in caught.value.raw.found.values()) >= 3


def test_a_document_too_large_to_be_read_as_a_whole_is_asked_for_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "MOST_JSON", 100)
    with pytest.raises(InputError, match="one JSON document") as caught:
        grouped(io.BytesIO(FORMS["json"]), "it")
    assert "one object a line" in caught.value.hint


def test_only_a_csv_has_a_layout_by_itself() -> None:
    assert csv_layout(io.BytesIO(FORMS["csv in gzip"]), "it") is not None
    assert csv_layout(io.BytesIO(FORMS["json lines"]), "it") is None


ODD = st.sampled_from(
    [b"\x00", b'"', b"\n", b",", b"{", b"]", b"\xff", b"\x1f\x8b", b"null", b"5", b"[", b""]
)


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 4000), st.integers(0, 40), ODD)
def test_a_damaged_log_is_named_or_read_up_to_where_it_breaks_and_nothing_else(
    form: str, at: int, cut: int, odd: bytes
) -> None:
    whole = FORMS[form]
    at %= len(whole)
    data = whole[:at] + odd + whole[at + cut :]
    try:
        raw, layout = grouped(io.BytesIO(data), "it")
    except (InputError, BrokenLogError):
        return
    EventTally().add(raw, layout, "it")


@pytest.mark.parametrize(
    "document",
    [{"tables": 5}, {"tables": [5]}, {"tables": [{"columns": 5, "rows": []}]}, {"value": 5}, {"value": [5]}, {"tables": [{}]},
     {"tables": [{"columns": [{"name": "a"}], "rows": [5]}]}],
)  # fmt: skip
def test_a_document_of_another_shape_is_named(document: object) -> None:
    with pytest.raises(InputError, match=r"^it"):
        grouped(io.BytesIO(json.dumps(document).encode()), "it")


def test_the_portal_s_export_is_read_with_its_zone_and_its_clock() -> None:
    head = ("TimeGenerated [UTC]", "UserId", "SourceIp", "Status", "LoginType", "Application")
    rows_ = [[at, USER, "203.0.113.9", "Success", "Remote Access 2.0", "Sync"]
             for at in ("11/27/2026, 1:05:12.123 PM", "11/27/2026, 12:05:12.123 AM")]  # fmt: skip
    (group,) = groups(csv_of(head, rows_))
    assert (group.times, group.first, group.last.hour) == (2, AT, 13)
