"""Checks whose facts only a running org has: tokens, logins, users.

A snapshot of metadata files holds none of these, so each says what it would need.
"""

from collections.abc import Iterable

from pydantic import Field

from sfharden.checks.common import (
    Check,
    Context,
    NoParameters,
    Verdict,
    app_subject,
    org_subject,
    profile_subject,
)
from sfharden.model.base import Model
from sfharden.model.directory import NEEDS_ORG
from sfharden.model.facts import CannotTell


def judge_tokens_after_hardening(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """No token of the app was created before the hardening."""
    if context.integration.hardened_at is None:
        raise CannotTell(f"the integration file has no hardened_at, and it {NEEDS_ORG} (tokens)")
    raise CannotTell(f"it {NEEDS_ORG} (OAuth tokens are not in metadata files)")


def judge_tokens(_: Context, __: NoParameters) -> Iterable[Verdict]:
    """Tokens of the app, or of apps the org doesn't manage."""
    raise CannotTell(f"it {NEEDS_ORG} (OAuth tokens are not in metadata files)")


class Fresh(Model):
    """`most_idle_days`: how long a token may stay unused."""

    most_idle_days: int = Field(default=90, ge=1)


def judge_fresh(_: Context, __: Fresh) -> Iterable[Verdict]:
    """No token is stale, unused, or of an inactive user."""
    raise CannotTell(f"it {NEEDS_ORG} (OAuth tokens and users are not in metadata files)")


def judge_observed(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """A success from egress and a refusal from elsewhere were both seen since the hardening."""
    if context.integration.hardened_at is None:
        raise CannotTell(f"the integration file has no hardened_at, and it {NEEDS_ORG} (logins)")
    raise CannotTell(f"it {NEEDS_ORG} (logins are not in metadata files)")


def judge_logins(_: Context, __: NoParameters) -> Iterable[Verdict]:
    """No login succeeded from outside the login ranges."""
    raise CannotTell(f"it {NEEDS_ORG} (logins are not in metadata files)")


CHECKS = {
    "tokens_after_hardening": Check("integration", NoParameters, judge_tokens_after_hardening, app_subject),
    "tokens_of_integration_users": Check("integration", NoParameters, judge_tokens, app_subject),
    "apps_installed": Check("org", NoParameters, judge_tokens, org_subject),
    "tokens_fresh": Check("org", Fresh, judge_fresh, org_subject),
    "failure_and_success": Check("integration", NoParameters, judge_observed, profile_subject),
    "logins_inside_ranges": Check("integration", NoParameters, judge_logins, profile_subject),
}
