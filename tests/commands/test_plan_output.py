"""A plan on standard output: each form whole, what is looked at first beside it, and who gets in where that is shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.commands.plan_output import FORMATS, PlanOutput, show_plan
from sfharden.plan.request import PlanRequest
from sfharden.simulation.declared import Sighting
from sfharden.simulation.ways import Ways, ways_today
from tests.orgs.constants import HARDENED_INTEGRATION
from tests.orgs.tables import running
from tests.plan.kit import everything_bad, integration, planned


def output(form: str, **changes: object) -> PlanOutput:
    request = PlanRequest(
        "--org acme", True, "acme", Path("i.yaml"), "66.0", None, None, False, None, (), False, None, None, False, form
    )  # fmt: skip
    asked: list[str] = []

    def ways() -> tuple[Ways, ...]:
        assert not asked
        asked.append(form)
        assert form == "html"
        return ways_today(running(), [HARDENED_INTEGRATION])

    given = PlanOutput(planned(everything_bad()), request, [integration()], Sighting(), "", ways)
    return replace(given, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_names_what_changes_and_only_the_page_asks_who_gets_in(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_plan(output(form))
    out = capsys.readouterr().out
    assert "nforce" in out
    assert ('id="ways"' in out) == (form == "html")


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_looked_at_first_and_what_still_holds_reaches_the_reader(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_plan(output(form, seen=Sighting(("Nobody calls from there.",)), holds="The plan still holds."))
    told = capsys.readouterr()
    for said in ("Nobody calls from there.", "The plan still holds."):
        assert said in (told.out if form == "table" else told.err)


@pytest.mark.parametrize("form", ["diff", "csv"])
def test_the_plans_own_conditions_are_told_beside_a_form_without_them(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = planned(everything_bad())
    asked = replace(found, plan=found.plan.model_copy(update={"conditions": ("A condition.",)}))
    show_plan(output(form, planned=asked))
    told = capsys.readouterr()
    assert "Look at this first: A condition." in told.err
    assert "A condition." not in told.out


def test_what_a_diff_says_to_a_terminal_is_made_safe_and_to_a_file_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfharden.commands.plan_output.diff", lambda _: b"+ \x1b[2J\r\n")
    show_plan(output("diff"))
    assert capsys.readouterr().out == "+ \x1b[2J\r\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show_plan(output("diff"))
    assert "\x1b" not in capsys.readouterr().out
