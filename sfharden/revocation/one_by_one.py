"""Whose tokens of external client apps revoking asks for one by one: what may be meant, and what was planned.

Only a single token can be revoked. Whoever's tokens aren't asked for isn't meant, and must not be taken for gone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sfharden.errors import UsageError
from sfharden.facts.directory import Directory
from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot
from sfharden.ports import OneByOne
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.select import Selection, may_mean


def of_selection(selection: Selection, now: Callable[[], datetime]) -> OneByOne:
    """Those of whose tokens one may be selected: it was made at the first connection or later."""

    def choose(snapshot: Snapshot, summed: Sequence[Token]) -> Iterable[Token]:
        tables = snapshot.org
        tokens = (*((tables.tokens if tables else None) or ()), *summed)
        try:
            meant = may_mean(_by_making(selection, now()), tokens, Directory(snapshot), now())
        except UsageError:
            return ()  # selecting will say which name nothing bears
        return [one for one in summed if meant(one)]

    return choose


def _by_making(selection: Selection, now: datetime) -> Selection:
    """The same in terms of the first connection: what lies idle was made before it lay idle."""
    if selection.unused_days is None:
        return selection
    idle = now - timedelta(days=selection.unused_days)
    before = min(idle, selection.created_before or idle)
    return replace(selection, created_before=before, unused_days=None)


def of_plan(plan: RevocationPlan) -> OneByOne:
    """Those whose tokens are planned, or may be the same as a planned one under another handle."""
    users = {one.user for one in plan.tokens if one.external}
    pairs = {(one.user, one.app) for one in plan.tokens}

    def choose(snapshot: Snapshot, summed: Sequence[Token]) -> Iterable[Token]:
        directory = Directory(snapshot)
        named = ((directory.username(one.user_id), one) for one in summed)
        return [one for user, one in named if user in users or (user, one.app_label) in pairs]

    return choose
