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
from sfharden.facts.api_access import held_through
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.logins import Meaning, got_in, meaning, times_of
from sfharden.facts.rows import NamedUsers
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Login, User
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
    bare, unsure = _without(context, named, _API_ONLY, "API Only User")
    if bare and not _authorised(context):
        text = "No user of the integration has used the app yet; to authorise it takes a page. Then make them API Only."
        yield not_applicable(subject, text)
    elif bare:
        names = show_names(user.username for user in bare)
        evidence = Evidence(what="users who may sign in to pages", observed=names, source=org.ASSIGNMENTS)
        yield failed(subject, f"With its password somebody can sign in to pages as {names}.", evidence)
    elif unsure:
        raise unsure[0]
    else:
        named.require_all()
        evidence = Evidence(what="API Only", observed=show_names(user.username for user in named.found))
        yield passed(subject, "Its users are API Only: they can't sign in to pages.", evidence)


def _users(context: Context) -> NamedUsers:
    if not context.facts.live:
        raise CannotTell(f"what users hold {NEEDS_ORG}")
    return context.facts.directory.named_users(context.integration.users, context.integration.profile)


def _without(
    context: Context, named: NamedUsers, permission: str, label: str
) -> tuple[list[User], list[CannotTell]]:
    """The users who surely don't hold a permission in every session, and why it can't be told of others."""
    bare, unsure = [], []
    for user in named.found:
        try:
            if held_through(context.facts, user, permission, label) is None:
                bare.append(user)
        except CannotTell as reason:
            unsure.append(CannotTell(f"whether '{user.username}' holds {label}: {reason.reason}"))
    return bare, unsure


def _authorised(context: Context) -> bool:
    """True if a user of the integration holds a token of the app, or got in by anything but a page.

    Flows without a person, such as JWT bearer, leave no token. Raises CannotTell if one may be missing.
    """
    seen = Seen(context.facts, context.integration, context.read_at)
    logins = seen.logins_of(seen.named.ids, None)
    if any(one.user_id in seen.named.ids for one in seen.tokens) or any(_is_oauth(one) for one in logins):
        return True
    seen.tokens.require_whole()
    logins.require_whole()
    return False


def _is_oauth(login: Login) -> bool:
    return got_in(login) and login.subtype.casefold().startswith("oauth")


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
        if maybe := [one for one in logins if _may_be_soap(one)]:
            raise CannotTell(
                f"{times_of(maybe, None)} of type '{maybe[0].login_type}', status '{maybe[0].status}', may be by "
                "SOAP login()"
            )
        yield passed(subject, "None of its users was seen to sign in by SOAP login().")
        return
    bare, unsure = _without(context, named, _SOAP, "Use Any API Auth")
    bare = [user for user in bare if any(one.user_id == user.id for one in soap)]
    evidence = Evidence(what="logins by SOAP", observed=times_of(soap, None), source=org.LOGINS)
    if bare:
        names = show_names(user.username for user in bare)
        text = (
            f"{names} signs in by SOAP login() without Use Any API Auth, which that takes from Winter '27 on."
        )
        yield failed(subject, text, evidence)
    elif unsure:
        raise unsure[0]
    else:
        named.require_all()
        yield passed(subject, "Its users sign in by SOAP login(), and hold Use Any API Auth.", evidence)


def _by_soap(login: Login) -> bool:
    return login.subtype.casefold().startswith("soapapilogin")


def _may_be_soap(login: Login) -> bool:
    """Whether a login may have got in by SOAP login(): its way in or how it came out isn't known."""
    told = meaning(login.status)
    if told is Meaning.UNKNOWN and _by_soap(login):
        return True
    open_way = not login.subtype.casefold().startswith("oauth")
    kind = login.login_type.casefold() in _SOAP_TYPES
    return told in (Meaning.SUCCESS, Meaning.UNKNOWN) and kind and open_way


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
