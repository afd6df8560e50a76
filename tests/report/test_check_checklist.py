"""The checklist: a step is done only where every control of it was judged, and none speaks against it."""

from datetime import date
from typing import Any

import pytest

from sfharden.checks.policy import load_policy, shipped_names
from sfharden.model.results import Result, Status, Subject, Waived
from sfharden.report.check_checklist import AZURE_STEPS, STEPS, StepState, azure_unread, checklists_of

from .test_check_table import report, result

FIRST, SECOND = STEPS[0].controls
WAIVED = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))


def mine(control: str, status: Status = Status.PASS, **more: Any) -> Result:
    return result(status, **{"control": control, "integration": "crm-sync", **more})


def steps(*results: Result) -> tuple[StepState, ...]:
    (found,) = checklists_of(report(*results, integrations=("crm-sync",)), {("crm-sync", FIRST): "f1"})
    return found.steps


def azure(control: str, status: Status = Status.PASS, **more: Any) -> Result:
    """A result of the other side."""
    subject = Subject(kind="azure-workflow", name="crm-sync-app")
    return mine(control, status, **{"subject": subject, **more})


def azure_steps(*results: Result) -> dict[str, StepState]:
    (found,) = checklists_of(report(*results, integrations=("crm-sync",)), {})
    return {step.lines[0].control: step for step in found.azure}


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
    assert known & {one for step in AZURE_STEPS for one in step.controls}


# The Azure side ------------------------------------------------------------------------------


def test_azure_is_unread_until_something_of_it_is_judged() -> None:
    def unread(*results: Result) -> tuple[str, ...]:
        return azure_unread(report(*results, integrations=("crm-sync", "other")))

    key = "logic-app-keys-rotated"
    assert unread(mine(FIRST)) == ("crm-sync", "other")
    assert unread(azure(key)) == ("other",)
    assert unread(azure(key, Status.FAIL)) == ("other",)
    assert unread(azure(key, integration=None)) == ()
    for status in (Status.NOT_APPLICABLE, Status.UNKNOWN, Status.MANUAL):
        assert unread(azure(key, status)) == ("crm-sync", "other")


def test_no_step_of_an_unread_side_is_anything_but_not_read() -> None:
    found = azure_steps(mine(FIRST), mine(SECOND))
    assert len(found) == len(AZURE_STEPS)
    assert {(step.word, step.tone) for step in found.values()} == {("not read", "unknown")}


@pytest.mark.parametrize("status", list(Status))
def test_a_step_takes_its_verdict_from_its_control_and_no_other_step_does(status: Status) -> None:
    found = azure_steps(azure("storage-access-logged", status))
    others = {step.word for control, step in found.items() if control != "storage-access-logged"}
    assert others == {"not judged" if status in (Status.PASS, Status.FAIL) else "not read"}
    assert (found["storage-access-logged"].tone == "done") == (status is Status.PASS)


def test_one_resource_that_fails_among_many_that_pass_decides() -> None:
    name = "logic-app-diagnostics-kept"
    found = azure_steps(*(azure(name, one) for one in (Status.PASS, Status.UNKNOWN, Status.PASS)))
    assert found[name].word == "not known"
    assert azure_steps(azure(name), azure(name, Status.FAIL))[name].word == "not done"


def test_no_control_stands_on_both_sides_or_twice() -> None:
    every = [one for step in (*STEPS, *AZURE_STEPS) for one in step.controls]
    assert len(set(every)) == len(every)
