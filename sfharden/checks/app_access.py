"""The check that nobody but the integration may use its app.

In a running org the records decide: SetupEntityAccess tells which profiles and permission sets are approved
for the app (Object Reference). The lists in the app's metadata must not contradict them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sfharden.checks.common import (
    APP_PARTS,
    PEOPLE_PARTS,
    PROFILE_PARTS,
    Check,
    Context,
    Verdict,
    app_subject,
    fact_evidence,
    failed,
    passed,
    require_own_run_as,
)
from sfharden.facts.apps import App
from sfharden.facts.directory import NEEDS_ORG, Directory, same_record
from sfharden.facts.rows import NamedUsers
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import org
from sfharden.model.base import Model
from sfharden.model.org import AppAccess, PermissionSetRow
from sfharden.model.planned import ALLOWED_PROFILES
from sfharden.model.results import Evidence, Subject
from sfharden.text.names import canonical_profile, comma_parts, literal, normalise, torn_names
from sfharden.text.wording import count, show_names


class Limited(Model):
    """`allowed_profiles`: profiles that may be assigned beside the integration's."""

    allowed_profiles: tuple[str, ...] = ALLOWED_PROFILES


def judge_limited(context: Context, parameters: Limited) -> Iterable[Verdict]:
    """Only the integration's profile is assigned to the app, by profile or permission set; and those of others that share it."""
    subject, app, live = app_subject(context), context.app, context.facts.live
    approved, assigned = app.admin_approved(), () if live else app.profiles()
    if not approved.value:
        yield failed(
            subject,
            "Assigning profiles limits nobody while every user may authorise the app.",
            fact_evidence("permitted users", approved, "admin-approved users"),
        )
    elif live:
        yield _judge_access(context, parameters, subject, app)
    else:
        yield _judge_files(context, parameters, subject, app, assigned)


def _judge_files(
    context: Context, parameters: Limited, subject: Subject, app: App, assigned: tuple[Fact[str], ...]
) -> Verdict:
    own = canonical_profile(context.integration.profile)
    torn = _torn(context, app, assigned)
    sharing = (one.profile for one in context.of_app)
    allowed = {own, *map(canonical_profile, (*sharing, *parameters.allowed_profiles))}
    unclear = {part for name in torn for part in comma_parts(name)}
    others = [
        fact.value
        for fact in assigned
        if canonical_profile(fact.value) not in allowed
        and not _RECORD_ID.fullmatch(fact.value)
        and normalise(fact.value) not in unclear
    ]
    names = show_names(fact.value for fact in assigned)
    evidence = Evidence(
        what="assigned profiles",
        observed=names,
        expected=context.integration.profile,
        source=assigned[0].where if assigned else app.where,
    )
    if others:
        return failed(subject, f"Other profiles are assigned to the app: {show_names(others)}.", evidence)
    _refuse_ids(assigned)
    _refuse_torn(torn, evidence.source)
    sets = app.permission_sets()
    if sets:
        held = show_names(fact.value for fact in sets)
        raise CannotTell(
            f"the app is assigned by permission set ({held}); who holds it {NEEDS_ORG}", sets[0].where
        )
    if own not in {canonical_profile(fact.value) for fact in assigned}:
        return failed(
            subject,
            f"The integration's profile is not assigned to the app (assigned: {names}), so it will be refused.",
            evidence,
        )
    require_own_run_as(context)
    return passed(subject, f"Only {names} may use the app.", evidence)


def _torn(context: Context, app: App, assigned: Iterable[Fact[str]]) -> tuple[str, ...]:
    """The profiles that the list of an external client app may mean, though their names have a comma."""
    if not app.external:
        return ()
    names = {*context.facts.profile_names, context.integration.profile}
    return torn_names([fact.value for fact in assigned], names)


def _refuse_torn(torn: tuple[str, ...], where: str) -> None:
    shown = show_names(f"'{name}'" for name in torn)
    if torn:
        raise CannotTell(
            f"the app's list may mean the profile {shown}, whose name has a comma, which separates names there; list "
            "the profile by its record id, or assign a permission set",
            where,
        )


