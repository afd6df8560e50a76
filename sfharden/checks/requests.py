"""Whether the integration's API requests came from where it calls from: what logins can't show of a stolen session.

The control and `verify` give the same answers. A request that is there may fail; a pass needs all of a time that is long
and recent enough, and says which. Calls from inside Salesforce have no address: they are told, and not counted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from pydantic import Field

from sfharden.access.gather import org_facts
from sfharden.addresses import AddressSet, address_of
from sfharden.checks.common import PROFILE_PARTS, Check, Context, Verdict, profile_subject
from sfharden.checks.observed import Observation, Verification
from sfharden.checks.seen import Seen
from sfharden.facts import requests as facts
from sfharden.facts.index import Index
from sfharden.facts.ownership import Tie
from sfharden.facts.requests import Passage, passage, sources_of, times_of
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.base import Model
from sfharden.model.events import RequestGroup
from sfharden.model.integration import Integration
from sfharden.model.results import Evidence, Status
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import literal
from sfharden.text.wording import count, ended, minute, show_names

FROM_EGRESS: Final = "api-calls-from-egress"
_LET_IN: Final = (Passage.ADMITTED, Passage.UNKNOWN)
NOT_LOOKED_AT: Final = (
    "Requests were not looked at: a stolen session leaves no login. Give --events (it takes View Event Log Files), or the files "
    "by --events FILE."
)


_WHY_OPEN: Final = "refused with 403, which may be for want of a permission and not for the address"


class RequestBounds(Model):
    """Of how long a time all requests must be known, and how old its end may be; hours. A day's file comes after its end."""

    least_hours: int = Field(default=12, ge=1, le=10_000)
    most_age_hours: int = Field(default=72, ge=1, le=10_000)


