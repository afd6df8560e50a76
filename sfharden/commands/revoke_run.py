"""The steps of `sfharden revoke`: read, select, show, ask, revoke, count again, tell."""

import getpass
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from sfharden import __version__
from sfharden.commands.revoke import Request
from sfharden.commands.revoke_org import Inventory, LiveOrg
from sfharden.errors import (
    DeclinedError,
    Exit,
    NoVerdictError,
    OrgError,
    PartialError,
    SfhardenError,
)
from sfharden.model.directory import Directory
from sfharden.model.snapshot import Snapshot, Tool
from sfharden.output_file import write_private
from sfharden.redact import safe_text
from sfharden.revocation.approve import Approval, approve_expected, approve_typed, refuse_incomplete
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, Journal, create_journal, resume_journal
from sfharden.revocation.plan import RevocationPlan, make_plan
from sfharden.revocation.receipt import receipt_json, receipt_markdown, receipt_of
from sfharden.revocation.records import Header, Resumed, State, Who
from sfharden.revocation.recount import recount
from sfharden.revocation.resume import reopen, rest_of
from sfharden.revocation.select import Selected, select
from sfharden.revocation.show import org_line, show_outcome, show_plan, show_undecided
from sfharden.revocation.survival import survivals
from sfharden.revocation.tokens import OwnLogin, Stock, stock_of
from sfharden.wording import count

# The label of the app that the Salesforce CLI signs in with unless it was told another one.
_CLI_APP = "Salesforce CLI"
_NEXT = """\
Next:
  Authorise the connection again, as the integration's user, from an address that
  its profile admits. Then: sfharden verify"""
_TOKENLESS = ("JWT bearer", "client credentials")


def revoke(org: LiveOrg, request: Request) -> int:
    """A new revocation; gives the exit code. Raises the errors that the other codes stand for."""
    inventory = org.read(metadata=True)
    own = own_login(inventory.snapshot, org.how)
    stock = _stock(inventory, own)
    directory = Directory(inventory.snapshot)
    selected = select(request.selection, stock.tokens, directory, own, org.now())
    plan = _plan(request, selected, stock, inventory.snapshot, directory)
    who = _who(inventory.snapshot, org.how)
    click.echo(show_plan(plan, f"{who.username} (by {who.how})", whole=request.dry_run) + "\n")
    warnings = list(_warnings(plan, selected, own, inventory.snapshot))
    _warn(warnings)
    if request.dry_run:
        click.echo("Nothing was revoked (--dry-run).")
        return Exit.INCOMPLETE if plan.lacking or plan.undecided else Exit.OK
    refuse_incomplete(plan.lacking, request.accept_incomplete)
    if not plan.tokens:
        click.echo("There is nothing to revoke.")
        return Exit.INCOMPLETE if plan.lacking or plan.undecided else Exit.OK
    approval = _approval(plan, request)
    path = request.journal or Path(f"revocation-{plan.fingerprint}.jsonl")
    disk = Disk(org.now)
    header = Header(
        at=org.now(),
        tool=_tool(),
        who=who,
        approved=approval.how,
        fingerprint=plan.fingerprint,
        count=len(plan.tokens),
        plan=plan,
    )
    journal = create_journal(path, header, disk)
    run = _Run(org, request, journal, path, disk, warnings)
    return run.finish(plan, approval, plan.handles, inventory)


def take_up(org: LiveOrg, path: Path, request: Request) -> int:
    """Finish what a journal left; gives the exit code."""
    disk = Disk(org.now)
    journal, history = resume_journal(path, disk)
    try:
        inventory = org.read(metadata=True)
        own = own_login(inventory.snapshot, org.how)
        stock = _stock(inventory, own)
        rest = rest_of(history, stock, own)
        click.echo(f"{org_line(rest.plan)}\nPlan        {rest.plan.fingerprint}\n{show_outcome(history)}")
        refuse_incomplete(stock.lacking, request.accept_incomplete)
        warnings = list(survivals(rest.plan.tokens, inventory.snapshot))
        if rest.own:
            warnings.append(
                f"{count(len(rest.own), 'token')} of the plan may be this run's own login: spared"
            )
        _warn(warnings)
        journal.note(Resumed(at=org.now(), tool=_tool(), who=_who(inventory.snapshot, org.how)))
        reopen(journal, history, rest)
    except BaseException:
        journal.close()
        raise
    run = _Run(org, request, journal, path, disk, warnings)
    return run.finish(rest.plan, rest.approval, rest.handles, inventory)


