"""Reading the loopback ARM as a live run would: with time that passes only when somebody sleeps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sfharden.azure.arm import Arm
from sfharden.azure.clouds import cloud_at
from sfharden.azure.index import AzureIndex
from sfharden.azure.signing_in import AzureSession
from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.tenant import Tenant
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.ports import Timing
from sfharden.sources.azure.live import read_azure
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter

NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
BOTH: Final = (AzureEntry(workflows=(story.WORKFLOW, story.SITE)),)


@dataclass
class Reading:
    """A loopback ARM, and how to read it."""

    server: AzureServer
    subscription: str = ""

    def arm(self) -> Arm:
        """Open it, with pauses that take no time."""
        session = AzureSession(
            cloud_at(self.server.base_url), Secret(self.server.token), "test", self.subscription
        )
        timing = Timing(sleep=lambda _: None, now=lambda: NOW)
        return Arm(session, CallMeter(), timing=timing)

    def read(self, entries: Sequence[AzureEntry] = BOTH) -> AzureSnapshot:
        """What a run gives."""
        arm = self.arm()
        try:
            return read_azure(arm, entries)
        finally:
            arm.close()

    def asked(self, part: str) -> list[str]:
        """The calls whose path and query hold this, without case."""
        return [one for one in self.server.calls if part.casefold() in one.casefold()]


@contextmanager
def reading(tenant: Tenant | None = None, subscription: str = "") -> Iterator[Reading]:
    """Serve a tenant, the healthy one by default."""
    with serve_azure(tenant or healthy_tenant(NOW)) as server:
        yield Reading(server, subscription)


def index(snapshot: AzureSnapshot) -> AzureIndex:
    """The questions that checks ask."""
    return AzureIndex(snapshot)
