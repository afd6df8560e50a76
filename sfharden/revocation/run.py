"""The order of the only deed, until something is sent: read, select, show, ask; or take up a journal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sfharden.errors import DeclinedError, Exit, NoVerdictError
from sfharden.facts.directory import Directory, same_record
from sfharden.facts.ownership import managed_by
from sfharden.model.org import ONLY_OWN_ROWS, Organization
from sfharden.model.snapshot import Snapshot
from sfharden.ports import Inventory, Person
from sfharden.revocation.approve import (
    Approval,
    approve_expected,
    approve_nothing,
    approve_typed,
    refuse_incomplete,
)
from sfharden.revocation.caveats import caveats, deceiving
from sfharden.revocation.finish import Outside, Run
from sfharden.revocation.history import History
from sfharden.revocation.inventory import OwnLogin, TokenInventory, inventory_of
from sfharden.revocation.journal import create_journal, resume_journal
from sfharden.revocation.one_by_one import of_plan, of_selection
from sfharden.revocation.pages import DryRunPage, JournalPage, NotePage, PlanPage, RevokePage
from sfharden.revocation.plan import RevocationPlan, make_plan
from sfharden.revocation.records import Actor, Header, Resumed
from sfharden.revocation.request import Request, refuse_receipt
from sfharden.revocation.resume import Rest, reopen, rest_of
from sfharden.revocation.select import Selected, select
from sfharden.revocation.survival import survivals
from sfharden.text.wording import count

# The label of the app that the Salesforce CLI signs in with unless it was told another one.
_CLI_APP: Final = "Salesforce CLI"
_TOKENLESS: Final = ("JWT bearer", "client credentials")
_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class _Proposed:
    """A plan, and what it was made from."""

    inventory: Inventory
    own: OwnLogin
    selected: Selected
    plan: RevocationPlan
    who: Actor


def revoke(outside: Outside, request: Request) -> int:
    """A new revocation; gives the exit code. Raises the errors that the other codes stand for."""
    person = outside.person
    proposed = _proposed(outside, request)
    plan, own = proposed.plan, proposed.own
    used = {one.handle: one.last_used for one in proposed.selected.tokens}
    person.show(PlanPage(plan, proposed.who, request.dry_run, used, outside.org.now()))
    warnings = _warned(person, caveats(plan, proposed.selected, own, proposed.inventory.snapshot))
    if request.dry_run:
        person.show(DryRunPage(request.again if plan.tokens else ""))
        return _seen(plan)
    _refuse_unknown_login(own)
    refuse_incomplete(plan.gap, request.accept_incomplete)
    approval = approve_expected(plan, request.expect) if request.expect is not None else None
    if not plan.tokens:
        return _nothing(plan, proposed.selected, person)
    approval = approval or _asked(plan, person)
    path = request.journal or Path(f"revocation-{plan.fingerprint}.jsonl")
    refuse_receipt(request.receipt, path)
    journal = create_journal(path, _header(outside, proposed, approval), outside.disk)
    run = Run(outside, request, journal, path, warnings, saw_others=ONLY_OWN_ROWS not in plan.gap)
    return run.finish(plan, approval, plan.handles, proposed.inventory)


def _proposed(outside: Outside, request: Request) -> _Proposed:
    org = outside.org
    inventory = org.read(metadata=True, one_by_one=of_selection(request.selection, org.now))
    snapshot = inventory.snapshot
    own = own_login(snapshot, org.how)
    known = _token_inventory(inventory, own)
    directory = Directory(snapshot)
    selected = select(request.selection, known.tokens, directory, own, org.now())
    plan = _plan(request, selected, known, snapshot, directory)
    return _Proposed(inventory, own, selected, plan, _who(snapshot, outside))


def _header(outside: Outside, proposed: _Proposed, approval: Approval) -> Header:
    return Header(
        at=outside.org.now(),
        tool=outside.tool,
        who=proposed.who,
        approved=approval.how,
        fingerprint=proposed.plan.fingerprint,
        count=len(proposed.plan.tokens),
        plan=proposed.plan,
    )


def _nothing(plan: RevocationPlan, selected: Selected, person: Person[RevokePage]) -> int:
    """Nothing to do. Raises DeclinedError where there is, and it's spared: "none is left" would be untrue."""
    if selected.own:
        raise DeclinedError("This run's own tokens are all that is selected, and they are spared")
    person.show(NotePage("There is nothing to revoke."))
    return _seen(plan)


def _seen(plan: RevocationPlan) -> int:
    return Exit.INCOMPLETE if plan.gap or plan.unknown else Exit.OK


def _refuse_unknown_login(own: OwnLogin) -> None:
    """Nobody may cut off their own way in, not even who accepts an incomplete list."""
    if own.gap:
        raise NoVerdictError(f"Nothing was revoked: {own.gap}")


