"""Every form of one report tells the same numbers, is harmless whatever the names, and is named by an ending."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.checks.since_baseline import since
from sfharden.model.results import Report, ResultState, Severity, Status
from sfharden.report.form_registry import BY_NAME, FORMS, form_of
from tests.published import against_junit, against_ocsf, against_sarif

from .forms_kit import COUNTED, WAIVED, counted, every_state, hostile_report, named, report, shown

# A file for an editor, not a report: only what is open stands in it.
WITHOUT_COUNTS = {"waivers"}


@pytest.mark.parametrize("form", sorted(set(BY_NAME) - WITHOUT_COUNTS))
def test_all_forms_of_a_report_agree_in_every_count(form: str) -> None:
    given = every_state()
    assert counted(shown(given, form), form) == given.states == {
        ResultState.FAIL: 2, ResultState.KNOWN: 1, ResultState.UNKNOWN: 1, ResultState.PASS: 1, ResultState.NOT_APPLICABLE: 1, ResultState.MANUAL: 1, ResultState.WAIVED: 2,
    }  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any results of any names, with a baseline or without."""
    results = []
    for number in range(draw(st.integers(0, 12))):
        status = draw(st.sampled_from(Status))
        waived = WAIVED if status in (Status.FAIL, Status.UNKNOWN) and draw(st.booleans()) else None
        name = f"{draw(st.text(max_size=8))}{number}"
        severity = draw(st.sampled_from(Severity))
        results.append(
            named(status, name, severity=severity, waived=waived, message=draw(st.text(max_size=30)))
        )
    made = report(*results).model_copy(update={"folder": draw(st.sampled_from((None, "", "src")))})
    made = made.model_copy(update={"summary": made.counted})
    if not draw(st.booleans()):
        return made
    return since(
        made, made.model_copy(update={"results": tuple(one for one in results if draw(st.booleans()))})
    )


@settings(max_examples=40)
@given(reports())
def test_any_report_agrees_in_every_count_and_is_valid(given_: Report) -> None:
    texts = {form: shown(given_, form) for form in COUNTED}
    for form, text in texts.items():
        assert counted(text, form) == given_.states, form
    assert against_sarif(texts["sarif"]) == []
    assert against_junit(texts["junit"]) == []
    assert against_ocsf(texts["ocsf"]) == []


def test_many_results_are_counted_alike() -> None:
    """Where a number has a comma for people, it's the same number."""
    results = [named(Status.FAIL, f"P{number}") for number in range(1821)]
    made = report(*results)
    assert {counted(shown(made, form), form)[ResultState.FAIL] for form in COUNTED} == {1821}


def test_a_new_form_is_counted_here_too() -> None:
    assert set(COUNTED) == set(BY_NAME) - WITHOUT_COUNTS


@pytest.mark.parametrize("form", BY_NAME)
def test_no_character_of_a_name_moves_a_cursor_or_turns_text_around(form: str) -> None:
    text = shown(hostile_report(), form).replace("\n", "")
    assert not [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")]


@pytest.mark.parametrize("form", BY_NAME)
def test_no_name_gives_a_command_to_the_log_of_a_build(form: str) -> None:
    lines = shown(hostile_report(), form).splitlines()
    assert not [line for line in lines if "##vso[" in line.lower() or "##[" in line]
    told = [line for line in lines if line.lstrip().startswith("::")]
    if form == "github":
        assert told == lines
        assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in told)
    else:
        assert not told


@pytest.mark.parametrize("form", BY_NAME)
def test_the_same_report_gives_the_same_bytes(form: str) -> None:
    assert shown(every_state(), form) == shown(every_state(), form)


@pytest.mark.parametrize(
    ("name", "asked", "form"),
    [
        ("r.json", "table", "json"), ("r.sarif", "table", "sarif"), ("r.sarif.json", "table", "sarif"),
        ("x.junit.xml", "json", "junit"), ("R.OCSF.JSON", "table", "ocsf"), ("r.json", "ocsf", "ocsf"),
        ("r.json", "csv", "json"), ("r.md", "table", "markdown"), ("r.csv", "table", "csv"), ("r.html", "table", "html"), ("out", "csv", "csv"),
        ("r.txt", "github", "github"), ("r.github.txt", "table", "github"), (".json", "table", "json"), ("r.yaml", "waivers", "waivers"),
    ],
)  # fmt: skip
def test_an_ending_names_the_form_and_without_a_known_one_f_decides(name: str, asked: str, form: str) -> None:
    assert form_of(name, asked) == form


def test_each_form_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(FORMS)
