"""The checklist: a step is done only where every control of it was judged, and none speaks against it."""

from datetime import date
from typing import Any

import pytest

from sfharden.checks.policy import load_policy, shipped_names
from sfharden.model.results import Result, Status, Waived
from sfharden.report.check_checklist import STEPS, StepState, checklists_of

from .test_check_table import report, result

FIRST, SECOND = STEPS[0].controls
WAIVED = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))


def mine(control: str, status: Status = Status.PASS, **more: Any) -> Result:
    return result(status, **{"control": control, "integration": "crm-sync", **more})


def steps(*results: Result) -> tuple[StepState, ...]:
    (found,) = checklists_of(report(*results, integrations=("crm-sync",)), {("crm-sync", FIRST): "f1"})
    return found.steps


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ({"status": Status.PASS}, "done"),
        ({"status": Status.NOT_APPLICABLE}, "done"),
        ({"status": Status.FAIL}, "not done"),
        ({"status": Status.UNKNOWN}, "not known"),
        ({"status": Status.MANUAL}, "look yourself"),
        ({"status": Status.FAIL, "waived": WAIVED}, "accepted by waiver"),
        ({"status": Status.UNKNOWN, "waived": WAIVED}, "accepted by waiver"),
    ],
)
def test_the_worst_of_its_controls_decides_a_step(second: dict[str, Any], word: str) -> None:
    assert steps(mine(FIRST), mine(SECOND, **second))[0].word == word


def test_what_no_policy_asked_for_is_not_done() -> None:
    assert steps(mine(FIRST))[0].word == "not judged"
    assert all(step.word == "not judged" for step in steps())


def test_another_integrations_pass_counts_for_nothing() -> None:
    found = steps(mine(FIRST, integration="other"), mine(SECOND, integration="other"))
    assert found[0].word == "not judged"


def test_one_failure_among_many_passes_of_the_org_decides() -> None:
    name = "ip-enforced-on-every-request"
    found = steps(
        *(mine(name, status, integration=None) for status in (Status.PASS, Status.FAIL, Status.PASS))
    )
    step = next(one for one in found if name in {line.control for line in one.lines})
    assert step.word == "not done"


def test_a_line_leads_to_where_the_page_says_more() -> None:
    assert steps(mine(FIRST, Status.FAIL))[0].lines[0].anchor == "f1"


def test_its_controls_are_those_of_the_shipped_policies() -> None:
    known = {control.id for name in shipped_names() for control in load_policy(name).controls}
    assert {one for step in STEPS for one in step.controls} <= known
