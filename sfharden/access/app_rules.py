"""Rules about the app: who may use it, which flows are on, and what the org or the app blocks."""

from typing import Final

from sfharden.access import published
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Reason, SessionPolicy, Who
from sfharden.access.verdict import allowed, by_fact, either, refused, unknown

# What a session policy that asks for more than a password does to flows in which nobody is there to give it.
_INTERACTIVE: Final = (Flow.CODE_EXCHANGE, Flow.USER_AGENT)
_CONSENT_GIVEN: Final = (Flow.REFRESH, Flow.API_CALL)
_OFF: Final = "API Access Control is off."
_OFF_BY_DEFAULT: Final = (
    "API Access Control is off, as in every org that doesn't show it: Salesforce Support enables it."
)
_WITHOUT_CONSENT: Final = (Flow.JWT_BEARER, Flow.CLIENT_CREDENTIALS)


def judge_permitted(who: Who, flow: Flow, app: AppFacts) -> Reason:
    """Whether this user may use the app: Permitted Users, or the rules for apps that the org doesn't manage."""
    return by_fact(
        app.installed,
        f"Whether the org manages {app.name} is not known.",
        _managed(who, flow, app),
        _unmanaged(who, flow),
    )


def _managed(who: Who, flow: Flow, app: AppFacts) -> Reason:
    return by_fact(
        app.admin_approved,
        f"Who may use {app.name} is not known.",
        by_fact(
            who.pre_approved,
            f"Whether {app.name} is assigned to {who.name} is not known.",
            allowed("The app is assigned to the user.", published.PERMITTED),
            _not_assigned(who, flow, app),
        ),
        _self_authorised(who, flow),
    )


def _not_assigned(who: Who, flow: Flow, app: AppFacts) -> Reason:
    shut = refused(
        "Only admin-approved users may use the app, and it's not assigned to this user.", published.PERMITTED
    )
    if flow is Flow.API_CALL:
        text = "The app is not assigned to the user; whether that ends a session that is alive is not documented."
        shut = unknown(text, published.PERMITTED)
    if flow is Flow.CLIENT_CREDENTIALS:
        text = "The app is not assigned to the user; whether its run-as user must be is not documented."
        shut = unknown(text, published.UNDOCUMENTED)
    if app.external:
        opened = allowed(
            "The user may use any external client app (Use Any API Client).", published.PERMITTED
        )
    else:
        text = "The app is not assigned to the user; whether Use Any API Client makes up for it is not documented."
        opened = unknown(text, published.ANY_CLIENT)
    text = "The app is not assigned to the user; whether they hold Use Any API Client is not known."
    return by_fact(who.any_api_client, text, opened, shut)


def _self_authorised(who: Who, flow: Flow) -> Reason:
    if flow is Flow.JWT_BEARER and not who.consented:
        text = "JWT bearer needs a user who approved the app before; that is not known of this one."
        return unknown(text, published.JWT)
    return allowed("Every user may authorise the app for themselves.", published.PERMITTED)


def _unmanaged(who: Who, flow: Flow) -> Reason:
    before = "The org doesn't manage the app, but who authorised it before may go on using it."
    if flow in _CONSENT_GIVEN:
        return allowed(before, published.UNINSTALLED)
    if who.approves_uninstalled is False and who.consented is False:
        text = "The org doesn't manage the app, and the user may not approve such apps."
        return refused(text, published.UNINSTALLED)
    if flow in _WITHOUT_CONSENT:
        text = "The org doesn't manage the app; whether this flow works for such apps is not documented."
        return unknown(text, published.UNDOCUMENTED)
    if who.approves_uninstalled:
        text = "The user may approve apps that the org doesn't manage (Approve Uninstalled Connected Apps)."
        return allowed(text, published.UNINSTALLED)
    if who.consented:
        return allowed(before, published.UNINSTALLED)
    text = "Whether the user may approve apps that the org doesn't manage is not known."
    return unknown(text, published.UNINSTALLED)


def judge_access_control(who: Who, flow: Flow, app: AppFacts, org: OrgFacts) -> Reason:
    """API Access Control: only admin-approved apps may call APIs."""
    return by_fact(
        org.api_access_control,
        "Whether API Access Control is on is not known, nor what it would do here.",
        _under_access_control(who, flow, app),
        allowed(_OFF_BY_DEFAULT if org.access_control_by_default else _OFF, published.ACCESS_CONTROL),
    )


