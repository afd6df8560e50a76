"""What was asked of a plan, typed again: nothing is lost, nothing foreign is more than a word."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.plan.planner import DEFAULT_API_VERSION
from sfharden.plan.request import PlanRequest

from .kit import integration


def request(**asked: Any) -> PlanRequest:
    told: dict[str, Any] = {
        "source": "--source src",
        "is_live": False,
        "alias": None,
        "integration": Path("i.yaml"),
        "api_version": DEFAULT_API_VERSION,
        "output": None,
        "fit": None,
        "accept_lockout_risk": False,
        "my_address": None,
        "expect_refused": (),
        "validate": False,
        "former": None,
        "origin": None,
        "full": False,
        "format_": "table",
    }
    return PlanRequest(**{**told, **asked})


def test_the_same_plan_is_asked_for_again_with_all_that_decides_it() -> None:
    assert request().again() == "sfharden plan --source src -i i.yaml -o change"
    named = ("192.0.2.66", "192.0.2.140")
    words = request(
        fit=3, accept_lockout_risk=True, my_address="198.51.100.7", api_version="60.0", expect_refused=named
    ).again()
    for said in (
        "--fit 3",
        "--accept-lockout-risk",
        "--my-address 198.51.100.7",
        "--api-version 60.0",
        "--expect-refused 192.0.2.66 --expect-refused 192.0.2.140",
    ):
        assert said in words


def test_a_plan_that_is_carried_over_is_not_written_over() -> None:
    assert request(origin=Path("change")).again().endswith("--from-plan change -o change-there")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_path_is_one_word_whatever_its_name(name: str) -> None:
    words = shlex.split(request(integration=Path(f"x{name}")).again())
    assert words[-3:-1] == [words[5], "-o"]
    assert len(words) == 8


def test_files_do_not_tell_which_org_gets_the_plan() -> None:
    commands = request().commands([integration()], Path("change"))
    assert "--org YOUR_ORG" in commands.live
    assert commands.source == "--source src"
    live = request(source="--org acme", is_live=True, alias="acme").commands([integration()], Path("change"))
    assert (live.source, live.live, live.org) == ("--org acme", "--org acme", "acme")


def test_each_app_is_revoked_once() -> None:
    commands = request().commands([integration(), integration(name="second")], Path("change"))
    assert commands.apps == ("Azure Logic Apps",)


@pytest.mark.parametrize(
    ("output", "former", "folder"),
    [(None, None, None), ("new", "old", "new"), (None, "old", "old"), ("new", None, "new")],
)
def test_the_plan_to_deploy_is_the_one_just_written_or_looked_at(
    output: str | None, former: str | None, folder: str | None
) -> None:
    made = request(output=output and Path(output), former=former and Path(former))
    assert made.folder == (Path(folder) if folder else None)
