"""An app's allowlist that is not known, and that a proposal leaves as it is: then it can't make the proposal unsafe.

Of a connected app no API shows the addresses, and an older API shows nothing. Rows that would be allowed but for it stay
*cannot tell*, since nobody saw that it has the egress; whoever it let in before, it lets in after.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.access import published
from sfharden.access.facts import AppFacts, Outcome, Reason
from sfharden.access.gather import sides_named
from sfharden.access.token_allowlist import set_aside
from sfharden.addresses import AddressSet, union
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.facts.token_allowlist import RANGES, SWITCH
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Component
from sfharden.simulation.rows import Case, Change, Row, Wish

_UNNAMED: Final = "whether it has one was not read"


def unseen_list(before: Index, after: Index, integration: Integration) -> str:
    """Why the app's allowlist is not known, if the proposal surely leaves it as it is; empty otherwise."""
    policies = [policy for _, policy in sides_named(after, integration.app)]
    if all(one.token_allowlist is not None for one in policies) or not same_list(
        before, after, integration.app
    ):
        return ""
    return next((one.allowlist_gap for one in policies if one.allowlist_gap), _UNNAMED)


def same_list(before: Index, after: Index, label: str) -> bool:
    """True if the files of the apps of that name say the same of their allowlists, before and after."""
    old, new = (sorted(_said(one, label), key=repr) for one in (before, after))
    return old == new


def _said(index: Index, label: str) -> Iterator[tuple[object, ...]]:
    for app in index.apps:
        if not goes_by(app, label):
            continue
        for part in app.parts:
            if part.kind in (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_SECURITY):
                yield part.kind, part.name, *_list_in(part)


def _list_in(part: Component) -> Iterator[object]:
    """What a file tells, wherever it stands in it."""
    yield [value.text for value in part.values.get(SWITCH, ())]
    yield [sorted(group.values.items()) for group in part.groups.get(RANGES[0], ())]
    yield [(gap.path, gap.reason) for gap in part.gaps]


def as_it_was(policy: AppFacts) -> AppFacts:
    """The policy for a login that succeeded: a list that nobody saw let it in, and does so still."""
    return set_aside(policy) if policy.token_allowlist is None else policy


def rests_on_list(change: Change) -> bool:
    """True if nothing but the app's allowlist keeps the row from being told, and the change makes it no less sure.

    A way in that must be shut, and that only a list that nobody saw may still keep shut, was opened as far as is known.
    """
    reasons = [one for one in _unknowns(change.after) if one.outcome is Outcome.CANNOT_TELL]
    if not reasons or any(one.rule != published.TOKEN_ALLOWLIST for one in reasons):
        return False
    return change.after.wish is Wish.KEEP_WORKING or not _is_wider(change)


def _is_wider(change: Change) -> bool:
    before = {_key(case): _unsure(case) for case in change.before.cases}
    return any(_unsure(case) - before.get(_key(case), AddressSet()) for case in change.after.cases)


def _key(case: Case) -> tuple[str, str, str]:
    return case.who, case.source, case.flow


def _unsure(case: Case) -> AddressSet:
    return union(part.addresses for part in case.decision.parts if part.outcome is Outcome.CANNOT_TELL)


def _unknowns(row: Row) -> Iterable[Reason]:
    for case in row.cases:
        for part in case.decision.parts or (case.decision,):
            if part.outcome is Outcome.CANNOT_TELL:
                yield from part.reasons
