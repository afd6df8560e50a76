"""What people do to the untidy tenant after a plan: its own Logic Apps become those of the healthy one."""

from datetime import datetime

from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import FIREWALL, GATEWAY, healthy_tenant
from sfharden.emulator.azure.paths import covers, key
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import NEWSLETTER, STOCK

_KEPT = (story.WORKFLOW, story.CONNECTION, story.SITE, story.STANDARD_CONNECTION)


def harden(tenant: Tenant, now: datetime) -> None:
    """Harden the integration's own resources, and only these: strangers move out, what is odd elsewhere stays."""
    good = healthy_tenant(now)
    for stranger in (NEWSLETTER, STOCK):
        tenant.remove(stranger)
    for one in (*_KEPT, story.STORAGE, story.STANDARD_STORAGE, story.ARCHIVE, GATEWAY, FIREWALL):
        tenant.remove(one)
    tenant.resources.update(good.resources)
    tenant.diagnostics.update(good.diagnostics)
    tenant.events.extend(one for one in good.events if one not in tenant.events)
    _take_rights(tenant, good)


def _take_rights(tenant: Tenant, good: Tenant) -> None:
    """At the scopes of the integration nobody keeps what the healthy tenant doesn't have; nor do they inherit it."""
    above = set(tenant.above(story.WORKFLOW)) | set(tenant.above(story.CONNECTION))
    above |= set(tenant.above(story.SITE)) | set(tenant.above(story.STANDARD_CONNECTION))
    elsewhere = [one for one in tenant.assignments if key(one["properties"]["scope"]) not in above]
    tenant.assignments[:] = [*elsewhere, *good.assignments]
    tenant.deny_assignments[:] = [
        one for one in tenant.deny_assignments if not covers(one["properties"]["scope"], story.CONNECTION)
    ]
