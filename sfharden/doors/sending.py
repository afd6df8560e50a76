"""The doors through which rows leave: Log Analytics with a token, a webhook with a signature."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from sfharden.azure.ingestion import LogAnalytics, monitor_at, stream_path
from sfharden.azure.signing_in import sign_in
from sfharden.doors.clock import current_time
from sfharden.doors.run_doors import RunDoors
from sfharden.ports import RowSender
from sfharden.text.redact import safe_text
from sfharden.web.webhook import SECRET_VARIABLE, Webhook, webhook_at, webhook_secret


@contextmanager
def open_log_analytics(
    endpoint: str,
    path: str,
    run_id: str,
    doors: RunDoors,
    environment: Mapping[str, str],
    *,
    identity: bool = False,
) -> Iterator[RowSender]:
    """Sign in to Azure Monitor, say where the token goes, and open a stream until the block ends.

    Raises UsageError for an address that none of it is sent to, AuthError without a token for it.
    """
    service = monitor_at(endpoint)
    session = sign_in(environment, current_time(doors), service=service, identity=identity)
    click.echo(f"The token goes to {safe_text(service.origin.host, limit=80)}.", err=True)
    opened = LogAnalytics(session, path, run_id, timing=doors.timing, bounds=doors.bounds, log=doors.log)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def open_webhook(
    url: str, run_id: str, doors: RunDoors, environment: Mapping[str, str]
) -> Iterator[RowSender]:
    """Open a webhook until the block ends. Raises UsageError for an address or a secret that can't be one."""
    (origin, path), secret = webhook_at(url), webhook_secret(environment.get(SECRET_VARIABLE, ""))
    click.echo(f"The rows go to {safe_text(origin.host, limit=80)}.", err=True)
    opened = Webhook(origin, path, secret, run_id, timing=doors.timing, bounds=doors.bounds, log=doors.log)
    try:
        yield opened
    finally:
        opened.close()


def refuse_destination(endpoint: str, rule: str, stream: str) -> str:
    """The path of a stream. Raises UsageError for an endpoint, a rule or a stream that can't be one."""
    monitor_at(endpoint)
    return stream_path(rule, stream)