class _Run:
    """Executing, counting again and telling, around one open journal."""

    def __init__(
        self, org: LiveOrg, request: Request, journal: Journal, path: Path, disk: Disk, warnings: list[str]
    ) -> None:
        self._org = org
        self._request = request
        self._journal = journal
        self._path = path
        self._disk = disk
        self._warnings = warnings

    def finish(
        self, plan: RevocationPlan, approval: Approval, handles: tuple[str, ...], inventory: Inventory
    ) -> int:
        try:
            stopped = self._execute(plan, approval, handles, inventory)
            history, unchecked = self._recount()
        except KeyboardInterrupt:
            click.echo(f"\nStopped. {self._hint()}", err=True)
            raise
        finally:
            self._journal.close()
        click.echo(show_outcome(history))
        failed_receipt = self._receipt(history)
        code = self._verdict(history, stopped, unchecked)
        if failed_receipt:
            raise failed_receipt
        return code

    def _execute(
        self, plan: RevocationPlan, approval: Approval, handles: tuple[str, ...], inventory: Inventory
    ) -> SfhardenError | None:
        from sfharden.salesforce.lanes import Lanes

        keys = Keys(
            inventory.secrets,
            inventory.external_handles,
            stock_of(inventory.snapshot, inventory.secrets).lacking,
        )
        workers = self._request.workers
        click.echo(f"Revoking {count(len(handles), 'token')}; the journal is {self._path}", err=True)
        try:
            with self._org.revoker(workers) as revoker:
                doors = Doors(revoker, Lanes(workers), self._org.sleep, _progress(), workers)
                return execute(plan, approval, handles, keys, self._journal, doors)
        except NoVerdictError as error:
            raise PartialError(f"{error.message}; tokens may have been revoked", self._hint()) from None

    def _recount(self) -> tuple[History, str]:
        """The history after a second look, and why that look may not prove anything (empty: it does)."""
        try:
            again = self._org.read(metadata=False)
            stock = stock_of(again.snapshot, again.secrets)
        except (OrgError, NoVerdictError) as error:
            return self._journal.read(), f"the tokens could not be counted again: {error.message}"
        return recount(self._journal, stock, self._disk), stock.lacking

    def _receipt(self, history: History) -> SfhardenError | None:
        path = self._request.receipt
        if path is None:
            return None
        receipt = receipt_of(history, self._warnings)
        text = receipt_json(receipt) if path.suffix.lower() == ".json" else receipt_markdown(receipt)
        try:
            write_private(path, text)
        except SfhardenError as error:
            return error
        click.echo(f"Wrote the receipt {safe_text(str(path))}", err=True)
        return None

    def _verdict(self, history: History, stopped: SfhardenError | None, unchecked: str) -> int:
        left, counts = len(history.open_handles()), history.counts()
        if stopped:
            click.echo(f"It ended early. {stopped.message}.", err=True)
        untouched = not (counts[State.REVOKED] or counts[State.UNKNOWN] or counts[State.ATTEMPTED])
        if left and stopped and untouched:
            raise stopped
        if left:
            raise PartialError(f"{count(left, 'token')} of the plan may still be good", self._hint())
        plan = history.plan
        if unchecked or plan.lacking or plan.undecided:
            reason = unchecked or plan.lacking or "it could not be told of some tokens whether they are meant"
            click.echo(f"INCOMPLETE: {safe_text(reason)}.", err=True)
            return Exit.INCOMPLETE
        click.echo("Counted again: none of the plan's tokens is left.\n\n" + _NEXT)
        return Exit.OK

    def _hint(self) -> str:
        words = f"sfharden revoke {self._request.source} --resume {shlex.quote(safe_text(str(self._path)))}"
        return f"Finish it with: {words}"


def _stock(inventory: Inventory, own: OwnLogin) -> Stock:
    stock = stock_of(inventory.snapshot, inventory.secrets)
    return replace(stock, lacking="; ".join(one for one in (stock.lacking, own.doubt) if one))


def own_login(snapshot: Snapshot, how: str) -> OwnLogin:
    """What can be told of this run's own token by the way it signed in."""
    caller = snapshot.org.caller if snapshot.org else None
    user_id = caller.user_id if caller else ""
    if how in _TOKENLESS:
        return OwnLogin(user_id, (), True)
    return OwnLogin(user_id, (_CLI_APP,) if how == _CLI_APP else (), False)


def _plan(
    request: Request, selected: Selected, stock: Stock, snapshot: Snapshot, directory: Directory
) -> RevocationPlan:
    organization = snapshot.org.organization if snapshot.org else None
    if organization is None:  # stock_of has refused that
        raise NoVerdictError("The org did not say which one it is")
    return make_plan(request.selection, selected, stock, organization, directory)


def _warnings(plan: RevocationPlan, selected: Selected, own: OwnLogin, snapshot: Snapshot) -> Iterable[str]:
    yield from show_undecided(selected.undecided)
    if selected.own:
        which = (
            "this run's own login" if own.sure else "the signed-in user, one of which may be this run's own"
        )
        yield f"{count(len(selected.own), 'token')} of {which}: spared. Revoke them last, with another login"
    yield from survivals(plan.tokens, snapshot)
    if plan.lacking:
        yield f"INCOMPLETE: {plan.lacking}"


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        click.echo(f"Warning: {safe_text(warning, limit=1000)}.", err=True)


def _approval(plan: RevocationPlan, request: Request) -> Approval:
    if request.expect is not None:
        return approve_expected(plan, request.expect)
    if not sys.stdin.isatty():
        raise DeclinedError(
            "Nobody is at a terminal to approve; nothing was revoked",
            f"Unattended: --expect {len(plan.tokens)} --yes.",
        )
    click.echo(f"Type {plan.fingerprint} to revoke, anything else to stop: ", err=True, nl=False)
    typed = sys.stdin.readline()
    if not typed:
        raise DeclinedError("The input was closed; nothing was revoked")
    return approve_typed(plan, typed)


def _who(snapshot: Snapshot, how: str) -> Who:
    caller = snapshot.org.caller if snapshot.org else None
    account = ""
    with suppress(OSError, KeyError, ImportError):
        account = getpass.getuser()
    if caller is None:
        return Who(username="unknown", how=how, account=account)
    return Who(username=caller.username, user_id=caller.user_id, how=how, account=account)


def _tool() -> Tool:
    return Tool(version=__version__)


def _progress() -> Callable[[int, int], None]:
    if not sys.stderr.isatty():
        return lambda _done, _all: None

    def show(done: int, total: int) -> None:
        click.echo(f"\r\x1b[K{done:,} of {total:,} revoked", err=True, nl=done == total)

    return show
