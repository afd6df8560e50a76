"""Checks of permissions: an integration without administrative ones, and few holders of dangerous ones."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from sfharden.checks.common import (
    PEOPLE_PARTS,
    PROFILE_PARTS,
    Check,
    Context,
    Verdict,
    failed,
    named_apart,
    not_applicable,
    org_subject,
    passed,
    profile_subject,
    unknown,
)
from sfharden.facts.directory import NEEDS_ORG, Directory
from sfharden.facts.permissions import OF_ACCESS_CONTROL, access_control_is_on, why_unsure
from sfharden.facts.profiles import permissions, refuse_damaged_permission
from sfharden.facts.values import CannotTell
from sfharden.model import kinds, org
from sfharden.model.base import Model
from sfharden.model.org import PermissionSetRow, User
from sfharden.model.results import Evidence, Subject
from sfharden.model.snapshot import Component
from sfharden.text.names import canonical_profile, one_edit_apart
from sfharden.text.wording import count, show_names


class LeastPrivilege(Model):
    """`forbidden`: API names of permissions that an integration has no need of."""

    forbidden: tuple[str, ...] = Field(min_length=1)


class _Grant(NamedTuple):
    username: str
    through: str
    names: tuple[str, ...]


def judge_least_privilege(context: Context, parameters: LeastPrivilege) -> Iterable[Verdict]:
    """The profile grants none of the forbidden permissions; in a running org, nor do its users' permission sets."""
    subject, profile = profile_subject(context), context.profile
    forbidden = frozenset(parameters.forbidden)
    by_sets = _by_sets(context, profile, forbidden) if context.facts.live else []
    granted = profile.permissions
    excess = sorted(set(granted) & forbidden)
    if excess or by_sets:
        yield _excess(subject, profile, granted, excess, by_sets)
        return
    permissions(profile, whole=context.facts.live)
    context.facts.require_whole(profile, "such permissions")
    refuse_damaged_permission(profile, parameters.forbidden)
    sets = _require_sets(context, forbidden) if context.facts.live else ()
    evidence = Evidence(
        what="administrative permissions", observed="none", expected="none", source=profile.file
    )
    yield passed(
        subject,
        f"It holds none of {len(parameters.forbidden)} administrative permissions.",
        evidence,
        *sets,
    )


def _excess(
    subject: Subject, profile: Component, granted: dict[str, int], excess: list[str], by_sets: list[_Grant]
) -> Verdict:
    evidence, told = [], []
    if excess:
        first = profile.where(min(granted[name] for name in excess))
        told.append(f"It holds {count(len(excess), 'administrative permission')}: {show_names(excess)}.")
        evidence.append(_permissions_of(excess, "administrative permissions", first))
    for one in by_sets:
        names = show_names(one.names)
        told.append(f"{one.username} holds {names} by {one.through}.")
        evidence.append(_permissions_of(one.names, f"permissions by {one.through}", org.ASSIGNMENTS))
    return failed(subject, " ".join(told), *evidence)


def _permissions_of(names: Sequence[str], what: str, source: str) -> Evidence:
    return Evidence(what=what, observed=", ".join(names), expected="none", source=source)


def _by_sets(context: Context, profile: Component, forbidden: frozenset[str]) -> list[_Grant]:
    """What the integration's users hold of it by permission sets or their profile, as far as that was read."""
    directory, found = context.facts.directory, []
    try:
        users = directory.named_users(context.integration.users, context.integration.profile).found
        held = [(user, one) for user in users for one in context.facts.grants.sets_of(user)]
    except CannotTell:
        return []  # a pass asks for them again
    for user, one in held:
        names = tuple(sorted(forbidden.intersection(one.permissions)))
        told = bool(one.profile_id) and profile.permissions.keys() >= set(names)  # by the profile's file
        if names and not told:
            found.append(_Grant(user.username, _source(directory, one), names))
    return found


def _source(directory: Directory, one: PermissionSetRow) -> str:
    if one.profile_id:
        return f"the profile '{directory.profile_label(one.profile_id)}'"
    return f"the permission set{' group' if one.group_id else ''} '{one.label or one.name}'"


def _require_sets(context: Context, forbidden: frozenset[str]) -> tuple[Evidence, ...]:
    """What a pass rests on besides the file: all users and their permission sets, and what those could grant."""
    directory = context.facts.directory
    users = directory.named_users(context.integration.users, context.integration.profile)
    users.require_all()
    directory.users.require_whole()
    held = [context.facts.grants.sets_of(user) for user in users.found]
    for sets in held:
        sets.require_whole()
    given = sorted({_source(directory, one) for sets in held for one in sets if not one.profile_id})
    if not given:
        return (Evidence(what="permission sets of its users", observed="none", source=org.ASSIGNMENTS),)
    evidence = Evidence(
        what="permission sets of its users", observed=show_names(given), source=org.ASSIGNMENTS
    )
    absent = sorted(forbidden.difference(directory.tables.permission_names))
    _refuse_unsure(context, absent)
    lacks = Evidence(what="permissions that the org does not have", observed=show_names(absent))
    return (evidence, lacks) if absent else (evidence,)


def _refuse_unsure(context: Context, absent: Iterable[str]) -> None:
    """Raise CannotTell unless the org surely has none of these permissions, so that no set can grant one."""
    unsure = {name: why for name in absent if (why := why_unsure(context.facts, name))}
    if unsure:
        first = next(iter(unsure))
        raise CannotTell(
            f"its users have permission sets, and whether those grant {show_names(unsure)} was not read: "
            f"{first} {unsure[first]}"
        )


