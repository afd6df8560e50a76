"""What an integration's users would lose by having the integration's profile instead of their own.

Rights come from the profiles' files and from the rows of a running org, as far as they were read; what was not is
said. Rights that a user holds by permission sets of their own stay with them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sfharden.facts.api_access import API_ENABLED, lacks_api
from sfharden.facts.directory import NEEDS_ORG
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.org import OBJECT_RIGHTS, PermissionSetRow, User
from sfharden.model.plan import LostRights
from sfharden.model.snapshot import Component
from sfharden.plan.ordinary_rights import (
    ALL_OBJECTS,
    DEPENDS_ON,
    OBJECT_ELEMENTS,
    in_order,
    is_offered,
    object_text,
)
from sfharden.plan.set_names import set_name
from sfharden.text.names import canonical_profile
from sfharden.text.wording import show_names

Objects = Mapping[str, frozenset[str]]  # what is permitted of each object
_PLAIN: Final = frozenset(OBJECT_ELEMENTS)
_NAME: Final = re.compile(
    r"[A-Za-z]\w*(\.[A-Za-z]\w*)?", re.ASCII
)  # of an object or a field; nothing else is offered


@dataclass
class Lost:
    """What all users of an integration lose; `objects` is all that their old profiles permit of objects and fields.

    `held` are all rights of their old profiles: one that is lost may depend on one that isn't.
    """

    rights: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    objects: dict[str, frozenset[str]] = field(default_factory=dict)
    kept_objects: dict[str, frozenset[str]] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def lost_objects(self) -> dict[str, frozenset[str]]:
        """Object by object, what the new profile doesn't permit."""
        every = {name: held - self.kept_objects.get(name, frozenset()) for name, held in self.objects.items()}
        return {name: lost for name, lost in every.items() if lost}

    @property
    def offered_objects(self) -> dict[str, frozenset[str]]:
        """What is offered of objects: all that is plain, since an object's right may depend on that of another."""
        if not any(lost & _PLAIN for lost in self.lost_objects.values()):
            return {}
        return {
            name: held & _PLAIN
            for name, held in self.objects.items()
            if "." not in name and held & _PLAIN and _NAME.fullmatch(name)
        }

    @property
    def offered_fields(self) -> dict[str, frozenset[str]]:
        """Those fields that are lost, of objects that are offered: without its object a field's right is none."""
        objects = self.offered_objects
        lost = {
            name: held for name, held in self.lost_objects.items() if "." in name and _NAME.fullmatch(name)
        }
        return {
            name: held for name, held in lost.items() if "Read" in objects.get(name.partition(".")[0], ())
        }

    @property
    def given(self) -> dict[str, frozenset[str]]:
        """What is offered of what is lost of objects and fields."""
        offered = {**self.offered_objects, **self.offered_fields}
        return {name: held & offered.get(name, frozenset()) for name, held in self.lost_objects.items()}

    @property
    def offered(self) -> frozenset[str]:
        """The rights, besides those on objects, that are offered, with what they depend on."""
        found = set(filter(is_offered, self.rights))
        return frozenset(found | {DEPENDS_ON[one] for one in found if DEPENDS_ON.get(one) in self.held})


def find_lost(facts: Index, integration: Integration, new: Component | None) -> Lost | None:
    """What moving takes from the users who don't have the integration's profile; None if nobody loses anything.

    `new` is that profile as it will be, None where it's neither there nor planned.
    """
    try:
        users = facts.directory.named_users(integration.users, integration.profile).found
    except CannotTell:
        is_new = canonical_profile(integration.profile) not in facts.profiles
        return _of_files(integration) if new and is_new else None
    lost, target = Lost(), _profile_id(facts, integration.profile)
    for user in users:
        if not user.active:
            continue
        if user.profile_id == target:
            _mute(facts, user, lost)
        elif new:
            _moving(facts, user, new, lost)
    return lost if lost.users else None


def _of_files(integration: Integration) -> Lost:
    reason = f"Which profile {show_names(integration.users)} has today {NEEDS_ORG}, so what the new one lacks isn't known."
    return Lost(users=list(integration.users), gaps=[reason])


def _profile_id(facts: Index, name: str) -> str:
    try:
        return facts.directory.profile_id(name)
    except CannotTell:
        return ""


def _mute(facts: Index, user: User, lost: Lost) -> None:
    """Who has the profile and surely can't call the API."""
    if lacks_api(facts, user):
        lost.users.append(user.username)
        lost.rights.add(API_ENABLED)


def _moving(facts: Index, user: User, new: Component, lost: Lost) -> None:
    old = facts.directory.profile_label(user.profile_id)
    lost.users.append(user.username)
    if old not in lost.profiles:
        lost.profiles.append(old)
    kept = _rights_of_file(new) | _row_rights(facts, new.name) | _by_sets(facts, user, lost)
    held = _rights_of_profile(facts, user, old, lost)
    lost.held |= held
    lost.rights |= held - kept
    if API_ENABLED not in kept:
        lost.rights.add(API_ENABLED)
    _add_objects(facts, user, new, lost)
    _compare_licence(facts, user, new, lost)