def take_up(outside: Outside, path: Path, request: Request) -> int:
    """Finish what a journal left, if somebody consents to that; gives the exit code."""
    journal, history = resume_journal(path, outside.disk)
    try:
        inventory = outside.org.read(metadata=True, one_by_one=of_plan(history.plan))
        own = own_login(inventory.snapshot, outside.org.how)
        saw_others = _saw_others(history, own)
        known = _token_inventory(inventory, own, saw_others=saw_others)
        rest = _rest(history, known, own, inventory.snapshot)
        left, who = rest.left, _who(inventory.snapshot, outside)
        outside.person.show(JournalPage(history, left, who))
        _refuse_unknown_login(own)
        refuse_incomplete(known.gap, request.accept_incomplete)
        warnings = _warned(outside.person, _caveats_of(rest, inventory.snapshot))
        approval = _approved_again(left, request, outside.person)
        journal.note(_resumed(outside, who, approval))
        reopen(journal, history, rest)
    except BaseException:
        journal.close()
        raise
    run = Run(outside, request, journal, path, warnings, saw_others=saw_others)
    return run.finish(left, approval, left.handles, inventory)


def _rest(history: History, known: TokenInventory, own: OwnLogin, snapshot: Snapshot) -> Rest:
    """What is left, with the org as it tells of itself now and not as the journal does."""
    rest = rest_of(history, known, own, managed_by(Directory(snapshot)))
    organization = _organization(snapshot)
    told = {"org_name": organization.name, "is_sandbox": organization.is_sandbox}
    return replace(rest, left=rest.left.model_copy(update=told))


def _approved_again(left: RevocationPlan, request: Request, person: Person[RevokePage]) -> Approval:
    """Consent to what is left. A journal says who consented, but anybody who can write to it can say so."""
    if not left.tokens:
        return approve_nothing(left)
    if request.expect is not None:
        return approve_expected(left, request.expect, resumed=True)
    return _asked(left, person)


def _caveats_of(rest: Rest, snapshot: Snapshot) -> Iterator[str]:
    yield from deceiving(rest.left, snapshot)
    yield from survivals(rest.left.tokens, snapshot)
    if rest.own:
        yield f"{count(len(rest.own), 'token')} of the plan may be this run's own login: spared"
    if rest.unlisted:
        yield (
            f"{count(len(rest.unlisted), 'token')} of the plan can't be compared with what the org lists, and stay "
            f"({', '.join(rest.unlisted[:_MOST_LISTED])}): select them anew"
        )


def _resumed(outside: Outside, who: Actor, approval: Approval) -> Resumed:
    return Resumed(
        at=outside.org.now(),
        tool=outside.tool,
        who=who,
        approved=approval.how,
        fingerprint=approval.fingerprint,
    )


def _saw_others(history: History, own: OwnLogin) -> bool:
    """Whether the plan was made by this same login, when it was shown other people's tokens."""
    header = history.header
    return same_record(own.user_id, header.who.user_id) and ONLY_OWN_ROWS not in header.plan.gap


def _token_inventory(inventory: Inventory, own: OwnLogin, *, saw_others: bool = False) -> TokenInventory:
    known = inventory_of(inventory.snapshot, inventory.secrets, saw_others=saw_others)
    return replace(known, gap="; ".join(one for one in (known.gap, own.gap) if one))


def own_login(snapshot: Snapshot, how: str) -> OwnLogin:
    """What can be told of this run's own token by the way it signed in."""
    caller = snapshot.org.caller if snapshot.org else None
    user_id = caller.user_id if caller else ""
    if how in _TOKENLESS:
        return OwnLogin(user_id, (), True)
    return OwnLogin(user_id, (_CLI_APP,) if how == _CLI_APP else (), False)


def _plan(
    request: Request, selected: Selected, known: TokenInventory, snapshot: Snapshot, directory: Directory
) -> RevocationPlan:
    return make_plan(request.selection, selected, known, _organization(snapshot), directory)


def _organization(snapshot: Snapshot) -> Organization:
    organization = snapshot.org.organization if snapshot.org else None
    if organization is None:  # inventory_of has refused that
        raise NoVerdictError("The org did not say which one it is")
    return organization


def _warned(person: Person[RevokePage], warnings: Iterable[str]) -> tuple[str, ...]:
    told = tuple(warnings)
    for warning in told:
        person.warn(warning)
    return told


def _asked(plan: RevocationPlan, person: Person[RevokePage]) -> Approval:
    typed = person.ask(f"Type {plan.fingerprint} to revoke, anything else to stop: ")
    if typed is None:
        raise DeclinedError(
            "Nobody is at a terminal to approve; nothing was revoked",
            f"Unattended: --expect {len(plan.tokens)} --yes.",
        )
    if not typed:
        raise DeclinedError("The input was closed; nothing was revoked")
    return approve_typed(plan, typed)


def _who(snapshot: Snapshot, outside: Outside) -> Actor:
    caller = snapshot.org.caller if snapshot.org else None
    how, account = outside.org.how, outside.account
    if caller is None:
        return Actor(username="unknown", how=how, account=account)
    return Actor(username=caller.username, user_id=caller.user_id, how=how, account=account)
