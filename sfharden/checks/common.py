"""What every check works with: the indexed snapshot, the integration, and verdicts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sfharden.addresses import AddressSet
from sfharden.model import kinds
from sfharden.model.apps import App, apps_of
from sfharden.model.base import Model
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.profiles import NEARLY_EVERYBODY, login_ranges
from sfharden.model.results import Evidence, Severity, Status, Subject
from sfharden.model.snapshot import Component, Gap, Snapshot
from sfharden.names import canonical_profile, normalise, profile_aliases, suggestion
from sfharden.names import count as count  # every check counts

# More than half of IPv4, or of the IPv6 addresses in global use (2000::/3, RFC 4291), shuts nobody out.
_NEARLY_EVERYBODY_V6 = 2**124

MOST_SHOWN = 6  # ranges or names written out in one piece of evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one subject came out; `severity` overrides the control's where the case is worse."""

    status: Status
    subject: Subject
    message: str
    evidence: tuple[Evidence, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True)
class Facts:
    """A snapshot with its indexes."""

    snapshot: Snapshot

    @cached_property
    def directory(self) -> Directory:
        """The tables of a running org; asking them of metadata files raises CannotTell."""
        return Directory(self.snapshot)

    @cached_property
    def apps(self) -> tuple[App, ...]:
        """All apps."""
        return apps_of(self.snapshot.components)

    @cached_property
    def profiles(self) -> dict[str, list[Component]]:
        """Profiles by comparable name; more than one file may describe one profile."""
        found: dict[str, list[Component]] = {}
        for component in self.snapshot.of_kind(kinds.PROFILE):
            found.setdefault(canonical_profile(component.name), []).append(component)
        return found

    def profile(self, name: str) -> Component:
        """The profile of that API name or label. Raises CannotTell unless exactly one is known for sure."""
        key = canonical_profile(name)
        self._refuse_gap(kinds.PROFILE, lambda gap: canonical_profile(gap.name) == key)
        found = self.profiles.get(key, [])
        if not found:
            known = [
                alias for one in self.snapshot.of_kind(kinds.PROFILE) for alias in profile_aliases(one.name)
            ]
            raise CannotTell(f"no profile named '{name}' was read.{suggestion(name, known)}")
        if any(_differs(found[0], other) for other in found[1:]):
            raise CannotTell(f"{len(found)} files describe the profile '{name}' and differ", found[1].file)
        return found[0]

    def app(self, name: str) -> App:
        """The app of that API name or label. Raises CannotTell unless exactly one is meant."""
        key = normalise(name)
        self._refuse_app_gap(name)
        by_name = [app for app in self.apps if normalise(app.name) == key]
        by_label = [app for app in self.apps if key in map(normalise, app.labels)]
        found = by_name or by_label
        for one in found:  # named by its label, it may still have a file that can't be read
            self._refuse_app_gap(one.name)
        if not found:
            known = [alias for app in self.apps for alias in (app.name, *app.labels)]
            raise CannotTell(f"no app named '{name}' was read.{suggestion(name, known)}")
        if len(found) > 1:
            names = ", ".join(f"{app.name} ({app.kind})" for app in found)
            raise CannotTell(
                f"{len(found)} apps are named '{name}': {names}; give the API name", found[1].where
            )
        return found[0]

    def _refuse_app_gap(self, name: str) -> None:
        key = normalise(name)
        self._refuse_gap(
            kinds.CONNECTED_APP, lambda gap: normalise(gap.name) == key, also=kinds.EXTERNAL_KINDS
        )

    def _refuse_gap(self, kind: str, same: Callable[[Gap], bool], also: tuple[str, ...] = ()) -> None:
        for gap in self.snapshot.gaps:
            if gap.kind in (kind, *also) and same(gap):
                raise CannotTell(f"{gap.what} can't be read: {gap.reason}", gap.what)


