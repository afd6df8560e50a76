"""How far a run is: told on a terminal alone, by part, within a second; gone before anything else is said."""

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.doors.progress import PartsWaitedFor, ProgressLine, waiting_for, watching
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.http.server import DemoServer
from sfharden.ports import Timing
from sfharden.text.terminal import ERASE
from sfharden.text.wrapping import display_width
from tests.commands.kit import Run
from tests.orgs.reading import no_waiting


class Screen(io.StringIO):
    """A stream that is, or isn't, a terminal, and may break."""

    def __init__(self, *, terminal: bool = True, breaks: bool = False) -> None:
        super().__init__()
        self._terminal = terminal
        self._breaks = breaks

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        if self._breaks:
            raise BrokenPipeError
        return super().write(text)

    @property
    def last_line(self) -> str:
        """What stands where the cursor is."""
        return self.getvalue().rpartition("\n")[2].rpartition(ERASE)[2]


@dataclass
class Beat:
    """Time and the beat, both by hand."""

    now: float = 100.0
    acts: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def __call__(self, act: Callable[[], None]) -> Iterator[None]:
        self.acts.append(act)
        yield

    def after(self, seconds: float) -> None:
        self.now += seconds
        for act in self.acts:
            act()

    @property
    def doors(self) -> RunDoors:
        return RunDoors(Timing(clock=lambda: self.now), beat=self)


@pytest.fixture
def beat() -> Beat:
    return Beat()


Sit = Callable[[], Screen]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Sit down at a terminal; within the test, since pytest takes the streams back before it."""

    def down() -> Screen:
        screen = Screen()
        monkeypatch.setattr(sys, "stderr", screen)
        return screen

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return down


def test_the_part_waited_for_longest_is_named_with_how_much_of_it_came(beat: Beat, sit: Sit) -> None:
    screen = sit()
    with watching(beat.doors) as watcher:
        for part in ("Logins", "Users", "Setup changes"):
            watcher.begun(part)
            beat.now += 0.01
        watcher.ended("Users")
        beat.after(0.1)
        assert screen.last_line == "1 of 3 parts read; waiting for Logins"
        watcher.counted("Logins", 2400)
        beat.after(8)
        assert screen.last_line == "1 of 3 parts read; waiting for Logins (2,400 so far, 8 s)"
        watcher.ended("Logins")
        beat.after(1)
        assert screen.last_line == "2 of 3 parts read; waiting for Setup changes (9 s)"
        watcher.ended("Setup changes")
        watcher.begun("Logins")  # asked for more
        beat.after(1)
        assert screen.last_line == "2 of 3 parts read; waiting for Logins (2,400 so far)"
        watcher.ended("Logins")
        beat.after(1)
        assert screen.last_line == "3 of 3 parts read; putting them together"
    assert screen.last_line == ""
    assert "\n" not in screen.getvalue()


def test_one_thing_is_waited_for_without_counting_parts(beat: Beat, sit: Sit) -> None:
    screen = sit()
    with waiting_for("the Salesforce CLI", beat.doors):
        beat.after(0.1)
        assert screen.last_line == "Waiting for the Salesforce CLI"
        beat.after(3)
        assert screen.last_line == "Waiting for the Salesforce CLI (3 s)"
    assert screen.last_line == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_whatever_ends_the_wait_the_line_is_gone_and_stays_gone(
    beat: Beat, sit: Sit, error: type[BaseException]
) -> None:
    screen = sit()

    def fail() -> None:
        with waiting_for("it", beat.doors):
            beat.after(1)
            raise error

    with pytest.raises(error):
        fail()
    assert screen.last_line == ""
    told = screen.getvalue()
    beat.after(10)  # a beat that was under way
    assert screen.getvalue() == told


def test_nobody_who_does_not_watch_is_told(beat: Beat, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, doors in (
        (Screen(terminal=False), beat.doors),
        (Screen(), replace(beat.doors, quiet=True)),
        (None, beat.doors),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        with waiting_for("it", doors):
            beat.after(5)
        assert stream is None or stream.getvalue() == ""
    assert not beat.acts


def test_a_terminal_that_went_away_stops_nothing(beat: Beat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Screen(breaks=True))
    with waiting_for("it", beat.doors):
        beat.after(5)


@pytest.mark.parametrize("variable", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_plain_terminal_gets_a_line_every_few_seconds(
    beat: Beat, sit: Sit, monkeypatch: pytest.MonkeyPatch, variable: tuple[str, str]
) -> None:
    monkeypatch.setenv(*variable)
    screen = sit()
    with waiting_for("it", beat.doors):
        beat.after(0.5)
        assert screen.getvalue() == ""  # a short wait is worth no line
        beat.after(0.4)
        assert screen.getvalue() == "Waiting for it\n"
        for _ in range(60):
            beat.after(0.1)
    assert screen.getvalue() == "Waiting for it\nWaiting for it (5 s)\n"


@given(waits=st.lists(st.floats(0.001, 2), max_size=30), columns=st.integers(1, 60))
def test_no_more_than_ten_a_second_and_never_over_the_edge(waits: list[float], columns: int) -> None:
    beat, screen = Beat(), Screen()
    line = ProgressLine(screen, lambda: beat.now, rewritten=True, columns=lambda: columns)
    for number, wait in enumerate(waits):
        beat.now += wait
        line.draw(f"{number} of 30 parts read; waiting for 名前 and more of them")
    shown = screen.getvalue().split(ERASE)[1:]
    assert len(shown) <= sum(waits) / 0.1 + 1
    assert all(display_width(one) <= max(columns - 1, 1) for one in shown)


@given(st.lists(st.tuples(st.sampled_from(["begun", "ended"]), st.sampled_from("abcd"))))
def test_what_has_ended_is_never_waited_for(told: list[tuple[str, str]]) -> None:
    parts, going = PartsWaitedFor(lambda: 0.0), set[str]()
    for what, part in told:
        getattr(parts, what)(part)
        going = going | {part} if what == "begun" else going - {part}
        named = re.search(r"aiting for (\w)$", parts.words())
        assert (named[1] in going) if named else not going


def test_a_reading_is_told_by_part_and_the_report_stands_alone(
    run: Run, server: DemoServer, sit: Sit, beat: Beat
) -> None:
    timing = replace(no_waiting(), clock=lambda: beat.now)
    through = RunDoors(timing, beat=beat, log=lambda _: beat.after(0.1))  # a beat after every call

    def check(*words: str) -> tuple[str, str]:
        screen = sit()
        _, out, _ = run("check", "--instance-url", server.base_url, *words, through=through)
        return out, screen.getvalue()

    out, err = check()
    assert re.search(r"\d+ of \d\d parts read; waiting for [A-Z][a-z]", err)
    assert "API calls to 127.0.0.1" in err.rpartition("parts read")[2].partition(ERASE)[2]
    assert "parts read" not in out
    assert "\x1b" not in out
    assert "\x1b" not in "".join(check("--quiet"))
