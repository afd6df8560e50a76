"""The forms that a log may come in, whole, packed, cut off, or none at all."""

import gzip
import io
import json

import pytest

from sfharden.errors import InputError
from sfharden.sources.events import rows
from sfharden.sources.events.grouping import EventTally
from sfharden.sources.events.rows import BrokenLogError, csv_layout, grouped
from tests.sources.events.kit import TOTAL_HEAD, total, total_csv

ROWS = [total(), total("198.51.100.7", second=13), total(second=14)]
OBJECTS = [dict(zip(TOTAL_HEAD, row, strict=True)) for row in ROWS]
LINES = "\n".join(map(json.dumps, OBJECTS)).encode()
ANSWER = {"tables": [{"name": "t", "columns": [{"name": one} for one in TOTAL_HEAD], "rows": ROWS}]}
FORMS = {
    "csv": total_csv(*ROWS),
    "csv with a byte order mark": b"\xef\xbb\xbf" + total_csv(*ROWS),
    "csv with an empty line": total_csv(*ROWS) + b"\n",
    "csv in gzip": gzip.compress(total_csv(*ROWS)),
    "json": json.dumps(OBJECTS, indent=1).encode(),
    "json in one line": json.dumps(OBJECTS).encode(),
    "json lines": LINES + b"\n\n",
    "json lines in gzip": gzip.compress(LINES),
    "an answer of Log Analytics": json.dumps(ANSWER).encode(),
    "the same, indented": json.dumps(ANSWER, indent=2).encode(),
}


def groups(data: bytes) -> object:
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
    assert [one.status for one in found] == ["200", "", "200"]  # type: ignore[attr-defined]


def test_a_quoted_value_may_go_on_in_the_next_line() -> None:
    odd = total()
    odd[7] = "Sync\nof two lines"
    assert sum(one.times for one in groups(total_csv(odd, *ROWS))) == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"\xff\xfe\x00", b"{", b"[", b"[1, 2]", b'{"a": 1}', b"a;b;c\n1;2;3\n", b"x" * 2_000_000,
        gzip.compress(b""), b"\x1f\x8bnothing", b"[" * 5000, b'{"tables": [{"columns": [{"name": "a"}], "rows": [[1, 2]]}]}',
    ],
)  # fmt: skip
def test_what_is_no_event_log_is_named(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^it") as caught:
        grouped(io.BytesIO(data), "it")
    assert "CSV or JSON" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(total_csv(*ROWS * 2000))[:-2000], "cut off or damaged"),
        (total_csv(*ROWS) + b"\xff\xfe\n", "can't be read"),
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
