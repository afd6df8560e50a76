"""Tokens of external client apps, which two lists tell of: which of them are the same.

OauthToken shows them too, often without a menu item, so without their app (Object Reference, OauthToken; that it
shows them is seen in practice and not documented). The OAuth usage resource knows the app. Names can be copied, so
a token learns its app only where nothing else can be meant.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sfharden.model.org import Token

_Looks = tuple[str, str, datetime | None]
_CLOCKS: Final = timedelta(minutes=5)  # how far the org's clock and ours may differ


@dataclass(frozen=True, slots=True)
class Linked:
    """Both lists, joined: OauthToken's tokens with the apps they learnt, and what the other list told besides.

    `shown` stand for tokens that OauthToken shows all of, `rest` for those it may not.
    """

    own: tuple[Token, ...]
    shown: tuple[Token, ...]
    rest: tuple[Token, ...]


def linked(own: Sequence[Token], summed: Sequence[Token], started: datetime) -> Linked:
    """Join the tokens of OauthToken with those that stand for all of one user and app; `started` to read.

    What OauthToken shows of a user and app is taken for all of it if first connection, last use and uses agree.
    A token may be used between the two readings: one that was used since `started` needn't agree in that.
    """
    learnt: dict[int, str] = {}
    shown: list[Token] = []
    mine = _by_user(own)
    for (user, label), group in groupby(sorted(summed, key=_user_and_label), key=_user_and_label):
        rows = list(group)
        held = mine.get(user, [])
        free = [at for at in held if not own[at].app_id and own[at].app_label == label]
        learnt |= _apps_of(own, free, rows)
        left = [at for at in free if at not in learnt]
        for row in rows:
            its = [
                at for at in held if own[at].app_id[:15] == row.app_id[:15] or learnt.get(at) == row.app_id
            ]
            more = left if len(rows) == 1 and all(own[at].use_count for at in left) else []
            if left and not more:
                continue  # one of those left may be the app's as well
            if _agree(row, [own[at] for at in (*its, *more)], started, exactly=bool(more)):
                learnt |= dict.fromkeys(more, row.app_id)
                shown.append(row)
    named = tuple(one._replace(app_id=learnt[at]) if at in learnt else one for at, one in enumerate(own))
    known = set(shown)
    return Linked(named, tuple(shown), tuple(one for one in summed if one not in known))


def _by_user(tokens: Sequence[Token]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, one in enumerate(tokens):
        found.setdefault(one.user_id, []).append(at)
    return found


def _user_and_label(one: Token) -> tuple[str, str]:
    return one.user_id, one.app_label


def _apps_of(own: Sequence[Token], free: Sequence[int], rows: Sequence[Token]) -> dict[int, str]:
    """Apps by the moment of the first connection, where one token and one app have it."""
    moments = Counter(own[at].created for at in free)
    firsts = Counter(row.created for row in rows)
    apps: dict[datetime | None, str] = {
        row.created: row.app_id for row in rows if row.created and firsts[row.created] == 1
    }
    return {
        at: apps[own[at].created] for at in free if own[at].created in apps and moments[own[at].created] == 1
    }


def _agree(row: Token, its: Sequence[Token], started: datetime, *, exactly: bool) -> bool:
    made = [one.created for one in its if one.created]
    if not its or len(made) < len(its) or min(made) != row.created:
        return False
    used = [one.last_used for one in its if one.last_used]
    last = max(used, default=None)
    uses = sum(one.use_count or 0 for one in its)
    if (last, uses) == (row.last_used, row.use_count or 0):
        return True
    since = started - _CLOCKS
    return not exactly and any(moment is not None and moment >= since for moment in (last, row.last_used))


def told_once(
    own: tuple[Token, ...], external: tuple[Token, ...]
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """The same for single tokens: those of OauthToken with their apps, and what only the other list tells.

    A token without an app learns it only where there are no more such tokens than the app has: of two with one
    user, one label and one moment, one may be of a look-alike.
    """
    apps: dict[_Looks, set[str]] = {}
    for one in external:
        apps.setdefault(_looks(one), set()).add(one.app_id[:15])
    # What bears another app's id is another token, however alike.
    shown = Counter(_looks(one) for one in own if one.app_id[:15] in {"", *apps.get(_looks(one), ())})
    held = Counter(map(_looks, external))
    ids = {_looks(one): one.app_id for one in external}
    sure = {key for key, found in apps.items() if len(found) == 1 and 0 < shown[key] <= held[key]}
    named = tuple(
        one._replace(app_id=ids[_looks(one)]) if not one.app_id and _looks(one) in sure else one
        for one in own
    )
    return named, tuple(_beyond(external, shown))


def _beyond(external: Iterable[Token], shown: "Counter[_Looks]") -> Iterator[Token]:
    """The tokens of external client apps that are not among those already shown."""
    for one in external:
        if shown[_looks(one)] > 0:
            shown[_looks(one)] -= 1
        else:
            yield one


def _looks(token: Token) -> _Looks:
    return token.user_id, token.app_label, token.created
