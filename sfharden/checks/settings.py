"""The generic check of settings, and the checks of org-wide ranges and sessions."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import Field, model_validator

from sfharden.checks.common import (
    Check,
    Context,
    NoParameters,
    Verdict,
    attempt,
    count,
    failed,
    judge_settings,
    org_subject,
    passed,
    show_ranges,
    unknown,
)
from sfharden.checks.profiles import NEEDS_ORG
from sfharden.model import facts, kinds
from sfharden.model.base import Model
from sfharden.model.facts import CannotTell
from sfharden.model.profiles import NEARLY_EVERYBODY, ranges_of
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.model.snapshot import Component

Scalar = bool | int | str


class Setting(Model):
    """`path` (or `paths`) starts with the metadata type; exactly one operator says what must hold.

    Types are strict: `true` is not 1, and a value of another type than the wanted one can't be judged.
    """

    path: str = ""
    paths: tuple[str, ...] = ()
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = None
    none_of: tuple[Scalar, ...] | None = None
    at_least: int | None = None
    at_most: int | None = None
    is_empty: bool | None = None
    caveat: str = ""

    @model_validator(mode="after")
    def _one_operator(self) -> "Setting":
        given = [name for name in OPERATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(OPERATORS)}")
        if bool(self.path) == bool(self.paths):
            raise ValueError("give either path or paths")
        if any(len(path.split(".")) < 2 for path in self.every_path):
            raise ValueError("a path is a metadata type, a dot, and an element")
        if len({path.split(".")[0] for path in self.every_path}) > 1:
            raise ValueError("all paths must start with the same metadata type")
        return self

    @property
    def every_path(self) -> tuple[str, ...]:
        """The paths, however many were given."""
        return self.paths or (self.path,)

    @property
    def operator(self) -> str:
        """The name of the one operator given."""
        return next(name for name in OPERATORS if getattr(self, name) is not None)


def _typed(text: str, like: Scalar) -> Scalar:
    """The text as the type of the wanted value. Raises CannotTell if it isn't of that type."""
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise CannotTell(f"'{text}' is neither true nor false")
        return text == "true"
    if isinstance(like, int):
        if not (text.isascii() and text.lstrip("-").isdigit()):
            raise CannotTell(f"'{text}' is not a whole number")
        return int(text)
    return text


def _member(text: str, wanted: tuple[Scalar, ...]) -> bool:
    return any(_typed(text, one) == one for one in wanted)


OPERATORS: dict[str, Callable[[str, Any], bool]] = {
    "equals": lambda text, wanted: _typed(text, wanted) == wanted,
    "one_of": _member,
    "none_of": lambda text, wanted: not _member(text, wanted),
    "at_least": lambda text, wanted: int(_typed(text, 0)) >= wanted,
    "at_most": lambda text, wanted: int(_typed(text, 0)) <= wanted,
    "is_empty": lambda _, wanted: not wanted,  # a text that is there is not empty
}


def judge_setting(context: Context, parameters: Setting) -> Iterator[Verdict]:
    """Every path holds what the operator wants."""
    kind = parameters.every_path[0].split(".")[0]
    if kind in kinds.SETTINGS_KINDS:
        yield from judge_settings(context, kind, lambda one, subject: _judge(one, subject, parameters))
        return
    components = list(context.facts.snapshot.of_kind(kind))
    if not components:
        raise CannotTell(f"no {kind} was read")
    for component in components:
        subject = Subject(kind=kind, name=component.name)
        yield attempt(subject, lambda c=component, s=subject: _judge(c, s, parameters))  # type: ignore[misc]


def _judge(component: Component, subject: Subject, parameters: Setting) -> Verdict:
    evidence, bad, reasons = [], [], []
    for path in parameters.every_path:
        inner = path.split(".", 1)[1]
        try:
            observed, where, holds = _observe(component, inner, parameters)
        except CannotTell as reason:
            reasons.append(reason)
            continue
        expected = f"{parameters.operator} {_shown(getattr(parameters, parameters.operator))}"
        evidence.append(Evidence(what=inner, observed=observed, expected=expected, source=where))
        if not holds:
            bad.append(f"{inner.split('.')[-1]} is {observed}")
    caveat = f" {parameters.caveat}" if parameters.caveat else ""
    if bad:
        return failed(subject, f"{'; '.join(bad)}.{caveat}", *evidence)
    if reasons:
        raise reasons[0]
    held = "; ".join(f"{one.what.split('.')[-1]} is {one.observed}" for one in evidence)
    return passed(subject, f"{held}.{caveat}", *evidence)


