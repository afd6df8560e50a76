"""What was seen of an integration since it was hardened: the one judge of its logins and tokens.

The controls of `QUESTIONS` and the command `verify` give these answers, so neither says more than the other. A row
that is there may fail; an answer that passes needs all rows, and every user who is named.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sfharden.checks.apps import judge_ip_enforced
from sfharden.checks.common import Context, NoParameters
from sfharden.checks.seen import OPEN, Seen, placed
from sfharden.facts.index import Index
from sfharden.facts.logins import Meaning, latest, meaning, sources_of, times_of, wholly_declared
from sfharden.facts.naming import to_mend
from sfharden.facts.one_by_one import refuse_summed
from sfharden.facts.profiles import login_ranges
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model.events import RequestGroup
from sfharden.model.integration import Integration
from sfharden.model.org import Login, Token
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot
from sfharden.text.wording import count, day, ended, minute, show_names

BOTH_SEEN: Final = "failure-and-success-observed"
INSIDE: Final = "login-outside-ranges-absent"
FRESH_TOKENS: Final = "tokens-issued-after-hardening"
IN_PLACE: Final = "hardening-in-place"
HELD: Final = "tokens-held-by-integration-users"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that must have been seen, or must not: how it came out, in words, and the rows it rests on.

    `unseen`: nothing was seen yet that shows it, so somebody may still bring it about, or say that one of `logins`
    was it. `holders` are the users whose tokens these are; `where` is the place that a reason is about.
    """

    status: Status
    message: str
    logins: tuple[Login, ...] = ()
    tokens: tuple[Token, ...] = ()
    holders: tuple[str, ...] = ()
    requests: tuple[RequestGroup, ...] = ()
    unseen: bool = False
    where: str = ""
    id: str = ""
    title: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """All findings for one integration; `hardened` tells whether there is a moment from which they count.

    `to_mend` is what is wrong with the integration file itself; `not_looked_at` what nobody asked to look at.
    """

    name: str
    findings: tuple[Observation, ...]
    hardened: bool = True
    to_mend: tuple[str, ...] = ()
    not_looked_at: str = ""

    def any(self, status: Status) -> bool:
        """True if some finding has this status."""
        return any(one.status is status for one in self.findings)


def verify(snapshot: Snapshot, integration: Integration, now: datetime | None = None) -> Verification:
    """Every answer about what was seen since the integration's `hardened_at`."""
    index = Index(snapshot)
    seen = Seen(index, integration, snapshot.taken_at or now)
    found = (
        *_not_in_place(index, integration, now),
        *(one for control in QUESTIONS for one in answers(seen, control)),
    )
    hardened = integration.hardened_at is not None
    return Verification(integration.name, found, hardened, to_mend(index, integration))


def _not_in_place(index: Index, integration: Integration, now: datetime | None) -> Iterable[Observation]:
    """That the app doesn't enforce login ranges, though the file says since when it's hardened.

    A date alone must not make what happened before it disappear.
    """
    if integration.hardened_at is None or now is None:
        return
    try:
        verdicts = list(judge_ip_enforced(Context(index, now, integration), NoParameters()))
    except CannotTell:
        return
    for one in verdicts:
        if one.status is Status.FAIL:
            text = f"hardened_at says since when it is hardened, and it isn't: {one.message}"
            yield Observation(one.status, text, id=IN_PLACE, title="The hardening is in place")


def answers(seen: Seen, control: str) -> tuple[Observation, ...]:
    """What a control of these asks, each with its answer."""
    return tuple(_answer(seen, control, *question) for question in QUESTIONS[control])


def worst(found: Iterable[Observation]) -> Status:
    """How they come out together: failed if one did, and passed only if all did."""
    statuses = {one.status for one in found}
    return next(one for one in (Status.FAIL, Status.UNKNOWN, Status.PASS) if one in statuses)


_Ask = Callable[[Seen], Observation]


def _answer(seen: Seen, control: str, name: str, title: str, ask: _Ask) -> Observation:
    try:
        found = ask(seen)
    except CannotTell as reason:
        found = Observation(Status.UNKNOWN, f"Can't tell: {ended(reason.reason)}", where=reason.where)
    return replace(found, id=name, title=title, control=control)


# Logins -------------------------------------------------------------------------------------


def _success_seen(seen: Seen) -> Observation:
    found = seen.of(Meaning.SUCCESS, inside=seen.egress)
    if last := latest(found):
        seen.named.require_all()
        return Observation(Status.PASS, f"Seen {_told(last)}.", found)
    if not seen.egress:
        seen.require_egress()
    gap = f" Nor were all read: {ended(seen.logins.gap)}" if seen.logins.gap else ""
    strange = _strange(seen.of(Meaning.UNKNOWN, inside=seen.egress))
    return _not_yet(
        (),
        f"No login of the integration from an egress address was seen since {day(seen.since)}.{gap}{strange}",
    )


