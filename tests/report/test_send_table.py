"""What became of the rows is told in numbers that add up."""

import json

from sfharden.ports import SendOutcome
from sfharden.report.send_table import dry_rows, render_outcome


def test_all_sent_is_one_line() -> None:
    assert render_outcome(SendOutcome(3, {})) == "3 rows sent, 0 given up."


def test_what_was_given_up_is_told_by_its_reason() -> None:
    told = render_outcome(SendOutcome(1, {"HTTP 400": 2, "no answer\x1b": 3}, perhaps=3, cut=1))
    assert told.splitlines() == [
        "1 row sent, 5 given up.",
        "  2 given up: HTTP 400.",
        "  3 given up: no answer�.",
        "  3 of these may have arrived: no answer said so. Sending the report again makes doubles, which RunId and FindingUid tell.",
        "1 field too large for the table, cut with a mark.",
    ]


def test_rows_are_printed_one_a_line_and_give_a_build_no_orders() -> None:
    rows: list[dict[str, object]] = [{"A": "##vso[x]ü"}, {"A": [1]}]
    text = dry_rows(rows)
    assert [json.loads(line) for line in text.splitlines()] == rows
    assert text.isascii()
    assert "##" not in text
