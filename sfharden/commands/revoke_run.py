"""One revocation from an approved plan to its receipt: execute, look again, settle, tell."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click

from sfharden import __version__
from sfharden.clock import current_time
from sfharden.commands.live import open_org, read_live, say_cost
from sfharden.commands.source import SourceOptions
from sfharden.errors import DeclinedError, Exit, NoVerdictError, OrgError, PartialError
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.org import Organization
from sfharden.output_file import write_output, write_private
from sfharden.redact import safe_text
from sfharden.report.revocation import render_outcome
from sfharden.revocation.approve import Approval
from sfharden.revocation.execute import Doors, execute, settle
from sfharden.revocation.journal import Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.receipt import Receipt, receipt_json, receipt_markdown
from sfharden.salesforce.connect import Connection
from sfharden.salesforce.revoker import revoker_of
from sfharden.sources.org import OrgReading, read_org
from sfharden.sources.org_wanted import Wanted

TOOL = f"sfharden {__version__}"


@dataclass(frozen=True, slots=True)
class How:
    """What was said of how to go about it."""

    dry_run: bool
    expect: int | None
    yes: bool
    journal: Path | None
    receipt: Path | None
    accept_incomplete: bool
    workers: int


@dataclass
class OpenOrg:
    """An open org with its inventory, and what a person should know; `reading` is replaced by the recount."""

    connection: Connection
    reading: OrgReading
    remarks: list[str] = field(default_factory=list)

    @property
    def directory(self) -> Directory:
        """The tables of the inventory."""
        return Directory(self.reading.snapshot)

    @property
    def host(self) -> str:
        """The org's address."""
        return self.connection.session.origin.host

    @property
    def caller(self) -> str:
        """Who is signed in."""
        tables = self.reading.snapshot.org
        return tables.caller.username or tables.caller.user_id if tables and tables.caller else "unknown"

    @property
    def organization(self) -> Organization:
        """The org's own record. Raises NoVerdictError if it was not read: its id keys the handles."""
        tables = self.reading.snapshot.org
        if tables is None or tables.organization is None:
            raise NoVerdictError("The org didn't say which org it is, so nothing is revoked.")
        return tables.organization

    @property
    def lacking(self) -> str:
        """Why the list of tokens may not be whole; empty if it is."""
        try:
            return self.directory.tokens.lacking
        except CannotTell as reason:
            return reason.reason


@contextmanager
def opened(given: SourceOptions) -> Iterator[OpenOrg]:
    """Sign in and take the inventory."""
    with open_org(given.live) as connection:
        yield OpenOrg(connection, read_live(connection, Wanted()))


@dataclass(frozen=True, slots=True)
class Job:
    """An approved plan with its open journal."""

    plan: RevocationPlan
    approval: Approval
    journal: Journal
    path: Path
    started: str


def finish(org: OpenOrg, job: Job, how: How) -> int:
    """Revoke, look again, settle what was left open, write the receipt. Raises PartialError if any is left."""
    if org.lacking and not how.accept_incomplete:
        # A token that a cut-off list lacks would be taken for gone.
        raise DeclinedError(f"The list of tokens is not whole ({org.lacking}). Nothing more was revoked.")
    watched = sys.stderr.isatty()
    try:
        with revoker_of(org.connection, how.workers) as revoker:
            doors = Doors(revoker, org.reading.secrets, _clock, _progress if watched else lambda _: None)
            stopped = execute(job.plan, job.approval, job.journal, doors, how.workers)
    finally:
        if watched:
            click.echo("\r\x1b[K", err=True, nl=False)
    if stopped:
        org.remarks.append(f"Stopped early: {stopped}.")
    survivors = _recount(org, job)
    say_cost(org.connection)
    if how.receipt:
        _write_receipt(org, job, survivors, how.receipt)
    write_output(render_outcome(job.plan, job.journal.states, survivors, org.remarks), None)
    if survivors == ():
        return Exit.OK
    left = "which are left is not known" if survivors is None else f"{len(survivors):,} are still there"
    raise PartialError(
        f"Not all tokens are revoked: {left}.", f"sfharden revoke --resume {safe_text(str(job.path))} …"
    )


def _clock() -> datetime:
    return current_time(os.environ)


def _progress(done: int) -> None:
    if done % 10 == 0:
        click.echo(f"\r\x1b[KRevoking… {done:,}", err=True, nl=False)


def _recount(org: OpenOrg, job: Job) -> tuple[str, ...] | None:
    """The handles that are still there; None if that can't be told."""
    try:
        org.reading = read_org(org.connection, Wanted(metadata=False), __version__)
    except OrgError as error:
        org.remarks.append(f"The recount failed: {error.message}.")
        return None
    if org.lacking:
        org.remarks.append(f"The recount is not whole: {org.lacking}.")
        seen = tuple(one.handle for one in job.plan.tokens if one.handle in org.reading.secrets)
        return seen or None
    return settle(job.journal, job.plan, org.reading.secrets, _clock())


def _write_receipt(org: OpenOrg, job: Job, survivors: tuple[str, ...] | None, path: Path) -> None:
    receipt = Receipt(
        plan=job.plan,
        states=job.journal.states,
        by=org.caller,
        approved=job.approval.how,
        host=org.host,
        started=job.started,
        ended=_clock(),
        tool=TOOL,
        journal=job.path.name,
        survivors=survivors,
        remarks=tuple(org.remarks),
    )
    write = receipt_json if path.suffix.lower() == ".json" else receipt_markdown
    write_private(path, write(receipt))
    click.echo(f"Receipt: {safe_text(str(path))}", err=True)
