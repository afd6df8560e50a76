"""Checks of the integration's app: who may use it, from where, for how long, with which scopes."""

from collections.abc import Iterable
from typing import Final

from pydantic import Field

from sfharden.checks.common import (
    APP_PARTS,
    PROFILE_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    app_subject,
    fact_evidence,
    failed,
    manual,
    passed,
    require_own_run_as,
)
from sfharden.facts import values as facts
from sfharden.facts.apps import App, IpRelaxation
from sfharden.facts.profiles import keeps_nobody_out, login_ranges
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds, org
from sfharden.model.base import Model
from sfharden.model.planned import REFRESH_DAYS
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count, show_names


def judge_admin_approved(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """Permitted Users is 'Admin approved users are pre-authorized'."""
    subject, approved = app_subject(context), context.app.admin_approved()
    evidence = fact_evidence("permitted users", approved, "admin-approved users")
    if not approved.value:
        yield failed(subject, "Every user may authorise the app for themselves.", evidence)
    elif _record_denies(context):
        record = Evidence(what="permitted users", observed="all users", source="ConnectedApplication")
        yield failed(
            subject, "The app's record says that every user may authorise the app.", evidence, record
        )
    else:
        if approved.where == org.APPS:  # an app that is not among the records may bear the same name
            context.facts.directory.apps.require_whole()
        yield passed(subject, "Only admin-approved users may use the app.", evidence)


def _record_denies(context: Context) -> bool:
    """True if the app's record contradicts its metadata (Object Reference, ConnectedApplication)."""
    try:
        return context.facts.live and context.facts.app_record(context.app).admin_approved is False
    except CannotTell:
        return False  # the metadata says it; the record would only say it again


def judge_ip_enforced(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """IP relaxation is 'Enforce', and the profile has ranges that it can enforce.

    Ranges are enforced only if the user's profile has some (Help, Connected App IP Relaxation and
    Continuous IP Enforcement): without them, Enforce protects nothing.
    """
    subject, app = app_subject(context), context.app
    relaxation = app.ip_relaxation()
    evidence = fact_evidence("IP relaxation", relaxation, IpRelaxation.ENFORCE.value)
    if relaxation.value is not IpRelaxation.ENFORCE:
        yield failed(subject, f"The app is set to '{relaxation.value.value}'.", evidence)
        return
    if not context.of_integration:
        text = "The app enforces login ranges. Whether the profiles of its users have any: login-ranges-everywhere."
        yield manual(subject, text, evidence)
        return
    name, profile = context.integration.profile, context.profile
    ranges = login_ranges(profile)
    if not ranges.entries and not ranges.broken:
        context.facts.require_whole(profile, "login ranges")
        there = Evidence(what="login ranges", observed="none", expected="at least one", source=profile.file)
        yield failed(
            subject,
            f"The app enforces login ranges, but the profile '{name}' has none to enforce.",
            evidence,
            there,
        )
        return
    if keeps_nobody_out(ranges.addresses):
        wide = Evidence(
            what="login ranges", observed="everybody", expected="few addresses", source=ranges.where
        )
        yield failed(
            subject, f"The app enforces login ranges, but those of '{name}' keep nobody out.", evidence, wide
        )
        return
    ranges.require_whole()
    require_own_run_as(context)
    there = Evidence(what="login ranges", observed=count(ranges.entries, "range"), source=ranges.where)
    yield passed(subject, f"The app enforces the login ranges of '{name}'.", evidence, there)


class RefreshBounded(Model):
    """`most_days`: the longest that a refresh token may live, in days."""

    most_days: int = Field(default=REFRESH_DAYS, ge=1)


def judge_refresh_bounded(context: Context, parameters: RefreshBounded) -> Iterable[Verdict]:
    """Refresh tokens end after a bounded time."""
    subject, app = app_subject(context), context.app
    policy = app.refresh_policy()
    evidence = fact_evidence("refresh token policy", policy, f"at most {count(parameters.most_days, 'day')}")
    hours = policy.value.hours
    if hours == 0 and facts.fold_name(policy.text) != "zero":
        raise CannotTell(
            f"the refresh token policy is one that Salesforce doesn't write: {policy.text}", policy.where
        )
    if hours is None:
        yield _judge_infinite(context, subject, app, evidence)
    elif hours > parameters.most_days * 24:
        yield failed(
            subject,
            f"Refresh tokens live {count(hours // 24, 'day')}, more than {parameters.most_days}.",
            evidence,
        )
    else:
        how = "after their last use" if policy.value.from_last_use else "after they were issued"
        lived = count(hours // 24, "day") if hours >= 48 else count(hours, "hour")
        yield passed(
            subject, f"Refresh tokens end {lived} {how}." if hours else "No refresh tokens.", evidence
        )


# The first API version whose metadata shows the developer's idle limit (published types 1.7.3 and 1.9.0).
_IDLE_LIMIT_SINCE: Final = {True: 67, False: 68}  # of external client apps, of connected apps


def _judge_infinite(context: Context, subject: Subject, app: App, evidence: Evidence) -> Verdict:
    """`infinite`, which a developer's 30-day idle limit overrules without rewriting the policy.

    Source: Help, Limit Idle Time for Refresh Tokens.
    """
    try:
        limited = app.idle_limit()
    except CannotTell as reason:
        _refuse_hidden_limit(context, app, evidence, reason)
        return failed(
            subject,
            "Refresh tokens are valid until revoked (no idle limit of the developer's is in the file).",
            evidence,
        )
    if limited.value:
        idle = fact_evidence("developer's idle limit", limited, "true")
        return passed(
            subject, "Refresh tokens end after 30 idle days, by the developer's limit.", evidence, idle
        )
    return failed(subject, "Refresh tokens are valid until revoked.", evidence)


def _refuse_hidden_limit(context: Context, app: App, evidence: Evidence, reason: CannotTell) -> None:
    """Raise CannotTell if the idle limit may be on without being seen: in a file that was not read, or too old."""
    live, version = context.facts.live, context.facts.snapshot.source.api_version
    since = _IDLE_LIMIT_SINCE[app.external]
    why = ""
    if live and not app.lacks_idle_limit():
        why = f"which can't be seen: {reason.reason}"
    elif (live or version) and context.facts.api_number < since:
        why = f"which API {version or 'of an unknown version'} doesn't show: that takes API {since}.0"
    if why:
        raise CannotTell(
            f"refresh tokens are valid until revoked unless the developer's idle limit is on, {why}",
            evidence.source,
        ) from None


def judge_pkce(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """The app, or the whole org, requires PKCE."""
    subject, app, org_wide = app_subject(context), context.app, _org_requires_pkce(context)
    if org_wide is not None and org_wide.value:
        yield passed(
            subject, "The org requires PKCE of every app.", fact_evidence("PKCE, org", org_wide, "true")
        )
        return
    required = app.pkce_required()
    evidence = fact_evidence("PKCE, app", required, "true")
    if required.value:
        yield passed(subject, "The app requires PKCE.", evidence)
    elif org_wide is None:
        raise CannotTell(
            "the app doesn't require PKCE, and whether the org does was not read", required.where
        )
    else:
        yield failed(subject, "Neither the app nor the org requires PKCE.", evidence)


def _org_requires_pkce(context: Context) -> Fact[bool] | None:
    found = list(context.facts.snapshot.of_kind(kinds.OAUTH_OIDC))
    if len(found) != 1 or context.facts.snapshot.gaps_of(kinds.OAUTH_OIDC):
        return None
    try:
        return facts.boolean(found[0], "isPkceRequired")
    except CannotTell:
        return None


class Scopes(Model):
    """`allowed`: the scopes an integration may have, without case."""

    allowed: tuple[str, ...] = Field(min_length=1)


def judge_scopes(context: Context, parameters: Scopes) -> Iterable[Verdict]:
    """No scope beyond the allowed ones, and no right to introspect everybody's tokens."""
    subject, app = app_subject(context), context.app
    scopes = app.scopes()
    allowed = {facts.fold_name(name) for name in parameters.allowed}
    excess = [scope for scope in scopes if facts.fold_name(scope.value) not in allowed]
    names = show_names(scope.value for scope in scopes)
    if excess:
        evidence = Evidence(
            what="scopes", observed=names, expected=", ".join(parameters.allowed), source=excess[0].where
        )
        yield failed(
            subject,
            f"The app may ask for more than it needs: {show_names(one.value for one in excess)}.",
            evidence,
        )
        return
    introspects = None if _never_introspects(context, app) else app.introspects_all()
    if introspects and introspects.value:
        yield failed(
            subject,
            "The app may introspect every token of the org.",
            fact_evidence("introspection", introspects, "false"),
        )
        return
    evidence = Evidence(what="scopes", observed=names, source=scopes[0].where)
    yield passed(subject, f"The app asks for {names} only.", evidence)


def _never_introspects(context: Context, app: App) -> bool:
    """True for a whole file of a connected app without the switch: it's optional, and off by default.

    Metadata API Guide, ConnectedAppOauthConfig, isIntrospectAllTokens. A file from elsewhere may be cut down.
    """
    path = "oauthConfig.isIntrospectAllTokens"
    if not context.facts.live or app.external:
        return False
    for part in app.parts:
        facts.refuse_gap(part, path)
    return not any(facts.has(part, path) for part in app.parts)


CHECKS = {
    "app_admin_approved": Check(
        "integration", NoParameters, judge_admin_approved, app_subject, APP_PARTS, alone=True
    ),
    "app_ip_enforced": Check(
        "integration",
        NoParameters,
        judge_ip_enforced,
        app_subject,
        (*APP_PARTS, *PROFILE_PARTS),
        alone=True,
    ),
    "app_refresh_bounded": Check(
        "integration", RefreshBounded, judge_refresh_bounded, app_subject, APP_PARTS, alone=True
    ),
    "app_pkce": Check("integration", NoParameters, judge_pkce, app_subject, APP_PARTS, alone=True),
    "app_scopes": Check("integration", Scopes, judge_scopes, app_subject, APP_PARTS, alone=True),
}