def _refusal_seen(seen: Seen) -> Observation:
    failed = seen.of(*_FAILURES, outside=seen.expected | seen.ranges)
    found = tuple(one for one in failed if seen.was_refused(one) and one.user_id in seen.bound)
    if last := latest(found):
        seen.require_egress()
        seen.named.require_all()
        own = ", an attempt that the integration file tells of" if seen.is_attempt(last) else ""
        return Observation(Status.PASS, f"Seen {_told(last)}{own}.", found)
    reasons = "".join(_why_not(seen, failed))
    return _not_yet(
        # What the operator may declare, if it was theirs.
        tuple(one for one in failed if meaning(one.status) in OPEN and one.user_id in seen.bound),
        f"No login of the integration was seen since {day(seen.since)} that was refused by its address, from outside "
        f"egress, operator and login ranges.{reasons}",
    )


def _why_not(seen: Seen, failed: Sequence[Login]) -> Iterable[str]:
    """Which failures from elsewhere there were, and why none of them counts."""
    other = [one for one in failed if meaning(one.status) is Meaning.OTHERWISE]
    if other:
        yield f" Failures for another reason don't count: {_statuses(other)}."
    yield _strange(one for one in failed if meaning(one.status) in OPEN and not seen.was_refused(one))
    if any(seen.was_refused(one) for one in failed):
        yield " Users without the integration's profile were refused, which shows nothing of its ranges."


def _strange(logins: Iterable[Login]) -> str:
    """The statuses that don't tell, as they are."""
    found = tuple(logins)
    return f" What these mean is not known: {_statuses(found)}." if found else ""


def _no_success_elsewhere(seen: Seen) -> Observation:
    found = seen.of(Meaning.SUCCESS, outside=seen.expected)
    if found:
        seen.require_egress()
        return _from_outside(seen, found, seen.since, "egress and operator ranges")
    _require_clear(seen, seen.logins, lambda one: placed(one, inside=seen.expected))
    seen.logins.require_whole()
    if not seen.of(Meaning.SUCCESS, inside=seen.expected):
        raise CannotTell(f"no login of the integration was seen since {day(seen.since)}")
    start = seen.start(seen.since)
    return Observation(
        Status.PASS, f"Nobody got in as the integration from anywhere else since {day(start)}."
    )


def _require_clear(seen: Seen, logins: Iterable[Login], harmless: Callable[[Login], bool]) -> None:
    """Raise CannotTell if a login that may have got in, may have done so from where it must not."""
    for one in logins:
        told = meaning(one.status)
        if told not in (Meaning.SUCCESS, Meaning.UNKNOWN) or harmless(one):
            continue
        if not placed(one):
            where = show_names({one.source_ip or "none"})
            raise CannotTell(f"{times_of([one], None)} without an address that can be read ({where})")
        if told is Meaning.UNKNOWN and not wholly_declared(one, seen.integration.attempts):
            raise CannotTell(f"what this means is not known, so it may have got in: {_statuses([one])}")


def _no_refusal_from_egress(seen: Seen) -> Observation:
    failed = latest(seen.of(*_FAILURES, inside=seen.egress))
    success = latest(seen.of(Meaning.SUCCESS, inside=seen.egress))
    if failed and (success is None or failed.last >= success.last):
        if success and failed.last == success.last:
            raise CannotTell(
                f"of the last two from egress, at {minute(success.last)}, one failed: {_statuses([failed])}"
            )
        if meaning(failed.status) is Meaning.UNKNOWN:
            raise CannotTell(f"what the last from egress means is not known: {_statuses([failed])}")
        return Observation(
            Status.FAIL, f"The last that was seen from egress is a failure: {_told(failed)}.", (failed,)
        )
    seen.logins.require_whole()
    if success is None:
        raise CannotTell(f"no login from egress was seen since {day(seen.since)}")
    before = f" There were failures before it, the last {_told(failed)}." if failed else ""
    return Observation(
        Status.PASS, f"The last that was seen from egress is a success: {_told(success)}.{before}"
    )


