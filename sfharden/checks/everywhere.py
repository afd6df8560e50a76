"""The check that every profile whose users can call the API has login ranges."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from sfharden.addresses import show_ranges
from sfharden.checks.common import (
    PEOPLE_PARTS,
    PROFILE_PARTS,
    Check,
    Context,
    Verdict,
    attempt,
    failed,
    named_apart,
    not_applicable,
    org_subject,
    passed,
    unknown,
)
from sfharden.checks.ranges import admits_everybody
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.grants import MOST_NAMED, Grants, signs_in
from sfharden.facts.profiles import LoginRanges, keeps_nobody_out, login_ranges
from sfharden.facts.rows import UserGap
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.base import Model
from sfharden.model.org import User
from sfharden.model.results import Evidence, Severity, Status, Subject
from sfharden.model.snapshot import Component
from sfharden.text.names import profile_aliases
from sfharden.text.wording import count


class Everywhere(Model):
    """`most_addresses`: how many IPv4 addresses a profile's ranges may admit and still restrict anybody."""

    most_addresses: int = Field(default=2**24, ge=1)
    most_ipv6_addresses: int = Field(default=2**96, ge=1)


@dataclass(frozen=True)
class _ApiUsers:
    """The active users who can call the API, and why there may be more; `unsure`: of them alone it can't be told."""

    people: frozenset[User]
    gap: str
    unsure: tuple[UserGap, ...] = ()

    @cached_property
    def by_profile(self) -> Mapping[str, int]:
        """How many of each profile, by its record id."""
        return Counter(user.profile_id for user in self.people)

    def of_profile(self, profile_id: str) -> str:
        """Why more users of a profile may call the API than were counted; empty if none may."""
        mine = (one for one in self.unsure if one.user.profile_id == profile_id)
        return self.gap or next((f"of '{one.user.username}': {one.reason}" for one in mine), "")


def _api_users(grants: Grants) -> _ApiUsers:
    try:
        holders = grants.holders("ApiEnabled")
    except CannotTell as reason:
        return _ApiUsers(frozenset(), reason.reason)
    # Whoever doesn't sign in, such as a site's guest, isn't bound by login ranges.
    people = frozenset(holder.user for holder in holders if signs_in(holder.user))
    unsure = tuple(one for one in holders.unsure if signs_in(one.user))
    return _ApiUsers(people, holders.gap, unsure)


def judge_everywhere(context: Context, parameters: Everywhere) -> Iterator[Verdict]:
    """Every profile with active, API-enabled users has login ranges that restrict somebody."""
    snapshot = context.facts.snapshot
    gaps = [gap for gap in snapshot.gaps if gap.kind == kinds.PROFILE]
    if not context.facts.profiles and not gaps:
        raise CannotTell("no profiles were read")
    profiles = [profile for found in context.facts.profiles.values() for profile in found]
    named = [(profile_aliases(profile.name)[0], profile.file) for profile in profiles]
    subjects = iter(named_apart("profile", (*named, *((gap.name or gap.what, gap.what) for gap in gaps))))
    users = _api_users(context.facts.grants) if context.facts.live else None
    for profile, subject in zip(profiles, subjects, strict=False):
        yield attempt(subject, lambda p=profile, s=subject: _weighed(context, users, p, s, parameters))  # type: ignore[misc]
    for gap, subject in zip(gaps, subjects, strict=True):
        yield unknown(subject, f"{gap.what} can't be read: {gap.reason}", gap.what)
    if users:
        told = {name for name, _ in named} | {gap.name for gap in gaps}
        yield from _without_a_file(context, users, told)


