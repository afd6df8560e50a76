"""The Azure side as part of a plan: beside what is planned for an org, or alone."""

from collections.abc import Sequence
from dataclasses import replace

from sfharden.azure.index import AzureIndex
from sfharden.model.azure import key_of
from sfharden.model.integration import Integration, integration_names
from sfharden.model.plan import Plan
from sfharden.model.snapshot import Snapshot, Tool
from sfharden.plan.azure.definition_diff import definition_diff, edits_by_resource
from sfharden.plan.azure.planner import AzurePlanned
from sfharden.plan.fingerprint import fingerprint, with_azure_side
from sfharden.plan.planner import PlanResult


def without_an_org(
    snapshot: Snapshot, integrations: Sequence[Integration], api_version: str, tool_version: str
) -> PlanResult:
    """A plan for nothing of Salesforce, to which the Azure side is added."""
    plan = Plan(
        tool=Tool(version=tool_version),
        source=snapshot.source.model_copy(update={"age_days": None}),
        org=None,
        api_version=api_version,
        fit=None,
        integrations=integration_names(integrations),
        changes=(),
        files=(),
        manual=(),
        conditions=(),
        lockouts=(),
        notes=(),
        left_out=(),
        undo=(),
        fingerprint=fingerprint("", integrations, None, {}),
    )
    return PlanResult(plan, ())


def with_azure_planned(planned: PlanResult, found: AzurePlanned, snapshot: Snapshot) -> PlanResult:
    """The plan with the changes of the Azure side, and what is to be said of them; its fingerprint is over them, too."""
    if snapshot.azure is None:
        return planned
    index = AzureIndex(snapshot.azure)
    read = {key_of(name): index.find(name) for name in edits_by_resource(found.changes)}
    plan = planned.plan.model_copy(
        update={
            "azure": found.changes,
            "manual": (*planned.plan.manual, *found.manual),
            "conditions": (*planned.plan.conditions, *found.conditions),
            "notes": (*planned.plan.notes, *found.notes),
            "fingerprint": with_azure_side(planned.plan.fingerprint, found.changes),
        }
    )
    resources = {key: one for key, one in read.items() if one}
    return replace(planned, plan=plan, azure_diff=definition_diff(found.changes, resources))
