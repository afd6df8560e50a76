"""The check that an integration's users can call the API: one who can't is a nightly sync that doesn't run."""

from collections.abc import Iterable

from sfharden.checks.common import (
    PEOPLE_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    attempt,
    failed,
    passed,
    unknown,
)
from sfharden.facts.api_access import activated_only, api_through
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import PermissionSetRow, User
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import show_names


def judge_callers(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """Each of the integration's users is active, not frozen, and holds API Enabled in every session."""
    named = context.facts.directory.named_users(context.integration.users, context.integration.profile)
    for user in named.found:
        yield attempt(_user_subject(user), lambda user=user: _judge(context, user))  # type: ignore[misc]
    for name in named.missing:
        yield unknown(Subject(kind="user", name=name), named.gap.rstrip("."))


def _user_subject(user: User) -> Subject:
    return Subject(kind="user", name=user.username)


def _judge(context: Context, user: User) -> Verdict:
    subject = _user_subject(user)
    if not user.active or user.frozen:
        state = "frozen" if user.active else "inactive"
        evidence = Evidence(what="user", observed=state, expected="active", source=org.USERS)
        return failed(subject, f"It is {state}, so every call is refused.", evidence)
    through = api_through(context.facts, user)
    if through is None:
        return _refused(context, user)
    if user.frozen is None:
        raise CannotTell("who is frozen was not read")
    evidence = Evidence(
        what="API Enabled", observed=_by(context, through), expected="held", source=org.PERMISSION_SETS
    )
    return passed(subject, "It is active and holds API Enabled in every session.", evidence)


def _refused(context: Context, user: User) -> Verdict:
    asleep = [one.label or one.name for one in activated_only(context.facts, user)]
    text = "It doesn't hold API Enabled, so every call is refused."
    if asleep:
        text = f"It holds API Enabled only by what is activated session by session: {show_names(asleep)}."
    evidence = Evidence(what="API Enabled", observed="not held", expected="held", source=org.PERMISSION_SETS)
    return failed(_user_subject(user), text, evidence)


def _by(context: Context, one: PermissionSetRow) -> str:
    if one.profile_id:
        return f"the profile '{context.facts.directory.profile_label(one.profile_id)}'"
    return f"the permission set{' group' if one.group_id else ''} '{one.label or one.name}'"


def users_subject(context: Context) -> Subject:
    """All of the integration's users."""
    return Subject(kind="user", name=show_names(context.integration.users))


CHECKS = {
    "users_can_call_api": Check(
        "integration", NoParameters, judge_callers, users_subject, (*PEOPLE_PARTS, org.FROZEN)
    ),
}