class RequestsSeen:
    """The requests of an integration's users and of its app since it was hardened; without that date all of them."""

    def __init__(self, index: Index, integration: Integration, read_at: datetime) -> None:
        self.seen = Seen(index, integration, read_at)
        self.integration, self.since, self._read_at = integration, integration.hardened_at, read_at
        self.index = index

    @cached_property
    def own(self) -> Rows[RequestGroup]:
        """They, and why they may not be all."""
        self.seen.refuse_early()
        rows = facts.requests_of(self.index.snapshot)
        mine = tuple(
            one for one in rows if self._is_own(one) and (self.since is None or one.last >= self.since)
        )
        return Rows(mine, self.seen.named.gap or rows.gap)

    def _is_own(self, one: RequestGroup) -> bool:
        """By the user, or by the app; what tells neither may be anybody's."""
        if one.user in self.seen.named.ids or literal(one.user) in self._names:
            return True
        return self._has_own_app(one) or self._is_anybodys(one)

    def _has_own_app(self, one: RequestGroup) -> bool:
        return self.seen.marks.tie(one.app, one.app_id) is not Tie.NONE

    def _is_anybodys(self, one: RequestGroup) -> bool:
        """True where neither user nor app is told, or the user by an id that lost its case."""
        nobody_s = not (facts.told_user(one) or one.app or one.app_id)
        return nobody_s or (facts.may_be_of(one, self.seen.named.ids) and not self._has_own_app(one))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(literal(name) for name in self.integration.users)

    def from_outside(self, addresses: AddressSet, *how: Passage) -> tuple[RequestGroup, ...]:
        """Those from one address outside a set that came out so."""
        return tuple(
            one
            for one in self.own
            if passage(one) in how and _outside(one, addresses) and not self._is_anybodys(one)
        )

    def require_clear(self, addresses: AddressSet, users: frozenset[str] | None = None) -> None:
        """Raise CannotTell for a request that may have been let in from outside a set of addresses; one of these users'."""
        for one in self.own:
            address = address_of(one.source)
            inside = facts.is_from_inside(one) or (address is not None and address in addresses)
            if inside or (users is not None and _is_others(one, users)):
                continue
            if address is None:
                where = show_names({one.source or "none"})
                raise CannotTell(f"{times_of([one])} without an address that can be read ({where})")
            if passage(one) is not Passage.REFUSED:
                why = _WHY_OPEN if passage(one) is Passage.OPEN else "of which the log doesn't tell whose"
                raise CannotTell(f"{times_of([one])} from {one.source}, {why}")

    def require_period(self, bounds: RequestBounds) -> facts.Period:
        """The latest time of which all requests are known. Raises CannotTell if it's too short or too long ago."""
        runs = facts.covered(self.index.snapshot)
        if not runs:
            raise CannotTell(facts.NOT_ASKED)
        start, end = runs[-1]
        start = max(start, self.since) if self.since else start
        if self._read_at - end > timedelta(hours=bounds.most_age_hours):
            raise CannotTell(
                f"the last requests that were read are of {minute(end)}, which says nothing of now"
            )
        if end - start < timedelta(hours=bounds.least_hours):
            hours = max(int((end - start).total_seconds() // 3600), 0)
            text = f"requests of {count(hours, 'hour')} were read, and {bounds.least_hours:,} are asked for"
            raise CannotTell(text)
        return start, end


def _is_others(one: RequestGroup, users: frozenset[str]) -> bool:
    user = facts.told_user(one)
    return bool(user) and user not in users and not facts.may_be_of(one, users)


def _outside(one: RequestGroup, addresses: AddressSet) -> bool:
    address = address_of(one.source)
    return address is not None and address not in addresses


# Answers ------------------------------------------------------------------------------------


def sources_judged(found: RequestsSeen, bounds: RequestBounds) -> Observation:
    """From where the requests came."""
    expected = found.seen.expected
    if outside := found.from_outside(expected, *_LET_IN):
        found.seen.require_egress()
        last = max(one.last for one in outside)
        many = times_of(outside, found.since)
        text = (
            f"{many[:1].upper()}{many[1:]} of {_all(found)} came from outside its egress and operator ranges: "
            f"{sources_of(outside)}; the last of {minute(last)}.{_notes(found)}"
        )
        return Observation(Status.FAIL, text, requests=outside)
    found.require_clear(expected)
    found.own.require_whole()
    found.seen.require_egress()
    start, end = found.require_period(bounds)
    inside = tuple(one for one in found.own if _placed_in(one, expected))
    if not inside:  # nothing seen is no evidence
        raise CannotTell(f"no request of the integration was seen from {minute(start)} to {minute(end)}")
    text = f"From {minute(start)} to {minute(end)} it made {times_of(inside, found.since)}, all from egress or operator ranges."
    return Observation(Status.PASS, text + _notes(found), requests=inside)


def _placed_in(one: RequestGroup, addresses: AddressSet) -> bool:
    address = address_of(one.source)
    return address is not None and address in addresses


def _all(found: RequestsSeen) -> str:
    return f"{sum(one.times for one in found.own):,}"


def _notes(found: RequestsSeen) -> str:
    """What was refused, and what has no address."""
    refused = found.from_outside(found.seen.expected, Passage.REFUSED)
    internal = [one for one in found.own if facts.is_from_inside(one)]
    notes = []
    if refused:
        last = minute(max(one.last for one in refused))
        notes.append(
            f"{times_of(refused, found.since)} from {sources_of(refused)} had no valid session, the last of {last}."
        )
    if internal:
        notes.append(
            f"{times_of(internal, found.since)} came from inside Salesforce, which shows no address."
        )
    return "".join(f" {note[:1].upper()}{note[1:]}" for note in notes)


def enforcement_judged(found: RequestsSeen, bounds: RequestBounds) -> Observation:
    """Whether a request was let in from outside the login ranges although these are enforced on every request."""
    ranges, bound = found.seen.ranges, found.seen.bound
    beyond = [one for one in found.from_outside(ranges, *_LET_IN) if one.user in bound]
    if admitted := tuple(one for one in beyond if passage(one) is Passage.ADMITTED):
        last = max(one.last for one in admitted)
        text = (
            f"Login ranges are enforced on every request, and {times_of(admitted, found.since)} from outside them "
            f"got an answer: {sources_of(admitted)}; the last of {minute(last)}."
        )
        return Observation(Status.FAIL, text, requests=admitted)
    if beyond:
        raise CannotTell(
            f"the log doesn't tell whether {times_of(beyond)} from {sources_of(beyond)} got an answer"
        )
    found.require_clear(ranges | found.seen.expected, bound)
    found.own.require_whole()
    start, end = found.require_period(bounds)
    text = f"From {minute(start)} to {minute(end)} no request from outside the login ranges got an answer."
    return Observation(Status.PASS, text)


# The control, and `verify` --------------------------------------------------------------------


def judge_requests(context: Context, bounds: RequestBounds) -> Iterable[Verdict]:
    """No request of the integration came from outside its egress and operator ranges, in the time that was read."""
    found = RequestsSeen(context.facts, context.integration, context.read_at)
    one = sources_judged(found, bounds)
    yield Verdict(one.status, profile_subject(context), one.message, tuple(_evidence(found, one)))


def _evidence(found: RequestsSeen, one: Observation) -> Iterator[Evidence]:
    rows = one.requests
    observed = f"{times_of(rows, found.since)} from {sources_of(rows)}"
    yield Evidence(what="requests", observed=observed, source=org.REQUESTS)
    yield Evidence(
        what="apps", observed=show_names({row.app or "none told" for row in rows}), source=org.REQUESTS
    )
    yield Evidence(
        what="statuses", observed=show_names({row.status or "none told" for row in rows}), source=org.REQUESTS
    )


def with_requests(
    found: Verification, snapshot: Snapshot, integration: Integration, now: datetime
) -> Verification:
    """The same with what requests show; where nobody asked for them, with that said."""
    if snapshot.source.is_files:
        return found
    if not facts.events_asked(snapshot):
        return replace(found, not_looked_at=NOT_LOOKED_AT)
    return replace(found, findings=(*found.findings, *_findings(snapshot, integration, now)))


def _findings(snapshot: Snapshot, integration: Integration, now: datetime) -> Iterator[Observation]:
    found, bounds = RequestsSeen(Index(snapshot), integration, snapshot.taken_at or now), RequestBounds()
    title = "Requests came from its own addresses"
    one = _answered(lambda: sources_judged(found, bounds))
    yield replace(one, id="requests-from-egress", title=title, control=FROM_EGRESS)
    if found.since and org_facts(found.index).every_request:
        one = _answered(lambda: enforcement_judged(found, bounds))
        yield replace(one, id="every-request-held", title="No request got past the login ranges")


def _answered(ask: Callable[[], Observation]) -> Observation:
    try:
        return ask()
    except CannotTell as reason:
        return Observation(Status.UNKNOWN, f"Can't tell: {ended(reason.reason)}", where=reason.where)


CHECKS = {
    "requests_from_egress": Check(
        "integration",
        RequestBounds,
        judge_requests,
        profile_subject,
        (*PROFILE_PARTS, org.USERS, org.REQUESTS),
    ),
}
