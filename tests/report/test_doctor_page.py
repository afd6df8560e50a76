"""The page of `doctor`: what is held and what is not, what that costs, and what to type next."""

import re

import pytest

from sfharden.checks.needs import GRANTED
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.model.org import Caller, Organization, OrgTables
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.report.doctor_page import render_doctor
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width

POLICIES = [load_policy(name) for name in DEFAULT_POLICIES]


def snapshot(
    held: frozenset[str] | None = frozenset(GRANTED),
    *gaps: Gap,
    name: str = "Acme",
    sandbox: bool | None = True,
) -> Snapshot:
    return Snapshot(
        tool=Tool(version="test"),
        source=Source(kind="org", name="acme.my.salesforce.com", api_version="66.0"),
        gaps=gaps,
        org=OrgTables(
            organization=Organization(id="00D1", name=name, is_sandbox=sandbox),
            caller=Caller(
                user_id="u1",
                username=f"{name}@acme.example",
                permissions=None if held is None else tuple(sorted(held)),
            ),
        ),
    )


def page(read: Snapshot, *, width: int = 80, is_described: bool = False) -> str:
    return render_doctor(
        read, "access token", POLICIES, Terminal(width), "--org x", is_described=is_described
    )


def row(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(label))


def test_what_is_held_costs_nothing() -> None:
    text = page(snapshot())
    assert " NO " not in text
    assert re.search(r"yes +\(\d+ controls rest on it\)", row(text, "Customize Application"))
    assert "NOT READ" not in text
    assert "--permission-set" not in text


@pytest.mark.parametrize(("held", "state"), [(frozenset({"ApiEnabled"}), "NO"), (None, "?")])
def test_what_is_missing_or_cannot_be_told_is_named_with_what_rests_on_it(
    held: frozenset[str] | None, state: str
) -> None:
    text = page(snapshot(held))
    assert re.search(rf"Customize Application +{re.escape(state)}", row(text, "Customize Application"))
    assert "tokens-held-by-integration-users" in text
    assert "sfharden doctor --permission-set" in text


def test_without_api_access_everything_is_unknown() -> None:
    text = page(snapshot(frozenset(GRANTED) - {"ApiEnabled"}))
    assert re.search(r"NO +everything", row(text, "API Enabled"))


def test_what_was_not_read_is_listed_once_each() -> None:
    gap = Gap(what="LoginHistory", reason="the org answered no", kind="LoginHistory")
    text = page(snapshot(frozenset(GRANTED), gap, gap))
    assert text.count("- LoginHistory: the org answered no") == 1


@pytest.mark.parametrize(
    ("sandbox", "said"), [(True, "(sandbox)"), (False, "(PRODUCTION)"), (None, "take it for PRODUCTION")]
)
def test_the_first_line_says_which_org_it_is(sandbox: bool | None, said: str) -> None:
    assert said in page(snapshot(sandbox=sandbox)).splitlines()[0]


@pytest.mark.parametrize(
    ("described", "step"), [(False, "sfharden init --org x"), (True, "-i integration.yaml")]
)
def test_the_next_step_is_to_describe_the_integration_or_to_judge(described: bool, step: str) -> None:
    assert step in page(snapshot(), is_described=described).rpartition("Next:")[2]


@pytest.mark.parametrize("width", [80, 110])
def test_it_fits_the_screen_whatever_the_names(width: int) -> None:
    hostile = "名前\x1b[2J\u202e" * 40
    gap = Gap(what=hostile, reason="the org answered no", kind="LoginHistory")
    text = page(snapshot(frozenset({"ApiEnabled"}), gap, name=hostile), width=width)
    assert not any(character in text for character in "\x1b\u202e")
    assert max(map(display_width, text.splitlines())) <= width
