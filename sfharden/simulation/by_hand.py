"""The steps that a package leaves to people, done: users have the integration's profile, and the permission set offered.

A user's profile and who has a permission set are records, which no metadata can change. So they are laid under the
proposal as if somebody had changed them, and everything is judged once more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sfharden.access.gather import known
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.org import Assignment, PermissionSetRow, ProfileRow, User
from sfharden.model.plan import LostRights
from sfharden.model.snapshot import Component, Snapshot
from sfharden.plan.lost_rights import find_lost, told
from sfharden.plan.offered_set import assign_step
from sfharden.plan.ordinary_rights import ADMINISTRATIVE
from sfharden.plan.people import assignment_step
from sfharden.plan.set_content import SetContent, activation_of, granted, set_content, set_files, set_row
from sfharden.simulation.proposal import overlay
from sfharden.text.names import literal
from sfharden.text.wording import show_names

_IDS: Final = "ByHand"  # within a record id that the org has yet to give


@dataclass(frozen=True, slots=True)
class Steps:
    """What is left to a person for one integration, what its users would lose by it, and what of that comes back.

    `rights` is None where nothing is lost. `has_set` tells that the permission set that is offered is there at all,
    `missing` what of the rights offered doesn't surely stand in it, and `why` if nothing in it counts for sure. `gained` are
    the rights beyond plain ones that the steps give the users, in sentences.
    """

    texts: tuple[str, ...] = ()
    rights: LostRights | None = None
    has_set: bool = False
    missing: tuple[str, ...] = ()
    why: str = ""
    gained: tuple[str, ...] = ()

    @property
    def given_back(self) -> bool:
        """True only if all that is offered surely comes back."""
        return self.has_set and not self.missing

    @property
    def stays_lost(self) -> tuple[str, ...]:
        """What nothing surely gives back: what isn't offered, and what the set lacks, the API too."""
        return (*self.missing, *(self.rights.left_out if self.rights else ()))


@dataclass(frozen=True, slots=True)
class ByHand:
    """The steps by integration; and the snapshot once all are done, None if there are none to do."""

    steps: dict[str, Steps]
    snapshot: Snapshot | None


def by_hand(
    before: Snapshot, proposal: Snapshot, after: Snapshot, integrations: Sequence[Integration]
) -> ByHand:
    """What is left to people once a proposal is deployed, and what is there when they have done it."""
    hands = _Hands(Index(before), Index(after))
    steps = {one.name: hands.steps(one) for one in integrations}
    if not any(one.texts for one in steps.values()):
        return ByHand(steps, None)
    return ByHand(steps, overlay(hands.ready(), proposal))


