"""`-v`: every call that an org received is a line on standard error, and nothing more of it than that."""

import re
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from sfharden.doors.call_log import call_log, line_of
from sfharden.emulator.generate import CLIENT_ID
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer
from sfharden.ports import CallMade
from tests.commands.kit import Run
from tests.orgs.reading import doors, secrets_of

LINE: Final = re.compile(r"(GET|POST|DELETE) (/\S*) (\d{3}|no whole answer) \d+ ms attempt (\d+) \([A-Z].*\)")
VERSIONS: Final = r"^GET /services/data/( |$)"  # the first call, which is made alone
REVOKE: Final = ("--app", "Azure Logic Apps", "--expect", "1", "--yes")


def logged(err: str) -> list[tuple[str, str, str, str]]:
    """Method, path, status and attempt of each logged call."""
    return [
        (found[1], found[2], found[3], found[4])
        for line in err.splitlines()
        if (found := LINE.fullmatch(line))
    ]


def received(server: DemoServer) -> Counter[tuple[str, str, str]]:
    """What the org was asked, and what it answered."""
    return Counter(
        (one.method, one.target.partition("?")[0], str(one.status or "no whole answer"))
        for one in server.requests
    )


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("check", "-i", "integration.yaml"), ("/query/", "/services/Soap/m/", "/oauth2/userinfo")),
        (("tokens",), ("/apps/oauth/usage",)),
        (("snapshot", "-o", "s.json"), ("/sobjects/PermissionSet/describe",)),
        (("doctor",), ("/services/Soap/m/",)),
        (("plan", "-i", "integration.yaml", "--fit", "1", "--validate"), ("/services/Soap/m/",)),
        (("revoke", *REVOKE), ("POST /services/oauth2/revoke",)),
    ],
)
def test_each_call_is_one_line_without_query_or_secret(
    ask: Run, server: DemoServer, integration: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    secrets = secrets_of(server.org)
    code, out, err = ask(*arguments, "-v")
    assert code in (0, 1, 4)
    lines = logged(err)
    assert Counter((method, path, status) for method, path, status, _ in lines) == received(server)
    assert len(lines) > 10
    for part in parts:
        assert any(part in f"{method} {path}" for method, path, _, _ in lines), part
    for text in (err, out):
        assert not [one for one in secrets if one in text]
        assert "?" not in text
        assert "SELECT" not in text


def test_the_report_is_the_same_with_and_without_it(ask: Run, integration: Path) -> None:
    quiet = ask("check", "-i", integration, "-f", "json")
    loud = ask("check", "-i", integration, "--verbose", "-f", "json")
    assert loud[:2] == quiet[:2]
    assert logged(quiet[2]) == []
    rest = [line for line in loud[2].splitlines() if not LINE.fullmatch(line)]
    assert rest[0].startswith("The token goes to ")
    assert rest[1].startswith(f"{len(logged(loud[2]))} API calls to ")


def test_a_deployment_that_is_only_checked_is_logged_to_its_last_poll(run: Run) -> None:
    code, _, err = run("plan", "--demo", "--validate", "-v")
    assert code == 4  # it was seen to call from elsewhere, too
    asked = [(method, path) for method, path, _, _ in logged(err) if "deployRequest" in path]
    assert asked[0] == ("POST", "/services/data/v68.0/metadata/deployRequest")
    assert len(asked) > 1
    assert all(method == "GET" and path.startswith(asked[0][1] + "/") for method, path in asked[1:])


def test_signing_in_is_a_call_too(ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_CLIENT_SECRET", server.org.client_secrets[CLIENT_ID].secret)
    _, _, err = ask("tokens", "--client-id", CLIENT_ID, "-v")
    assert logged(err)[0] == ("POST", "/services/oauth2/token", "200", "1")
    monkeypatch.setenv("SF_CLIENT_SECRET", "made-up")
    code, _, err = ask("tokens", "--client-id", CLIENT_ID, "-v")
    assert code == 3
    assert [one[1:3] for one in logged(err)] == [("/services/oauth2/token", "400")]
    assert "made-up" not in err


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        (Fault(FaultKind.STATUS, path=VERSIONS, times=1), [("503", "1"), ("200", "2")]),
        (Fault(FaultKind.RESET, path=VERSIONS, times=2),
         [("no whole answer", "1"), ("no whole answer", "2"), ("200", "3")]),
        (Fault(FaultKind.SILENCE, path=VERSIONS), [("no whole answer", "1"), ("no whole answer", "2")]),
    ],
)  # fmt: skip
def test_each_attempt_is_a_line(
    ask: Run, server: DemoServer, fault: Fault, attempts: list[tuple[str, str]]
) -> None:
    server.faults = [fault]
    _, _, err = ask("check", "-v", through=doors(patience=0.2))
    assert [one[2:] for one in logged(err) if one[1] == "/services/data/"] == attempts


def test_nothing_is_logged_of_files(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check", "--source", tmp_path, "-v")
    assert (code, err) == (4, "")


class Tape(StringIO):
    """A stream that is, or isn't, a terminal, and may break."""

    def __init__(self, *, terminal: bool = False, broken: bool = False) -> None:
        super().__init__()
        self._terminal = terminal
        self._broken = broken

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        if self._broken:
            raise BrokenPipeError
        return super().write(text)


def made(path: str) -> CallMade:
    return CallMade("GET", path, 200, 7, 1, "Querying")


def test_a_path_that_an_org_made_up_cannot_speak_to_the_terminal() -> None:
    tape = Tape()
    call_log(tape)(
        made("/x\x1b[2J\n/services/00Dxx0000000001!AQEAQHmadeup.token/sid=00Dxx0000000001!AQEAQHx")
    )
    assert tape.getvalue().count("\n") == 1
    assert "\x1b" not in tape.getvalue()
    assert "AQEAQH" not in tape.getvalue()


def test_a_line_makes_room_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = Tape(terminal=True), Tape()
    for tape in (terminal, file):
        call_log(tape)(made("/x"))
    assert file.getvalue() == "GET /x 200 7 ms attempt 1 (Querying)\n"
    assert terminal.getvalue() == f"\r\x1b[K{file.getvalue()}"


@pytest.mark.parametrize("stream", [lambda: None, lambda: Tape(broken=True), lambda: closed()])
def test_a_log_that_nobody_takes_stops_nothing(stream: Callable[[], Tape | None]) -> None:
    call_log(stream())(made("/x"))


def closed() -> Tape:
    tape = Tape()
    tape.close()
    return tape


def test_a_line_tells_an_unanswered_call() -> None:
    call = CallMade("POST", "/services/oauth2/revoke", None, 30_000, 2, "Revoking a token")
    assert (
        line_of(call) == "POST /services/oauth2/revoke no whole answer 30000 ms attempt 2 (Revoking a token)"
    )
