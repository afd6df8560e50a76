"""Rows in batches: every row in one of them or counted, all of it JSON, nothing over its bound."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfharden.web.batches import MOST_BATCH_BYTES, MOST_FIELD_BYTES, Packing, batches, encoded, fitting_row

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
ROWS = st.lists(st.dictionaries(st.sampled_from(["A", "B", "C"]), JSON, max_size=3), max_size=12)


def refused(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


@given(ROWS, st.integers(40, 400), st.integers(120, 300))
def test_every_row_is_in_one_valid_batch_or_counted(
    rows: list[dict[str, Any]], most: int, most_field: int
) -> None:
    packing = Packing()
    made = list(batches(rows, packing, most, most_field))
    assert sum(one.rows for one in made) + packing.unfit == len(rows)
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    for one in made:
        assert len(one.body) <= most
        assert len(json.loads(one.body.decode("utf-8"), parse_constant=refused)) == one.rows


def test_the_separators_count() -> None:
    row = {"A": "x" * 990}
    size = len(encoded(row))
    whole = 2 + 10 * size + 9
    assert [one.rows for one in batches([row] * 10, Packing(), whole)] == [10]
    assert [one.rows for one in batches([row] * 10, Packing(), whole - 1)] == [9, 1]


def test_2_500_rows_of_1_kb_stay_below_what_a_call_may_have() -> None:
    made = list(batches([{"A": "x" * 1000}] * 2500, Packing()))
    assert sum(one.rows for one in made) == 2500
    assert max(len(one.body) for one in made) <= MOST_BATCH_BYTES


def test_a_field_that_is_too_large_is_cut_with_a_mark() -> None:
    packing = Packing()
    given_row = {"A": "ü" * 40_000, "B": ["é" * 999] * 100, "C": {"k": "v" * 70_000}, "D": "short"}
    row = fitting_row(given_row, packing)
    assert packing.cut == 3
    assert row["A"].endswith("…[cut: 80000 bytes]")
    assert row["B"][-1].startswith("[cut: ")
    assert row["C"] == "[cut: 70008 bytes]"
    assert row["D"] == "short"
    assert all(len(encoded(value)) <= 60_002 for value in row.values())


def test_umlauts_are_sent_as_they_are_and_half_characters_are_not() -> None:
    body = next(batches([{"A": "äöü\ud800"}], Packing())).body
    assert body == '[{"A":"äöü?"}]'.encode()


def test_what_is_no_json_or_too_large_for_a_call_is_counted() -> None:
    packing = Packing()
    rows: list[dict[str, Any]] = [
        {"A": float("nan")},
        {"A": object()},
        {f"A{number}": "x" * 50_000 for number in range(20)},
        {"A": 1},
    ]
    assert [one.rows for one in batches(rows, packing)] == [1]
    assert packing.unfit == 3


def test_a_field_is_cut_beyond_60_000_bytes_and_keeps_almost_all() -> None:
    packing = Packing()
    row = fitting_row(
        {"A": "x" * 60_000, "B": "x" * 60_001, "C": ["x" * 56] * 1000, "D": ["x" * 58] * 1000}, packing
    )
    assert packing.cut == 2
    assert row["A"] == "x" * 60_000
    assert 59_900 <= len(row["B"].encode()) <= 60_000
    assert row["C"] == ["x" * 56] * 1000
    assert row["D"][-1] == f"[cut: {1000 - len(row['D']) + 1} of 1000]"
    assert 59_800 <= len(encoded(row["D"])) <= 60_000


def test_a_call_has_900_000_bytes_at_most() -> None:
    assert (MOST_BATCH_BYTES, MOST_FIELD_BYTES) == (900_000, 60_000)


def test_each_row_alone_where_no_two_fit_and_none_where_one_does_not() -> None:
    row = {"A": "x" * 92}  # 100 bytes
    packing = Packing()
    assert [one.rows for one in batches([row] * 3, packing, 102)] == [1, 1, 1]
    assert [one.rows for one in batches([row] * 3, packing, 203)] == [2, 1]
    assert [one.rows for one in batches([row] * 5, packing, 202)] == [1] * 5
    assert [one.rows for one in batches([row] * 5, packing, 203)] == [2, 2, 1]
    assert packing.unfit == 0
    assert list(batches([row] * 3, packing, 101)) == []
    assert packing.unfit == 3
