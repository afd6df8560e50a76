"""Apps for machines: the same counts in JSON and CSV, and a forecast beside what fails."""

import csv
import io
import json

from sfharden.checks.every_app import judge_apps
from sfharden.facts.index import Index
from sfharden.model import kinds
from sfharden.report.apps_data import render_apps_csv, render_apps_json
from sfharden.simulation.mending import forecasts_of
from tests.orgs import served
from tests.orgs.constants import APP_NAME, NOW
from tests.orgs.judging import shipped

BAD = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, "oauthPolicy.ipRelaxation", "BYPASS")
FOUND = judge_apps(BAD, shipped(), (), NOW, "0")
FORECASTS = forecasts_of(FOUND, Index(BAD), NOW)


def test_both_forms_say_the_same_of_every_app() -> None:
    rows = list(csv.DictReader(io.StringIO(render_apps_csv(FOUND))))
    apps = json.loads(render_apps_json(FOUND, FORECASTS))["apps"]
    assert [one["app"] for one in rows] == [one["name"] for one in apps]
    for row, app in zip(rows, apps, strict=True):
        told = {name: one["status"] for name, one in app["controls"].items()}
        assert {name: row[name] for name in told} == told


def test_what_fails_has_its_forecast_and_nothing_else_has() -> None:
    apps = json.loads(render_apps_json(FOUND, FORECASTS))["apps"]
    for app in apps:
        for one in app["controls"].values():
            assert ("if_mended" in one) is (one["status"] == "fail")
