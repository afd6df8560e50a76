"""The doors of `revoke`: what a person at a terminal sees, types and keeps, and the org behind the command."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sfharden.cli import main
from sfharden.commands import revoke as module
from sfharden.commands.revoke import make_command
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.revoke_doors import TerminalPerson
from sfharden.errors import NoVerdictError
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.history import History
from sfharden.revocation.pages import NotePage, ReceiptPage
from tests.revocation.kit import FakeOrg, OpenOrg, handle, header_of, plan_of


class Stream(io.StringIO):
    """A stream that may be a terminal, and may break."""

    def __init__(self, text: str = "", *, terminal: bool = False, breaks: bool = False) -> None:
        super().__init__(text)
        self._terminal = terminal
        self._breaks = breaks

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        if self._breaks:
            raise BrokenPipeError
        return super().write(text)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override] # typeshed: of bytes
        if self._breaks:
            raise OSError
        return super().readline(-1 if size is None else size)


@pytest.fixture(name="org")
def _org(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OpenOrg:
    org = OpenOrg(FakeOrg({1, 2, 3}), how="access token")

    @contextmanager
    def door(_: LiveOptions) -> Iterator[OpenOrg]:
        yield org

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "command", make_command(door))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return org


def revoke_all() -> int:
    return main(["revoke", "--org", "x", "--all", "--expect", "3", "--yes"])


def test_pages_go_to_standard_output_and_all_else_beside_it(
    org: OpenOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    assert revoke_all() == 0
    assert (org.readings, org.fake.alive) == (2, set())
    out, err = capsys.readouterr()
    for said in (
        "3 tokens of 1 app and 1 user. Fingerprint",
        "3 tokens: 3 revoked.",
        "sfharden verify --org x",
    ):
        assert said in out
    for said in ("Warning: ", "Revoking 3 tokens; the journal is revocation-"):
        assert said in err
        assert said not in out
    assert "\r" not in err


def test_what_is_left_is_named_and_said_how_to_finish(
    org: OpenOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    org.fake.trouble = lambda number, phase: (
        RevokeOutcome(Ending.REVOKED) if (number, phase) == (1, "before") else None
    )
    assert revoke_all() == 6
    out, err = capsys.readouterr()
    (survivor,) = org.fake.alive
    assert f"{handle(survivor)}  failed (STILL_THERE)" in out
    assert "--resume" in err


@pytest.mark.parametrize("how", ["JWT bearer", "client credentials"])
def test_a_login_without_a_token_of_its_own_needs_no_warning(
    org: OpenOrg, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    org.how = how
    assert main(["revoke", "--org", "x", "--all", "--dry-run"]) == 0
    assert "this run's own" not in capsys.readouterr().err


# The person at the terminal ---------------------------------------------------------------------


def test_only_who_sits_at_a_terminal_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Stream("ABCD\n"))
    assert TerminalPerson().ask("Type it: ") is None
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys, "stdin", Stream("ABCD\n", terminal=True))
    assert TerminalPerson().ask("Type it: ") == "ABCD\n"
    assert capsys.readouterr().err == "Type it: "


@pytest.mark.parametrize("typed", [Stream(terminal=True), Stream("ABCD\n", terminal=True, breaks=True)])
def test_a_terminal_that_hung_up_types_nothing(monkeypatch: pytest.MonkeyPatch, typed: Stream) -> None:
    monkeypatch.setattr(sys, "stdin", typed)
    assert TerminalPerson().ask("Type it: ") == ""


def test_a_page_that_nobody_takes_is_told_and_what_is_beside_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Stream(breaks=True))
    with pytest.raises(BrokenPipeError):
        TerminalPerson().show(NotePage("a line"))
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(NoVerdictError):
        TerminalPerson().show(NotePage("a line"))
    monkeypatch.setattr(sys, "stderr", Stream(breaks=True))
    TerminalPerson().say("a line")
    with pytest.raises(BrokenPipeError):  # consent to what nobody was warned of is none
        TerminalPerson().warn("a line")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("xterm", "\r\x1b[K1 of 2 revoked\r\x1b[K2 of 2 revoked\n"),
        ("dumb", "2 of 2 revoked\n"),
        ("", ""),
    ],
)
def test_how_far_it_is_goes_to_who_watches(monkeypatch: pytest.MonkeyPatch, kind: str, told: str) -> None:
    monkeypatch.setenv("TERM", kind)
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = bool(kind)
    stream = Stream(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    person = TerminalPerson()
    person.progress(1, 2)
    person.progress(2, 2)
    assert stream.getvalue() == told


def test_a_hostile_name_in_a_warning_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalPerson().warn("\x1b[2J\u202eevil may keep working")
    shown = capsys.readouterr().err
    assert "evil may keep working" in shown
    assert shown.removesuffix("\n").isprintable()


def test_a_receipt_is_json_by_its_name_and_else_markdown(tmp_path: Path) -> None:
    plan = plan_of([1])
    page = ReceiptPage(History(header_of(plan), plan), ("something to know",))
    TerminalPerson().keep(page, tmp_path / "r.JSON")
    TerminalPerson().keep(page, tmp_path / "r.md")
    assert json.loads((tmp_path / "r.JSON").read_text("utf-8"))["warnings"] == ["something to know"]
    assert (tmp_path / "r.md").read_text("utf-8").startswith("# Revocation of OAuth tokens\n")