def _none_outside_ranges(seen: Seen) -> Observation:
    """Everybody of the profile counts, and without a moment of hardening every login that was read."""
    directory, profile = seen.directory, seen.profile
    ranges, since = login_ranges(profile), seen.integration.hardened_at
    ranges.require_whole()
    if not ranges.entries:
        raise CannotTell("the profile has no login ranges, so no login is outside them", ranges.where)
    own = directory.users_of_profile(directory.profile_id(seen.integration.profile))
    logins = seen.logins_of({*seen.named.ids, *(user.id for user in own)}, since)
    successes = tuple(one for one in logins if meaning(one.status) is Meaning.SUCCESS)
    if outside := tuple(one for one in successes if placed(one, outside=ranges.addresses)):
        return _from_outside(seen, outside, since, "login ranges")
    _require_clear(seen, logins, lambda one: placed(one, inside=ranges.addresses))
    own.require_whole()
    seen.refuse_early()
    logins.require_whole()
    start = day(seen.start(since))
    if not tuple(
        logins
    ):  # nothing seen is no evidence: a hardening noted a minute ago must not turn a failure round
        raise CannotTell(f"no login of the profile's users was seen since {start}")
    if not successes:
        return Observation(
            Status.PASS, f"No login succeeded since {start}; {times_of(tuple(logins), since)} failed."
        )
    told = f"{times_of(successes, since).capitalize()}, all from inside its login ranges,"
    return Observation(Status.PASS, f"{told} since {start}.", successes)


def _from_outside(seen: Seen, found: tuple[Login, ...], since: datetime | None, what: str) -> Observation:
    last = max(one.last for one in found)
    counted = f"{times_of(found, since).capitalize()}{seen.counted_since(since)}"
    reach = (
        "" if since else ", as far back as logins were read,"
    )  # a run reads 30 days, a snapshot half a year
    text = f"{counted}{reach} succeeded from outside its {what}: {sources_of(found)}"
    return Observation(Status.FAIL, f"{text}; the last of {minute(last)}.", found)


# Tokens -------------------------------------------------------------------------------------


def _old_tokens_gone(seen: Seen) -> Observation:
    since, tokens = seen.since, seen.tokens
    old = tuple(one for one in tokens if one.created and one.created < since and not one.summed)
    if old:
        were = "was" if len(old) == 1 else "were"
        text = f"{count(len(old), 'token')} of the app, or under its name, {were} created before {minute(since)}."
        return Observation(Status.FAIL, text, tokens=old, holders=_holders(seen, old))
    tokens.require_whole()
    if any(one.created is None for one in tokens):
        raise CannotTell("a token came without the time it was created")
    refuse_summed(tokens, since)
    return _clean(tokens, f"were all created since {minute(since)}")


def _held_by_its_users(seen: Seen) -> Observation:
    tokens, named, directory = seen.tokens, seen.named, seen.directory
    foreign = tuple(one for one in tokens if one.user_id not in named.ids)
    # Somebody who was not read may be the user whose name nobody has.
    sure = tuple(one for one in foreign if one.user_id in directory.users_by_id or not named.missing)
    if sure:
        holders = _holders(seen, sure)
        belong = "belongs" if len(sure) == 1 else "belong"
        text = f"{count(len(sure), 'token')} of the app, or under its name, {belong} to others: {show_names(holders)}."
        return Observation(Status.FAIL, text, tokens=sure, holders=holders)
    if foreign:
        named.require_all()
    tokens.require_whole()
    return _clean(tokens, "belong to the integration's users only")


def _clean(tokens: Rows[Token], how: str) -> Observation:
    if not tokens.rows:
        return Observation(Status.PASS, "There is no token of the app at all.")
    return Observation(Status.PASS, f"The app's tokens ({len(tokens.rows):,}) {how}.", tokens=tokens.rows)


def _holders(seen: Seen, tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(sorted({seen.directory.username(one.user_id) for one in tokens}))


# Words --------------------------------------------------------------------------------------


def _not_yet(candidates: tuple[Login, ...], text: str) -> Observation:
    return Observation(Status.UNKNOWN, text, candidates, unseen=True)


def _told(login: Login) -> str:
    times = f", {login.times:,} times in all" if login.times > 1 else ""
    return f"from {login.source_ip} on {minute(login.last)}{times}, status '{login.status}'"


def _statuses(logins: Iterable[Login]) -> str:
    return show_names({f"'{one.status}' from {one.source_ip or 'no address'}" for one in logins})


_FAILURES: Final = (Meaning.BY_ADDRESS, Meaning.OTHERWISE, Meaning.FAILED, Meaning.UNKNOWN)

# What each control asks; `verify` asks them all.
QUESTIONS: Final[dict[str, tuple[tuple[str, str, _Ask], ...]]] = {
    BOTH_SEEN: (
        ("success-from-egress", "The integration got in from an egress address", _success_seen),
        ("refusal-from-elsewhere", "Somebody was refused from elsewhere", _refusal_seen),
        ("no-success-from-elsewhere", "Nobody got in from elsewhere", _no_success_elsewhere),
        ("no-refusal-from-egress", "The integration is not refused from egress", _no_refusal_from_egress),
    ),
    INSIDE: (
        ("no-success-outside-ranges", "Nobody got in from outside the login ranges", _none_outside_ranges),
    ),
    FRESH_TOKENS: (("old-tokens-gone", "No token from before the hardening is left", _old_tokens_gone),),
    HELD: (("expected-consent", "Only the integration's users hold tokens of the app", _held_by_its_users),),
}
