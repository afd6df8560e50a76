"""One revocation from an approved plan to its receipt: execute, look again, settle, tell."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click

from sfharden import __version__
from sfharden.clock import current_time
from sfharden.commands.live import open_org, read_live, say_cost
from sfharden.commands.source import SourceOptions
from sfharden.errors import Exit, NoVerdictError, PartialError
from sfharden.model.directory import Directory, same_record
from sfharden.model.facts import CannotTell
from sfharden.model.org import Organization
from sfharden.names import literal
from sfharden.output_file import write_output, write_private
from sfharden.redact import safe_text
from sfharden.report.revocation import render_outcome
from sfharden.revocation.approve import Approval
from sfharden.revocation.execute import Doors, Inventory, execute, settle
from sfharden.revocation.journal import Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.receipt import Receipt, receipt_json, receipt_markdown
from sfharden.revocation.record import PLANNED
from sfharden.revocation.recount import still_there
from sfharden.revocation.select import caller_id
from sfharden.salesforce.connect import Connection
from sfharden.salesforce.revoker import revoker_of
from sfharden.sources.org import OrgReading, read_org
from sfharden.sources.org_sight import ONLY_OWN_ROWS
from sfharden.sources.org_wanted import Wanted
from sfharden.terminal import is_terminal

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
    """An open org with its inventory, and what a person should know; `reading` is replaced by the recount.

    `saw_others`: this login was shown other people's tokens before. Then its own alone are no sign of a
    list cut short: they are what is left once all others are revoked.
    """

    connection: Connection
    reading: OrgReading
    remarks: list[str] = field(default_factory=list)
    saw_others: bool = False

    @property
    def directory(self) -> Directory:
        """The tables of the inventory."""
        snapshot = self.reading.snapshot
        if self.saw_others:
            gaps = tuple(gap for gap in snapshot.gaps if gap.reason != ONLY_OWN_ROWS)
            snapshot = snapshot.model_copy(update={"gaps": gaps})
        return Directory(snapshot)

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

    def inventory(self, plan: RevocationPlan) -> Inventory:
        """What executing a plan needs to know of the org. Raises NoVerdictError if it isn't known whose login
        this is."""
        me, caller = caller_id(self.directory), literal(self.caller)
        own = {one.handle for one in self.directory.tokens if same_record(one.user_id, me)}
        own |= {one.handle for one in plan.tokens if literal(one.user) == caller}
        reading = self.reading
        return Inventory(reading.secrets, reading.external_handles, frozenset(own), whole=not self.lacking)


@contextmanager
def opened(given: SourceOptions, *, metadata: bool) -> Iterator[OpenOrg]:
    """Sign in and take the inventory. An emergency goes before the calls that are else left to others."""
    with open_org(given.live, reserve_share=None) as connection:
        yield OpenOrg(connection, read_live(connection, Wanted(metadata=metadata)))


@dataclass(frozen=True, slots=True)
class Job:
    """An approved plan with its open journal. `by` approved it; `again` is how to go on with it."""

    plan: RevocationPlan
    approval: Approval
    journal: Journal
    path: Path
    by: str
    started: str
    again: str


def finish(org: OpenOrg, job: Job, how: How) -> int:
    """Revoke, look again, settle what was left open, write the receipt.

    Raises PartialError if any token is left, or if the journal failed when some had been tried already.
    """
    inventory, broken = org.inventory(job.plan), ""
    org.saw_others = org.saw_others or inventory.whole
    try:
        stopped = _execute(org, job, inventory, how.workers)
    except NoVerdictError as error:
        if all(state == PLANNED for state in job.journal.states.values()):
            raise
        stopped = broken = error.message
    except KeyboardInterrupt:
        _say(f"Some tokens may be revoked already. To go on: {job.again}")
        raise
    if stopped:
        org.remarks.append(f"Stopped early: {stopped.rstrip('.')}.")
    survivors = _recount(org, job)
    with suppress(OSError):
        say_cost(org.connection)
    told = _tell(render_outcome(job.plan, job.journal.states, survivors, org.remarks))
    lost = _write_receipt(org, job, survivors, how.receipt) if how.receipt else ""
    return _verdict(survivors, broken if job.journal.broken else "", lost or told, job)


def _verdict(survivors: tuple[str, ...] | None, broken: str, lost: str, job: Job) -> int:
    if survivors == () and not broken:
        if lost:
            raise NoVerdictError(f"All tokens are revoked, but {lost}.", job.again)
        return Exit.OK
    left = "which are left is not known" if survivors is None else f"{len(survivors):,} are still there"
    what = "Not all tokens are revoked" if survivors != () else "The journal is not complete"
    raise PartialError(f"{what}: {left}. {broken}".strip(), job.again)


def _execute(org: OpenOrg, job: Job, inventory: Inventory, workers: int) -> str:
    watched = is_terminal(sys.stderr)
    own = [one for one in job.plan.tokens if one.handle in inventory.own and one.handle in inventory.secrets]
    if own:
        org.remarks.append(f"{len(own)} are this login's own and were left alone; use another login.")
    try:
        with revoker_of(org.connection, workers) as revoker:
            doors = Doors(revoker, _clock, _progress if watched else lambda _: None)
            return execute(job.plan, job.approval, job.journal, inventory, doors, workers)
    finally:
        if watched:
            _say("\r\x1b[K", end="")


def _clock() -> datetime:
    return current_time(os.environ)


def _progress(done: int) -> None:
    if done % 10 == 0:
        _say(f"\r\x1b[KRevoking… {done:,}", end="")


def _say(text: str, end: str = "\n") -> None:
    """Tell on standard error; nobody listening is no reason to stop."""
    with suppress(OSError):
        click.echo(text + end, err=True, nl=False)


def _recount(org: OpenOrg, job: Job) -> tuple[str, ...] | None:
    """The handles that are still there; None if that can't be told."""
    try:
        org.reading = read_org(org.connection, Wanted(metadata=False), __version__)
        there = still_there(job.plan, org.reading.secrets, org.directory.tokens, org.directory)
    except (NoVerdictError, CannotTell) as error:
        reason = error.reason if isinstance(error, CannotTell) else error.message
        org.remarks.append(f"The recount failed: {reason.rstrip('.')}.")
        return None
    whole = not org.lacking
    survivors = tuple(one.handle for one in job.plan.tokens if one.handle in there)
    try:
        settle(job.journal, job.plan, there, whole, _clock())
    except NoVerdictError:
        org.remarks.append(
            "The journal ends before the run did: what is said here of single tokens may be old."
        )
    if whole:
        return survivors
    org.remarks.append(f"The recount is not whole: {org.lacking}.")
    return survivors or None


def _tell(text: str) -> str:
    """Print the outcome. Gives what is lost if standard output is gone: the exit code must still be right."""
    try:
        write_output(text, None)
    except OSError:
        with suppress(
            OSError, ValueError
        ):  # else Python tries once more at its end, and changes the exit code
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "the outcome could not be printed"
    return ""


def _write_receipt(org: OpenOrg, job: Job, survivors: tuple[str, ...] | None, path: Path) -> str:
    """Write the receipt. Gives what is lost if that isn't possible."""
    receipt = Receipt(
        plan=job.plan,
        states=job.journal.states,
        by=job.by,
        ended_by=org.caller,
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
    try:
        write_private(path, write(receipt))
    except NoVerdictError:
        return "the receipt could not be written"
    _say(f"Receipt: {safe_text(str(path))}")
    return ""
