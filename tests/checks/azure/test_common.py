"""One verdict a resource, and unknown for each that wasn't found."""

import pytest

from sfharden.azure.index import value
from sfharden.checks.azure.common import judge_each, seen, subject_of
from sfharden.checks.common import passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry
from tests.orgs.azure_side import connection, context, snapshot, workflow


def test_what_the_integration_file_names_and_nobody_read_is_unknown() -> None:
    side = context(snapshot(workflow(), connection()), AzureEntry(workflows=("crm-sync", "lost"))).azure
    found = list(
        judge_each(side, side.workflows, lambda _, subject: passed(subject, "Yes."), "azure-workflow")
    )
    assert [(one.subject.name, one.status.value) for one in found] == [
        ("crm-rg/crm-sync", "pass"),
        ("lost", "unknown"),
    ]


def test_nothing_to_judge_is_no_pass() -> None:
    side = context(snapshot()).azure
    with pytest.raises(CannotTell):
        list(judge_each(side, side.workflows, lambda _, subject: passed(subject, "Yes."), "azure-workflow"))


def test_evidence_tells_the_place_and_may_keep_the_value_back() -> None:
    found = value(workflow(), "properties.state")
    assert seen("state", found).observed == "Enabled"
    assert seen("state", found, shown="set").observed == "set"
    assert seen("x", value(workflow(), "properties.x")).observed == "not set"
    assert subject_of(connection()).kind == "azure-connection"
