"""Users and what they may do, compared: profiles, permission sets and groups, assignments, objects, who may use which app."""

from collections.abc import Iterator
from typing import Any, Final

from sfharden.checks.drift.found import (
    ASSIGNMENT,
    GROUP,
    GROUP_ASSIGNMENT,
    MEMBER,
    PROFILE_ACCESS,
    SET,
    SET_ACCESS,
    USER,
    About,
    ChangedFact,
    Side,
)
from sfharden.checks.drift.rows import (
    RowPair,
    Table,
    app_names,
    aspect_of,
    group_name,
    group_names,
    is_profiles,
    set_name,
    set_names,
    user_name,
)
from sfharden.model import org
from sfharden.model.drift import FactChange
from sfharden.text.wording import minute


def _user(old: Side, new: Side, pair: RowPair[org.User]) -> Iterator[ChangedFact]:
    """Inactive users are shown only where a token or a login names them, so only active ones come and go."""
    one = pair.row
    if pair.before is None or pair.after is None:
        if one.active:
            yield _of_user(one, pair, "active user", aspect=aspect_of(pair.change))
        return
    was, now = pair.before, pair.after
    told = {
        "username": (was.username, now.username),
        "profile": (_profile(old, was), _profile(new, now)),
        "active": (_yes(was.active), _yes(now.active)),
        "frozen": (_yes(was.frozen), _yes(now.frozen)),
        "user type": (was.user_type, now.user_type),
    }
    for what, (before, after) in told.items():
        if before != after and "" not in (before, after):
            yield _of_user(one, pair, what, before, after, aspect=what)


def _of_user(
    one: org.User, pair: RowPair[org.User], what: str, was: str = "", now: str = "", *, aspect: str
) -> ChangedFact:
    fact = FactChange(
        part=org.USERS,
        kind="user",
        name=one.username,
        what=what,
        change=pair.change,
        was=was,
        now=now,
        note=pair.note,
    )
    names = tuple(sorted({row.username for row in (pair.before, pair.after) if row}))
    return ChangedFact(fact, About(USER, names, ids=(one.id,), aspect=aspect))


def _profile(side: Side, user: org.User) -> str:
    return side.index.directory.profile_label(user.profile_id)


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _permission_set(old: Side, new: Side, pair: RowPair[org.PermissionSetRow]) -> Iterator[ChangedFact]:
    one = pair.row
    if one.profile_id:
        yield from _profile_set(old, new, pair)
        return
    if pair.before is None or pair.after is None:
        if not one.group_id:  # the group itself is told
            yield _of_set(old, new, pair, "permission set", SET, aspect_of(pair.change))
        return
    yield from _permissions(old, new, pair)
    if pair.before.needs_activation != pair.after.needs_activation:
        was, now = _yes(pair.before.needs_activation), _yes(pair.after.needs_activation)
        if was and now:
            yield _of_set(old, new, pair, "needs activation", SET, "needs activation", was=was, now=now)


def _profile_set(old: Side, new: Side, pair: RowPair[org.PermissionSetRow]) -> Iterator[ChangedFact]:
    """What a profile grants stands in its file; its hidden set tells it where either side has no file of it."""
    if pair.before is None or pair.after is None:
        return
    sides = ((old, pair.before), (new, pair.after))
    names = [side.index.directory.profiles_by_id.get(row.profile_id) for side, row in sides]
    files = [
        row is not None and any(one.name == row.api_name for one in side.snapshot.of_kind("Profile"))
        for (side, _), row in zip(sides, names, strict=True)
    ]
    if not all(files):
        yield from _permissions(old, new, pair)


