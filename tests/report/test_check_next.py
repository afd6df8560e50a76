"""What is proposed after a report: what mends it where a plan can be made, why it matters, and a description where there is none."""

from datetime import date
from typing import Any

import pytest

from sfharden.model.results import Report, Result, Status, Waived
from sfharden.model.snapshot import Source
from sfharden.report.check_next import next_steps
from tests.report.test_check_table import report, result

FILES = Source(kind="files", name="src", files_read=3)
AZURE = Source(kind="azure", name="Azure")


def told(given: Report, **changes: Any) -> str:
    with_file = {"source": "--source src", "is_demo": False, "integration": "i.yaml", **changes}
    return "\n".join(next_steps(given, **with_file))


def planned(**changes: Any) -> Result:
    return result(control="app-ip-enforced", integration="crm-sync", **changes)


@pytest.mark.parametrize(
    ("source", "made"), [(FILES, "a diff and a package"), (AZURE, "commands that a person runs")]
)
def test_what_a_plan_mends_is_planned_first_by_the_same_words(source: Source, made: str) -> None:
    text = told(report(planned(), source=source), policies=" --policy p.yaml")
    assert text.startswith("sfharden plan --source src -i i.yaml -o change --policy p.yaml\n")
    assert made in text
    assert "sfharden controls app-ip-enforced --policy p.yaml" in text


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        (report(planned()), {"can_plan": False}),
        (report(planned()), {"integration": ""}),
        (report(planned(status=Status.PASS)), {}),
        (report(planned(status=Status.UNKNOWN)), {}),
        (report(result(control="app-ip-enforced")), {}),
        (report(result(integration="crm-sync")), {}),
    ],
    ids=["cannot", "not described", "passed", "unknown", "of the org", "nothing plans it"],
)
def test_no_plan_is_proposed_that_would_have_nothing(given: Report, changes: dict[str, Any]) -> None:
    assert "sfharden plan" not in told(given, **changes)


def test_what_is_waived_needs_nothing() -> None:
    waived = planned(waived=Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31)))
    assert told(report(waived, source=FILES)) == ""


def test_files_without_an_integration_are_described_next_and_an_empty_folder_is_said() -> None:
    assert "sfharden init --source src -o integration.yaml" in told(report(source=FILES, integrations=()))
    empty = FILES.model_copy(update={"files_read": 0})
    assert "No Salesforce metadata was found" in told(report(source=empty))
    assert told(report(source=FILES)) == ""


def test_the_demo_is_planned_as_it_is_and_leads_to_an_own_org() -> None:
    text = told(report(planned()), source="--demo", is_demo=True, integration="")
    assert text.startswith("sfharden plan --demo\n")
    assert "sfharden check --org ALIAS" in text
