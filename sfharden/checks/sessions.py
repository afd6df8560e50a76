"""Checks of sessions: how long they last, and whether login ranges hold on every request."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import Field

from sfharden.checks.common import (
    Check,
    Context,
    NoParameters,
    Verdict,
    attempt,
    failed,
    judge_settings,
    named_apart,
    org_subject,
    passed,
    unknown,
)
from sfharden.facts import values as facts
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.values import CannotTell
from sfharden.model import kinds, org
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Subject
from sfharden.model.snapshot import Component
from sfharden.text.wording import count


class SessionTimeout(Model):
    """`most_minutes`: the longest that an idle session may last."""

    most_minutes: int = Field(default=120, ge=15)


# Metadata API Guide, SecuritySettings, SessionTimeout.
_TIMEOUTS = {
    "FifteenMinutes": 15, "ThirtyMinutes": 30, "SixtyMinutes": 60, "NinetyMinutes": 90, "TwoHours": 120,
    "FourHours": 240, "EightHours": 480, "TwelveHours": 720, "TwentyFourHours": 1440,
}  # fmt: skip


# 0 means two hours (Metadata API Guide, ProfileSessionSetting).
_OVERRIDES = {"0": 120, **{str(minutes): minutes for minutes in _TIMEOUTS.values()}}


def judge_session_timeout(context: Context, parameters: SessionTimeout) -> Iterable[Verdict]:
    """The org's timeout, and every profile's that overrides it (Metadata API Guide, ProfileSessionSetting)."""

    def judge_org(component: Component, subject: Subject) -> Verdict:
        timeout = facts.choice(component, "sessionSettings.sessionTimeout", _TIMEOUTS)
        return _judge_minutes(timeout.value, timeout.text, timeout.where, subject, parameters)

    def judge_override(component: Component, subject: Subject) -> Verdict:
        fact = facts.choice(component, "sessionTimeout", _OVERRIDES, fold=False)
        return _judge_minutes(fact.value, f"{fact.value} minutes", fact.where, subject, parameters)

    snapshot = context.facts.snapshot
    yield from _settings_or_unknown(context, judge_org)
    found = list(snapshot.of_kind(kinds.PROFILE_SESSION))
    gaps = [gap for gap in snapshot.gaps if gap.kind == kinds.PROFILE_SESSION]
    named = [(_text_or_name(one, "profile"), one.file) for one in found]
    subjects = iter(named_apart("profile", (*named, *((gap.name, gap.what) for gap in gaps))))
    for component, subject in zip(found, subjects, strict=False):
        yield attempt(subject, lambda c=component, s=subject: judge_override(c, s))  # type: ignore[misc]
    for gap, subject in zip(gaps, subjects, strict=True):
        yield unknown(subject, f"{gap.what} can't be read: {gap.reason}", gap.what)
    if not context.facts.live:
        yield unknown(org_subject(context), f"which other profiles override the timeout {NEEDS_ORG}")
    elif not context.facts.directory.metadata_read:
        yield unknown(org_subject(context), "whether profiles override the timeout was not read")


def _settings_or_unknown(
    context: Context, judge: Callable[[Component, Subject], Verdict]
) -> Iterator[Verdict]:
    try:
        yield from judge_settings(context, kinds.SECURITY, judge)
    except CannotTell as reason:
        yield unknown(Subject(kind="settings", name="Security"), reason.reason, reason.where)


def _text_or_name(component: Component, path: str) -> str:
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
    "session_timeout": Check("org", SessionTimeout, judge_session_timeout, org_subject, (org.METADATA,)),
    "ip_ranges_every_request": Check("org", NoParameters, judge_every_request, org_subject, (org.METADATA,)),
}
