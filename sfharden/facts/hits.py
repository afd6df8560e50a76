"""Did they come in: logins, requests and sessions of anybody from a list of addresses, and the tokens that are at risk by that.

A token has no address (Object Reference, OauthToken): whether one was used from the list shows in requests alone. What could
not be searched is a gap, in words; a time that no log covers is one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from sfharden.addresses import AddressSet, address_of
from sfharden.facts.directory import Directory
from sfharden.facts.logins import KEPT, Meaning, meaning
from sfharden.facts.requests import Passage, covered, logged_in, login_events_of, passage, requests_of
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.events import INSIDE, LOGIN, RequestGroup
from sfharden.model.org import Login, Token
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import literal, normalise
from sfharden.text.redact import safe_text
from sfharden.text.wording import count, minute, shorten

T = TypeVar("T")
GOT_IN: Final = "got in"
REFUSED: Final = "refused"
OPEN: Final = "not known"
_NEAR: Final = timedelta(minutes=1)
_KEPT: Final = KEPT + timedelta(days=5)  # every six months have so many days at most
NO_APP: Final = frozenset({"", "n/a", "browser"})  # how logins without an app name theirs


class Hit(NamedTuple):
    """Rows from one address of the list: what they are, whose, by what, how they came out, how many, when, and where it's written."""

    what: str
    user_id: str
    user: str
    app: str
    source: str
    outcome: str
    status: str
    times: int
    first: datetime
    last: datetime
    where: str


@dataclass(frozen=True, slots=True)
class Hunt:
    """What was found, which tokens are at risk by that, and what could not be searched; `beside` is told and no gap."""

    hits: tuple[Hit, ...]
    tokens: tuple[Token, ...]
    gaps: tuple[str, ...]
    beside: tuple[str, ...] = ()


class Span(NamedTuple):
    """The time that is searched, both ends inside."""

    start: datetime
    end: datetime


def hunt(snapshot: Snapshot, addresses: AddressSet, span: Span) -> Hunt:
    """Everything of a snapshot from these addresses in that time."""
    return _Hunter(snapshot, addresses, span).hunt()


