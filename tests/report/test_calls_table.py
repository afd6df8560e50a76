"""What `--explain-api` prints: every kind of call, and how many there are at least."""

import re
from datetime import UTC, datetime

from sfharden.emulator.http.server import DemoServer
from sfharden.report.calls_table import render_azure_calls, render_calls
from sfharden.sources.org.cost import NOT_COUNTED, Counts, calls_of
from sfharden.sources.org.wanted import Wanted
from tests.commands.conftest import ask as ask
from tests.commands.conftest import org as org
from tests.commands.conftest import run as run
from tests.commands.conftest import server as server
from tests.commands.kit import Run

LINES = [("query User", "users", 2, "1 per 2,000 users", 9), ("retrieve", "all metadata", 3, "", None)]


def test_every_call_is_a_row_and_the_least_are_summed_up() -> None:
    text = render_calls([(*line[:4], None) for line in LINES])
    table, _, told = text.partition("\n\n")
    told = " ".join(told.split())
    rows = [line.split() for line in table.splitlines()[2:]]
    assert rows[0][:3] == ["query", "User", "users"]
    assert rows[-1] == ["retrieve", "all", "metadata", "3"]
    assert told.startswith("About 5 calls for a small org; in a larger one what And says adds to them")
    assert told.endswith("Retries and single tokens are not counted. None was made.")


def test_what_does_not_grow_is_no_matter_of_the_org_s_size() -> None:
    told = render_calls(
        [("retrieve", "all metadata", 2, "1 per wait", 14), ("GET userinfo", "who", 1, "", None)]
    )
    assert "\nAbout 3 to 15 calls.\n" in told


def test_the_estimate_for_a_small_org_holds_for_one(ask: Run, server: DemoServer) -> None:
    _, out, _ = ask("check", "--explain-api")
    least, most = map(int, re.findall(r"About (\d+) to (\d+) calls", out)[0])
    ask("check")
    assert least <= len(server.requests) <= most


def test_no_name_of_a_call_is_broken() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    text = render_calls(list(calls_of(Wanted(logins_since=moment, setup_since=moment))))
    for line in calls_of(Wanted(logins_since=moment, setup_since=moment)):
        assert all(word in text for word in line.call.split())


def test_what_was_counted_gives_an_estimate() -> None:
    table, _, told = render_calls(LINES, counted_by=1).partition("\n\n")
    assert "2-9" in table
    assert told.startswith("About 5 to 12 calls. ")
    assert told.endswith("Counting took 1 call; no other was made.")


def test_the_whole_list_fits_eighty_columns() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    wanted = Wanted(logins_since=moment, setup_since=moment)
    for counts in (NOT_COUNTED, Counts(20_000, 6_000, 900, 40_000, 1_000_000, 5)):
        text = render_calls(list(calls_of(wanted, counts)), counted_by=7)
        assert max(map(len, text.splitlines())) <= 80


def test_of_azure_each_call_comes_with_its_right_and_the_least_are_summed_up() -> None:
    lines = [
        ("who may call", "Microsoft.Logic/workflows/read", 2, "1 per workflow"),
        ("logs", "X/y/read", 0, ""),
    ]
    text = render_azure_calls(lines)
    assert "2        who may call (and 1 per workflow)\n         Microsoft.Logic/workflows/read\n" in text
    assert "logs\n         X/y/read\n" in text
    assert text.endswith("At least 2 calls to Azure, all of them GET; retries not counted. None was made.")
