"""The grouping on disk gives what the grouping row by row gives, or leaves the file to it."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfharden.sources.events.columns import layout_of
from sfharden.sources.events.duck import group_on_disk, has_duckdb
from sfharden.sources.events.rows import BrokenLogError, grouped
from tests.sources.events.kit import TOTAL_HEAD, total, total_csv

pytestmark = pytest.mark.skipif(not has_duckdb(), reason="the extra sfharden[events] is not installed")
LAYOUT = layout_of(TOTAL_HEAD, "it")
TEXTS = st.sampled_from(["203.0.113.9", "Salesforce.com IP", "", '"q"', "a,b", "\u00fc", "=1", "NULL", " x "])
ROWS = st.lists(
    st.builds(lambda source, second, status: total(source, second=second, status=status),
              TEXTS, st.integers(0, 59), TEXTS), min_size=1
)  # fmt: skip


def both(path: Path) -> tuple[object, object]:
    with path.open("rb") as stream:
        try:
            by_row, _ = grouped(stream, "it")
        except BrokenLogError as broken:
            by_row = broken.raw
    return group_on_disk(path, LAYOUT), by_row


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(ROWS, st.booleans())
def test_both_groupings_are_equal(tmp_path: Path, rows: list[list[str]], packed: bool) -> None:
    path = tmp_path / "log.csv"
    data = total_csv(*rows)
    path.write_bytes(gzip.compress(data) if packed else data)
    on_disk, by_row = both(path)
    assert on_disk == by_row


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([total()[:4]], id="a row too short"),
        pytest.param([total(), [*total(), "more"]], id="a row too long"),
        pytest.param([[*total()[:9], "11/27/2026"]], id="times in another form"),
        pytest.param([total(), [*total()[:9], "20261127000512.123"]], id="times of two forms"),
        pytest.param([total(), [*total()[:9], "2026-11-27T09:05:12.123+09:00"]], id="times of two zones"),
        pytest.param([total(), [*total()[:9], ""]], id="no time"),
        pytest.param([total(), [*total()[:9], "2x"]], id="garbage for a time"),
        pytest.param([total(), total("two\nlines")], id="a line break within a value"),
        pytest.param([], id="no row"),
    ],
)
def test_a_file_that_is_read_otherwise_is_left_to_the_rows(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(total_csv(*rows))
    on_disk, by_row = both(path)
    assert on_disk is None or on_disk == by_row


def test_a_name_that_the_database_takes_for_a_pattern_is_left_to_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "log*.csv"
    path.write_bytes(total_csv(total()))
    assert group_on_disk(path, LAYOUT) is None