def _permissions(old: Side, new: Side, pair: RowPair[org.PermissionSetRow]) -> Iterator[ChangedFact]:
    """Only what both sides were asked for can be compared."""
    if pair.before is None or pair.after is None:
        return
    asked = set(old.tables.permissions_asked) & set(new.tables.permissions_asked)
    was, now = set(pair.before.permissions) & asked, set(pair.after.permissions) & asked
    if was != now:
        family = GROUP if pair.row.group_id else SET
        yield _of_set(
            old, new, pair, "permissions", family, "userPermissions",
            added=tuple(sorted(now - was)), removed=tuple(sorted(was - now)),
        )  # fmt: skip


def _of_set(
    old: Side,
    new: Side,
    pair: RowPair[org.PermissionSetRow],
    what: str,
    family: str,
    aspect: str,
    **told: object,
) -> ChangedFact:
    one = pair.row
    kind = "profile" if one.profile_id else "permission set group" if one.group_id else "permission set"
    name = set_name(old, new, one.id)
    values = {"part": org.PERMISSION_SETS, "kind": kind, "name": name, "what": what, "change": pair.change}
    fact = FactChange.model_validate({**values, "note": pair.note, **told})
    names = group_names(old, new, one.group_id) if one.group_id else set_names(old, new, one.id)
    files = () if one.profile_id or one.group_id else (f"permissionsets/{one.name}.permissionset",)
    found = "profile" if one.profile_id else family
    return ChangedFact(
        fact, About(found, names, aspect=aspect, members=(*fact.added, *fact.removed), files=files)
    )


def _group(old: Side, new: Side, pair: RowPair[org.PermissionSetGroup]) -> Iterator[ChangedFact]:
    if pair.before is not None and pair.after is not None:
        return  # its status tells of a calculation that runs
    one = pair.row
    fact = FactChange(
        part=org.GROUPS, kind="permission set group", name=one.label or one.name, what="permission set group",
        change=pair.change, note=pair.note,
    )  # fmt: skip
    files = (f"permissionsetgroups/{one.name}.permissionsetgroup",)
    about = About(GROUP, group_names(old, new, one.id), aspect=aspect_of(pair.change), files=files)
    yield ChangedFact(fact, about)


def _member(old: Side, new: Side, pair: RowPair[org.GroupMember]) -> Iterator[ChangedFact]:
    one = pair.row
    if pair.before is not None and pair.after is not None:
        return
    mutes = {row.id: row.name for side in (old, new) for row in side.tables.muting_sets or ()}
    name = mutes.get(one.permission_set_id) or set_name(old, new, one.permission_set_id)
    fact = FactChange(
        part=org.GROUP_MEMBERS, kind="permission set group", name=group_name(old, new, one.group_id),
        what=f"{'muting set' if one.muting else 'member'} {name}", change=pair.change, note=pair.note,
    )  # fmt: skip
    others = (*set_names(old, new, one.permission_set_id), name)
    yield ChangedFact(
        fact, About(MEMBER, group_names(old, new, one.group_id), others=others, aspect=aspect_of(pair.change))
    )


def _muting(old: Side, new: Side, pair: RowPair[org.MutingSet]) -> Iterator[ChangedFact]:
    if pair.before is None or pair.after is None:
        return
    asked = set(old.tables.permissions_asked) & set(new.tables.permissions_asked)
    if pair.before.permissions is None or pair.after.permissions is None:
        return
    was, now = set(pair.before.permissions) & asked, set(pair.after.permissions) & asked
    if was != now:
        added, removed = tuple(sorted(now - was)), tuple(sorted(was - now))
        one = pair.row
        fact = FactChange(
            part=org.MUTING_SETS, kind="muting permission set", name=one.name, what="muted permissions",
            change="changed", added=added, removed=removed,
        )  # fmt: skip
        yield ChangedFact(fact, About(SET, (one.name,), aspect="userPermissions", members=(*added, *removed)))


