"""The healthy org, served, and the command line run on it in a time that passes without waiting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sfharden.cli import main
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from tests.orgs.reading import INTEGRATION_FILE, NOW, doors

from .kit import Outcome, Run


@pytest.fixture
def org() -> DemoOrg:
    return healthy_org(NOW)


@pytest.fixture
def server(org: DemoOrg, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    with serve(org) as running:
        monkeypatch.setenv("SF_ACCESS_TOKEN", running.tokens["auditor"])
        yield running


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: object, through: RunDoors | None = None) -> Outcome:
        code = main([str(one) for one in arguments], through or doors())
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return int(code), told.out, told.err

    return runner


@pytest.fixture
def ask(run: Run, server: DemoServer) -> Run:
    """Run a command on the served org."""
    return lambda *arguments, **how: run(
        arguments[0], "--instance-url", server.base_url, *arguments[1:], **how
    )


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION_FILE, "utf-8")
    return path
