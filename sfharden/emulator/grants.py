"""Signing in through an app: what its policy says, who is refused, what the login history then shows."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator import app_rules
from sfharden.emulator.access import file_tree, refused_at_login
from sfharden.emulator.allowlist import refused_by_allowlist
from sfharden.emulator.records import AuthSession, Login, OauthToken, User
from sfharden.emulator.state import DemoOrg

_PERIOD: Final = re.compile(r"specific_(lifetime|inactivity):(\d+):(HOURS|DAYS|MONTHS)")
_HOURS: Final = {"HOURS": 1, "DAYS": 24, "MONTHS": 24 * 30}


class GrantRefusedError(Exception):
    """The token endpoint says no; `error` and `description` as OAuth has them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Grant:
    """A sign-in that is asked for: through which app, by whom, in which flow, from where."""

    app: str
    user: User
    flow: str
    source: str
    subtype: str | None
    pre_approved: bool = False


@dataclass(frozen=True, slots=True)
class AppPolicy:
    """What counts of an app when someone signs in; `application_id` is None for one the org doesn't know."""

    name: str
    label: str
    application_id: str | None = None
    menu_item_id: str | None = None
    admin_approved: bool = False
    refresh: str = "infinite"


def policy_of(org: DemoOrg, app: str) -> AppPolicy:
    """The policy of a connected app or external client app, by id, name or label."""
    connected, external = org.connected_app(app), org.external_app(app)
    if connected:
        tree = file_tree(org, "ConnectedApp", connected.full_name)
        refresh = (tree.value("oauthPolicy.refreshTokenPolicy") if tree else "") or "infinite"
        approved = connected.admin_approved_only
        name, label, found = connected.full_name, connected.name, connected.id
    elif external:
        approved = external.permitted_users == "AdminApprovedPreAuthorized"
        refresh = _spelled(external.refresh_policy, external.validity_period, external.validity_unit)
        name, label, found = external.developer_name, external.label, external.id
    else:
        return AppPolicy(app, app)
    item = next((one.id for one in org.menu_items if one.application_id == found), None)
    return AppPolicy(name, label, found, item, approved, refresh)


def _spelled(kind: str, period: int | None, unit: str | None) -> str:
    """An external client app's policy as connected apps spell it."""
    if kind in ("SpecificLifetime", "SpecificInactivity") and period and unit:
        return f"specific_{kind.removeprefix('Specific').lower()}:{period}:{unit.upper()}"
    return kind.lower()


def expired(policy: str, token: OauthToken, now: datetime) -> bool:
    """True if the refresh token policy has ended a token."""
    match = _PERIOD.fullmatch(policy)
    if match is None:
        return policy == "zero"
    since = token.created if match[1] == "lifetime" else token.last_used or token.created
    return now - since > timedelta(hours=int(match[2]) * _HOURS[match[3]])


def sign_in(org: DemoOrg, grant: Grant, delete_token: str | None = None) -> str:
    """The access token of a sign-in, which is also logged. Raises GrantRefusedError, logged as well."""
    refusal, status = _refusal(org, grant)
    login = _login(org, grant, status)
    if grant.flow != "refresh" or org.knobs.refresh_leaves_login or refusal:
        org.log(login)
    if refusal:
        raise refusal
    access = org.open_session(grant.user, grant.app)
    session = org.sessions[access]
    session.source_ip, session.delete_token = grant.source, delete_token
    now = org.clock()
    shown = AuthSession(
        org.new_id("0Ak"), grant.user.id, now, now, grant.source, login_id=login.id, token=access
    )
    org.auth_sessions.append(shown)
    return access


def _refusal(org: DemoOrg, grant: Grant) -> tuple[GrantRefusedError | None, str]:
    policy = policy_of(org, grant.app)
    approved = policy.application_id is not None and org.may_use(grant.user, policy.application_id)
    if not grant.user.is_active:
        return GrantRefusedError("invalid_grant", "inactive user"), "User is Inactive"
    if grant.user.is_frozen:
        return GrantRefusedError("invalid_grant", "user is frozen"), "User Is Frozen"
    if policy.admin_approved and not approved:
        text = "user is not admin approved to access this app"
        return GrantRefusedError("invalid_app_access", text), "Failed: Not approved for access"
    if grant.pre_approved and grant.app and not approved and not _consented(org, grant, policy):
        return GrantRefusedError(
            "invalid_grant", "user hasn't approved this consumer"
        ), "Failed: Not approved"
    if shut := app_rules.why_shut(org, grant.user, policy.name, grant.flow):
        return GrantRefusedError(*shut), "Failed: Not approved for access"
    if refused_at_login(org, grant.user, policy.name, grant.flow, grant.source):
        return GrantRefusedError("invalid_grant", "ip restricted"), org.knobs.refused_login_status
    if refused_by_allowlist(org, policy.name, grant.flow, grant.source):
        text = "ip restricted by app developer"
        return GrantRefusedError("invalid_grant", text), org.knobs.refused_login_status
    return None, "Success"


def _consented(org: DemoOrg, grant: Grant, policy: AppPolicy) -> bool:
    """True if the user authorised an app that every user may authorise."""
    before = any(
        one.user_id == grant.user.id and one.application_id == policy.application_id for one in org.tokens
    )
    return before and policy.application_id is not None and not policy.admin_approved


def _login(org: DemoOrg, grant: Grant, status: str) -> Login:
    label = policy_of(org, grant.app).label or "N/A"
    now = org.clock()
    return Login(
        org.new_id("0Ya"), grant.user.id, now, grant.source, label, subtype=grant.subtype, status=status
    )
