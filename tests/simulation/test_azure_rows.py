"""What may be done at the Azure end: rows that follow from the controls' verdicts."""

from typing import Any

import pytest

from sfharden.access.facts import Outcome
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.simulation.azure_rows import AZURE_ROWS, azure_rows
from sfharden.simulation.matrix import matrix
from tests.orgs import healthy
from tests.orgs.azure_side import connection, snapshot, workflow
from tests.orgs.files import CONNECTED

ENTRY = AzureEntry(
    workflows=("crm-sync",), allowed_callers=("203.0.113.0/28",), data_readers=("203.0.113.0/28",)
)
INTEGRATION = healthy.integration().model_copy(update={"azure": ENTRY})


def outcomes(read: AzureSnapshot | None) -> dict[str, Outcome]:
    whole = Snapshot(tool=Tool(version="t"), source=Source(kind="azure", name="x"), azure=read)
    return {row.id: row.outcome for row in azure_rows(whole, INTEGRATION)}


def insecure() -> Any:
    definition = workflow().document["properties"]["definition"]
    definition["actions"]["Get_record"].pop("runtimeConfiguration")
    return definition


def test_where_azure_was_not_read_there_are_no_rows() -> None:
    assert outcomes(None) == {}
    assert not set(AZURE_ROWS) & {row.id for row in matrix(healthy.snapshot(CONNECTED), INTEGRATION)}


def test_a_hardened_workflow_refuses_what_was_read_and_no_more() -> None:
    found = outcomes(snapshot(workflow(), connection()))
    assert found["azure-trigger-called"] is Outcome.REFUSED
    assert found["azure-runs-read"] is Outcome.REFUSED
    assert found["azure-redirected"] is Outcome.CANNOT_TELL
    assert found["azure-neighbour"] is Outcome.CANNOT_TELL


@pytest.mark.parametrize(
    ("changes", "row"),
    [({"accessControl": None}, "azure-trigger-called"), ({"definition": insecure()}, "azure-runs-read")],
)
def test_what_fails_is_open_and_says_by_which_control(changes: dict[str, Any], row: str) -> None:
    read = snapshot(workflow(**changes), connection())
    assert outcomes(read)[row] is Outcome.ALLOWED
    (reason, *_) = next(one for one in matrix_of(read) if one.id == row).cases[0].decision.reasons
    assert reason.rule.startswith("policy azure-logic-apps, ")


def matrix_of(read: AzureSnapshot) -> Any:
    return matrix(healthy.snapshot(CONNECTED).model_copy(update={"azure": read}), INTEGRATION)


def test_the_rows_follow_those_of_the_org() -> None:
    rows = [row.id for row in matrix_of(snapshot(workflow(), connection()))]
    assert tuple(rows[-len(AZURE_ROWS) :]) == AZURE_ROWS