def _differs(one: Component, other: Component) -> bool:
    ranges, others = login_ranges(one), login_ranges(other)
    return (
        ranges.addresses != others.addresses
        or bool(ranges.broken or others.broken or one.doubts or other.doubts)
        or set(one.permissions) != set(other.permissions)
        or [value.text for value in one.values.get("custom", ())]
        != [value.text for value in other.values.get("custom", ())]
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at. `integration` is set for checks of scope `integration` only."""

    facts: Facts
    now: datetime
    _integration: Integration | None = None

    @property
    def integration(self) -> Integration:
        """The integration being judged."""
        if self._integration is None:
            raise LookupError("a check of scope 'org' asked for the integration")
        return self._integration

    @property
    def profile(self) -> Component:
        """The integration's profile. Raises CannotTell."""
        return self.facts.profile(self.integration.profile)

    @property
    def app(self) -> App:
        """The integration's app. Raises CannotTell."""
        return self.facts.app(self.integration.app)


class NoParameters(Model):
    """For checks that take none."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check and how to call it.

    `scope` is `org` (judged once) or `integration` (judged for each). `subject` names what an unknown
    result is about when the facts for it are missing altogether.
    """

    scope: str
    parameters: type[Model]
    judge: Callable[[Context, Any], Iterable[Verdict]]
    subject: Callable[[Context], Subject]


def profile_subject(context: Context) -> Subject:
    """The integration's profile as it is named in the integration file."""
    return Subject(kind="profile", name=context.integration.profile)


def app_subject(context: Context) -> Subject:
    """The integration's app as it is named in the integration file."""
    return Subject(kind="app", name=context.integration.app)


def org_subject(_: Context) -> Subject:
    """The org as a whole."""
    return Subject(kind="org", name="org")


def named_apart(kind: str, found: Iterable[tuple[str, str]]) -> list[Subject]:
    """A subject for each name and file; the file is part of the subject where several have one name."""
    pairs = list(found)
    times = Counter(name for name, _ in pairs)
    return [Subject(kind=kind, name=name if times[name] == 1 else f"{name} ({file})") for name, file in pairs]


def passed(subject: Subject, message: str, *evidence: Evidence) -> Verdict:
    """What must hold, holds."""
    return Verdict(Status.PASS, subject, message, evidence)


def failed(subject: Subject, message: str, *evidence: Evidence, severity: Severity | None = None) -> Verdict:
    """What must hold, doesn't."""
    return Verdict(Status.FAIL, subject, message, evidence, severity)


def unknown(subject: Subject, reason: str, where: str = "") -> Verdict:
    """It can't be told; `reason` is one phrase."""
    message = f"Can't tell: {reason}" + ("" if reason.endswith((".", "?")) else ".")
    evidence = (Evidence(what="reason", observed=reason, source=where),)
    return Verdict(Status.UNKNOWN, subject, message, evidence)


def attempt(subject: Subject, judge: Callable[[], Verdict]) -> Verdict:
    """The verdict, or unknown with the reason when a fact can't be told."""
    try:
        return judge()
    except CannotTell as reason:
        return unknown(subject, reason.reason, reason.where)


def judge_settings(
    context: Context, kind: str, judge: Callable[[Component, Subject], Verdict]
) -> Iterator[Verdict]:
    """Judge org-wide settings, of which there should be one file.

    With several, each is judged. Which one the org has can't be told, so a pass stands only if all pass.
    """
    short = kind.removesuffix("Settings")
    components = list(context.facts.snapshot.of_kind(kind))
    gaps = [gap for gap in context.facts.snapshot.gaps if gap.kind == kind]
    if not components and not gaps:
        raise CannotTell(f"no {short}.settings was read")
    several = len(components) + len(gaps) > 1
    verdicts = []
    for component in components:
        subject = _settings_subject(short, component.file if several else "")
        verdicts.append(attempt(subject, lambda c=component, s=subject: judge(c, s)))  # type: ignore[misc]
    for gap in gaps:
        subject = _settings_subject(short, gap.what if several else "")
        verdicts.append(unknown(subject, f"{gap.what} can't be read: {gap.reason}", gap.what))
    sure = all(verdict.status is Status.PASS for verdict in verdicts)
    for verdict in verdicts:
        if verdict.status is Status.PASS and not sure:
            reason = "another file of these settings doesn't pass, and which one the org has can't be told"
            yield replace(unknown(verdict.subject, reason), evidence=verdict.evidence)
        else:
            yield verdict


def _settings_subject(short: str, file: str) -> Subject:
    return Subject(kind="settings", name=f"{short} ({file})" if file else short)


def keeps_nobody_out(addresses: AddressSet) -> bool:
    """True when ranges are so wide, in IPv4 or in IPv6, that they are as good as none."""
    return addresses.v4.size >= NEARLY_EVERYBODY or addresses.v6.size >= _NEARLY_EVERYBODY_V6


def show_ranges(addresses: AddressSet) -> str:
    """The ranges of a set in words, cut after a few and counted."""
    ranges = addresses.ranges()
    if not ranges:
        return "none"
    more = len(ranges) - MOST_SHOWN
    return ", ".join(ranges[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def show_names(names: Iterable[str]) -> str:
    """Sorted names in words, cut after a few and counted."""
    ordered = sorted(names)
    if not ordered:
        return "none"
    more = len(ordered) - MOST_SHOWN
    return ", ".join(ordered[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
