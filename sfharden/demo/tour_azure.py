"""The Azure side of the tour: the tenant whose Logic App uses the embedded org."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.story import MANAGEMENT_GROUP
from sfharden.emulator.azure.tenant import Right
from sfharden.emulator.azure.tokens import arm_token
from sfharden.emulator.azure.untidy import untidy_tenant

_UP: Final = timedelta(days=1)  # a demo may be kept up for longer than tokens of ARM last


@contextmanager
def serve_tour_azure(now: datetime, *, latency: float = 0.0) -> Iterator[AzureServer]:
    """The bad tenant on a loopback port, until the block ends; `emulator.azure.hardening.harden` mends it.

    Its address is for SFHARDEN_AZURE_ENDPOINT, its token for AZURE_ACCESS_TOKEN.
    """
    tenant = untidy_tenant(now)
    # Whoever gives the tour sees it all, so that what is bad fails instead of being unknown.
    tenant.rights.append(Right(f"/providers/Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}"))
    token = arm_token(now, caller=tenant.caller, tenant_id=tenant.tenant_id, lasts=_UP)
    with serve_azure(tenant, token=token, latency=latency) as server:
        yield server
