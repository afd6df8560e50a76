"""Checks of the integration's users: that nobody can sign in to the pages as one, and how they sign in by SOAP."""

from collections.abc import Iterator
from typing import Final

from sfharden.checks.common import (
    Check,
    Context,
    NoParameters,
    Verdict,
    failed,
    not_applicable,
    passed,
    profile_subject,
)
from sfharden.checks.seen import Seen
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.logins import got_in, times_of
from sfharden.facts.rows import NamedUsers
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Login
from sfharden.model.results import Evidence
from sfharden.text.wording import show_names

_API_ONLY: Final = "ApiUserOnly"
_SOAP: Final = "UseAnyApiAuth"
# Login types of the calls that SOAP login() makes; other ways have them too, so they only make it possible (Object
# Reference, LoginHistory, LoginType and LoginSubType).
_SOAP_TYPES: Final = frozenset({"other apex api", "partner product"})


def judge_api_only(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Once the connection was authorised, the integration's users are API Only: the password opens no page.

    API Only User: Help, `shr` catalogue, API-Only Access Control. Somebody has to sign in to a page to authorise the
    connection, so before that it would be in the way.
    """
    subject, named = profile_subject(context), _users(context)
    holders = context.facts.grants.holders(_API_ONLY)
    held = {one.user.id for one in holders if not one.through.needs_activation}
    open_users = [user for user in named.found if user.id not in held]
    sure = [user for user in open_users if not holders.why_unsure_of(user)]
    if sure and not _authorised(context):
        text = "No user of the integration has authorised the app yet; that takes a page. Then make them API Only."
        yield not_applicable(subject, text)
        return
    if sure:
        names = show_names(user.username for user in sure)
        evidence = Evidence(what="users who may sign in to pages", observed=names, source=org.ASSIGNMENTS)
        yield failed(subject, f"With its password somebody can sign in to pages as {names}.", evidence)
        return
    if open_users:
        raise CannotTell(
            f"whether '{open_users[0].username}' is API Only: {holders.why_unsure_of(open_users[0])}"
        )
    named.require_all()
    evidence = Evidence(what="API Only", observed=show_names(user.username for user in named.found))
    yield passed(subject, "Its users are API Only: they can't sign in to pages.", evidence)


def _users(context: Context) -> NamedUsers:
    if not context.facts.live:
        raise CannotTell(f"what users hold {NEEDS_ORG}")
    return context.facts.directory.named_users(context.integration.users, context.integration.profile)


def _authorised(context: Context) -> bool:
    """True if a user of the integration holds a token of the app. Raises CannotTell if one may be missing."""
    seen = Seen(context.facts, context.integration, context.read_at)
    if any(one.user_id in seen.named.ids for one in seen.tokens):
        return True
    seen.tokens.require_whole()
    return False


def judge_soap_login(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """No user of the integration signs in by SOAP login(), or they hold the permission that it takes now.

    Help 005132110: Use Any API Auth; that it's enforced for all is announced for Winter '27.
    """
    subject, named = profile_subject(context), _users(context)
    seen = Seen(context.facts, context.integration, context.read_at)
    logins = seen.logins_of(named.ids, None)
    soap = tuple(one for one in logins if got_in(one) and _by_soap(one))
    if not soap:
        named.require_all()
        logins.require_whole()
        if maybe := [one for one in logins if got_in(one) and _may_be_soap(one)]:
            raise CannotTell(
                f"{times_of(maybe, None)}{seen.counted_since(None)} of type '{maybe[0].login_type}' may be by SOAP login()"
            )
        yield passed(subject, "None of its users was seen to sign in by SOAP login().")
        return
    holders = context.facts.grants.holders(_SOAP)
    held = {one.user.id for one in holders}
    users = {one.user_id for one in soap} - held
    unsure = [user for user in named.found if user.id in users and holders.why_unsure_of(user)]
    evidence = Evidence(
        what="logins by SOAP", observed=f"{times_of(soap, None)}{seen.counted_since(None)}", source=org.LOGINS
    )
    if users - {user.id for user in unsure}:
        names = show_names(user.username for user in named.found if user.id in users)
        text = (
            f"{names} signs in by SOAP login() without Use Any API Auth, which that takes from Winter '27 on."
        )
        yield failed(subject, text, evidence)
    elif unsure:
        raise CannotTell(f"whether '{unsure[0].username}' holds {_SOAP}: {holders.why_unsure_of(unsure[0])}")
    else:
        yield passed(subject, "Its users sign in by SOAP login(), and hold Use Any API Auth.", evidence)


def _by_soap(login: Login) -> bool:
    return login.subtype.casefold().startswith("soapapilogin")


def _may_be_soap(login: Login) -> bool:
    return not login.subtype and login.login_type.casefold() in _SOAP_TYPES


CHECKS = {
    "users_api_only": Check(
        "integration",
        NoParameters,
        judge_api_only,
        profile_subject,
        # Who is seen to hold it, holds it, whatever groups and tokens would have told.
        (org.USERS, org.PERMISSION_SETS, org.ASSIGNMENTS),
    ),
    "soap_login_ready": Check(
        "integration", NoParameters, judge_soap_login, profile_subject, (org.USERS, org.LOGINS)
    ),
}
