"""CSV: a row a result, no formula in any cell, whatever the names."""

import csv
import io

from sfharden.report.check_csv import HEAD

from .forms_kit import every_state, hostile_report, shown


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_row_for_each_result_and_a_cell_for_each_column() -> None:
    given = every_state()
    head, *rows = rows_of(shown(given, "csv"))
    assert tuple(head) == HEAD
    assert len(rows) == len(given.results)
    assert {len(row) for row in rows} == {len(HEAD)}
    assert [row[-1] for row in rows] == [one.fingerprint for one in given.results]


def test_no_cell_is_a_formula() -> None:
    for row in rows_of(shown(hostile_report(), "csv")):
        assert not [cell for cell in row if cell.lstrip()[:1] in set("=+-@|%")]
