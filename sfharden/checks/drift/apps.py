"""Apps that came and went, and their tokens by user and app: how many came and went, the first issued, the last used."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

from sfharden.checks.drift.found import APP, About, ChangedFact, Side, only_one_has_it
from sfharden.checks.drift.rows import RowPair, Table, app_names, aspect_of, user_name
from sfharden.model import kinds, org
from sfharden.model.drift import Change, DriftGap, FactChange
from sfharden.text.look_alike import NO_NAME
from sfharden.text.wording import count, minute


def _app(old: Side, new: Side, pair: RowPair[org.AppRow]) -> Iterator[ChangedFact]:
    """An app by its record; what its files tell is told by these."""
    one, names = pair.row, app_names(old, new, pair.row.id)
    kind = kinds.EXTERNAL_APP if one.external else kinds.CONNECTED_APP
    if pair.before is None or pair.after is None:
        pair = _as_shown(old, new, pair)
        yield _of_app(pair, kind, names, "app", aspect=aspect_of(pair.change))
        return
    if pair.before.label != pair.after.label:
        yield _of_app(pair, kind, names, "label", pair.before.label, pair.after.label, aspect="label")
    filed = all(any(file.name == one.api_name for file in side.snapshot.of_kind(kind)) for side in (old, new))
    was, now = pair.before.admin_approved, pair.after.admin_approved
    if not filed and None not in (was, now) and was is not now:
        yield _of_app(pair, kind, names, "permitted users", _who(was), _who(now), aspect="isAdminApproved")


def _as_shown(old: Side, new: Side, pair: RowPair[org.AppRow]) -> RowPair[org.AppRow]:
    """External client apps may be hidden where connected apps are all shown."""
    if not pair.row.external or pair.change == "unclear":
        return pair
    change, note = only_one_has_it(old, new, org.EXTERNAL_APPS, in_new=pair.after is not None)
    return RowPair(pair.before, pair.after, change, note)


def _who(approved: bool | None) -> str:
    return "admin-approved users" if approved else "all users"


def _of_app(
    pair: RowPair[org.AppRow],
    kind: str,
    names: tuple[str, ...],
    what: str,
    was: str = "",
    now: str = "",
    *,
    aspect: str,
) -> ChangedFact:
    one = pair.row
    fact = FactChange(
        part=org.APPS, kind=kind, name=one.api_name or one.label or one.id, what=what, change=pair.change,
        was=was, now=now, note=pair.note,
    )  # fmt: skip
    return ChangedFact(fact, About(APP, names, aspect=aspect))


APPS: Final = Table(org.APPS, "Apps", lambda side: side.tables.apps, lambda one: one.id[:15], _app)


# Tokens ----------------------------------------------------------------------------------------


def compare_tokens(old: Side, new: Side) -> Iterator[ChangedFact | DriftGap]:
    """Tokens by user and app. A token that came or went may have changed tables, so both are looked at together."""
    read = (old.tables.tokens, old.tables.external_tokens), (new.tables.tokens, new.tables.external_tokens)
    if old.snapshot.org is None or new.snapshot.org is None:
        return
    for kind, was, now in zip((org.TOKENS, org.EXTERNAL_TOKENS), *read, strict=True):
        if was is None or now is None:
            side = new if now is None else old
            reason = side.why_partial(kind)
            which = "later" if now is None else "earlier"
            yield DriftGap(
                what=_WHAT[kind], reason=f"not read in the {which} state" + (f": {reason}" if reason else ""),
                is_new=now is None and was is not None,
            )  # fmt: skip
        elif reason := (new.why_partial(kind) or old.why_partial(kind)):
            yield DriftGap(
                what=_WHAT[kind], reason=f"not read completely: {reason}", is_new=not old.why_partial(kind)
            )
    yield from _groups(old, new, _tokens(old), _tokens(new))


_WHAT: Final = {org.TOKENS: "OAuth tokens", org.EXTERNAL_TOKENS: "Tokens of external client apps"}


def _tokens(side: Side) -> list[org.Token]:
    rows = (*(side.tables.tokens or ()), *(side.tables.external_tokens or ()))
    return sorted(rows, key=lambda one: (_pair(one), str(one.created), one.handle))


def _groups(old: Side, new: Side, was: list[org.Token], now: list[org.Token]) -> Iterator[ChangedFact]:
    came, gone = _beyond(now, was, _by_label), _beyond(was, now, _by_label)
    # An app that was renamed has its tokens under another label.
    came, gone = _beyond(came, gone, _by_app), _beyond(gone, came, _by_app)
    pairs = sorted({_pair(one) for one in (*came, *gone)})
    by_pair = [_grouped(rows) for rows in (came, gone, was, now)]
    for pair in pairs:
        yield _of_pair(old, new, pair, *(rows.get(pair, []) for rows in by_pair))


def _beyond(
    rows: list[org.Token], others: list[org.Token], key: Callable[[org.Token], Hashable]
) -> list[org.Token]:
    """The rows without as many of each key as there are among the others. Handles may be numbers, and so don't count."""
    left, found = Counter(map(key, others)), []
    for one in rows:
        mark = key(one)
        if left[mark] > 0:
            left[mark] -= 1
        else:
            found.append(one)
    return found


