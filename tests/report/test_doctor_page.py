"""The page of `doctor`: what is held and what is not, what that costs, and what to type next."""

import re
from pathlib import Path

import pytest

from sfharden.checks.needs import GRANTED
from sfharden.checks.remedies import Foreseen
from sfharden.model.org import Caller, Organization, OrgTables
from sfharden.model.results import Report
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.report.doctor_page import Examined, render_doctor
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs.judging import shipped

UNREAD = Foreseen(("app-pkce-required",), ("app 'Sync'",), "Can't tell: it was not read.", "Let it be read.")


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


def page(
    read: Snapshot,
    *foreseen: Foreseen,
    width: int = 80,
    described: str = "",
    judged: tuple[str, ...] = (),
    to_mend: tuple[str, ...] = (),
) -> str:
    report = Report(
        tool=read.tool, generated_at="", source=read.source, policies=(), integrations=judged, summary={},
        results=(), gaps=read.gaps, to_mend=to_mend,
    )  # fmt: skip
    found = Examined(read, "access token", report, shipped(), foreseen)
    return render_doctor(found, Terminal(width), "--org x", Path(described) if described else None)


def next_steps(text: str) -> str:
    return text.rpartition("Next:")[2]


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


def test_what_would_be_unknown_stands_with_its_reason_and_what_to_do() -> None:
    text = page(snapshot(), UNREAD)
    assert "- app-pkce-required (app 'Sync'): Can't tell: it was not read.\n  > Let it be read.\n" in text


def test_reasons_that_one_thing_mends_stand_together() -> None:
    other = Foreseen(("app-scopes-minimal",), (), "Can't tell: nor was this.", UNREAD.remedy)
    between = Foreseen(("tokens-fresh",), (), "Can't tell: something else.", "Something else.")
    text = page(snapshot(), UNREAD, between, other)
    assert text.count(UNREAD.remedy) == 1
    assert text.index("nor was this") < text.index("> Let it be read.") < text.index("something else")


def test_where_nothing_would_be_unknown_it_says_of_what() -> None:
    assert "check would leave nothing of the org as a whole unknown." in page(snapshot())
    assert "check would leave nothing unknown." in page(snapshot(), judged=("crm-sync",))


def test_many_reasons_and_gaps_are_cut_and_counted() -> None:
    many = [Foreseen(("tokens-fresh",), (), f"Can't tell: reason {n}.", f"do {n}") for n in range(40)]
    gaps = [Gap(what=f"File {n}", reason="cut off", kind="Profile", name=str(n)) for n in range(50)]
    text = page(snapshot(frozenset(GRANTED), *gaps), *many)
    assert "and 10 more kinds of reasons; `check -f json` has them all." in text
    assert "and 20 more gaps; `check -f json` has them all." in text


def test_what_is_wrong_with_the_integration_file_comes_before_what_rests_on_it() -> None:
    text = page(snapshot(), UNREAD, judged=("crm-sync",), to_mend=("crm-sync, app: no app named 'X'",))
    assert text.index("MEND THE INTEGRATION FILE FIRST") < text.index("it was not read")


@pytest.mark.parametrize(
    ("described", "judged", "step"),
    [
        ("", (), "sfharden init --org x -o integration.yaml"),
        ("integration.yaml", (), "sfharden doctor --org x -i integration.yaml"),
        ("my file.yaml", ("crm-sync",), "sfharden check --org x -i 'my file.yaml'"),
        ("", ("crm-sync",), "sfharden check --org x\n"),
    ],
)
def test_the_next_step_never_asks_for_what_was_given(
    described: str, judged: tuple[str, ...], step: str
) -> None:
    steps = next_steps(page(snapshot(), described=described, judged=judged))
    assert step in steps
    assert steps.count("sfharden ") == 1


def test_the_integration_file_is_mended_before_anything_is_judged_by_it() -> None:
    steps = next_steps(page(snapshot(), described="i.yaml", judged=("crm-sync",), to_mend=("no app 'X'",)))
    assert "Mend the integration file" in steps
    assert "sfharden doctor --org x -i i.yaml" in steps
    assert "sfharden check" not in steps


@pytest.mark.parametrize("width", [80, 110])
def test_it_fits_the_screen_whatever_the_names(width: int) -> None:
    hostile = "名前\x1b[2J\u202e" * 40
    gap = Gap(what=hostile, reason="the org answered no", kind="LoginHistory")
    seen = Foreseen(("tokens-fresh",), (f"app '{hostile}'",), f"Can't tell: {hostile}.", hostile)
    read = snapshot(frozenset({"ApiEnabled"}), gap, name=hostile)
    text = page(read, seen, width=width, described="x.yaml", to_mend=(hostile,))
    assert not any(character in text for character in "\x1b\u202e")
    assert max(map(display_width, text.splitlines())) <= width