def _without_a_file(context: Context, users: _ApiUsers, told: set[str]) -> Iterator[Verdict]:
    """Profiles that have users and no metadata file, and users whose profile isn't shown."""
    rows = context.facts.directory.profiles_by_id
    judged = {one.id for one in rows.values() if one.api_name in told}
    counted = Counter(user.profile_id for user in users.people if user.profile_id not in judged)
    for label, number in sorted((rows[key].label or key, counted[key]) for key in counted if key in rows):
        subject = Subject(kind="profile", name=label)
        yield unknown(
            subject, f"{count(number, 'active user')} can call the API, and its login ranges were not read"
        )
    hidden = sorted(user.username for user in users.people if user.profile_id not in rows)
    if len(hidden) > MOST_NAMED:
        named = f"{count(len(hidden), 'user')} such as '{hidden[0]}'"
        yield unknown(org_subject(context), f"{named} can call the API, and their profiles are not shown")
        hidden = []
    for name in hidden:
        subject = Subject(kind="user", name=name)
        yield unknown(subject, f"'{name}' can call the API, and their profile is not shown")
    for user, reason in users.unsure:
        if user.profile_id not in judged:
            subject = Subject(kind="user", name=user.username)
            yield unknown(subject, f"whether '{user.username}' can call the API, and from where: {reason}")
    if users.gap and any(one.api_name not in told for one in rows.values()):
        yield unknown(org_subject(context), users.gap)


def _weighed(
    context: Context, users: _ApiUsers | None, profile: Component, subject: Subject, parameters: Everywhere
) -> Verdict:
    """A running org tells whether anybody of the profile can call the API; without, its ranges don't matter."""
    if users is None:
        return _judge_one(profile, subject, parameters, None)
    rows = context.facts.directory.profiles_by_id.values()
    own = next((one.id for one in rows if one.api_name == profile.name), None)
    number = users.by_profile.get(own, 0) if own else 0
    gap = users.of_profile(own) if own else "the profile's record was not read"
    verdict = attempt(subject, lambda: _judge_one(profile, subject, parameters, number))
    if verdict.status is Status.PASS or number:
        return verdict
    if gap:
        if verdict.status is Status.FAIL and login_ranges(profile).entries:
            return verdict  # ranges as good as none, whoever has them
        raise CannotTell(f"how many active users can call the API can't be told: {gap}", profile.file)
    return not_applicable(
        subject,
        "No active user of it can call the API.",
        Evidence(what="active users who can call the API", observed="none", source="PermissionSetAssignment"),
    )


def _judge_one(profile: Component, subject: Subject, parameters: Everywhere, number: int | None) -> Verdict:
    """`number` is how many active users can call the API, None where that can't be told."""
    ranges = login_ranges(profile)
    if keeps_nobody_out(ranges.addresses):
        return admits_everybody(subject, ranges)
    v4, v6 = ranges.addresses.v4.size, ranges.addresses.v6.size
    if v4 > parameters.most_addresses or v6 > parameters.most_ipv6_addresses:
        return _too_wide(subject, ranges, parameters)
    ranges.require_whole()
    if not ranges.entries:
        return _none(profile, subject, number)
    evidence = Evidence(
        what="login ranges",
        observed=f"{count(ranges.entries, 'range')}, {count(ranges.addresses.size, 'address')}",
        expected="at least one range",
        source=ranges.where,
    )
    return passed(subject, f"It has {count(ranges.entries, 'login range')}.", evidence)


def _none(profile: Component, subject: Subject, number: int | None) -> Verdict:
    if number is None:
        raise CannotTell(
            f"it has no login ranges; whether active users with API access have it {NEEDS_ORG}", profile.file
        )
    evidence = Evidence(what="login ranges", observed="none", expected="at least one", source=profile.file)
    return failed(
        subject,
        f"{count(number, 'active user')} of it can call the API, and it has no login ranges.",
        evidence,
    )


def _too_wide(subject: Subject, ranges: LoginRanges, parameters: Everywhere) -> Verdict:
    shown = show_ranges(ranges.addresses)
    evidence = Evidence(
        what="addresses admitted",
        observed=f"{ranges.addresses.size:,}: {shown}",
        expected=f"at most {parameters.most_addresses:,} of IPv4",
        source=ranges.where,
    )
    return failed(
        subject, f"Its login ranges admit {count(ranges.addresses.size, 'address')}: {shown}.", evidence
    )


CHECKS = {
    "login_ranges_everywhere": Check(
        "org",
        Everywhere,
        judge_everywhere,
        org_subject,
        (*PROFILE_PARTS, *PEOPLE_PARTS),
        worst=Severity.CRITICAL,
    ),
}
