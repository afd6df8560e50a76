"""From the options of the Azure side to what a running Azure answered, and what reading it cost."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from sfharden.azure.arm import Arm
from sfharden.azure.claims import claims_of
from sfharden.azure.signing_in import AzureSession, sign_in
from sfharden.doors.clock import current_time
from sfharden.doors.live import bounds_of
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.progress import waiting_for
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.sources.azure.live import read_azure
from sfharden.sources.azure.repository import repository_of
from sfharden.text.redact import safe_text
from sfharden.text.terminal import aside
from sfharden.text.wording import count
from sfharden.web.meter import CallMeter


@dataclass(frozen=True, slots=True)
class AzureLogin:
    """Whose token was sent where: how it was had, the cloud and host, and the ids that the token has of its owner and tenant."""

    how: str
    cloud: str
    host: str
    object_id: str = ""
    tenant: str = ""


@contextmanager
def open_azure(
    endpoint: str | None,
    live: LiveOptions,
    *,
    identity: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Arm]:
    """Sign in to Azure, say where the token goes, and open it for reading until the block ends.

    `live` has the time, the patience and the budget of the run, which counts for Azure by itself.
    """
    doors = live.doors
    with waiting_for("a token for Azure", doors):
        session = sign_in(environment, current_time(doors), endpoint=endpoint or "", identity=identity)
    click.echo(f"The token goes to {safe_text(session.cloud.origin.host, limit=80)}.", err=True)
    # Azure counts no calls of a day that others could lack.
    meter = CallMeter(live.api_budget, reserve_share=None)
    arm = Arm(session, meter, timing=doors.timing, bounds=bounds_of(live), log=doors.log)
    try:
        yield arm
    finally:
        arm.close()


def read_live_azure(
    endpoint: str | None,
    entries: Sequence[AzureEntry],
    live: LiveOptions,
    *,
    identity: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> AzureSnapshot:
    """The Azure side of integrations as it is now; without any named, all that uses Salesforce.

    Raises UsageError, InputError (a repository that isn't there), AuthError and other OrgErrors.
    """
    return examine_azure(endpoint, entries, live, identity=identity, environment=environment)[0]


def examine_azure(
    endpoint: str | None,
    entries: Sequence[AzureEntry],
    live: LiveOptions,
    *,
    identity: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> tuple[AzureSnapshot, AzureLogin]:
    """The same, and whose token read it."""
    repository = repository_of(entries)
    with open_azure(endpoint, live, identity=identity, environment=environment) as arm:
        with waiting_for("Azure's answers", live.doors):
            read = read_azure(arm, entries)
        made, login = arm.calls().total, _login(arm.session)
    line = f"{count(made, 'API call')} to {safe_text(arm.origin.host, limit=80)}."
    click.echo(aside(line, sys.stderr), err=True)
    return read.model_copy(update={"repository": repository}), login


def _login(session: AzureSession) -> AzureLogin:
    """By the token's own claims; nobody verified them but Azure, which took it."""
    claims = claims_of(session.token)
    cloud = session.cloud
    return AzureLogin(session.how, cloud.name, cloud.origin.host, claims.object_id, claims.tenant)
