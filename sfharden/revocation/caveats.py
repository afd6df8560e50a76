"""What to know before consenting to a plan: what stays, what is spared, what keeps working, what was not seen."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.model.snapshot import Snapshot
from sfharden.revocation.inventory import OwnLogin
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.select import Selected, UnknownToken
from sfharden.revocation.survival import survivals
from sfharden.text.look_alike import look_alikes, shown_name
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_MOST_LISTED: Final = 20


def caveats(plan: RevocationPlan, selected: Selected, own: OwnLogin, snapshot: Snapshot) -> Iterator[str]:
    """The warnings about a plan."""
    yield from _unknown(selected.unknown)
    yield from deceiving(plan, snapshot)
    if selected.own:
        which = (
            "this run's own login" if own.sure else "the signed-in user, one of which may be this run's own"
        )
        yield f"{count(len(selected.own), 'token')} of {which}: spared. Revoke them last, with another login"
    yield from survivals(plan.tokens, snapshot)
    if plan.gap:
        yield f"INCOMPLETE: {plan.gap}"


def deceiving(plan: RevocationPlan, snapshot: Snapshot) -> Iterator[str]:
    """Which apps of the plan bear a name that is taken for another app's, in the plan or beside it."""
    tables = snapshot.org
    tokens = (*((tables and tables.tokens) or ()), *((tables and tables.external_tokens) or ()))
    labels = (*(one.app_label for one in tokens), *(app.label for app in (tables and tables.apps) or ()))
    alike = look_alikes((*labels, *(one.app for one in plan.tokens)))
    for name in sorted({one.app for one in plan.tokens} & alike.keys())[:_MOST_LISTED]:
        other = shown_name(alike[name], 80)
        yield f"The app '{shown_name(name, 80)}' looks like '{other}', and is another one"


def _unknown(unknown: Iterable[UnknownToken]) -> Iterator[str]:
    """Which tokens could not be told, by reason."""
    reasons: dict[str, list[str]] = {}
    for one in unknown:
        reasons.setdefault(one.reason, []).append(one.token.handle)
    for reason, handles in sorted(reasons.items()):
        shown = ", ".join(handles[:_MOST_LISTED])
        more = f" and {len(handles) - _MOST_LISTED} more" if len(handles) > _MOST_LISTED else ""
        yield (
            f"{count(len(handles), 'token')} can't be told to be meant, and stay: "
            f"{safe_text(reason, limit=200)} ({shown}{more})"
        )
