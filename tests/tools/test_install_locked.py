"""Setting up: by hash where it can be, stopped by a wrong file, and never further than it was told to go."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.lock import ROOT

SCRIPT = "tools/install-locked.sh"
pytestmark = pytest.mark.skipif(not shutil.which("sh"), reason="there is no sh here")


def install(place: Path, complaint: str, hashes: str | None = None) -> tuple[int, list[str], str]:
    """Run the script with a Python of ours that notes what pip is asked, and refuses what has hashes."""
    asked = place / "asked"
    asked.touch()
    python = place / "python"
    refusal = f'case "$*" in *--require-hashes*) echo "{complaint}" >&2; exit 1;; esac' if complaint else ""
    python.write_text(f'#!/bin/sh\necho "$*" >> {asked}\n{refusal}\n')
    python.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], **({"HASHES": hashes} if hashes else {})}
    words = [str(shutil.which("sh")), str(ROOT / SCRIPT), str(python), "development", "[dev]"]
    done = subprocess.run(
        words, cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, asked.read_text().splitlines(), done.stderr


def test_each_file_is_checked_and_nothing_is_fetched_to_build(tmp_path: Path) -> None:
    code, (first, second), _ = install(tmp_path, "")
    assert code == 0
    assert "--require-hashes -r tools/locked/development.txt -r tools/locked/build.txt" in first
    assert "--no-deps --no-build-isolation -e ." in second


@pytest.mark.parametrize("hashes", [None, "try", "must"])
def test_a_file_with_another_hash_stops_it(tmp_path: Path, hashes: str | None) -> None:
    complaint = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
    code, asked, error = install(tmp_path, complaint, hashes)
    assert code == 1
    assert len(asked) == 1
    assert complaint in error


def test_an_index_without_these_files_is_said_and_passed_over(tmp_path: Path) -> None:
    code, asked, error = install(tmp_path, "ERROR: No matching distribution found for click==8.5.1")
    assert code == 0
    assert "-e .[dev]" in asked[-1]
    assert "Not checked by hash" in error


def test_what_must_be_checked_is_not_passed_over(tmp_path: Path) -> None:
    code, asked, _ = install(tmp_path, "ERROR: No matching distribution found for click==8.5.1", "must")
    assert code == 1
    assert len(asked) == 1


def test_hashes_can_be_left_out_by_word_alone(tmp_path: Path) -> None:
    code, asked, _ = install(tmp_path, "never asked", "no")
    assert code == 0
    assert len(asked) == 1
    assert "--require-hashes" not in asked[0]
    assert install(tmp_path, "", "maybe")[0] == 2
