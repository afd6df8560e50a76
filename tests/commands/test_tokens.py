"""`tokens`: whole or called incomplete, harmless in every format."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from sfharden.emulator import ids
from sfharden.emulator.generate import ADMIN_USER
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
        assert len(row) == 9
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


def test_without_any_token_there_is_no_verdict(ask: Run, server: DemoServer) -> None:
    server.faults = [Fault(FaultKind.HTML, path="oauth/usage|OauthToken")]
    code, out, err = ask("tokens")
    assert (code, out) == (3, "")
    assert "The tokens can't be told" in err