# The policy of an external client app may list record ids in place of names (Metadata API Guide,
# ExtlClntAppOauthConfigurablePolicies); the ids of profiles start with 00e.
_RECORD_ID = re.compile(r"00e[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def _refuse_ids(assigned: Iterable[Fact[str]]) -> None:
    for fact in assigned:
        if _RECORD_ID.fullmatch(fact.value):
            raise CannotTell(
                f"the app is assigned by record id ({fact.value}); whose it is {NEEDS_ORG}", fact.where
            )


@dataclass
class _Seen:
    """What speaks against the app being limited, what leaves it open, and who is approved."""

    faults: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    approved: list[PermissionSetRow] = field(default_factory=list)


def _judge_access(context: Context, parameters: Limited, subject: Subject, app: App) -> Verdict:
    directory, integration = context.facts.directory, context.integration
    own, access = directory.profile_id(integration.profile), directory.app_access
    sharing = context.of_app
    allowed = directory.profile_ids((*parameters.allowed_profiles, *(one.profile for one in sharing))) | {own}
    named, seen = directory.named_users(integration.users, integration.profile), _Seen()
    users = directory.named_users([user for one in sharing for user in one.users], integration.profile)
    record = context.facts.app_record(app)
    mine = [one for one in access if same_record(one.app_id, record.id)]
    _weigh_records(context, mine, allowed, users, seen)
    _weigh_lists(directory, app, allowed, seen)
    names = show_names(_named(directory, one) for one in seen.approved)
    evidence = Evidence(
        what="approved for the app", observed=names, expected=integration.profile, source=org.APP_ACCESS
    )
    if seen.faults:
        return failed(subject, f"Others may use the app: {'; '.join(dict.fromkeys(seen.faults))}.", evidence)
    if seen.gaps:
        raise CannotTell(seen.gaps[0])
    access.require_whole()
    named.require_all()
    if not _own_approved(context, own, named, seen.approved):
        return failed(
            subject,
            f"The integration's profile is not assigned to the app (assigned: {names}), so it will be refused.",
            evidence,
        )
    require_own_run_as(context)
    return passed(subject, f"Only {names} may use the app.", evidence)


def _weigh_records(
    context: Context, access: Iterable[AppAccess], allowed: frozenset[str], users: NamedUsers, seen: _Seen
) -> None:
    """A profile counts by itself, a permission set by those who have it."""
    directory = context.facts.directory
    spared = users.ids | {user.id for user in directory.users if user.profile_id in allowed}
    for one in access:
        found = directory.sets_by_id.get(one.permission_set_id)
        if found is None:
            seen.gaps.append("a permission set that is approved for the app was not read")
            continue
        seen.approved.append(found)
        if found.profile_id:
            if found.profile_id not in allowed:
                seen.faults.append(f"{_named(directory, found)}")
            continue
        others = context.facts.grants.having(found, spared)
        if others.rows:
            who = show_names(user.username for user in others)
            seen.faults.append(f"{count(len(others.rows), 'user')} by {_named(directory, found)} ({who})")
        elif others.gap:
            seen.gaps.append(f"who has {_named(directory, found)}: {others.gap}")


def _weigh_lists(directory: Directory, app: App, allowed: frozenset[str], seen: _Seen) -> None:
    """Whoever the metadata names must be approved by the records, too: of two that differ, either may be right.

    An app without metadata has nothing that could contradict its records.
    """
    if not app.parts and not app.unread:
        return
    try:
        profiles, sets = app.profiles(), app.permission_sets()
    except CannotTell as reason:
        seen.gaps.append(reason.reason)
        return
    own_sets = {one.profile_id for one in seen.approved}
    for fact in profiles:
        found = _profile_id(directory, fact.value)
        if found is None:
            seen.gaps.append(f"the app's metadata names a profile that was not read: {fact.value}")
        elif found not in allowed:
            seen.faults.append(f"the profile '{directory.profile_label(found)}'")
        elif found not in own_sets:
            seen.gaps.append(f"the app's metadata names the profile {fact.value}, its records don't")
    for fact in sets:
        if not any(
            literal(fact.value) == literal(one.name) or same_record(fact.value, one.id)
            for one in seen.approved
        ):
            seen.gaps.append(f"the app's metadata names the permission set {fact.value}, its records don't")


def _profile_id(directory: Directory, name: str) -> str | None:
    if _RECORD_ID.fullmatch(name):
        return next((key for key in directory.profiles_by_id if same_record(key, name)), None)
    try:
        return directory.profile_id(name)
    except CannotTell:
        return None


def _own_approved(context: Context, own: str, named: NamedUsers, approved: list[PermissionSetRow]) -> bool:
    """By the profile, or each user by a permission set of theirs. Raises CannotTell."""
    if any(one.profile_id == own for one in approved):
        return True
    answers = {user.username: context.facts.grants.may_use(user, approved) for user in named.found}
    if False in answers.values():
        return False
    unsure = [name for name, answer in answers.items() if answer is None]
    if unsure:
        raise CannotTell(
            f"whether {show_names(unsure)} may use the app by a permission set group can't be told"
        )
    return True


def _named(directory: Directory, one: PermissionSetRow) -> str:
    if one.profile_id:
        return f"the profile '{directory.profile_label(one.profile_id)}'"
    return f"the permission set '{one.label or one.name}'"


CHECKS = {
    "app_limited_to_profile": Check(
        "integration",
        Limited,
        judge_limited,
        app_subject,
        (*APP_PARTS, *PROFILE_PARTS, org.APP_ACCESS, org.APPS, *PEOPLE_PARTS, org.GROUP_MEMBERS),
    ),
}
