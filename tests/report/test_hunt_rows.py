"""A hunt for machines, spreadsheets and tickets: nothing that the table has is missing, and nothing is a formula."""

import csv
import io
import json

from sfharden.report.hunt_rows import render_hunt_csv, render_hunt_json, render_hunt_markdown
from tests.orgs.constants import DANA
from tests.orgs.requests import OUTSIDE
from tests.orgs.tables import login, running, token
from tests.report.test_hunt_table import told

SNAPSHOT = running(
    logins=(login(DANA, OUTSIDE, app="=cmd()|x", times=3),), tokens=(token(DANA, label="=cmd()|x", app=""),)
)


def test_json_has_all_of_it_and_no_secret() -> None:
    data = json.loads(render_hunt_json(told(SNAPSHOT), "1.0", "2026-11-24T12:00:00Z"))
    assert data["schema"] == "sfharden.hunt/1"
    (hit,) = data["hits"]
    assert (hit["source"], hit["times"], hit["where"]) == (OUTSIDE, 3, "LoginHistory")
    assert [one["app"] for one in data["tokens"]] == ["=cmd()|x"]
    assert data["gaps"]
    assert data["revoke"] == ["sfharden revoke --org prod --app '=cmd()|x' --user 'dana@acme.example'"]
    assert render_hunt_json(told(SNAPSHOT), "1.0", "x") == render_hunt_json(told(SNAPSHOT), "1.0", "x")


def test_a_sheet_has_a_row_for_each_hit_and_each_gap() -> None:
    rows = list(csv.DictReader(io.StringIO(render_hunt_csv(told(SNAPSHOT)))))
    assert rows[0]["source"] == OUTSIDE
    assert rows[0]["app"].startswith("'=")
    assert [one["what"] for one in rows[1:]] == ["not searched"] * (len(rows) - 1)
    assert len(rows) > 1


def test_a_page_escapes_what_the_org_named() -> None:
    snapshot = running(logins=(login(DANA, OUTSIDE, app="[x](http://evil) @all <b>"),))
    page = render_hunt_markdown(told(snapshot))
    assert "\\[x\\](http\\://evil)" in page
    assert "<b>" not in page
    assert "THEY CAME IN" in page
    assert "- Not searched: Requests" in page
