"""`sfharden demo`: the tour, from a bad org to all green."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from sfharden.text.wrapping import display_width

from .kit import Run


def test_the_tour_goes_from_bad_to_all_green_and_shows_what_to_type(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00Dxx.made.up.of.mine")
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    commands = [line.split()[1:3] for line in out.splitlines() if line.startswith("$ ")]
    assert commands == [
        ["sfharden", "check"],
        ["sfharden", "plan"],
        ["sfharden", "simulate"],
        ["sfharden", "simulate"],
        ["sf", "project"],
        ["sfharden", "plan"],
        ["sfharden", "revoke"],
        ["sfharden", "revoke"],
        ["sfharden", "verify"],
        ["sfharden", "check"],
        ["sfharden", "snapshot"],
        ["sfharden", "drift"],
        ["sfharden", "send"],
    ]
    for words in (
        "40 failed",
        "19 passed",
        "LET IN   refused",
        "REFUSED LOGINS of crm-sync: 2 logins since 2026-",
        "LOCK-OUT GUARD for crm-sync: BREAKS THE INTEGRATION",
        "LOCK-OUT GUARD for crm-sync: nobody who must get in would be shut out.",
        "7 revoked",
        "0 failed, 0 unknown, 55 passed.",
        "REGRESSED: 1 regressed; 1 fact changed.",
        "1 of the rows that arrived tells of what got worse",
    ):
        assert words in out
    tables = [line for line in out.splitlines() if not line.startswith("$ ")]
    assert max(map(display_width, tables)) <= 80
    assert "!" not in out  # every access token has one
    # The shell's own login and folder are as they were.
    assert os.environ["SF_ACCESS_TOKEN"] == "00Dxx.made.up.of.mine"
    assert (Path.cwd(), list(tmp_path.iterdir())) == (tmp_path, [])


def test_the_org_is_kept_up_until_it_is_stopped() -> None:
    asked = [sys.executable, "-m", "sfharden", "demo", "--serve"]
    with subprocess.Popen(asked, stdout=PIPE, stderr=PIPE, text=True) as served:
        assert served.stdout
        told: list[str] = []
        while "Stop it with" not in (line := served.stdout.readline()):
            assert line, told  # it ended by itself
            told.append(line)
        served.send_signal(signal.SIGINT)
        rest, said = served.communicate()
    assert (served.returncode, rest, said.strip()) == (0, "", "Stopped.")
    assert "sfharden check --instance-url http://127.0.0.1:" in "".join(told)
