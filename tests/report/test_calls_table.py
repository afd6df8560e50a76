"""What `--explain-api` prints: every kind of call, and how many there are at least."""

from datetime import UTC, datetime

from sfharden.report.calls_table import render_calls
from sfharden.sources.org.cost import NOT_COUNTED, Counts, calls_of
from sfharden.sources.org.wanted import Wanted

LINES = [("query User", "users", 2, "1 per 2,000 users", 9), ("retrieve", "all metadata", 3, "", None)]


def test_every_call_is_a_row_and_the_least_are_summed_up() -> None:
    text = render_calls([(*line[:4], None) for line in LINES])
    table, _, told = text.partition("\n\n")
    rows = [line.split() for line in table.splitlines()[2:]]
    assert rows[0][:3] == ["query", "User", "users"]
    assert rows[-1] == ["retrieve", "all", "metadata", "3"]
    assert told == "At least 5 calls, retries not counted. None was made."


def test_what_was_counted_gives_an_estimate() -> None:
    table, _, told = render_calls(LINES, counted_by=1).partition("\n\n")
    assert "2-9" in table
    assert told.startswith("About 5 to 12 calls;")
    assert told.endswith("Counting took 1 calls; no other was made.")


def test_the_whole_list_fits_eighty_columns() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    wanted = Wanted(logins_since=moment, setup_since=moment)
    for counts in (NOT_COUNTED, Counts(20_000, 6_000, 900, 40_000, 1_000_000, 5)):
        text = render_calls(list(calls_of(wanted, counts)), counted_by=7)
        assert max(map(len, text.splitlines())) <= 80