def _observe(component: Component, path: str, parameters: Setting) -> tuple[str, str, bool]:
    if parameters.is_empty is not None and not _filled(component, path):
        return "empty", component.file, parameters.is_empty
    fact = facts.text(component, path)
    wanted = getattr(parameters, parameters.operator)
    return fact.text, fact.where, OPERATORS[parameters.operator](fact.text, wanted)


def _filled(component: Component, path: str) -> bool:
    """False for a list or text that is there and empty; raises CannotTell where it's not there at all."""
    facts.refuse_doubt(component, path)
    if component.groups.get(path):
        raise CannotTell(f"{path} is a list; compare its parts", component.file)
    parent = path.rpartition(".")[0]
    if not facts.has(component, path) and not (parent and facts.has(component, parent)):
        raise CannotTell(f"{path} is not in the file", component.file)
    return any(value.text for value in component.values.get(path, ()))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


class TrustedRanges(Model):
    """`most_addresses` of IPv4 and `most_ipv6_addresses` that may be trusted org-wide."""

    most_addresses: int = Field(default=65536, ge=0)
    most_ipv6_addresses: int = Field(default=2**80, ge=0)


def judge_trusted_ranges(context: Context, parameters: TrustedRanges) -> Iterator[Verdict]:
    """The union of the org's trusted ranges is small.

    Inside them a login meets no identity challenge (Security Guide, Set Trusted IP Ranges). One range holds
    at most a /7, so a list that trusts everybody is made of many; only their union shows it.
    """
    yield from judge_settings(
        context, kinds.SECURITY, lambda one, subject: _judge_trusted(one, subject, parameters)
    )


def _judge_trusted(component: Component, subject: Subject, parameters: TrustedRanges) -> Verdict:
    ranges = ranges_of(component, "networkAccess.ipRanges", "start", "end")
    v4, v6 = ranges.addresses.v4.size, ranges.addresses.v6.size
    evidence = Evidence(
        what="trusted ranges",
        observed=f"{count(ranges.entries, 'range')}, {count(v4 + v6, 'address')}: {show_ranges(ranges.addresses)}",
        expected=f"at most {parameters.most_addresses:,} IPv4 addresses",
        source=ranges.where,
    )
    if v4 >= NEARLY_EVERYBODY:
        how = "all of IPv4" if v4 == 2**32 else f"{v4:,} IPv4 addresses"
        message = f"{count(ranges.entries, 'range')} together trust {how}, so no login is ever challenged."
        return failed(subject, message, evidence, severity=Severity.CRITICAL)
    if v4 > parameters.most_addresses or v6 > parameters.most_ipv6_addresses:
        return failed(
            subject,
            f"Trusted org-wide: {count(v4 + v6, 'address')} in {count(ranges.entries, 'range')}.",
            evidence,
        )
    ranges.require_whole()
    if not facts.has(component, "networkAccess"):
        raise CannotTell("networkAccess is not in the file", component.file)
    return passed(
        subject,
        f"Trusted org-wide: {count(v4 + v6, 'address')} in {count(ranges.entries, 'range')}.",
        evidence,
    )


class SessionTimeout(Model):
    """`most_minutes`: the longest that an idle session may last."""

    most_minutes: int = Field(default=120, ge=15)


# Metadata API Guide, SecuritySettings, SessionTimeout.
_TIMEOUTS = {
    "FifteenMinutes": 15, "ThirtyMinutes": 30, "SixtyMinutes": 60, "NinetyMinutes": 90, "TwoHours": 120,
    "FourHours": 240, "EightHours": 480, "TwelveHours": 720, "TwentyFourHours": 1440,
}  # fmt: skip


