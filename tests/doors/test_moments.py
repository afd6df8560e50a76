"""A moment given as an option is past, and not older than any org, in every command and in every spelling."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sfharden.doors.moments import logins_from, moment, since
from sfharden.emulator.http.server import DemoServer
from sfharden.errors import UsageError
from sfharden.facts.logins import KEPT
from tests.commands.kit import Run
from tests.orgs.reading import NOW

ZONE = timezone(timedelta(hours=14))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0d", NOW),
        ("30d", NOW - timedelta(days=30)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:00:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00+02:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-25T01:00:00+14:00", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ("1999-01-01", datetime(1999, 1, 1, tzinfo=UTC)),
    ],
)
def test_days_and_dates(text: str, expected: datetime) -> None:
    assert moment(text, NOW, "--x") == expected


@pytest.mark.parametrize("text", ["30", "7", "0", "2026"])
def test_a_bare_number_is_refused_with_how_days_are_written(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        moment(text, NOW, "--logins-since")
    assert refused.value.message == "--logins-since takes a number of days, such as 30d, or a date."
    assert refused.value.hint == f"For days, write {text}d."


@pytest.mark.parametrize("text", ["soon", "", "d", "30 d", "\u0663"])
def test_what_is_no_number_is_not_taken_for_days(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        moment(text, NOW, "--logins-since")
    assert refused.value.hint == ""


REFUSED = [
    "", " ", "d", "-3d", "+3d", "1.5d", "٣d", "9999999d", "30", "30D", "30 d", "soon", "yesterday", "99999d",
    "2026-13-01", "2026-11-24T12:00:01Z", "2026-11-24T12:00:00-00:01", "2030-01-01", "9999-12-31T23:59:59-14:00",
    "1998-12-31", "1999-01-01T00:00:00+00:01", "0001-01-01T00:00:00+14:00", "2026-11-25",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_past_moment_is_refused_in_the_option_s_name(text: str) -> None:
    with pytest.raises(UsageError, match="--created-before takes "):
        moment(text, NOW, "--created-before")


@given(st.one_of(st.text(), st.datetimes(timezones=st.just(ZONE)).map(str), st.integers().map("{}d".format)))
@example("0001-01-01T00:00:00+14:00")
def test_whatever_is_taken_is_past_and_not_older_than_any_org(text: str) -> None:
    try:
        found = moment(text, NOW, "--x")
    except UsageError:
        return
    assert datetime(1999, 1, 1, tzinfo=UTC) <= found <= NOW


def test_without_the_option_the_default_holds_and_an_empty_one_is_no_default() -> None:
    assert since(None, NOW, timedelta(days=30)) == NOW - timedelta(days=30)
    with pytest.raises(UsageError):
        since("", NOW, timedelta(days=30))


@pytest.mark.parametrize(
    ("hardened", "days"),
    [
        ([], 30),
        ([None], 30),
        ([NOW - timedelta(days=4), None, NOW - timedelta(days=9)], 9),
        ([NOW - timedelta(days=400)], KEPT.days),
        ([NOW + timedelta(days=4)], 0),
    ],
)
def test_logins_are_read_since_the_first_hardening(hardened: list[datetime | None], days: int) -> None:
    assert logins_from(None, hardened, NOW) == NOW - timedelta(days=days)
    assert logins_from("7d", hardened, NOW) == NOW - timedelta(days=7)


COMMANDS = [
    ("check", "--logins-since"),
    ("snapshot", "-o", "out.json", "--logins-since"),
    ("simulate", "-i", "integration.yaml", "--with", "package", "--logins-since"),
    ("revoke", "--app", "Azure Logic Apps", "--dry-run", "--created-before"),
]


@pytest.mark.parametrize("text", ["2030-01-01", "1998-12-31", "", "soon"])
@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_refuses_it_before_the_first_call(
    ask: Run,
    server: DemoServer,
    integration: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    text: str,
) -> None:
    monkeypatch.chdir(integration.parent)
    code, out, err = ask(*words, text)
    assert (code, out, server.requests) == (2, "", [])
    assert words[-1] in err
