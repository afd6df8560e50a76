"""Real requests decided under a proposal: what would break under enforcement on every request, which logins never show.

Each is decided as an API call of its user by its app. What had no valid session, and what came from inside Salesforce, is told
and not decided; so are others' requests of which the log tells no app.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sfharden.addresses import AddressSet
from sfharden.facts.directory import Directory
from sfharden.facts.requests import Passage, events_asked, is_from_inside, passage, requests_of
from sfharden.facts.values import CannotTell
from sfharden.model.events import RequestGroup
from sfharden.model.integration import Integration
from sfharden.model.org import Login
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.bench import API_REQUEST
from sfharden.simulation.replay import Replay, replay
from sfharden.text.names import literal
from sfharden.text.wording import count, ended


@dataclass(frozen=True, slots=True)
class RequestReplay:
    """What the requests came to; `played` is None where none were read, and `gap` says why.

    `internal` came from inside Salesforce, `refused` had no valid session as it was, `without_app` are others' whose app
    isn't known.
    """

    played: Replay | None
    internal: int = 0
    refused: int = 0
    without_app: int = 0
    gap: str = ""

    @property
    def broken(self) -> int:
        """How many of the integration's own would newly be refused."""
        return sum(one.times for one in self.played.own.broken) if self.played else 0

    @property
    def against(self) -> Iterator[str]:
        """That the integration's own would be refused."""
        if self.broken:
            yield f"{count(self.broken, 'request')} of the integration that got an answer would be refused: see REQUESTS."

    @property
    def open(self) -> Iterator[str]:
        """What can't be told of them."""
        if self.played is None:
            yield f"Requests were not read: {ended(self.gap)}"
            return
        if self.played.gap:
            yield f"Not all requests were read: {ended(self.played.gap)}"
        if self.played.unknown:
            number = sum(one.times for one in self.played.unknown)
            yield f"Of {count(number, 'request')} it can't be told whether they would be let in: see REQUESTS."

    @property
    def beside(self) -> Iterator[str]:
        """What was not decided, in words."""
        if self.refused:
            yield f"{count(self.refused, 'request')} had no valid session as it was."
        if self.internal:
            yield f"{count(self.internal, 'request')} came from inside Salesforce, which shows no address."
        if self.without_app:
            yield f"{count(self.without_app, 'request')} of others told no app."


def replay_requests(
    before: Snapshot, after: Snapshot, integration: Integration, expect_refused: AddressSet
) -> RequestReplay | None:
    """Every request decided by the facts of `after`; None where nobody asked for requests."""
    if not events_asked(before):
        return None
    try:
        rows = requests_of(before)
        own = _own_ids(before, integration)
    except CannotTell as reason:
        return RequestReplay(None, gap=reason.reason)
    tried, found = [], Counter[str]()
    for one in rows:
        if name := _left_out(one, own):
            found[name] += one.times
        else:
            tried.append(one)
    played = replay(_as_logins(tried, before), before, after, integration, rows.gap, expect_refused)
    return RequestReplay(played, found["internal"], found["refused"], found["without_app"])


def _left_out(one: RequestGroup, own: frozenset[str]) -> str:
    if is_from_inside(one):
        return "internal"
    if passage(one) in (Passage.REFUSED, Passage.OPEN):
        return "refused"
    return "" if one.app or one.user in own else "without_app"


def _own_ids(snapshot: Snapshot, integration: Integration) -> frozenset[str]:
    named = Directory(snapshot).named_users(integration.users, integration.profile)
    return named.ids | frozenset(integration.users)


def _as_logins(requests: Iterable[RequestGroup], snapshot: Snapshot) -> Iterator[Login]:
    """As what decides logins takes them; a user told by name only goes by their record."""
    ids = {literal(user.username): user.id for user in Directory(snapshot).users}
    for one in requests:
        user = ids.get(literal(one.user), one.user)
        yield Login(user, one.source, "Success", API_REQUEST, "", one.app, one.times, one.first, one.last)
