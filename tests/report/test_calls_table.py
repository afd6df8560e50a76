"""What `--explain-api` prints: every kind of call, and how many there are at least."""

from datetime import UTC, datetime

from sfharden.report.calls_table import render_calls
from sfharden.sources.org.cost import calls_of
from sfharden.sources.org.wanted import Wanted


def test_every_call_is_a_row_and_the_least_are_summed_up() -> None:
    text = render_calls(
        [("query User", "users", 2, "1 per 2,000 users"), ("retrieve", "all metadata", 3, "")]
    )
    table, _, told = text.partition("\n\n")
    rows = [line.split() for line in table.splitlines()[2:]]
    assert rows[0][:3] == ["query", "User", "users"]
    assert rows[-1] == ["retrieve", "all", "metadata", "3"]
    assert told == "At least 5 calls, retries not counted. None was made."


def test_the_whole_list_fits_eighty_columns() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    text = render_calls(list(calls_of(Wanted(logins_since=moment, setup_since=moment))))
    assert max(map(len, text.splitlines())) <= 80
