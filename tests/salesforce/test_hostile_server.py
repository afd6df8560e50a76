"""Whatever a server sends, a command ends in time, in an exit code that is no bug's, and without a secret.

Beyond those of the wire: through the command line, as a person runs it, on a server that lies. The bound is that of
the run's clock and of requests; that a run ends at all is waited for, so a hang fails and doesn't hang the tests.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from sfharden.cli import main
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.generate import APP_LABEL, healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.errors import Exit
from sfharden.ports import Timing
from sfharden.web.transport import Bounds
from tests.orgs.constants import NOW
from tests.orgs.served import INTEGRATION_FILE, secrets_of

from .hostile import BEHAVIOURS, DRIPS, ECHOES, Asked, Behaviour, HostileOrg, hostile_org

TOKEN: Final = "00Dxx0000000001!AQ0AQMadeUp.Token_For-Tests"
COMMANDS: Final = {
    "check": ("check", "-i", "integration.yaml"),
    "tokens": ("tokens",),
    "revoke": ("revoke", "--app", APP_LABEL, "--expect", "1", "--yes", "--journal", "journal"),
    "plan": ("plan", "-i", "integration.yaml", "--validate", "--accept-lockout-risk"),
}
HANGS_AFTER: Final = 60.0  # seconds; what is bounded ends in under two
MOST_REQUESTS: Final = 2_000


def bounds(patience: float) -> Bounds:
    return Bounds(connect=patience, read=patience, total=4 * patience, run=15 * patience)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_ACCESS_TOKEN", TOKEN)
    (tmp_path / "integration.yaml").write_text(INTEGRATION_FILE, "utf-8")
    return tmp_path


def ended(org: HostileOrg, command: str, patience: float) -> int:
    """Run a command in a thread of its own, and wait for its end."""
    timing = Timing(lambda _: None, time.monotonic, lambda: 0.0, lambda: NOW)
    doors = RunDoors(timing, bounds(patience))
    codes: list[int] = []
    arguments = [*COMMANDS[command], "--instance-url", org.url]
    thread = threading.Thread(target=lambda: codes.append(main(arguments, doors)), daemon=True)
    thread.start()
    thread.join(HANGS_AFTER)
    assert codes, f"{command} hangs"
    return codes[0]


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Everything that a run left: on its streams, and in files."""
    streams = capsys.readouterr()
    files = [one.read_text("utf-8", "replace") for one in folder.rglob("*") if one.is_file()]
    return "\n".join([streams.out, streams.err, *files])


def all_but_versions(asked: Asked) -> bool:
    return asked.path.rstrip("/") != "/services/data"


def cases() -> Iterator[object]:
    """Each behaviour with each command in turn; echoes and drips with all."""
    names = list(COMMANDS)
    for number, (label, behaviour) in enumerate(BEHAVIOURS.items()):
        all_of_them = label in ECHOES or label in DRIPS
        for command in names if all_of_them else [names[number % 4]]:
            yield pytest.param(behaviour, command, id=f"{label}-{command}")


@pytest.mark.parametrize(("behaviour", "command"), list(cases()))
def test_a_server_that_lies_in_all_it_says(
    behaviour: Behaviour, command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hostile_org(behaviour, all_but_versions) as org:
        code = ended(org, command, 0.1)
    left = told(folder, capsys)
    assert code not in (Exit.OK, Exit.BUG), left
    assert TOKEN not in left
    assert TOKEN[16:] not in left
    assert len(org.asked) < MOST_REQUESTS
    assert "Traceback" not in left


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=list(BEHAVIOURS))
def test_a_server_that_lies_from_the_first_call_on(
    behaviour: Behaviour, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hostile_org(behaviour, lambda _: True) as org:
        assert ended(org, "check", 0.1) == Exit.NO_VERDICT
    assert TOKEN not in told(folder, capsys)


@pytest.fixture(scope="module")
def honest() -> Iterator[DemoServer]:
    with serve(healthy_org(NOW)) as running:
        yield running


def revocations(asked: Asked) -> bool:
    return asked.path.startswith(("/services/oauth2/revoke", "/services/data/v66.0/apps/oauth/usage/tokens/"))


def deployments(asked: Asked) -> bool:
    return "/metadata/deployRequest" in asked.path


LATE: Final = ("echo as an OAuth error", "echo on a page", "redirect elsewhere", "drip a body", "drip 100 Continue",
    "bomb of gzip", "bomb of lists", "UTF-16", "null", "cut off in the body", "closed at once")  # fmt: skip


@pytest.mark.parametrize("label", LATE)
def test_an_org_that_lies_of_revocations_only(
    label: str,
    honest: DemoServer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", honest.tokens["auditor"])
    count = sum(one.app_name == APP_LABEL for one in honest.org.tokens)
    asking = ("revoke", "--app", APP_LABEL, "--expect", str(count), "--yes", "--journal", "journal")
    monkeypatch.setitem(COMMANDS, "revoke", asking)
    with hostile_org(BEHAVIOURS[label], revocations, honest.base_url) as org:
        code = ended(org, "revoke", 1.0)
    left = told(folder, capsys)
    assert code == Exit.PARTIAL, left
    assert '"unknown"' in (folder / "journal").read_text("utf-8") or '"failed"' in left
    assert not [one for one in secrets_of(honest.org) if one in left]


@pytest.mark.parametrize("label", LATE)
def test_an_org_that_lies_of_a_validation_only(
    label: str,
    honest: DemoServer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", honest.tokens["auditor"])
    wider = INTEGRATION_FILE.replace("203.0.113.0/28", "203.0.113.0/27")
    (folder / "integration.yaml").write_text(wider, "utf-8")
    with hostile_org(BEHAVIOURS[label], deployments, honest.base_url) as org:
        code = ended(org, "plan", 1.0)
    left = told(folder, capsys)
    assert code == Exit.NO_VERDICT, left
    assert not [one for one in secrets_of(honest.org) if one in left]


def test_there_are_enough_of_them() -> None:
    assert len(BEHAVIOURS) >= 60
