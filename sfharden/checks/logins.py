"""Checks of logins: what was seen to work, and what was seen to be refused. Only a running org knows them.

Object Reference, LoginHistory: kept for six months. A status other than `Success` is a refusal; which texts
there are is not documented. The address is not always one: logins inside Salesforce have words there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sfharden.addresses import AddressError, AddressSet, parse_range
from sfharden.checks.common import (
    PROFILE_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    count,
    failed,
    passed,
    profile_subject,
    refuse_early,
    show_names,
    show_ranges,
)
from sfharden.facts.directory import NEEDS_ORG, NamedUsers
from sfharden.facts.profiles import login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Login
from sfharden.model.results import Evidence, Severity, Subject

KEPT: Final = timedelta(days=180)  # of the six months, what every half-year has


@dataclass
class _Placed:
    """Logins by whether their address is inside a set; some addresses can't be read."""

    inside: list[Login] = field(default_factory=list)
    outside: list[Login] = field(default_factory=list)
    nowhere: list[Login] = field(default_factory=list)


@lru_cache(maxsize=65_536)
def _address(text: str) -> int | None:
    """The one address that the text is; None for words, and for more than one."""
    try:
        first, last = parse_range(text.strip())
    except AddressError:
        return None
    return first if first == last else None


def _placed(logins: Iterable[Login], inside: AddressSet) -> _Placed:
    found = _Placed()
    for one in logins:
        address = _address(one.source_ip)
        if address is None:
            found.nowhere.append(one)
        else:
            (found.inside if address in inside else found.outside).append(one)
    return found