@dataclass
class _Hands:
    """The records, as people change them."""

    before: Index
    after: Index
    users: dict[str, User] = field(default_factory=dict)
    profiles: list[ProfileRow] = field(default_factory=list)
    sets: list[PermissionSetRow] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    def steps(self, integration: Integration) -> Steps:
        """The steps of one integration, which are then done."""
        new = known(lambda: self.after.profile(integration.profile))
        lost = find_lost(self.before, integration, new)
        rights = told(lost, integration) if lost else None
        name = rights.permission_set if rights else ""
        content, row = (set_content(self.after, name), self._set(name)) if name else (None, None)
        given = [user for user in self._users(rights.users if rights else ()) if self._assign(user, row)]
        moved = [user for user in self._users(integration.users) if new and self._move(user, new)]
        gained = [*_by_set(content, given), *(self._by_profile(new, moved) if new else ())]
        texts = [assign_step(integration, [one.username for one in given])] if given else []
        texts += [assignment_step(integration.profile, [one.username for one in moved])] if moved else []
        return Steps(
            tuple(texts),
            rights,
            has_set=row is not None,
            missing=content.missing(lost) if content and lost else rights.offered if rights else (),
            why=content.why if content else "",
            gained=tuple(gained),
        )

    def ready(self) -> Snapshot:
        """What was read, with the records as they would be."""
        snapshot, org = self.before.snapshot, self.before.directory.tables
        users = tuple(self.users.get(one.id, one) for one in org.users or ())
        update: dict[str, object] = {"users": users, "profiles": (*(org.profiles or ()), *self.profiles)}
        if org.permission_sets is not None:
            update["permission_sets"] = (*org.permission_sets, *self.sets)
        if org.assignments is not None:
            update["assignments"] = (*org.assignments, *self.assignments)
        return snapshot.model_copy(update={"org": org.model_copy(update=update)})

    def _by_profile(self, new: Component, users: Iterable[User]) -> Iterator[str]:
        """What a profile gives to administer the org and the users didn't hold by their old one."""
        mighty = ADMINISTRATIVE & (granted(new) | self._of_record(self.after, new.name))
        for user in users:
            label = self.before.directory.profile_label(user.profile_id)
            if gained := mighty - self._held(user):
                yield f"The profile '{new.name}' gives {user.username} what '{label}' doesn't: {show_names(gained)}."

    def _held(self, user: User) -> frozenset[str]:
        """What a user surely holds by their profile."""
        own = self.before.directory.sets_by_profile.get(user.profile_id)
        row = self.before.directory.profiles_by_id.get(user.profile_id)
        file = known(lambda: self.before.profile(row.api_name or row.label)) if row else None
        return frozenset(own.permissions if own else ()) | (granted(file) if file else frozenset())

    @staticmethod
    def _of_record(facts: Index, name: str) -> frozenset[str]:
        key = known(lambda: facts.directory.profile_id(name))
        own = facts.directory.sets_by_profile.get(key) if key else None
        return frozenset(own.permissions if own else ())

    def _users(self, names: Sequence[str]) -> Iterator[User]:
        wanted = {literal(name) for name in names}
        everybody = self.before.directory.users_by_id.values()
        return (one for one in everybody if one.active and literal(one.username) in wanted)

    def _move(self, user: User, new: Component) -> bool:
        """Give a user the profile; False if they have it, or if profiles were not read."""
        row = self._profile(new)
        if row is None or user.profile_id == row.id:
            return False
        self.users[user.id] = user._replace(profile_id=row.id)
        return True

    def _profile(self, new: Component) -> ProfileRow | None:
        """The record of a profile; of one that is to be deployed, the one that it will have."""
        if self.before.directory.tables.profiles is None:
            return None
        rows = (*self.before.directory.profiles_by_id.values(), *self.profiles)
        for one in rows:
            if literal(new.name) in (literal(one.api_name), literal(one.label)):
                return one
        row = ProfileRow(self._id("00e", len(self.profiles)), new.name, new.name)
        self.profiles.append(row)
        own = PermissionSetRow(
            self._id("0PS", len(self.sets)), f"X{row.id}", "", row.id, "", self._shown(new)
        )
        self.sets.append(own)
        return row

    def _set(self, name: str) -> PermissionSetRow | None:
        """The record of a permission set that is there or is to be deployed; None if it's neither."""
        found = set_row(self.before, name)
        files = set_files(self.after, name)
        if found or not files:
            return found
        row = PermissionSetRow(
            self._id("0PS", len(self.sets)),
            files[0].name,
            files[0].name,
            "",
            "",
            self._shown(files[0]),
            activation_of(files),
        )
        self.sets.append(row)
        return row

    def _assign(self, user: User, row: PermissionSetRow | None) -> bool:
        """Give a user a permission set; False if there's none, or they have it."""
        if row is None or self._has(user, row):
            return False
        self.assignments.append(Assignment(user.id, row.id, "", True))
        return True

    def _has(self, user: User, row: PermissionSetRow) -> bool:
        try:
            return self.before.grants.has_set(user, row) is True
        except CannotTell:
            return False

    def _shown(self, granter: Component) -> tuple[str, ...]:
        """What it grants of the permissions that were asked for."""
        return tuple(sorted(set(self.before.directory.tables.permission_names) & granted(granter)))

    def _id(self, prefix: str, number: int) -> str:
        return f"{prefix}{_IDS}{number:06}AAA"


def _by_set(content: SetContent | None, users: Sequence[User]) -> Iterator[str]:
    """What a permission set gives besides plain rights on data and the API."""
    who = show_names(one.username for one in users)
    if content and content.unseen and users:
        yield f"Whether the permission set '{content.label}' also gives {who} {show_names(content.unseen)} was not read."
    if content and content.beyond and users:
        yield f"The permission set '{content.label}' also gives {who} what is never offered: {show_names(content.beyond)}."