class _Hunter:
    def __init__(self, snapshot: Snapshot, addresses: AddressSet, span: Span) -> None:
        self._snapshot, self._addresses, self._span = snapshot, addresses, span
        self._directory = Directory(snapshot)
        self._gaps: list[str] = []
        self._internal = 0

    def hunt(self) -> Hunt:
        logins = tuple(self._logins())
        known = {(one.user_id, one.source) for one in logins}
        more = (one for one in self._login_events() if (one.user_id, one.source) not in known)
        hits = (*logins, *more, *self._requests(), *self._sessions())
        tokens = self._at_risk(hits)
        beside = [f"{count(self._internal, 'row')} came from inside Salesforce, which shows no address."]
        ordered = tuple(sorted(set(hits), key=lambda one: (one.first, one)))
        return Hunt(
            ordered, tokens, tuple(dict.fromkeys(self._gaps)), tuple(beside if self._internal else ())
        )

    # Where it's searched ---------------------------------------------------------------------

    def _read(self, what: str, ask: Callable[[], Rows[T]]) -> Iterator[T]:
        """The rows of a table; why there are none, or not all, is a gap."""
        try:
            rows = ask()
        except CannotTell as reason:
            self._gaps.append(f"{what}: {reason.reason}")
            return iter(())
        if rows.gap:
            self._gaps.append(f"{what}: {rows.gap}")
        return iter(rows)

    def _logins(self) -> Iterator[Hit]:
        found = list(self._read("Logins", lambda: self._directory.logins))
        since = self._snapshot.org.logins_since if self._snapshot.org else None
        if found and since is None:
            self._gaps.append("Logins: since when they were read is not known")
        elif since and since > self._span.start + _NEAR:
            self._gaps.append(f"Logins: those before {minute(since)} were not read")
        elif since and self._span.start < self._span.end - _KEPT:
            self._gaps.append("Logins: Salesforce keeps those of six months")
        self._require_reached("Logins")
        for one in found:
            if self._is_meant("logins", one.source_ip, one.first, one.last):
                yield self._hit(
                    "login", one.user_id, one.application, _came_out(one), one, org.LOGINS, one.source_ip
                )

    def _require_reached(self, what: str) -> None:
        """A gap where the time that is searched goes on after an org's tables were read: event logs may be newer."""
        taken = self._snapshot.taken_at
        if self._snapshot.org and taken and taken + _NEAR < self._span.end:
            self._gaps.append(f"{what}: those after {minute(taken)} were not read")

    def _login_events(self) -> Iterator[Hit]:
        """Those of event logs: the same logins as far as history goes back, without their app, or the only ones."""
        if not self._snapshot.events or not any(self._snapshot.events.logins):
            return
        for one in self._read("Login events", lambda: login_events_of(self._snapshot)):
            if self._is_meant("login events", one.source, one.first, one.last):
                outcome = (
                    GOT_IN if logged_in(one) else REFUSED if one.status.startswith("LOGIN_ERROR") else OPEN
                )
                yield self._hit(LOGIN.lower(), one.user, one.app, outcome, one, org.LOGIN_EVENTS, one.source)

    def _requests(self) -> Iterator[Hit]:
        rows = list(self._read("Requests", lambda: requests_of(self._snapshot)))
        self._require_covered()
        self._gaps += self._others()
        for one in rows:
            if self._is_meant("requests", one.source, one.first, one.last):
                yield self._hit(
                    "request", one.user, one.app, _PASSAGES[passage(one)], one, org.REQUESTS, one.source
                )

    def _others(self) -> Iterator[str]:
        """What is in the logs, may have an address, and isn't searched."""
        times: Counter[str] = Counter()
        for one in self._snapshot.events.others if self._snapshot.events else ():
            times[safe_text(one.type, limit=40)] += one.times
        if times:
            told = shorten([f"{name}: {number:,}" for name, number in sorted(times.items())])
            yield f"Other events: {count(times.total(), 'row')} of types that are not searched ({told})"

    def _require_covered(self) -> None:
        """A gap for each time of which no request was read."""
        at = self._span.start
        runs = covered(self._snapshot)
        for start, end in runs:
            if start > at + _NEAR and start <= self._span.end:
                self._gaps.append(f"Requests: those from {minute(at)} to {minute(start)} were not read")
            at = max(at, end)
        if runs and at + _NEAR < self._span.end:
            text = "are not in the logs, which come after a day's end"
            self._gaps.append(f"Requests: those after {minute(at)} {text}")

    def _sessions(self) -> Iterator[Hit]:
        rows = self._read(
            "Sessions", lambda: self._directory.rows(self._directory.tables.sessions, org.SESSIONS)
        )
        self._require_reached("Sessions")
        for one in rows:
            began = one.created or self._span.end
            if self._is_meant("sessions", one.source_ip, began, self._span.end):
                user = self._directory.username(one.user_id)
                yield Hit(
                    "session", one.user_id, user, "", one.source_ip, GOT_IN, one.session_type, 1, began, began, org.SESSIONS
                )  # fmt: skip

    def _is_meant(self, what: str, source: str, first: datetime, last: datetime) -> bool:
        if last < self._span.start or first > self._span.end:
            return False
        address = address_of(source)
        if address is not None:
            return address in self._addresses
        if source == INSIDE:
            self._internal += 1
        else:
            self._gaps.append(f"Some {what} show no address that can be read")
        return False

    def _hit(
        self, what: str, user: str, app: str, outcome: str, row: Login | RequestGroup, where: str, source: str
    ) -> Hit:
        user = self._ids.get(literal(user), user)
        name = self._directory.username(user)
        return Hit(what, user, name, app, source, outcome, row.status, row.times, row.first, row.last, where)

    @cached_property
    def _ids(self) -> dict[str, str]:
        """Record ids by username: a log may tell that alone."""
        return {literal(one.username): one.id for one in self._directory.users_by_id.values()}

    # What is at risk -------------------------------------------------------------------------

    def _at_risk(self, hits: Iterable[Hit]) -> tuple[Token, ...]:
        """The tokens of users who came in from there by that app; of those who came in without one, all of theirs."""
        every = tuple(self._read("Tokens", lambda: self._directory.tokens))
        self._require_reached("Tokens")
        pairs = {(one.user_id, _app_key(one.app)) for one in hits if one.outcome != REFUSED}
        return tuple(
            token
            for token in every
            if (token.user_id, "") in pairs or (token.user_id, _app_key(token.app_label)) in pairs
        )


def _app_key(app: str) -> str:
    folded = normalise(app)
    return "" if folded in NO_APP else folded


_PASSAGES: Final = {
    Passage.ADMITTED: GOT_IN, Passage.REFUSED: REFUSED, Passage.OPEN: OPEN, Passage.UNKNOWN: OPEN,
}  # fmt: skip


def _came_out(login: Login) -> str:
    told = meaning(login.status)
    if told is Meaning.SUCCESS:
        return GOT_IN
    return OPEN if told is Meaning.UNKNOWN else REFUSED