class HoldersAllowed(Model):
    """`permission`: the API name; `allowed_profiles`, `allowed_permission_sets`: who may hold it, and through what.

    `absent`: what it means that a running org doesn't have the permission.
    """

    permission: str
    allowed_profiles: tuple[str, ...] = ()
    allowed_permission_sets: tuple[str, ...] = ()
    absent: Literal["not-applicable", "unknown"] = "unknown"


def judge_holders(context: Context, parameters: HoldersAllowed) -> Iterator[Verdict]:
    """No active user but those of the allowed profiles holds the permission.

    Files can't tell who holds a permission set, nor that all of them were read: they name what grants it, and
    give no pass.
    """
    if context.facts.live:
        yield from _judge_holders_of_org(context, parameters)
        return
    yield from _granting(context, parameters, kinds.PROFILE, "profile")
    yield from _granting(context, parameters, kinds.PERMISSION_SET, "permission-set")
    yield unknown(
        org_subject(context),
        f"who else holds {parameters.permission} {NEEDS_ORG} (files may leave profiles out)",
    )


def _judge_holders_of_org(context: Context, parameters: HoldersAllowed) -> Iterator[Verdict]:
    tables, name = context.facts.directory.tables, parameters.permission
    if name not in tables.permission_names:
        yield from _granting(context, parameters, kinds.PROFILE, "profile")
        yield _absent(context, parameters, asked=name in tables.permissions_asked)
        return
    directory = context.facts.directory
    holders, allowed = context.facts.grants.holders(name), directory.profile_ids(parameters.allowed_profiles)
    by_source: dict[PermissionSetRow, set[User]] = {}
    spared: set[User] = set()
    for one in holders:
        if one.user.profile_id in allowed or (
            not one.through.profile_id and one.through.name in parameters.allowed_permission_sets
        ):
            spared.add(one.user)
        else:
            by_source.setdefault(one.through, set()).add(one.user)
    sources = sorted(by_source)
    named = named_apart("permission-set", ((_name_of(directory, one), one.id) for one in sources))
    for source, subject in zip(sources, named, strict=True):
        kind = "profile" if source.profile_id else "permission-set"
        yield _held(subject.model_copy(update={"kind": kind}), name, by_source[source])
    for gap in holders.unsure:
        yield unknown(_user_subject(gap.user), f"whether '{gap.user.username}' holds {name}: {gap.reason}")
    if holders.gap:
        yield unknown(org_subject(context), f"who else holds {name}: {holders.gap}")
    elif not by_source and not holders.unsure:
        yield _nobody(context, name, spared)


def _user_subject(user: User) -> Subject:
    return Subject(kind="user", name=user.username)


def _absent(context: Context, parameters: HoldersAllowed, *, asked: bool) -> Verdict:
    subject, name = org_subject(context), parameters.permission
    if not asked:
        return unknown(subject, f"whether anybody holds {name} was not asked")
    if name == OF_ACCESS_CONTROL and access_control_is_on(context.facts):
        return unknown(subject, f"API Access Control is on, yet the org doesn't show the permission {name}")
    near = [one for one in context.facts.directory.tables.permission_names if one_edit_apart(one, name)]
    if parameters.absent == "unknown" or near:
        return unknown(subject, f"the org doesn't show the permission {name}")
    evidence = Evidence(what=name, observed="not there", source=org.PERMISSION_SETS)
    return not_applicable(subject, f"The org doesn't have the permission {name}.", evidence)


def _name_of(directory: Directory, one: PermissionSetRow) -> str:
    return directory.profile_label(one.profile_id) if one.profile_id else one.label or one.name


def _held(subject: Subject, permission: str, users: set[User]) -> Verdict:
    names = show_names(user.username for user in users)
    evidence = Evidence(
        what=f"active users who hold {permission} by it",
        observed=f"{len(users):,}: {names}",
        expected="none",
        source=org.ASSIGNMENTS,
    )
    return failed(
        subject, f"It grants {permission} to {count(len(users), 'active user')}: {names}.", evidence
    )


def _nobody(context: Context, permission: str, spared: set[User]) -> Verdict:
    names = show_names(user.username for user in spared)
    evidence = Evidence(
        what=f"active users who hold {permission}",
        observed=f"{len(spared):,}: {names}" if spared else "none",
        expected="none but the allowed ones",
        source=org.ASSIGNMENTS,
    )
    but = f" but {count(len(spared), 'allowed user')}" if spared else ""
    return passed(org_subject(context), f"Nobody{but} holds {permission}.", evidence)


def _granting(context: Context, parameters: HoldersAllowed, kind: str, word: str) -> Iterator[Verdict]:
    spared = {canonical_profile(name) for name in parameters.allowed_profiles if kind == kinds.PROFILE}
    holders = [
        one
        for one in context.facts.snapshot.of_kind(kind)
        if parameters.permission in one.permissions and canonical_profile(one.name) not in spared
    ]
    subjects = named_apart(word, ((one.name, one.file) for one in holders))
    for component, subject in zip(holders, subjects, strict=True):
        evidence = Evidence(
            what=parameters.permission,
            observed="granted",
            expected="not granted",
            source=component.where(component.permissions[parameters.permission]),
        )
        yield failed(subject, f"It grants {parameters.permission}.", evidence)


CHECKS = {
    "profile_least_privilege": Check(
        "integration", LeastPrivilege, judge_least_privilege, profile_subject, (*PROFILE_PARTS, *PEOPLE_PARTS)
    ),
    "permission_holders": Check(
        "org", HoldersAllowed, judge_holders, org_subject, (org.PROFILES, *PEOPLE_PARTS)
    ),
}
