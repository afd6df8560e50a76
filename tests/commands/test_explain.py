"""`--explain-api`: the calls of a run are told, none is made; or few are, to count first, and an estimate holds."""

import re
from pathlib import Path

import pytest

from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer

from .kit import LIVE, Run, widest, words


@pytest.mark.parametrize("command", LIVE)
def test_explaining_makes_no_call(ask: Run, server: DemoServer, tmp_path: Path, command: str) -> None:
    target = ("-o", tmp_path / "file") if command in ("snapshot", "init") else ()
    code, out, _ = ask(command, "--explain-api", *target)
    assert code == 0
    assert "None was made." in out
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []
    assert widest(out) <= 80


def test_counting_first_gives_an_estimate_that_holds(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    """Counting makes no other call than it says, and reading none beyond the estimate."""
    code, out, _ = ask("snapshot", "--explain-api=counted", "-o", tmp_path / "s.json")
    assert code == 0
    assert widest(out) <= 80
    made = int(re.findall(r"Counting took (\d+) calls", out)[0])
    assert made == len(server.requests) <= 10
    assert not (tmp_path / "s.json").exists()
    low, high = map(int, re.findall(r"About (\d+) to (\d+) calls", out)[0])
    server.requests.clear()
    ask("snapshot", "-o", tmp_path / "s.json")
    assert low <= len(server.requests) <= high


def test_counting_what_is_not_shown_is_no_error(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    server.faults = [Fault(FaultKind.LIMIT, path="OauthToken|oauth%2Fusage|oauth/usage")]
    code, out, _ = ask("tokens", "--explain-api=counted")
    assert code == 0
    assert "1 per 500 tokens" in words(out)


@pytest.mark.parametrize("word", ["=", "=all", "=3"])
def test_there_is_one_word_for_counting(ask: Run, server: DemoServer, word: str) -> None:
    assert ask("check", f"--explain-api{word}")[0] == 2
    assert server.requests == []


def test_what_is_explained_is_what_is_done(ask: Run, server: DemoServer, tmp_path: Path) -> None:
    """In an org as small as this one, nearly the least number of calls: besides, a retrieve that takes its time,
    permission set groups, users who are looked up.
    """
    _, out, _ = ask("snapshot", "--explain-api", "-o", tmp_path / "s.json")
    told = int(re.findall(r"About (\d+) to \d+ calls", out)[0])
    ask("snapshot", "-o", tmp_path / "s.json")
    assert told <= len(server.requests) <= told + 10
