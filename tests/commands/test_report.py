"""`sfharden report`: the forms of a saved report are those that `check` would have written."""

from pathlib import Path

import pytest

from sfharden.report.form_registry import BY_NAME
from tests.orgs.files import APP, changed, write
from tests.report.forms_kit import hostile_report, shown

from .kit import Run

# The table ends in what to do next with the source, and the page shows what no report holds: both need the run itself.
FORMS = sorted(set(BY_NAME) - {"table", "html"})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(changed(APP, "<isPkceRequired>true", "<isPkceRequired>false"), tmp_path / "force-app")


def test_a_converted_report_has_the_bytes_that_check_writes(run: Run, source: Path, tmp_path: Path) -> None:
    outputs = {form: tmp_path / f"check.{form}" for form in FORMS}
    saved = tmp_path / "r.json"
    run("check", "--source", source, "-o", saved)
    for form, path in outputs.items():
        code, _, _ = run("check", "--source", source, "-f", form, "-o", path.with_suffix(""))
        assert code == 1
        assert run("report", saved, "-f", form) == (0, path.with_suffix("").read_text("utf-8"), "")


def test_several_forms_at_once_by_their_endings(run: Run, source: Path, tmp_path: Path) -> None:
    saved = tmp_path / "r.json"
    run("check", "--source", source, "-o", saved)
    names = ("r.sarif", "r.junit.xml", "r.ocsf.json", "r.md", "r.csv")
    words = [word for name in names for word in ("-o", tmp_path / name)]
    assert run("report", saved, *words)[:2] == (0, "")
    begins = {name: (tmp_path / name).read_text("utf-8")[:6] for name in names}
    assert begins == {
        "r.sarif": '{\n  "$', "r.junit.xml": "<?xml ", "r.ocsf.json": '[\n{"ac', "r.md": "# sfha", "r.csv": "state,",
    }  # fmt: skip


def test_the_folder_of_a_report_may_be_told_later(run: Run, source: Path, tmp_path: Path) -> None:
    saved = tmp_path / "r.json"
    run("check", "--source", source, "-o", saved, "--source-root", tmp_path)
    assert '"uri": "force-app/connectedApps/' in run("report", saved, "-f", "sarif")[1]
    assert '"uri": "a/b/connectedApps/' in run("report", saved, "-f", "sarif", "--folder", "a/b")[1]


def test_a_place_is_looked_at_before_the_report_is(run: Run, tmp_path: Path) -> None:
    code, _, err = run("report", tmp_path / "none.json", "-o", tmp_path / "no" / "x.sarif")
    assert code == 3
    assert "can't be written" in err
    assert run("report", tmp_path / "none.json")[0] == 2


def test_a_hostile_report_is_shown_without_harm(run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "r.json"
    given = hostile_report().model_copy(update={"policies": ("p",)})
    saved.write_text(shown(given, "json"), "utf-8")
    code, out, err = run("report", saved, "--full")
    assert code == 0
    assert not any(mark in out + err for mark in ("\x1b", "\x9b", "\u202e", "##vso["))
