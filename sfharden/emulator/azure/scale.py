"""Many workflows in many groups, for the tests that count calls."""

from datetime import datetime

from sfharden.emulator.azure import connections, flows, logs, people, story
from sfharden.emulator.azure.healthy import hardened_definition, healthy_tenant
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.tenant import Tenant


def by_scale(now: datetime, *, workflows: int = 100, groups: int = 20, roles: int = 30) -> Tenant:
    """A healthy tenant with more: workflows spread over groups, each group with a connection of its own.

    Custom `roles` are given at the subscription, so that each scope inherits all of them: whoever reads a role
    once a scope, or a scope once a workflow, is found out by the count of calls.
    """
    tenant = healthy_tenant(now)
    for number in range(groups):
        name = f"rg-scale-{number:02}"
        scope = tenant.add_group(story.SUBSCRIPTION, name)
        tenant.add(connections.salesforce(_connection(scope), now))
    for number in range(workflows):
        _add_workflow(tenant, f"{story.SCOPE}/resourceGroups/rg-scale-{number % groups:02}", number, now)
    for number in range(roles):
        role = guid("scale role", number)
        actions = [f"Microsoft.Logic/workflows/runs/read{number}", "Microsoft.Logic/workflows/read"]
        tenant.role_definitions.append(people.role(role, f"Role {number}", actions, places=[story.SCOPE]))
        people.assign(tenant, role, guid("scale group", number), "Group", story.SCOPE)
    return tenant


def _connection(scope: str) -> str:
    return f"{scope}/providers/Microsoft.Web/connections/salesforce"


def _add_workflow(tenant: Tenant, scope: str, number: int, now: datetime) -> None:
    path = f"{scope}/providers/Microsoft.Logic/workflows/flow-{number:03}"
    tenant.add(
        flows.workflow(
            path,
            hardened_definition(),
            now,
            access=flows.hardened_access([story.CALLERS]),
            parameters=flows.connections_value(_connection(scope)),
            principal=guid("identity", path),
        )
    )
    tenant.set_diagnostics(path, logs.setting(path, workspace=story.WORKSPACE))
