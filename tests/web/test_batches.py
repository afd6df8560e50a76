"""Rows in batches: every row in one of them or counted, all of it JSON, nothing over its bound."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfharden.web.batches import MOST_BATCH_BYTES, Packing, batches, encoded, fitting_row

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