def _under_access_control(who: Who, flow: Flow, app: AppFacts) -> Reason:
    if app.installed and app.admin_approved and who.pre_approved:
        return allowed("API Access Control lets admin-approved apps through.", published.ACCESS_CONTROL)
    if who.any_api_client:
        return allowed(
            "The user is exempt from API Access Control (Use Any API Client).", published.ANY_CLIENT
        )
    sure = app.installed is False and who.any_api_client is False and who.approves_uninstalled is False
    if sure and flow is Flow.API_CALL:
        text = "API Access Control is on, and the org doesn't manage the app."
        return refused(text, published.ACCESS_CONTROL)
    text = "API Access Control is on; whether it lets this app and this user through is not documented."
    return unknown(text, published.ACCESS_CONTROL)


def judge_flow(flow: Flow, facts: Facts) -> Reason | None:
    """Whether the org and the app have this flow switched on; None for flows that can't be switched off."""
    org = facts.org
    match flow:
        case Flow.USER_AGENT:
            return _switch(org.user_agent_blocked, "the user-agent flow")
        case Flow.USERNAME_PASSWORD:
            return _switch(org.password_blocked, "the username-password flow")
        case Flow.CLIENT_CREDENTIALS:
            on = facts.app.client_credentials if facts.app else None
            return by_fact(
                on,
                "Whether the app has the client credentials flow on is not known.",
                allowed("The app has the client credentials flow on.", published.CLIENT_CREDENTIALS),
                refused("The app has the client credentials flow off.", published.CLIENT_CREDENTIALS),
            )
        case _:
            return None


def _switch(blocked: bool | None, what: str) -> Reason:
    return by_fact(
        blocked,
        f"Whether the org blocks {what} is not known.",
        refused(f"The org blocks {what}.", published.BLOCKED_FLOWS),
        allowed(f"The org doesn't block {what}.", published.BLOCKED_FLOWS),
    )


def judge_blocked(who: Who, app: AppFacts) -> Reason:
    """Whether the org blocks this app for everybody."""
    blocked = refused("The org blocks the app.", published.BLOCKED_APPS)
    if who.any_api_client is not False:
        # Salesforce's own announcement says that the permission reaches blocked apps too.
        blocked = unknown(
            "The org blocks the app; users with Use Any API Client may be exempt.", published.ANY_CLIENT
        )
    fine = allowed("The org doesn't block the app.", published.BLOCKED_APPS)
    return by_fact(app.blocked, "Whether the org blocks the app is not known.", blocked, fine)


def judge_session_policy(flow: Flow, app: AppFacts) -> Reason:
    """What the app's session policy does to this flow."""
    if app.session_policy is None:
        cases = [_session(flow, one) for one in SessionPolicy]
        return either("The app's session policy is not known.", *cases)
    return _session(flow, app.session_policy)


def _session(flow: Flow, policy: SessionPolicy) -> Reason:
    rule = published.SESSION_POLICY
    if policy is SessionPolicy.NONE:
        return allowed("The app asks for no higher session level.", rule)
    if policy is SessionPolicy.BLOCK:
        return refused("The app's session policy makes it unusable.", rule)
    if flow is Flow.JWT_BEARER:
        return refused(
            "The app asks for a second factor, which shuts out flows without the user's approval.", rule
        )
    if flow in _INTERACTIVE:
        return allowed("The app asks for a second factor, which is no refusal.", rule)
    return unknown("The app asks for a second factor; what that does to this flow is not documented.", rule)


def judge_refresh_policy(app: AppFacts) -> Reason:
    """Whether the app has refresh tokens at all: the policy `zero` ends each at once."""
    return by_fact(
        app.refreshes,
        "Whether the app's refresh tokens end at once is not known.",
        allowed("The app's refresh token policy lets tokens live.", published.REFRESH_POLICY),
        refused("The app's refresh token policy ends refresh tokens at once.", published.REFRESH_POLICY),
    )


def judge_unknown(app: AppFacts) -> list[Reason]:
    """Settings whose effect is not documented: nothing is allowed for sure while one is on."""
    return [
        unknown(f"{text}; what that does is not documented.", published.UNDOCUMENTED) for text in app.unknown
    ]
