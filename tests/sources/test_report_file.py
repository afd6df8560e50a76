"""A saved report is read back as it was, and one that doesn't fit itself is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfharden.errors import InputError
from sfharden.sources.report_file import is_report, load_report
from tests.report.forms_kit import every_state, hostile_report, shown

Change = Callable[[dict[str, Any]], object]


def saved(folder: Path, text: str) -> Path:
    path = folder / "report.json"
    path.write_text(text, "utf-8")
    return path


def test_it_is_what_was_saved(tmp_path: Path) -> None:
    for given in (every_state(), hostile_report().model_copy(update={"policies": ("p",)})):
        plain = load_report(saved(tmp_path, shown(given, "json")))
        assert plain == given
        assert shown(plain, "sarif") == shown(given, "sarif")


def test_what_apps_saved_holds_the_same_report(tmp_path: Path) -> None:
    report = json.loads(shown(every_state(), "json"))
    text = json.dumps({"schema": "sfharden.apps/1", "apps": [], "report": report})
    assert load_report(saved(tmp_path, text)) == every_state()
    with pytest.raises(InputError, match="no report"):  # not one within the other for ever
        load_report(saved(tmp_path, json.dumps({"schema": "sfharden.apps/1", "report": json.loads(text)})))


def test_a_report_of_an_older_version_lacks_what_came_later(tmp_path: Path) -> None:
    data = json.loads(shown(every_state().model_copy(update={"baseline": None}), "json"))
    for name in ("baseline", "folder", "org_name", "is_sandbox"):
        del data[name]
    for one in data["results"]:
        known = one.pop("known")
        data["summary"]["fail"] += known
    data["summary"] = {name: data["summary"][name] for name in data["summary"] if name != "known"}
    assert load_report(saved(tmp_path, json.dumps(data))).baseline is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["summary"].update({"fail": 0}), "doesn't count its own results"),
        (lambda data: data["results"].pop(), "doesn't count its own results"),
        (lambda data: data["results"][0].update(fingerprint="0" * 16), "fingerprint that is not its result's"),
        (lambda data: data["results"][0]["subject"].update(name="Other"), "fingerprint that is not its result's"),
        (lambda data: data.update(generated_at="today"), "doesn't say when it was made"),
        (lambda data: data.update(generated_at="9999-99-99T99:99:99Z"), "doesn't say when it was made"),
        (lambda data: data.update(generated_at="9999-12-31T00:00:00Z"), "doesn't say when it was made"),
        (lambda data: data.update(schema="sfharden.apps/1"), "no report of `check` or `apps`"),
        (lambda data: data.update(schema="sfharden.apps/1", report=[]), "no report of `check` or `apps`"),
        (lambda data: data.update(more=1), "no report that this version reads: more"),
        (lambda data: data.update(policies=["<b>"]), "words that no report has: <b>"),
        (lambda data: data["source"].update(api_version="::error::x"), "words that no report has"),
    ],
)  # fmt: skip
def test_what_doesnt_fit_itself_is_refused(tmp_path: Path, change: Change, said: str) -> None:
    data = json.loads(shown(every_state(), "json"))
    change(data)
    with pytest.raises(InputError, match=said):
        load_report(saved(tmp_path, json.dumps(data)))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"schema": "sfharden.report/1"}', '"x"'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        load_report(saved(tmp_path, text))


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no report"):
        load_report(tmp_path / "none.json")


def test_a_report_is_known_by_how_it_begins(tmp_path: Path) -> None:
    assert is_report(saved(tmp_path, shown(every_state(), "json")))
    assert is_report(saved(tmp_path, '{"schema": "sfharden.apps/1", "apps": []}'))
    within = f'{{"schema": "sfharden.snapshot/2", "x": "{"y" * 500}", "z": "sfharden.report/1"}}'
    assert not is_report(saved(tmp_path, within))
    assert not is_report(tmp_path)
    assert not is_report(tmp_path / "none.json")