def judge_observed(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """Since the hardening: a success from egress and a refusal from elsewhere, and no success from elsewhere."""
    subject, integration = profile_subject(context), context.integration
    since, live = integration.hardened_at, context.facts.live
    if since is None:
        more = "" if live else f", and it {NEEDS_ORG} (logins)"
        raise CannotTell(f"the integration file has no hardened_at{more}")
    if not live:
        raise CannotTell(f"it {NEEDS_ORG} (logins are not in metadata files)")
    directory = context.facts.directory
    logins, named = directory.logins, directory.named_users(integration.users)
    recent = [one for one in logins if one.user_id in named.ids and one.last >= since]
    _refuse_egress_gaps(context)
    known = integration.egress.addresses | integration.operator_ranges
    successes = _placed((one for one in recent if one.succeeded), known)
    if successes.outside:
        yield _from_elsewhere(subject, successes.outside, since, "egress and operator ranges")
        return
    _refuse_nowhere(successes.nowhere)
    worked = _placed(successes.inside, integration.egress.addresses).inside
    refused = _placed((one for one in recent if not one.succeeded), known).outside
    start = _read_since(context, named, since, sure=bool(worked and refused))
    if not (worked and refused):
        yield _not_seen(subject, worked, refused, start)
        return
    yield passed(
        subject,
        f"Since {start:%Y-%m-%d} it got in from egress ({_times(worked, since)}), was refused from elsewhere "
        f"({_times(refused, since)}), and never got in from elsewhere.",
        _evidence("successes from egress", worked, since),
        _evidence("refusals from elsewhere", refused, since),
    )


def _read_since(context: Context, named: NamedUsers, since: datetime | None, *, sure: bool) -> datetime:
    """From when on all logins of these users were read. Raises CannotTell if that isn't as far back as needed.

    What is no longer kept can't show that something is missing, so without `sure` all since then must be there.
    """
    named.require_all()
    context.facts.directory.logins.require_whole()
    kept, read = context.read_at - KEPT, context.facts.directory.tables.logins_since
    if read is None or (since and read > max(since, kept)):
        raise CannotTell("logins were not read as far back as the hardening")
    if since and since < kept and not sure:
        raise CannotTell(
            "the hardening is longer ago than logins are kept, and those that are don't show both"
        )
    return max(since, read) if since else read


def _refuse_egress_gaps(context: Context) -> None:
    egress = context.integration.egress
    if egress.gaps:
        raise CannotTell(f"some egress addresses are not known: {egress.gaps[0].reason}", egress.gaps[0].what)
    if not egress.addresses:
        raise CannotTell("the integration has no egress addresses")


def _refuse_nowhere(logins: Sequence[Login]) -> None:
    if logins:
        shown = show_names({one.source_ip or "none" for one in logins})
        raise CannotTell(f"{_times(logins, None)} without an address that can be read ({shown})")


def _not_seen(subject: Subject, worked: list[Login], refused: list[Login], since: datetime) -> Verdict:
    wanted = [] if worked else ["no success from egress: run the integration once"]
    wanted += [] if refused else ["no refusal from elsewhere: try once from an address outside the ranges"]
    return failed(
        subject,
        f"Since {since:%Y-%m-%d} there was {'; and '.join(wanted)}. Then read the logins again.",
        _evidence("successes from egress", worked, since, "at least one"),
        _evidence("refusals from elsewhere", refused, since, "at least one"),
        severity=Severity.MEDIUM,
    )


def _from_elsewhere(subject: Subject, logins: list[Login], since: datetime | None, what: str) -> Verdict:
    last = max(one.last for one in logins)
    return failed(
        subject,
        f"{_times(logins, since).capitalize()} succeeded from outside its {what}: {_addresses(logins)}; the last of "
        f"{last:%Y-%m-%d %H:%M} UTC.",
        _evidence(f"successes from outside the {what}", logins, since, "none"),
        Evidence(what="apps", observed=show_names({one.application for one in logins}), source=org.LOGINS),
    )


def judge_inside(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """No login of the profile's users succeeded from outside the profile's login ranges, as they are now."""
    if not context.facts.live:
        raise CannotTell(f"it {NEEDS_ORG} (logins are not in metadata files)")
    subject, directory, integration = profile_subject(context), context.facts.directory, context.integration
    ranges, since = login_ranges(context.profile), integration.hardened_at
    ranges.require_whole()
    if not ranges.entries:
        raise CannotTell("the profile has no login ranges, so no login is outside them", ranges.where)
    named = directory.named_users(integration.users)
    own = directory.users_of_profile(directory.profile_id(integration.profile))
    ids = {*named.ids, *(user.id for user in own)}
    mine = [
        one
        for one in directory.logins
        if one.user_id in ids and one.succeeded and (not since or one.last >= since)
    ]
    found = _placed(mine, ranges.addresses)
    if found.outside:
        yield _from_elsewhere(subject, found.outside, since, "login ranges")
        return
    _refuse_nowhere(found.nowhere)
    own.require_whole()
    refuse_early(context, since)
    start = _read_since(context, named, since, sure=True)
    seen = (
        f"{_times(mine, since).capitalize()}, all from inside its login ranges,"
        if mine
        else "No login was seen"
    )
    yield passed(subject, f"{seen} since {start:%Y-%m-%d}.", _evidence("logins that succeeded", mine, since))


def _times(logins: Sequence[Login], since: datetime | None) -> str:
    """How many; of those that began earlier, only the last is known to be since then."""
    earlier = since is not None and any(one.first < since and one.times > 1 for one in logins)
    return ("up to " if earlier else "") + count(sum(one.times for one in logins), "login")


def _addresses(logins: Sequence[Login]) -> str:
    found = {address for one in logins if (address := _address(one.source_ip)) is not None}
    return show_ranges(AddressSet.from_intervals((one, one) for one in found))


def _evidence(what: str, logins: Sequence[Login], since: datetime | None, expected: str = "") -> Evidence:
    observed = f"{_times(logins, since)} from {_addresses(logins)}" if logins else "none"
    return Evidence(what=what, observed=observed, expected=expected, source=org.LOGINS)


CHECKS = {
    "failure_and_success": Check(
        "integration", NoParameters, judge_observed, profile_subject, (org.LOGINS, org.USERS)
    ),
    "logins_inside_ranges": Check(
        "integration",
        NoParameters,
        judge_inside,
        profile_subject,
        (*PROFILE_PARTS, org.LOGINS, org.USERS),
    ),
}
