"""Work in a child: its answer is heard, its end is told apart from its failure, and it can't outlast its time."""

import os
import subprocess
import sys

import pytest

from tools.mutate import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def run(code: str) -> tuple[list[str], str]:
    """What the code prints, in a process without threads, with which Python advises against forking."""
    command = [sys.executable, "-c", f"import os, threading\nfrom tools.forked import forked\n{code}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.split("\n")[:-1], done.stderr


def test_an_answer_is_heard_as_it_is() -> None:
    answers, _ = run(
        "for one in ('heard', False, None, 'x' * 10**6):\n    print(forked(lambda: one, 30) == one)"
    )
    assert answers == ["True"] * 4


def test_a_child_that_dies_or_hangs_gives_nothing() -> None:
    answers, _ = run("print(forked(lambda: os._exit(0), 30))\nprint(forked(threading.Event().wait, 0.2))")
    assert answers == ["None", "None"]


def test_what_a_child_changes_stays_there() -> None:
    answers, _ = run("kept = []\nprint(forked(lambda: kept.append(1) or len(kept)), len(kept))")
    assert answers == ["1 0"]


def test_work_that_fails_is_no_end_of_a_child() -> None:
    answers, told = run(
        "try:\n    forked(lambda: 1 / 0, 30)\nexcept RuntimeError as error:\n    print(error)"
    )
    assert answers == ["what was to be done in a child has failed, see above"]
    assert "ZeroDivisionError" in told
