"""What is foreseen of Azure: rights by what Azure itself named, each with what is unknown for it, and a way out that fits."""

from typing import Any

import pytest

from sfharden.checks.azure_foreseen import (
    controls_of_azure,
    foresee_azure,
    missing_rights,
    of_azure,
    place_of,
)
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import AZURE_POLICY, DEFAULT_POLICIES, load_policy
from sfharden.emulator.azure import story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.tenant import Right, Tenant
from sfharden.emulator.azure.untidy import untidy_tenant
from sfharden.model.azure import AzureEntry, AzureGap, AzureSnapshot
from sfharden.model.results import Report, Result, Severity, Status, Subject
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.sources.azure.live_kit import NOW, reading

POLICY = load_policy(AZURE_POLICY)


def judged(
    tenant: Tenant, *faults: AzureFault, entries: tuple[AzureEntry, ...] = ()
) -> tuple[AzureSnapshot, Report]:
    with reading(tenant, story.SUBSCRIPTION) as one:
        one.server.faults.extend(faults)
        read = one.read(entries)
    whole = Snapshot(
        tool=Tool(version="test"), source=Source(kind="azure", name="test"), taken_at=NOW, azure=read
    )
    return read, evaluate(whole, (POLICY,), (), (), NOW, "test")


def result(message: str, name: str = "rg/sync", **more: Any) -> Result:
    told = {"control": "c", "severity": Severity.HIGH, "title": "t", "status": Status.UNKNOWN, **more}
    return Result(subject=Subject(kind="azure-workflow", name=name), message=message, **told)


def test_a_right_is_told_with_the_control_that_is_unknown_for_it() -> None:
    read, report = judged(untidy_tenant(NOW))
    found = {one.action: one for one in missing_rights(read, report.results)}
    assert found["Microsoft.Insights/diagnosticSettings/read"].controls == ("connection-changes-recorded",)
    assert found["Microsoft.Insights/diagnosticSettings/read"].places == ("management group acme",)
    assert found["Microsoft.OperationalInsights/workspaces/tables/read"].controls == (
        "logic-app-diagnostics-kept",
    )


def test_no_right_is_guessed() -> None:
    read, report = judged(untidy_tenant(NOW))
    named = {gap.action for gap in read.gaps if gap.action}
    assert {one.action for one in missing_rights(read, report.results)} == named
    assert missing_rights(AzureSnapshot(source="live"), report.results) == ()


@pytest.mark.parametrize("name", list(CALLS))
def test_each_refused_call_that_leaves_something_unknown_has_a_way_out(name: str) -> None:
    """Whatever is unknown for want of an answer is told with what to do, and nothing unknown is passed over."""
    read, report = judged(healthy_tenant(NOW), AzureFault(AzureFaultKind.FORBIDDEN, path=CALLS[name]))
    open_ones = {one.control for one in report.results if one.is_open}
    foreseen = foresee_azure(read, report.results)
    assert {control for one in foreseen for control in one.controls} == open_ones
    assert all(one.remedy for one in foreseen)


def test_a_reader_of_one_group_is_told_to_name_what_is_theirs() -> None:
    tenant = healthy_tenant(NOW)
    tenant.rights[:] = [Right(story.GROUP_SCOPE)]
    read, report = judged(tenant)
    by_remedy = {one.remedy for one in foresee_azure(read, report.results)}
    assert any(
        "Microsoft.Logic/workflows/read in subscription" in one and "name by id" in one for one in by_remedy
    )


GAP = AzureGap(
    path=f"{story.WORKFLOW}/x", what="x of rg/sync", reason="Azure answered TooManyRequests", code="X"
)


@pytest.mark.parametrize(
    ("message", "way"),
    [
        ("Can't tell: x of rg/sync can't be read: Azure answered TooManyRequests.", "Read it again."),
        ("Can't tell: nothing of that name was read.", "Correct azure in the integration file."),
        ("Can't tell: its app settings were not read: …", "--azure-exports"),
        (
            "Can't tell: what Owner permits User 1 under its condition isn't evaluated.",
            "az ad user show --id OBJECT-ID",
        ),
        ("Can't tell: something else.", "If it fails: Mend it. If it holds already, accept it"),
    ],
)
def test_the_way_out_fits_the_reason(message: str, way: str) -> None:
    read = AzureSnapshot(source="live", gaps=(GAP,))
    (found,) = foresee_azure(read, [result(message, remediation="Mend it.")])
    assert way in found.remedy


def test_what_is_decided_is_not_foreseen() -> None:
    read = AzureSnapshot(source="live", gaps=(GAP,))
    assert foresee_azure(read, [result("x of rg/sync can't be read", status=Status.FAIL)]) == ()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"{story.WORKFLOW}/y", "resource group rg-integration"),
        (story.SCOPE, f"subscription {story.SUBSCRIPTION}"),
        ("/providers/Microsoft.Management/managementGroups/acme/providers/x", "management group acme"),
        ("/", "the tenant"),
    ],
)
def test_where_a_right_is_given(path: str, place: str) -> None:
    assert place_of(path) == place


def test_only_controls_of_azure_count() -> None:
    both = (POLICY, *(load_policy(name) for name in DEFAULT_POLICIES))
    assert controls_of_azure(both) == {one.id for one in POLICY.controls}
    _, report = judged(healthy_tenant(NOW))
    assert of_azure(report, both[1:]) == ()
    assert of_azure(report, both) == report.results
