"""The driver of mutation testing: what it tries, what it lets off, and that a child's end is never taken for a pass."""

import ast
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tools.mutate import ROOT, Row, read_list, sampled, sorted_out, survivors_in, table
from tools.mutations import mutants

SOURCE = "def f(x):\n    return x > 3 or x < 1"
FOUND = mutants(ast.parse(SOURCE))
LIST = """
[tests]
"sfharden/a.py" = ["tests/test_a.py"]
"sfharden/b.py" = ["tests/test_b.py"]

[[equivalent]]
module = "sfharden/a.py"
where = "f"
changes = ["x > 3  ->  x > 4", "x < 1  ->  x < 2"]
why = "no number between"
"""
ROW = Row("sfharden/a.py", 95, 90, 1, 5, ("f: x > 3  ->  x > 4",) * 5, (), 12.0)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def test_the_list_says_which_tests_and_why_not() -> None:
    listed = read_list(LIST)
    assert list(listed) == ["sfharden/a.py", "sfharden/b.py"]
    assert listed["sfharden/a.py"].tests == ["tests/test_a.py"]
    assert listed["sfharden/a.py"].equivalents == {
        ("f", "x > 3  ->  x > 4"): "no number between",
        ("f", "x < 1  ->  x < 2"): "no number between",
    }
    assert listed["sfharden/b.py"].equivalents == {}


def test_the_houses_own_list_names_files_that_are_there_and_gives_reasons() -> None:
    for module, listed in read_list((ROOT / "tools/mutate.toml").read_text("utf-8")).items():
        assert (ROOT / module).is_file()
        assert listed.tests
        assert all((ROOT / test).is_file() for test in listed.tests)
        assert all(len(why.split()) > 3 for why in listed.equivalents.values())


def test_a_named_change_is_not_tried_and_one_that_is_gone_is_stale() -> None:
    first = FOUND[0].key
    left, stale = sorted_out(FOUND, [first, ("f", "x > 9  ->  x > 8")])
    assert [one.key for one in left] == [one.key for one in FOUND if one.key != first]
    assert stale == ["f: x > 9  ->  x > 8"]


def test_a_sample_is_the_same_for_the_same_seed_and_in_order() -> None:
    once, again, other = (sampled(FOUND, 5, seed) for seed in (1, 1, 2))
    assert len(once) == 5
    assert once == again != other
    assert once == [one for one in FOUND if one in once]
    assert sampled(FOUND, 0, 1) == sampled(FOUND, 10_000, 1) == FOUND


def test_survivors_of_an_earlier_run_are_known_again_though_lines_moved() -> None:
    output = "sfharden/a.py: 9 of 9 changes\n  survives  sfharden/a.py:12: f: say('a:1:b')  ->  say('')\nmodule  tried"
    assert survivors_in(output) == {"sfharden/a.py: f: say('a:1:b')  ->  say('')"}


@pytest.mark.parametrize(
    ("row", "percent", "is_fine"),
    [
        (ROW, 5.0, False),
        (replace(ROW, survivors=ROW.survivors[1:]), 4.0, True),
        (replace(ROW, survivors=(), stale=("f: gone",)), 0.0, False),
    ],
)
def test_five_of_a_hundred_are_too_many_and_so_is_a_stale_name(
    row: Row, percent: float, is_fine: bool
) -> None:
    assert (row.percent, row.is_fine) == (percent, is_fine)


def test_the_table_has_a_line_for_each_module_and_each_stale_name() -> None:
    head, line, gone = table([replace(ROW, stale=("f: gone",))])
    assert head.split() == [
        "module",
        "tried",
        "killed",
        "late",
        "equivalent",
        "survive",
        "percent",
        "seconds",
    ]
    assert line.split() == ["sfharden/a.py", "95", "90", "1", "5", "5", "5.0", "12"]
    assert "sfharden/a.py" in gone
    assert gone.endswith("f: gone")


@needs_fork
def test_a_run_tells_how_many_were_killed() -> None:
    command = [sys.executable, "-m", "tools.mutate", "sfharden/access/app_rules.py", "--sample", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert " changes\n" in done.stdout
    assert done.stdout.splitlines()[-1].split()[:2] == ["sfharden/access/app_rules.py", "1"]


@needs_fork
def test_a_module_that_is_not_listed_is_refused() -> None:
    command = [sys.executable, "-m", "tools.mutate", "sfharden/cli.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "not in tools/mutate.toml: sfharden/cli.py" in done.stderr
