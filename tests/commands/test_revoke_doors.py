"""`sfharden revoke` through a door of plain values: what it says when the second look shows something else."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from sfharden.cli import main
from sfharden.commands import revoke as module
from sfharden.commands.live_options import LiveOptions
from sfharden.commands.revoke import make_command
from sfharden.errors import UnreachableError
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.ports import Ending, OneByOne, RevokeOutcome
from sfharden.text.redact import Secret
from tests.revocation.kit import NOW, FakeOrg, handle, secret, snapshot, token


@dataclass
class Reading:
    """An inventory of plain values."""

    snapshot: Snapshot
    secrets: dict[str, Secret]
    external_handles: frozenset[str] = frozenset()


@dataclass
class Org:
    """A fake org whose second reading may differ from its first."""

    fake: FakeOrg
    how: str = "access token"
    later: Callable[[], Reading] | None = None
    readings: int = 0
    slept: list[float] = field(default_factory=list)

    def inventory(self, *gaps: Gap) -> Reading:
        alive = sorted(self.fake.alive)
        return Reading(
            snapshot([token(one) for one in alive], gaps=gaps), {handle(one): secret(one) for one in alive}
        )

    def read(self, *, metadata: bool, one_by_one: OneByOne) -> Reading:  # noqa: ARG002 - what the door has
        self.readings += 1
        return self.later() if self.later and self.readings > 1 else self.inventory()

    def revoker(self, workers: int) -> "nullcontext[FakeOrg]":  # noqa: ARG002 - what the door has
        return nullcontext(self.fake)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> datetime:
        return NOW


@pytest.fixture(name="org")
def _org(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Org:
    org = Org(FakeOrg({1, 2, 3}))

    @contextmanager
    def door(_: LiveOptions) -> Iterator[Org]:
        yield org

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "command", make_command(door))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return org


def revoke_all() -> int:
    return main(["revoke", "--org", "x", "--all", "--expect", "3", "--yes"])


def test_all_gone_and_seen_to_be_gone_is_zero(org: Org) -> None:
    assert revoke_all() == 0
    assert (org.readings, org.fake.alive) == (2, set())


def test_a_second_look_that_may_not_be_whole_is_four(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    org.later = lambda: org.inventory(Gap(what="OAuth tokens", reason="own rows only", kind="OauthToken"))
    assert revoke_all() == 4
    assert "own rows only" in capsys.readouterr().err


def test_a_second_look_that_fails_is_four(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> Reading:
        raise UnreachableError("no answer")

    org.later = fails
    assert revoke_all() == 4
    assert "could not be counted again" in capsys.readouterr().err


def test_a_survivor_is_six_and_named(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    org.fake.trouble = lambda number, phase: (
        RevokeOutcome(Ending.REVOKED) if (number, phase) == (1, "before") else None
    )
    assert revoke_all() == 6
    out, err = capsys.readouterr()
    (survivor,) = org.fake.alive
    assert f"{handle(survivor)}  failed (STILL_THERE)" in out
    assert "--resume" in err


def test_refused_tokens_are_six(org: Org) -> None:
    refused = RevokeOutcome(Ending.REFUSED, "INSUFFICIENT_ACCESS")
    org.fake.trouble = lambda number, phase: refused if (number, phase) == (2, "before") else None
    assert revoke_all() == 6


def test_an_unknown_that_is_seen_to_be_gone_is_zero(org: Org) -> None:
    org.fake.trouble = lambda _number, phase: (
        RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER") if phase == "after" else None
    )
    assert revoke_all() == 0


@pytest.mark.parametrize("how", ["JWT bearer", "client credentials"])
def test_a_login_without_a_token_of_its_own_needs_no_warning(
    org: Org, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    org.how = how
    assert main(["revoke", "--org", "x", "--all", "--dry-run"]) == 0
    assert "this run's own" not in capsys.readouterr().err


def test_a_disk_that_fills_up_is_six_and_says_how_to_go_on(
    org: Org, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sfharden.errors import NoVerdictError
    from sfharden.revocation.journal import Journal

    def full(*_: object) -> None:
        raise NoVerdictError("The journal can't be written any more, so nothing more was sent")

    monkeypatch.setattr(Journal, "ended", full)
    assert revoke_all() == 6
    assert "--resume" in capsys.readouterr().err
