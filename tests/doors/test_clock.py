"""The clock that judges is the clock: a stamp moves nothing but `generated_at`, another day is asked for and said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.doors.clock import current_time, stamp_of, times_of
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.http.server import DemoServer
from sfharden.errors import UsageError
from sfharden.ports import Timing
from tests.commands.kit import Run, words
from tests.orgs.metadata import HEALTHY, SECURITY, write
from tests.orgs.reading import INTEGRATION_FILE, NOW

BUILD: Final = "1735689600"  # the first of January 2025
STAMP: Final = "2025-01-01T00:00:00Z"
WAIVER: Final = (
    "waivers:\n  - {control: ip-enforced-on-every-request, subject: Security, reason: until the pilot ends,"
    " owner: the team, expires: 2025-01-31}\n"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files with one mistake, waived until the end of January 2025."""
    monkeypatch.chdir(tmp_path)
    lax = {**HEALTHY, SECURITY: HEALTHY[SECURITY].replace("EveryRequest>true", "EveryRequest>false")}
    write(lax, tmp_path / "src")
    Path("i.yaml").write_text(INTEGRATION_FILE + WAIVER, "utf-8")
    return tmp_path


def without_stamp(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "generated_at" not in line)


FILES: Final = ("--source", "src", "-i", "i.yaml")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", *FILES, "-f", "json"),
        ("check", *FILES),
        ("simulate", *FILES, "--with", "src", "-f", "json"),
        ("verify", *FILES, "-f", "json"),
        ("egress", "-i", "i.yaml", "-f", "json"),
    ],
)
def test_what_build_machines_set_stamps_a_report_on_files_and_moves_nothing_else(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    code, out, err = run(*arguments)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", BUILD)
    code_then, out_then, err_then = run(*arguments)
    assert (code_then, without_stamp(out_then), err_then) == (code, without_stamp(out), err)
    if "json" in arguments:
        assert json.loads(out_then)["generated_at"] == STAMP
        assert json.loads(out)["generated_at"] == "2026-11-24T12:00:00Z"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "-i", "i.yaml", "-f", "json"),
        ("verify", "-i", "i.yaml", "-f", "json"),
        ("tokens",),
        ("revoke", "--created-before", "10d", "--dry-run"),
        ("revoke", "--unused-for", "1", "--dry-run"),
    ],
)
def test_of_a_running_org_it_moves_nothing_at_all(
    ask: Run, place: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    code, out, _ = ask(*arguments)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", BUILD)
    assert ask(*arguments)[:2] == (code, out)


def test_a_journal_tells_the_real_time(ask: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", BUILD)
    assert ask("revoke", "--app", "Azure Logic Apps", "--expect", "1", "--yes", "--journal", "j")[0] == 0
    times = {json.loads(line)["at"][:10] for line in Path("j").read_text().splitlines() if '"at"' in line}
    assert times == {f"{NOW:%Y-%m-%d}"}


@pytest.mark.parametrize("value", ["soon", "1e9", "9" * 30, "2025-01-01"])
def test_a_stamp_that_is_no_time_is_refused_before_reading(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    code, out, err = run("check", *FILES)
    assert (code, out) == (2, "")
    assert "SOURCE_DATE_EPOCH" in err


@pytest.mark.parametrize(
    ("day", "waived"), [("2025-01-31", True), ("2025-02-01", False), ("2024-02-29", True)]
)
def test_another_day_judges_and_is_said(run: Run, place: Path, day: str, waived: bool) -> None:
    _, out, _ = run("check", *FILES, "--as-of", day, "-f", "json")
    report = json.loads(out)
    (one,) = [item for item in report["results"] if item["control"] == "ip-enforced-on-every-request"]
    assert (one["status"], bool(one["waived"])) == ("fail", waived)
    assert (report["as_of"], report["generated_at"]) == (day, "2026-11-24T12:00:00Z")
    _, table, _ = run("check", *FILES, "--as-of", day)
    assert f"Judged by     {day}, not by today (--as-of)" in table


def test_without_it_nothing_is_said(run: Run, place: Path) -> None:
    assert json.loads(run("check", *FILES, "-f", "json")[1])["as_of"] is None
    assert "Judged by" not in run("check", *FILES)[1]


def test_a_simulation_of_another_day_says_so_too(run: Run, place: Path) -> None:
    asked = ("simulate", *FILES, "--with", "src", "--as-of", "2025-01-31")
    assert json.loads(run(*asked, "-f", "json")[1])["as_of"] == "2025-01-31"
    assert "Judged by 2025-01-31, not by today (--as-of)" in run(*asked)[1]


def test_a_verification_of_another_day_says_so_too(ask: Run, run: Run, place: Path) -> None:
    assert ask("snapshot", "-o", "s.json")[0] == 0
    asked = ("verify", "--snapshot", "s.json", "-i", "i.yaml", "--as-of", "2026-11-30")
    assert json.loads(run(*asked, "-f", "json")[1])["as_of"] == "2026-11-30"
    assert "Judged by 2026-11-30, not by today (--as-of)" in run(*asked)[1]
    assert json.loads(run(*asked[:-2], "-f", "json")[1])["as_of"] is None


@pytest.mark.parametrize("command", ["check", "simulate", "verify"])
def test_it_does_not_exist_for_a_running_org(
    ask: Run, run: Run, server: DemoServer, place: Path, command: str
) -> None:
    more = ("-i", "i.yaml", *(("--with", "src") if command == "simulate" else ()), "--as-of", "2026-11-01")
    for code, out, err in (ask(command, *more), run(command, "--demo", *more)):
        assert (code, out) == (2, "")
        assert "--as-of is for files and snapshots" in words(err)
    assert server.requests == []


@pytest.mark.parametrize("command", ["revoke", "doctor", "snapshot", "plan", "tokens"])
def test_commands_that_revoke_or_only_read_do_not_know_it(run: Run, command: str) -> None:
    code, _, err = run(command, "--demo", "--as-of", "2026-11-01")
    assert code == 2
    assert "No such option" in err


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "1998-12-31", "0001-01-01", "9999-12-31", "30d"])
def test_a_day_that_is_none_is_refused(run: Run, place: Path, day: str) -> None:
    code, out, err = run("check", *FILES, "--as-of", day)
    assert (code, out) == (2, "")
    assert "--as-of takes a day" in err


def at(now: datetime) -> LiveOptions:
    return LiveOptions(doors=RunDoors(Timing(now=lambda: now)))


days = st.dates(datetime(1999, 1, 1, tzinfo=UTC).date(), datetime(9998, 1, 1, tzinfo=UTC).date())


@given(days, st.integers(0, 10**10))
def test_a_chosen_day_rests_on_neither_clock_nor_stamp(day: object, seconds: int) -> None:
    environment = {"SOURCE_DATE_EPOCH": str(seconds)}
    times = times_of(at(NOW), environment, str(day))
    assert times.judged.date() == day
    assert times.now == NOW
    assert times.judged == times_of(at(NOW + timedelta(days=900)), {}, str(day)).judged or day == NOW.date()


def test_today_is_judged_by_as_far_as_it_went() -> None:
    assert times_of(at(NOW), {}, f"{NOW:%Y-%m-%d}").judged == NOW
    assert times_of(at(NOW), {}, "2026-11-23").judged == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


def test_the_clock_is_in_utc_and_in_whole_seconds() -> None:
    east = datetime.fromisoformat("2026-11-24T13:00:00.75+01:00")
    now = current_time(RunDoors(Timing(now=lambda: east)))
    assert (now, now.utcoffset()) == (NOW, timedelta())
    assert stamp_of(now, {"SOURCE_DATE_EPOCH": ""}) == "2026-11-24T12:00:00Z"
    with pytest.raises(UsageError):
        stamp_of(now, {"SOURCE_DATE_EPOCH": "x"})
