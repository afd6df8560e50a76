"""The table of apps: cut after some, letters explained, waived and unread told apart."""

from dataclasses import replace

from sfharden.checks.every_app import judge_apps
from sfharden.model import kinds
from sfharden.report.apps_table import MOST_APPS, render_apps
from sfharden.simulation.mending import Effect, Forecast
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs import served
from tests.orgs.constants import APP_NAME, NOW
from tests.orgs.judging import shipped

BAD = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, "oauthPolicy.ipRelaxation", "BYPASS")
FOUND = judge_apps(BAD, shipped(), (), NOW, "0")


def many(number: int) -> str:
    worst = FOUND.apps[0]
    apps = tuple(replace(worst, name=f"App_{one:03}", label=f"App {one}") for one in range(number))
    return render_apps(replace(FOUND, apps=apps), {}, Terminal())


def test_more_than_a_screen_is_counted() -> None:
    assert f"and {30 - MOST_APPS} more; --full" in many(30)
    assert "more; --full" not in many(MOST_APPS)


def test_each_letter_is_explained_with_its_fix_where_it_fails() -> None:
    text = render_apps(FOUND, {}, Terminal())
    for letter, control in zip("abcdefghijklmnop", FOUND.controls, strict=False):
        assert f"\n{letter}  {control.id} ({control.severity})" in text
    assert text.count("Fix:") == 1


def test_a_long_name_takes_no_more_than_its_column() -> None:
    long = replace(FOUND.apps[0], label="営業部" * 40, name="n" * 200)
    for width in (60, 80, 110):
        text = render_apps(replace(FOUND, apps=(long,)), {}, Terminal(width))
        assert max(map(display_width, text.splitlines())) <= width
        assert "…" in text


def test_columns_without_room_are_said_to_be_left_out() -> None:
    narrow = render_apps(FOUND, {}, Terminal(60))
    said = " ".join(narrow.split())
    assert "last use: from 80 columns on, and in -f csv." in said or "The kind: from 80" in said
    assert "Kind  " not in narrow.partition("x fails")[0]
    assert "columns on" not in render_apps(FOUND, {}, Terminal(80))


def test_forecasts_that_say_the_same_are_told_once() -> None:
    app = FOUND.apps[0]
    same = Forecast(Effect.CANNOT_TELL, "nobody knows")
    forecasts = {(one.id, app.kind, app.name): same for one in FOUND.controls[:2]}
    text = render_apps(FOUND, forecasts, Terminal())
    assert text.count("nobody knows") == 1
    assert f"{FOUND.controls[0].id}, {FOUND.controls[1].id}:" in text