def judge_session_timeout(context: Context, parameters: SessionTimeout) -> Iterable[Verdict]:
    """The org's timeout, and every profile's that overrides it (Metadata API Guide, ProfileSessionSetting)."""

    def judge_org(component: Component, subject: Subject) -> Verdict:
        timeout = facts.choice(component, "sessionSettings.sessionTimeout", _TIMEOUTS)
        return _judge_minutes(timeout.value, timeout.text, timeout.where, subject, parameters)

    def judge_override(component: Component, subject: Subject) -> Verdict:
        fact = facts.text(component, "sessionTimeout")
        minutes = int(_typed(fact.text, 0)) or 120  # 0 means two hours (same source)
        return _judge_minutes(minutes, f"{minutes} minutes", fact.where, subject, parameters)

    snapshot = context.facts.snapshot
    yield from _settings_or_unknown(context, judge_org)
    for component in snapshot.of_kind(kinds.PROFILE_SESSION):
        profile = attempt_text(component, "profile")
        subject = Subject(kind="profile", name=profile)
        yield attempt(subject, lambda c=component, s=subject: judge_override(c, s))  # type: ignore[misc]
    for gap in snapshot.gaps:
        if gap.kind == kinds.PROFILE_SESSION:
            yield unknown(
                Subject(kind="profile", name=gap.name), f"{gap.what} can't be read: {gap.reason}", gap.what
            )
    yield unknown(org_subject(context), f"which other profiles override the timeout {NEEDS_ORG}")


def _settings_or_unknown(
    context: Context, judge: Callable[[Component, Subject], Verdict]
) -> Iterator[Verdict]:
    try:
        yield from judge_settings(context, kinds.SECURITY, judge)
    except CannotTell as reason:
        yield unknown(Subject(kind="settings", name="Security"), reason.reason, reason.where)


def attempt_text(component: Component, path: str) -> str:
    """The text at a path, or the component's own name."""
    try:
        return facts.text(component, path).value
    except CannotTell:
        return component.name


def _judge_minutes(
    minutes: int, text: str, where: str, subject: Subject, parameters: SessionTimeout
) -> Verdict:
    evidence = Evidence(
        what="session timeout",
        observed=text,
        expected=f"at most {parameters.most_minutes} minutes",
        source=where,
    )
    if minutes > parameters.most_minutes:
        return failed(
            subject, f"Idle sessions last {minutes} minutes, more than {parameters.most_minutes}.", evidence
        )
    return passed(subject, f"Idle sessions end after {minutes} minutes.", evidence)


# More than five ranges in a profile can block turning the setting on: status code
# CANNOT_ENABLE_IP_RESTRICT_REQUESTS (SOAP API Guide, Core Data Types). Whether for every profile is unconfirmed.
_MOST_RANGES = 5


def judge_every_request(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Login ranges are enforced on every request, not at login only.

    Source: Help, Connected App IP Relaxation and Continuous IP Enforcement.
    """

    def judge(component: Component, subject: Subject) -> Verdict:
        on = facts.boolean(component, "sessionSettings.enforceIpRangesEveryRequest")
        many = sorted(
            profile.name
            for profile in context.facts.snapshot.of_kind(kinds.PROFILE)
            if len(profile.groups.get("loginIpRanges", ())) > _MOST_RANGES
        )
        caveat = f"{count(len(many), 'profile')} with more than {_MOST_RANGES} login ranges"
        evidence = (
            Evidence(what="enforceIpRangesEveryRequest", observed=on.text, expected="true", source=on.where),
            Evidence(
                what=f"Salesforce may refuse to turn this on while a profile has over {_MOST_RANGES} login ranges",
                observed=caveat + (f": {', '.join(many[:_MOST_RANGES])}" if many else ""),
            ),
        )
        if on.value:
            return passed(subject, "Login ranges are enforced on every request.", *evidence)
        hint = f" Mind {caveat}." if many else ""
        return failed(
            subject,
            f"Login ranges are checked at login only; a stolen session works anywhere.{hint}",
            *evidence,
        )

    yield from judge_settings(context, kinds.SECURITY, judge)


CHECKS = {
    "setting": Check("org", Setting, judge_setting, org_subject),
    "trusted_ranges": Check("org", TrustedRanges, judge_trusted_ranges, org_subject),
    "session_timeout": Check("org", SessionTimeout, judge_session_timeout, org_subject),
    "ip_ranges_every_request": Check("org", NoParameters, judge_every_request, org_subject),
}
