"""Whose tokens of external client apps a verdict needs one by one, where a summary of them isn't evidence enough.

A summary tells the first connection of a user and an app, and the latest use: enough to know that all are new, or
that all lie idle. Single tokens cost a call for each user and app.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sfharden.facts.values import CannotTell
from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import normalise
from sfharden.text.wording import count

# So few calls may settle what the summaries leave open; for more a person decides, see `every_single_token`.
MOST_ASKED: Final = 3
IDLE_DAYS: Final = 90  # what the shipped policies allow


@dataclass(frozen=True, slots=True)
class ForVerdicts:
    """Chooses single tokens of the apps with these names, and a few others on which a verdict hinges.

    `idle_days` are the days after which policies call a token stale.
    """

    apps: tuple[str, ...] = ()
    idle_days: tuple[int, ...] = (IDLE_DAYS,)

    def __call__(self, snapshot: Snapshot, summed: Sequence[Token]) -> Iterable[Token]:
        """All of the named apps'; of others those that hinge on a date or a look-alike, if they are few."""
        own = _ids_named(snapshot, self.apps)
        mine = [one for one in summed if one.app_id[:15] in own or normalise(one.app_label) in own]
        nameless = _without_app(snapshot)
        read = snapshot.taken_at
        since = [read - timedelta(days=days) for days in self.idle_days] if read else []
        others = [
            one
            for one in summed
            if one not in mine
            and ((one.user_id, one.app_label) in nameless or any(hinges_on(one, moment) for moment in since))
        ]
        return [*mine, *others] if len(others) <= MOST_ASKED else mine


def hinges_on(one: Token, since: datetime) -> bool:
    """True if single tokens may have been made before that moment and not used after it, though others were."""
    return one.summed and not is_idle(one, since) and (one.created is None or one.created < since)


def is_idle(one: Token, since: datetime) -> bool:
    """True if it, or everything that it stands for, was last used before that moment."""
    return one.last_used is not None and one.last_used < since


def refuse_summed(tokens: Iterable[Token], moment: datetime) -> None:
    """Raise CannotTell if some stand for all that a user gave an app, which may be of before and after a moment."""
    people = sum(one.summed and (one.created is None or one.created < moment) for one in tokens)
    if people:
        raise CannotTell(
            f"{count(people, 'user')} connected first before {moment:%Y-%m-%d}, and how old each "
            "of their tokens is was not asked: that takes a call for each user and app (--every-token)"
        )


def _ids_named(snapshot: Snapshot, names: Iterable[str]) -> frozenset[str]:
    """The ids of the apps with these names, and the names themselves, to compare."""
    wanted = frozenset(map(normalise, names))
    apps = (snapshot.org.apps if snapshot.org else None) or ()
    ids = (one.id[:15] for one in apps if {normalise(one.label), normalise(one.api_name)} & wanted)
    return wanted | frozenset(ids)


def _without_app(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """User and label of the tokens that no app is known of: single tokens may tell whose they are."""
    tokens = (snapshot.org.tokens if snapshot.org else None) or ()
    return frozenset((one.user_id, one.app_label) for one in tokens if not one.app_id)
