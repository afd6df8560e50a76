"""What revoking shows, as values: a report makes text of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sfharden.revocation.history import History
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import Actor


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What would be revoked, and by whom; with `whole`, token by token.

    `used` is when each token was last used, by handle: shown, and no part of the plan. `now` is when that was read.
    """

    plan: RevocationPlan
    who: Actor
    whole: bool
    used: Mapping[str, datetime | None] = field(default_factory=dict)
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A journal that is taken up, how far it is, and what would be revoked now, as the org tells it."""

    history: History
    left: RevocationPlan
    who: Actor


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """What became of the plan's tokens."""

    history: History


@dataclass(frozen=True, slots=True)
class NoneLeftPage:
    """The plan's tokens were counted again, and none is left; `source` is the org to type again.

    `is_news` is False where a run before this one told the same, and this one had nothing to do.
    """

    plan: RevocationPlan
    source: str
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class NotePage:
    """A line of ours."""

    text: str


@dataclass(frozen=True, slots=True)
class DryRunPage:
    """Nothing was revoked; `again` is the command that would ask to, empty where there is nothing to revoke."""

    again: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What a journal tells, for the incident record, and what was warned of."""

    history: History
    warnings: tuple[str, ...]


RevokePage = PlanPage | JournalPage | OutcomePage | NoneLeftPage | NotePage | DryRunPage | ReceiptPage
