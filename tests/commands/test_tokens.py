"""`tokens`: whole or called incomplete, harmless in every format."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.emulator import ids
from sfharden.emulator.generate import ADMIN_USER, PROFILE
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from tests.orgs.reading import NOW

from .kit import Run, widest, words

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1",
    "-2",
    "\t=x",
    "＝1",
    'a,b"c\nd',
    "\x1b[2J\x9b31m",
    "\u202eevil",
    "",
)


@pytest.fixture
def hostile(org: DemoOrg) -> DemoOrg:
    admin = org.user(ADMIN_USER)
    assert admin is not None
    for number, name in enumerate(HOSTILE):
        org.tokens.put(OauthToken(name, admin.id, NOW, ids.opaque("hostile", number)))
    return org


def test_tokens_as_a_table(hostile: DemoOrg, ask: Run) -> None:
    code, out, _ = ask("tokens")
    assert code == 0
    assert "managed" in out
    assert "not installed" in out
    assert widest(out) <= 80
    assert not set(out) & {"\x1b", "\x9b", "\u202e", "\t"}


def test_tokens_as_csv_hold_no_formula(hostile: DemoOrg, ask: Run, tmp_path: Path) -> None:
    code, _, _ = ask("tokens", "-f", "csv", "-o", tmp_path / "tokens.csv")
    assert code == 0
    text = (tmp_path / "tokens.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(hostile.tokens)
    assert {one["active"] for one in rows} == {"yes"}
    for row in rows:
        assert all(cell.lstrip()[:1] not in "=+-@|%＝＋－＠" for cell in row.values() if cell.strip())
        assert len(row) == 11
    assert {one["managed"] for one in rows if "calc" in one["app"]} == {"no"}


def test_tokens_as_json(hostile: DemoOrg, ask: Run) -> None:
    code, out, _ = ask("tokens", "-f", "json")
    found = json.loads(out)
    assert (code, found["schema"], found["complete"]) == (0, "sfharden.tokens/1", True)
    assert {one["app"] for one in found["tokens"]} >= {name for name in HOSTILE if name.isascii()}
    assert out.isascii()
    assert all(re.fullmatch("[a-z2-7]{12}", one["handle"]) for one in found["tokens"])


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_an_incomplete_list_says_so_in_every_format(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["no-customize"])
    code, out, err = ask("tokens", "-f", format_)
    assert code == 4
    assert "CustomizeApplication" in words(out + err)
    if format_ == "json":
        assert json.loads(out)["complete"] is False
    else:
        assert "INCOMPLETE" in out + err


def test_half_of_the_tokens_are_listed_and_called_half(ask: Run, server: DemoServer) -> None:
    """Without the other resource: a token that nothing links to an app may be of an external client app."""
    server.faults = [Fault(FaultKind.HTML, path="oauth/usage")]
    code, out, _ = ask("tokens")
    assert code == 4
    assert "INCOMPLETE: OAuth usage was not read" in words(out)
    assert "not installed" not in out
    assert "can't tell" in out


@pytest.fixture
def many(org: DemoOrg) -> DemoOrg:
    """Two people with three tokens each of an external client app, which only its own list links to it."""
    app = org.external_app("Reporting Sync")
    assert app is not None
    for number in range(6):
        name = f"u{number // 3}@acme.example"
        user = next((one for one in org.users if one.username == name), None) or org.add_user(name, PROFILE)
        made, key = NOW - timedelta(days=number), ids.opaque("many", number)
        org.tokens.put(OauthToken("Old name", user.id, made, key, NOW, 2, application_id=app.id))
    return org


def listed(out: str, app: str = "Reporting Sync") -> list[tuple[str, str]]:
    return sorted((one["user"], one["tokens"]) for one in json.loads(out)["tokens"] if one["app"] == app)


SUMMED = [("u0@acme.example", "1+"), ("u1@acme.example", "1+")]
SINGLE = [("u0@acme.example", "1")] * 3 + [("u1@acme.example", "1")] * 3


def test_tokens_of_external_client_apps_come_user_by_user_unless_some_are_selected(
    many: DemoOrg, ask: Run, server: DemoServer, integration: Path
) -> None:
    own = [("svc-logicapps@acme.example", "1")]
    code, out, _ = ask("tokens", "-f", "json")
    assert (code, listed(out)) == (0, sorted(own + SUMMED))
    assert not any("/tokens" in one.target for one in server.requests)
    assert listed(ask("tokens", "-f", "json", "--every-token")[1]) == sorted(own + SINGLE)
    code, out, _ = ask("tokens", "-f", "json", "--app", "Reporting Sync")
    assert (code, listed(out)) == (0, sorted(own + SINGLE))
    code, out, _ = ask("tokens", "-f", "json", "--app", "Reporting_Sync", "--user", "u1@acme.example")
    assert (code, listed(out)) == (0, [one for one in SINGLE if one[0][:2] == "u1"])


def test_a_table_says_where_a_line_stands_for_more(many: DemoOrg, ask: Run) -> None:
    _, out, _ = ask("tokens")
    assert "3+" in out
    assert f"first {NOW - timedelta(days=2):%Y-%m-%d}" in out
    assert "(2 d)" in out
    assert widest(out) <= 80


def test_only_what_was_selected_is_listed(ask: Run) -> None:
    code, out, _ = ask("tokens", "-f", "json", "--app", "Azure Logic Apps")
    assert (code, {one["app"] for one in json.loads(out)["tokens"]}) == (0, {"Azure Logic Apps"})
    code, _, err = ask("tokens", "--app", "Azure Logic App")
    assert code == 2
    assert "Did you mean 'Azure Logic Apps'" in err


def test_a_snapshot_can_not_tell_single_tokens_that_were_not_asked_for(
    many: DemoOrg, ask: Run, run: Run, tmp_path: Path
) -> None:
    ask("snapshot", "-o", tmp_path / "s.json")
    code, out, err = run(
        "tokens", "--snapshot", tmp_path / "s.json", "-f", "json", "--user", "u0@acme.example"
    )
    assert (code, listed(out)) == (4, [("u0@acme.example", "1+")])
    assert "not asked for one by one" in words(err)


def test_without_any_token_there_is_no_verdict(ask: Run, server: DemoServer) -> None:
    server.faults = [Fault(FaultKind.HTML, path="oauth/usage|OauthToken")]
    code, out, err = ask("tokens")
    assert (code, out) == (3, "")
    assert "The tokens can't be told" in err


def test_a_name_that_may_deceive_is_marked_in_every_format(org: DemoOrg, ask: Run) -> None:
    """N4: without ink, with letters of another alphabet, and taken for an app that the org manages."""
    admin = org.user(ADMIN_USER)
    assert admin is not None
    real = next(iter(org.tokens)).app_name
    fake = real.replace("A", "\u0410", 1)
    for number, name in enumerate(("\u3164", fake)):
        org.tokens.put(OauthToken(name, admin.id, NOW, f"delete-token-odd-{number}", NOW, 1))
    found = {one["app"]: one["mark"] for one in json.loads(ask("tokens", "-f", "json")[1])["tokens"]}
    assert found["\u3164"] == "nothing to see"
    assert found[fake] == f"letters of several alphabets; looks like '{real}', and is another"
    assert found[real] == f"looks like '{fake}', and is another"
    assert "letters of several alphabets" in ask("tokens", "-f", "csv")[1]
    shown = ask("tokens")[1].partition("Token  ")[0]
    assert shown.count("[!:") >= 3
    assert widest(shown) <= 80
