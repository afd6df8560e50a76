"""Taking up a journal that another run left: what is left of its plan, told by the org, and nothing else.

A journal is a file, and whoever can write to it can write anything into it. So it's believed for the handles alone:
what each stands for is what the org's own list shows now, and where the journal says something else, it's refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sfharden.errors import InputError
from sfharden.model.org import Token
from sfharden.revocation.history import History
from sfharden.revocation.inventory import OwnLogin, TokenInventory
from sfharden.revocation.journal import Journal
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import State
from sfharden.revocation.recount import STILL_THERE
from sfharden.text.redact import safe_text

Managed = Callable[[Token], bool | None]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a plan.

    `left` is what would be revoked. `gone` are the handles that nothing is known of and that aren't there, `own`
    this run's own tokens, which are spared, `unlisted` those of which the org doesn't show what the journal tells:
    they can't be compared, and stay.
    """

    left: RevocationPlan
    gone: tuple[str, ...] = ()
    own: tuple[Token, ...] = ()
    unlisted: tuple[str, ...] = ()


def rest_of(
    history: History, known: TokenInventory, own: OwnLogin, managed: Managed = lambda _: None
) -> Rest:
    """What is left, by looking: open tokens, and those that are there though they were said to be gone.

    Raises InputError for a journal of another org, and for one that tells of a token what the org doesn't.
    """
    plan = history.plan
    if plan.org_id != known.org_id:
        raise InputError("The journal is of another org.", "Sign in to the org that it was made in.")
    rows = {token.handle: token for token in known.tokens}
    there = [one for one in plan.tokens if one.handle in known.handles]
    listed = [(one, rows[one.handle]) for one in there if one.handle in rows]
    listed = [(one, row) for one, row in listed if one.user == row.user_id or row.user_id in known.usernames]
    compared = {one.handle for one, _ in listed}
    for one, row in listed:
        _refuse_another(one, row, known)
    left = tuple(
        one.model_copy(update={"installed": managed(row)}) for one, row in listed if not own.spares(row)
    )
    return Rest(
        plan.model_copy(update={"tokens": left, "gap": known.gap, "unknown": 0, "spared": 0}),
        tuple(handle for handle in history.open_handles() if handle not in known.handles),
        tuple(row for _, row in listed if own.spares(row)),
        tuple(one.handle for one in there if one.handle not in compared),
    )


def _refuse_another(planned: PlannedToken, row: Token, known: TokenInventory) -> None:
    """Raise InputError where the journal and the org tell different things of a token."""
    by_id = planned.user == row.user_id  # whose name was not told when it was planned
    pairs = {
        "app": (planned.app, row.app_label),
        "user": (planned.user, row.user_id if by_id else known.usernames.get(row.user_id, row.user_id)),
        "creation": (_moment(planned.created), _moment(row.created)),
        "kind": (_kind(planned.external), _kind(row.external)),
    }
    for what, (told, found) in pairs.items():
        if told != found:
            raise InputError(
                f"The journal was changed, or the org was: of token {planned.handle} the journal says {what} "
                f"'{safe_text(told, limit=80)}', and the org says '{safe_text(found, limit=80)}'; nothing was revoked",
                "Look at the org's tokens with `sfharden tokens`, and begin anew.",
            )


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "unknown"


def _kind(external: bool) -> str:
    return "external client app" if external else "connected app"


def reopen(journal: Journal, history: History, rest: Rest) -> None:
    """Note what looking showed: who is there though said to be gone, and who isn't though nothing is known."""
    lively = (*rest.left.handles, *(one.handle for one in rest.own), *rest.unlisted)
    journal.found_all(_said_to_be_gone(history, lively), State.FAILED, STILL_THERE)
    if rest.left.gap:  # not seen is proof only where everything was seen
        journal.found_all(rest.gone, State.UNKNOWN, "NOT_SEEN")
    else:
        journal.found_all(rest.gone, State.ALREADY_GONE)


def _said_to_be_gone(history: History, handles: Iterable[str]) -> Iterator[str]:
    return (one for one in handles if history.state(one) in (State.REVOKED, State.ALREADY_GONE))
