"""What every test starts from: no environment of the developer's, a fixed time, patient properties."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from sfharden.cli import main
from sfharden.doors.run_doors import RunDoors
from sfharden.ports import Timing
from tests import expat_modes

EXPAT = expat_modes.obey_switch()

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("house")

NOW: Final = datetime(2026, 11, 24, 6, tzinfo=UTC)


def pytest_report_header() -> str:
    """Which XML parser the run is on."""
    return EXPAT


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the developer's reaches a test."""
    for name in list(os.environ):
        if name.startswith(("SF_", "SFHARDEN_", "SFDX_")) and name != "SFHARDEN_CORPUS":
            monkeypatch.delenv(name)
    for name in ("SOURCE_DATE_EPOCH", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a time that stands still; gives exit code, standard output, standard error."""

    def runner(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments], RunDoors(Timing(now=lambda: NOW)))
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return runner
