"""Tokens by app: how many, whose, made when, used when. Never a token, and no name for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfharden.checks.seen import Seen
from sfharden.facts.index import Index
from sfharden.facts.ownership import managed_by
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.org import Token


@dataclass(frozen=True, slots=True)
class AppTokens:
    """The tokens of one app's name. `managed`: the org manages it; None: that can't be told.

    `summed`: some stand for one or more. `hardened`: since when an integration that these are of is hardened; `old` are
    those made before, or nobody knows when.
    """

    label: str
    managed: bool | None
    number: int
    users: int
    created: tuple[datetime, ...]
    used: tuple[datetime, ...]
    summed: bool = False
    hardened: datetime | None = None
    old: int = 0


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """All of them, those with the most tokens first; `gap` says why there may be more. `at`: when they were read."""

    apps: tuple[AppTokens, ...] = ()
    gap: str = ""
    at: datetime | None = None


def token_facts(index: Index, integrations: Sequence[Integration], read_at: datetime | None) -> TokenFacts:
    """What was read of them; metadata files have none."""
    if not index.live:
        return TokenFacts(gap="OAuth tokens are not in metadata files")
    own, usage = index.directory.token_tables
    tokens = (*own.rows, *usage.rows)
    managed, groups = managed_by(index.directory), dict[tuple[str, bool | None], list[Token]]()
    named = _names_by_id(index, tokens)
    for token in tokens:
        label = token.app_label or named.get(token.app_id[:15], "")
        groups.setdefault((label, managed(token)), []).append(token)
    since = _hardened(index, integrations, read_at)
    apps = [_of_app(label, known, held, since) for (label, known), held in groups.items()]
    apps.sort(key=lambda one: (-one.number, one.label, str(one.managed)))
    return TokenFacts(tuple(apps), own.gap or usage.gap, read_at)


def _names_by_id(index: Index, tokens: Iterable[Token]) -> dict[str, str]:
    """By which name the tokens of an app go, so that one without a name counts with the others, as it does among the apps."""
    found = {
        app.record.id[:15]: next(iter(app.labels), app.name) for app in index.apps if app.record is not None
    }
    return found | {one.app_id[:15]: one.app_label for one in tokens if one.app_id and one.app_label}


def _hardened(
    index: Index, integrations: Iterable[Integration], read_at: datetime | None
) -> dict[Token, datetime]:
    """Of each token that may be an integration's, from when on it should be."""
    found: dict[Token, datetime] = {}
    for integration in integrations:
        if integration.hardened_at:
            try:
                mine = Seen(index, integration, read_at).tokens.rows
            except CannotTell:
                continue
            found |= dict.fromkeys(mine, integration.hardened_at)
    return found


def _of_app(
    label: str, managed: bool | None, tokens: Sequence[Token], since: dict[Token, datetime]
) -> AppTokens:
    moments = [since[one] for one in tokens if one in since]
    old = sum(one in since and (one.created is None or one.created < since[one]) for one in tokens)
    return AppTokens(
        label,
        managed,
        len(tokens),
        len({one.user_id for one in tokens}),
        tuple(sorted(one.created for one in tokens if one.created)),
        tuple(sorted(one.last_used for one in tokens if one.last_used)),
        any(one.summed for one in tokens),
        max(moments, default=None),
        old,
    )
