"""The steps of `sfharden revoke` until something is sent: read, select, show, ask; or take up a journal."""

import getpass
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from sfharden.commands.revoke_org import Inventory, LiveOrg
from sfharden.errors import DeclinedError, Exit, NoVerdictError
from sfharden.facts.directory import Directory, same_record
from sfharden.files.output_file import write_output
from sfharden.model.org import ONLY_OWN_ROWS
from sfharden.model.snapshot import Snapshot
from sfharden.report.revoke_table import org_line, show_outcome, show_plan, show_unknown
from sfharden.revocation.approve import Approval, approve_expected, approve_typed, refuse_incomplete
from sfharden.revocation.finish import Run, tool
from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, create_journal, resume_journal
from sfharden.revocation.one_by_one import of_plan, of_selection
from sfharden.revocation.plan import RevocationPlan, make_plan
from sfharden.revocation.records import Actor, Header, Resumed
from sfharden.revocation.request import Request, refuse_receipt
from sfharden.revocation.resume import reopen, rest_of
from sfharden.revocation.select import Selected, select
from sfharden.revocation.survival import survivals
from sfharden.revocation.tokens import OwnLogin, Stock, stock_of
from sfharden.text.redact import safe_text
from sfharden.text.terminal import is_terminal
from sfharden.text.wording import count

# The label of the app that the Salesforce CLI signs in with unless it was told another one.
_CLI_APP = "Salesforce CLI"
_TOKENLESS = ("JWT bearer", "client credentials")


def revoke(org: LiveOrg, request: Request) -> int:
    """A new revocation; gives the exit code. Raises the errors that the other codes stand for."""
    inventory = org.read(metadata=True, one_by_one=of_selection(request.selection, org.now))
    own = own_login(inventory.snapshot, org.how)
    stock = _stock(inventory, own)
    directory = Directory(inventory.snapshot)
    selected = select(request.selection, stock.tokens, directory, own, org.now())
    plan = _plan(request, selected, stock, inventory.snapshot, directory)
    who = _who(inventory.snapshot, org.how)
    write_output(show_plan(plan, f"{who.username} (by {who.how})", whole=request.dry_run) + "\n\n", None)
    warnings = list(_warnings(plan, selected, own, inventory.snapshot))
    _warn(warnings)
    if request.dry_run:
        click.echo("Nothing was revoked (--dry-run).")
        return Exit.INCOMPLETE if plan.gap or plan.unknown else Exit.OK
    _refuse_unknown_login(own)
    refuse_incomplete(plan.gap, request.accept_incomplete)
    approval = approve_expected(plan, request.expect) if request.expect is not None else None
    if not plan.tokens:
        return _nothing(plan, selected)
    approval = approval or _approval(plan)
    path = request.journal or Path(f"revocation-{plan.fingerprint}.jsonl")
    refuse_receipt(request.receipt, path)
    disk = Disk(org.now)
    header = Header(
        at=org.now(),
        tool=tool(),
        who=who,
        approved=approval.how,
        fingerprint=plan.fingerprint,
        count=len(plan.tokens),
        plan=plan,
    )
    journal = create_journal(path, header, disk)
    saw_others = ONLY_OWN_ROWS not in plan.gap
    run = Run(org, request, journal, path, disk, warnings, saw_others)
    return run.finish(plan, approval, plan.handles, inventory)


def _nothing(plan: RevocationPlan, selected: Selected) -> int:
    """Nothing to do. Raises DeclinedError where there is, and it's spared: "none is left" would be untrue."""
    if selected.own:
        raise DeclinedError("This run's own tokens are all that is selected, and they are spared")
    click.echo("There is nothing to revoke.")
    return Exit.INCOMPLETE if plan.gap or plan.unknown else Exit.OK


def _refuse_unknown_login(own: OwnLogin) -> None:
    """Nobody may cut off their own way in, not even who accepts an incomplete list."""
    if own.gap:
        raise NoVerdictError(f"Nothing was revoked: {own.gap}")


def take_up(org: LiveOrg, path: Path, request: Request) -> int:
    """Finish what a journal left; gives the exit code."""
    disk = Disk(org.now)
    journal, history = resume_journal(path, disk)
    try:
        inventory = org.read(metadata=True, one_by_one=of_plan(history.plan))
        own = own_login(inventory.snapshot, org.how)
        saw_others = _saw_others(history, own)
        stock = _stock(inventory, own, saw_others=saw_others)
        rest = rest_of(history, stock, own)
        title = f"{org_line(rest.plan)}\nPlan        {rest.plan.fingerprint}"
        write_output(f"{title}\n{show_outcome(history)}\n", None)
        _refuse_unknown_login(own)
        refuse_incomplete(stock.gap, request.accept_incomplete)
        warnings = list(survivals(rest.plan.tokens, inventory.snapshot))
        if rest.own:
            warnings.append(
                f"{count(len(rest.own), 'token')} of the plan may be this run's own login: spared"
            )
        _warn(warnings)
        journal.note(Resumed(at=org.now(), tool=tool(), who=_who(inventory.snapshot, org.how)))
        reopen(journal, history, rest)
    except BaseException:
        journal.close()
        raise
    run = Run(org, request, journal, path, disk, warnings, saw_others)
    return run.finish(rest.plan, rest.approval, rest.handles, inventory)


def _saw_others(history: History, own: OwnLogin) -> bool:
    """Whether the plan was made by this same login, when it was shown other people's tokens."""
    header = history.header
    return same_record(own.user_id, header.who.user_id) and ONLY_OWN_ROWS not in header.plan.gap


def _stock(inventory: Inventory, own: OwnLogin, *, saw_others: bool = False) -> Stock:
    stock = stock_of(inventory.snapshot, inventory.secrets, saw_others=saw_others)
    return replace(stock, gap="; ".join(one for one in (stock.gap, own.gap) if one))


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
    yield from show_unknown(selected.unknown)
    if selected.own:
        which = (
            "this run's own login" if own.sure else "the signed-in user, one of which may be this run's own"
        )
        yield f"{count(len(selected.own), 'token')} of {which}: spared. Revoke them last, with another login"
    yield from survivals(plan.tokens, snapshot)
    if plan.gap:
        yield f"INCOMPLETE: {plan.gap}"


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        click.echo(f"Warning: {safe_text(warning, limit=1000)}.", err=True)


def _approval(plan: RevocationPlan) -> Approval:
    if not is_terminal(sys.stdin):
        raise DeclinedError(
            "Nobody is at a terminal to approve; nothing was revoked",
            f"Unattended: --expect {len(plan.tokens)} --yes.",
        )
    click.echo(f"Type {plan.fingerprint} to revoke, anything else to stop: ", err=True, nl=False)
    try:
        typed = sys.stdin.readline()
    except (OSError, ValueError):  # the terminal hung up, or what came is no text
        typed = ""
    if not typed:
        raise DeclinedError("The input was closed; nothing was revoked")
    return approve_typed(plan, typed)


def _who(snapshot: Snapshot, how: str) -> Actor:
    caller = snapshot.org.caller if snapshot.org else None
    account = ""
    with suppress(OSError, KeyError, ImportError):
        account = getpass.getuser()
    if caller is None:
        return Actor(username="unknown", how=how, account=account)
    return Actor(username=caller.username, user_id=caller.user_id, how=how, account=account)
