"""The terminal: its width within bounds, colour only where it's wanted, and no error where there is none."""

import io
import os
import struct

import pytest

from sfharden.text.terminal import (
    DEFAULT,
    NARROWEST,
    WIDEST,
    Terminal,
    aside,
    columns_of,
    is_terminal,
    rewrites,
    terminal_of,
)


class Screen(io.StringIO):
    """A stream with a person at it."""

    def isatty(self) -> bool:
        return True


def width(monkeypatch: pytest.MonkeyPatch, columns: int) -> int:
    monkeypatch.setenv("COLUMNS", str(columns))
    return terminal_of(Screen(), {}).width


def test_what_is_no_terminal_gets_eighty_plain_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert terminal_of(io.StringIO(), {"TERM": "xterm"}) == Terminal(DEFAULT, colour=False)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("60", 60), ("100", 100), ("7", NARROWEST), ("9" * 9, DEFAULT), ("wide", DEFAULT), ("", DEFAULT)],
)
def test_columns_are_heeded_where_nobody_watches_too(asked: str, shown: int) -> None:
    assert terminal_of(io.StringIO(), {"COLUMNS": asked}).width == shown


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_can_be_asked_for_where_nobody_watches(environment: dict[str, str], colour: bool) -> None:
    assert terminal_of(io.StringIO(), environment).colour is colour


@pytest.mark.parametrize(("columns", "shown"), [(1, NARROWEST), (60, 60), (100, 100), (500, WIDEST)])
def test_the_width_stays_within_bounds(monkeypatch: pytest.MonkeyPatch, columns: int, shown: int) -> None:
    assert width(monkeypatch, columns) == shown


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "0"}, False), ({"TERM": "dumb"}, False), ({"TERM": "xterm"}, True)],
)  # fmt: skip
def test_colour_can_be_refused(environment: dict[str, str], colour: bool) -> None:
    assert terminal_of(Screen(), environment).colour is colour


@pytest.mark.parametrize(
    ("environment", "over"),
    [({}, True), ({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)],
)  # fmt: skip
def test_a_line_is_written_over_only_where_that_works(environment: dict[str, str], over: bool) -> None:
    assert rewrites(Screen(), environment) is over
    assert not rewrites(io.StringIO(), environment)


def test_how_wide_a_terminal_really_is_or_the_usual_where_it_is_none() -> None:
    closed = Screen()
    closed.close()
    assert [columns_of(stream) for stream in (None, Screen(), closed)] == [DEFAULT] * 3
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    termios, fcntl = pytest.importorskip("termios"), pytest.importorskip("fcntl")
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 31, 0, 0))
    with os.fdopen(follower, "w") as stream:
        assert columns_of(stream) == 31
    os.close(leader)


def test_nobody_is_at_a_stream_that_was_closed_or_never_there() -> None:
    closed = Screen()
    closed.close()
    with open(os.devnull) as pipe:  # noqa: PTH123 - a path of the system's
        assert not is_terminal(pipe)
    assert is_terminal(Screen())
    assert not is_terminal(None)
    plain = io.StringIO()
    plain.close()
    assert not is_terminal(plain)


@pytest.mark.parametrize("columns", ["60", "80"])
def test_a_message_fits_a_screen_and_is_whole_in_a_log(columns: str) -> None:
    text = "Hint: " + "give one of the options " * 12
    told = aside(text, io.StringIO(), {"COLUMNS": columns})
    assert max(map(len, told.splitlines())) <= int(columns)
    assert " ".join(told.split()) == text.strip()
    assert aside(text, io.StringIO(), {}) == text