def _compare_licence(facts: Index, user: User, new: Component, lost: Lost) -> None:
    """A profile belongs to one user licence, and so does who has it (Help: Profiles, User Licenses)."""
    row = facts.directory.profiles_by_id.get(user.profile_id)
    old = facts.profiles.get(canonical_profile(row.api_name or row.label), []) if row else []
    was, becomes = (one.values.get("userLicense", ()) for one in (old[0] if old else new, new))
    if was and becomes and was[0].text != becomes[0].text:
        lost.gaps.append(
            f"The new profile is of the user licence '{becomes[0].text}', and '{user.username}' has '{was[0].text}': "
            "whether the org has one left, and what it doesn't permit, isn't known."
        )


def _rights_of_file(profile: Component) -> frozenset[str]:
    return frozenset(profile.permissions)


def _row_rights(facts: Index, name: str) -> frozenset[str]:
    own = facts.directory.sets_by_profile.get(_profile_id(facts, name))
    return frozenset(own.permissions) if own else frozenset()


def _rights_of_profile(facts: Index, user: User, label: str, lost: Lost) -> frozenset[str]:
    own = facts.directory.sets_by_profile.get(user.profile_id)
    rows = frozenset(own.permissions) if own else frozenset()
    row = facts.directory.profiles_by_id.get(user.profile_id)
    try:
        if row is None:
            raise CannotTell("its record was not read")
        return rows | _rights_of_file(facts.profile(row.api_name or row.label))
    except CannotTell as reason:
        lost.gaps.append(f"Not all that the profile '{label}' grants was read: {reason.reason}.")
        return rows


def _by_sets(facts: Index, user: User, lost: Lost) -> frozenset[str]:
    """What the user keeps by permission sets, as far as it was read; one that has to be activated doesn't count."""
    try:
        sets = facts.grants.sets_of(user)
    except CannotTell as reason:
        lost.gaps.append(f"What '{user.username}' holds by permission sets was not read: {reason.reason}.")
        return frozenset()
    return frozenset(name for one in sets if _stays(one) for name in one.permissions)


def _stays(one: PermissionSetRow) -> bool:
    return not one.profile_id and one.needs_activation is False


# Objects ------------------------------------------------------------------------------------------


def _add_objects(facts: Index, user: User, new: Component, lost: Lost) -> None:
    label = facts.directory.profile_label(user.profile_id)
    mighty = sorted(lost.rights & ALL_OBJECTS)
    if mighty:
        lost.gaps.append(
            f"'{label}' permits every object by {show_names(mighty)}, which is never offered: permit the objects and "
            f"fields that '{user.username}' works on by hand."
        )
    try:
        rows = facts.directory.rows(facts.directory.tables.object_rights, OBJECT_RIGHTS)
        rows.require_whole()
    except CannotTell as reason:
        if not mighty:
            lost.gaps.append(f"What '{label}' permits of objects and fields was not read: {reason.reason}.")
        return
    own = facts.directory.sets_by_profile
    if user.profile_id not in own:
        lost.gaps.append(
            f"What '{label}' permits of objects and fields can't be told: its own permission set was not read."
        )
    old, kept = _id_of(own.get(user.profile_id)), _id_of(own.get(_profile_id(facts, new.name)))
    for one in rows:
        if one.permission_set_id == old:
            lost.objects[one.object] = lost.objects.get(one.object, frozenset()) | frozenset(one.rights)
        if one.permission_set_id == kept:
            lost.kept_objects[one.object] = frozenset(one.rights)


def _id_of(one: PermissionSetRow | None) -> str:
    return one.id if one else "\0"


# Told ---------------------------------------------------------------------------------------------


def told(lost: Lost, integration: Integration) -> LostRights:
    """The same as it's kept and shown: API Enabled and objects first."""
    lacks, given = lost.lost_objects, lost.given
    objects, offered = texts_of(lacks), texts_of(given)
    left_out = texts_of({name: held - given[name] for name, held in lacks.items()})
    every = in_order(frozenset(lost.rights))
    return LostRights(
        integration=integration.name,
        users=tuple(lost.users),
        profiles=tuple(lost.profiles),
        profile=integration.profile,
        rights=_with_objects(every, objects),
        offered=_with_objects(tuple(filter(is_offered, every)), offered),
        left_out=(*left_out, *(one for one in every if not is_offered(one))),
        permission_set=set_name(integration.name) if lost.offered or offered else "",
        gaps=tuple(dict.fromkeys(lost.gaps)),
    )


def _with_objects(rights: tuple[str, ...], objects: Iterable[str]) -> tuple[str, ...]:
    first = rights[:1] if rights[:1] == (API_ENABLED,) else ()
    return (*first, *objects, *rights[len(first) :])


def texts_of(objects: Objects) -> tuple[str, ...]:
    """Objects and fields with their rights, as they are kept and shown."""
    return tuple(object_text(name, held) for name, held in sorted(objects.items()) if held)
