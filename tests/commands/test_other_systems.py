"""On a system that lacks what Linux has: all but revoking works, and revoking refuses before anything is read."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from tests.orgs.metadata import HEALTHY, write
from tests.orgs.reading import INTEGRATION_FILE, NOW

ROOT: Final = Path(__file__).resolve().parents[2]
ORG: Final = ("--instance-url", "{url}")


def like_windows(server: DemoServer, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    words = [word.format(url=server.base_url) for word in arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SF_ACCESS_TOKEN": server.tokens["auditor"]}
    return subprocess.run(
        [sys.executable, "-m", "tests.like_windows", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(HEALTHY, tmp_path / "src")
    (tmp_path / "i.yaml").write_text(INTEGRATION_FILE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--source", "src", "-i", "i.yaml"),
        ("check", *ORG, "-i", "i.yaml", "-o", "report.json", "-f", "json"),
        ("snapshot", *ORG, "-o", "s.json"),
        ("tokens", *ORG),
        ("doctor", *ORG),
        ("init", "--source", "src", "-o", "made.yaml"),
        ("plan", "--source", "src", "-i", "i.yaml", "--fit", "1", "-o", "change"),
        ("simulate", "--source", "src", "-i", "i.yaml", "--with", "src"),
        ("verify", *ORG, "-i", "i.yaml"),
        ("egress", "-i", "i.yaml"),
        ("controls",),
        ("revoke", *ORG, "--all", "--dry-run"),
    ],
)
def test_whatever_reads_works(place: Path, arguments: tuple[str, ...]) -> None:
    with serve(healthy_org(NOW)) as server:
        ended = like_windows(server, place, *arguments)
    assert ended.returncode in (0, 1, 4), ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("revoke", *ORG, "--all", "--expect", "2", "--yes"),
        ("revoke", *ORG, "--resume", "journal"),
        ("demo",),
    ],
)
def test_revoking_is_refused_before_anything_is_read(place: Path, arguments: tuple[str, ...]) -> None:
    with serve(healthy_org(NOW)) as server:
        ended = like_windows(server, place, *arguments)
        assert server.requests == []
    assert ended.returncode == 3
    assert "This system can't lock a journal" in ended.stderr
    assert sorted(one.name for one in place.iterdir()) == ["i.yaml", "src"]
