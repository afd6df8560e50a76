"""A hunt at a terminal: the answer, the evidence, what was not searched, and what to type."""

import shlex

import pytest

from sfharden.addresses import AddressSet
from sfharden.facts.directory import Directory
from sfharden.facts.hits import Span, hunt
from sfharden.model.snapshot import Snapshot
from sfharden.report.hunt_table import HuntTold, render_hunt
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs.constants import DANA, HARDENED, NOW, SVC
from tests.orgs.requests import OUTSIDE
from tests.orgs.tables import login, running, token

SPAN = Span(HARDENED, NOW)


def told(snapshot: Snapshot, *left_out: str) -> HuntTold:
    found = hunt(snapshot, AddressSet.of([OUTSIDE]), SPAN)
    return HuntTold(found, Directory(snapshot), snapshot.source, "--org prod", SPAN, 1, 1, left_out)


@pytest.mark.parametrize(
    ("status", "words"),
    [("Success", "THEY CAME IN: 3 logins."), ("Invalid Password", "THEY TRIED"), ("Erfolg", "THEY MAY HAVE")],
)
def test_the_answer_comes_first(status: str, words: str) -> None:
    snapshot = running(logins=(login(DANA, OUTSIDE, status=status, times=3),))
    assert words in render_hunt(told(snapshot), Terminal()).split("\n\n")[1]


def test_nothing_found_says_whether_everything_was_searched() -> None:
    assert told(running()).verdict == "NOTHING FOUND, and not everything was searched."
    shown = render_hunt(told(running(), "1 line of the lists can't be read"), Terminal())
    assert "- 1 line of the lists can't be read" in shown
    assert "- Requests: requests were not read" in shown


def test_the_selection_to_revoke_is_ready_to_type() -> None:
    tokens = (token(DANA), token(DANA, days=2, label="O'Neil", app=""), token(SVC))
    logins = tuple(
        login(user, OUTSIDE, app=app) for user, app in ((DANA, "Azure Logic Apps"), (DANA, "O'Neil"))
    )
    shown = render_hunt(told(running(logins=logins, tokens=tokens)), Terminal())
    typed = [
        shlex.split(one) for one in shown.replace("\\\n", "").splitlines() if one.startswith("  sfharden ")
    ]
    revoke = [
        ["sfharden", "revoke", "--org", "prod", "--app", app, "--user", "dana@acme.example"]
        for app in ("Azure Logic Apps", "O'Neil")
    ]
    assert typed == [*([*one, "--dry-run"] for one in revoke), *revoke]  # first what changes nothing
    assert "svc@acme.example" not in shown
    assert "has no address" in " ".join(shown.split())


def test_without_a_list_of_tokens_the_selection_is_made_of_the_hits() -> None:
    snapshot = running(logins=(login(DANA, OUTSIDE),), tokens=None, external_tokens=None)
    assert told(snapshot).commands == (
        "sfharden revoke --org prod --app 'Azure Logic Apps' --user 'dana@acme.example'",
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_and_hostile_names_steer_nothing(width: int) -> None:
    bad = "x\x1b[2J\u202e##vso[task]" + "y" * 200
    snapshot = running(logins=(login(DANA, OUTSIDE, app=bad, status="Success"),), tokens=())
    shown = render_hunt(told(snapshot), Terminal(width))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    typed = [line for line in shown.splitlines() if "sfharden revoke" in line]
    assert all(display_width(line) <= width for line in shown.splitlines() if line not in typed)


def test_many_hits_are_cut_and_counted() -> None:
    logins = tuple(login(DANA, OUTSIDE, app=f"App {n}") for n in range(60))
    assert "and 20 more; -f json has them all." in render_hunt(told(running(logins=logins)), Terminal())