def _by_label(one: org.Token) -> Hashable:
    return (one.app_label, one.user_id, one.summed, None if one.summed else one.created)


def _by_app(one: org.Token) -> Hashable:
    if not one.app_id:
        return object()  # of no app that is managed: like no other
    return (one.app_id[:15], one.user_id, one.summed, None if one.summed else one.created)


def _pair(one: org.Token) -> tuple[str, str, str]:
    return (one.app_label, one.app_id, one.user_id)


def _grouped(rows: Iterable[org.Token]) -> dict[tuple[str, str, str], list[org.Token]]:
    return {key: list(found) for key, found in groupby(sorted(rows, key=_pair), _pair)}


def _of_pair(
    old: Side, new: Side, pair: tuple[str, str, str], came: list[org.Token], gone: list[org.Token],
    was: list[org.Token], now: list[org.Token],
) -> ChangedFact:  # fmt: skip
    label, app_id, user_id = pair
    names = app_names(old, new, app_id) if app_id else ()
    change, note = _change(old, new, came, gone, was, now)
    if any(one.summed for one in (*came, *gone)):
        note = " ".join(filter(None, (note, "One stands for all that the user gave the app.")))
    fact = FactChange(
        part=org.TOKENS, kind="app", name=label or (names[0] if names else NO_NAME), change=change,
        what=f"tokens of {user_name(old, new, user_id)}", was=count(len(was), "token"), now=count(len(now), "token"),
        added=_told(came), removed=_told(gone), note=note,
    )  # fmt: skip
    return ChangedFact(fact)


def _change(
    old: Side,
    new: Side,
    came: list[org.Token],
    gone: list[org.Token],
    was: list[org.Token],
    now: list[org.Token],
) -> tuple[Change, str]:
    """A token that only one side has is new, or gone, only if the other side was shown all tokens of its table."""
    hidden = [(_hidden(old, one), "earlier") for one in came] + [(_hidden(new, one), "later") for one in gone]
    for reason, which in hidden:
        if reason:
            return "unclear", f"the {which} state may not show them: {reason}"
    if was and now and any(one.summed for one in was) is not any(one.summed for one in now):
        return "unclear", "one state tells of each token, the other of all together"
    return ("gone" if not now else "came" if not was else "changed"), ""


def _hidden(side: Side, one: org.Token) -> str:
    """Why a token may be missing on a side."""
    tables, kind = side.tables, org.EXTERNAL_TOKENS if one.external else org.TOKENS
    rows = tables.external_tokens if one.external else tables.tokens
    return side.why_partial(kind) or ("the table was not read" if rows is None else "")


def _told(rows: list[org.Token]) -> tuple[str, ...]:
    if not rows:
        return ()
    issued = [one.created for one in rows if one.created]
    used = [one.last_used for one in rows if one.last_used]
    words = [count(len(rows), "token")]
    if issued:
        words.append(_span(min(issued), max(issued)))
    if used:
        words.append(f"last used {minute(max(used))}")
    return (", ".join(words),)


def _span(first: datetime, last: datetime) -> str:
    return f"issued {minute(first)}" + (f" to {minute(last)}" if last != first else "")