def _assignment(old: Side, new: Side, pair: RowPair[org.Assignment]) -> Iterator[ChangedFact]:
    one = pair.row
    group = bool(one.group_id)
    name = group_name(old, new, one.group_id) if group else set_name(old, new, one.permission_set_id)
    names = group_names(old, new, one.group_id) if group else set_names(old, new, one.permission_set_id)
    was, now, aspect = "", "", aspect_of(pair.change)
    if pair.before is not None and pair.after is not None:
        was, now, aspect = _standing(pair.before), _standing(pair.after), "expires"
        if was == now or "" in (was, now):
            return
    fact = FactChange(
        part=org.ASSIGNMENTS, kind="user", name=user_name(old, new, one.user_id),
        what=f"permission set{' group' if group else ''} {name}", change=pair.change, was=was, now=now, note=pair.note,
    )  # fmt: skip
    family = GROUP_ASSIGNMENT if group else ASSIGNMENT
    yield ChangedFact(fact, About(family, names, ids=(one.user_id,), aspect=aspect))


def _standing(one: org.Assignment) -> str:
    if one.active is None:
        return ""
    until = f", until {minute(one.expires)}" if one.expires else ""
    return ("in force" if one.active else "ended") + until


def _access(old: Side, new: Side, pair: RowPair[org.AppAccess]) -> Iterator[ChangedFact]:
    one = pair.row
    names, apps = set_names(old, new, one.permission_set_id), app_names(old, new, one.app_id)
    owned = is_profiles(old, new, one.permission_set_id)
    kind, family = ("profile", PROFILE_ACCESS) if owned else ("permission set", SET_ACCESS)
    name = set_name(old, new, one.permission_set_id)
    fact = FactChange(
        part=org.APP_ACCESS, kind="app", name=apps[0] if apps else one.app_id,
        what=f"pre-approved {kind} {name}", change=pair.change, note=pair.note,
    )  # fmt: skip
    yield ChangedFact(fact, About(family, names, others=apps, aspect=aspect_of(pair.change)))


def _objects(old: Side, new: Side, pair: RowPair[org.ObjectRights]) -> Iterator[ChangedFact]:
    one = pair.row
    was, now = set(pair.before.rights if pair.before else ()), set(pair.after.rights if pair.after else ())
    if was == now:
        return
    kind = "profile" if is_profiles(old, new, one.permission_set_id) else "permission set"
    added, removed = tuple(sorted(now - was)), tuple(sorted(was - now))
    fact = FactChange(
        part=org.OBJECT_RIGHTS, kind=kind, name=set_name(old, new, one.permission_set_id), what=one.object,
        change=pair.change, added=added, removed=removed, note=pair.note,
    )  # fmt: skip
    about = About(kind, set_names(old, new, one.permission_set_id), aspect="object", others=(one.object,))
    yield ChangedFact(fact, about)


PEOPLE: Final[tuple[Table[Any], ...]] = (
    Table(org.USERS, "Users", lambda side: side.tables.users, lambda one: one.id, _user),
    Table(
        org.PERMISSION_SETS, "Permission sets", lambda side: side.tables.permission_sets, lambda one: one.id,
        _permission_set,
    ),
    Table(org.GROUPS, "Permission set groups", lambda side: side.tables.groups, lambda one: one.id, _group),
    Table(
        org.GROUP_MEMBERS, "What permission set groups hold", lambda side: side.tables.group_members, tuple, _member
    ),
    Table(
        org.MUTING_SETS, "What permission set groups mute", lambda side: side.tables.muting_sets, lambda one: one.id,
        _muting,
    ),
    Table(
        org.ASSIGNMENTS, "Assignments of permission sets", lambda side: side.tables.assignments,
        lambda one: (one.user_id, one.permission_set_id, one.group_id), _assignment,
    ),
    Table(org.APP_ACCESS, "Who is approved for which app", lambda side: side.tables.app_access, tuple, _access),
)  # fmt: skip
OBJECTS: Final = Table(
    org.OBJECT_RIGHTS, "What profiles permit of objects and fields", lambda side: side.tables.object_rights,
    lambda one: (one.permission_set_id, one.object), _objects,
)  # fmt: skip
