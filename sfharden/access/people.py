"""Everybody but the integration's users, as few as needed: one for each profile that counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sfharden.access.approval import assigned_to_user
from sfharden.access.facts import Who
from sfharden.access.gather import known
from sfharden.access.users import APPROVE_UNINSTALLED, who_has_profile, who_is
from sfharden.facts.apps import App
from sfharden.facts.grants import MOST_NAMED, signs_in
from sfharden.facts.index import Index
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.text.names import canonical_profile, literal, profile_aliases
from sfharden.text.wording import count

_NOBODYS_PROFILE = "\0"  # no profile can have this name


class Colleagues:
    """Other people of the org, from its users where they were read, else from the profiles' files."""

    def __init__(self, index: Index, integration: Integration, app: App | None) -> None:
        self._index = index
        self._app = app
        self._own_users = {literal(name) for name in integration.users}
        self._own_profile = canonical_profile(integration.profile)
        users = known(lambda: index.directory.users)
        self._users = users
        self._complete = users is not None and not users.gap

    @property
    def ordinary(self) -> Iterator[Who]:
        """One for each profile, with no permission that makes up for an approval, and who approved nothing yet."""
        for who, users in self._profiles():
            pre_approved = who.pre_approved
            if pre_approved is None and users and self._app:
                pre_approved = self._any_assigned(users, self._app)
            yield replace(
                who,
                pre_approved=pre_approved,
                consented=False,
                approves_uninstalled=False,
                any_api_client=bool(who.any_api_client),
            )

    def _any_assigned(self, users: list[User], app: App) -> bool | None:
        """Whether the app is assigned to any of these users, who share a profile."""
        found = {assigned_to_user(self._index, user, app) for user in users}
        if True in found:
            return True
        return None if None in found else False

    @property
    def approvers(self) -> Iterator[Who]:
        """Who may approve apps that the org doesn't manage, and one who may not if it's known who may."""
        holders = known(lambda: self._index.grants.holders(APPROVE_UNINSTALLED))
        if holders is None:
            for who, _ in self._profiles():
                yield replace(who, consented=False)
            return
        by_profile = {holder.user.profile_id or holder.user.id: holder.user for holder in holders}
        for user in by_profile.values():
            who = who_is(self._index, user, None)
            yield replace(who, consented=False, approves_uninstalled=True)
        for one in holders.unsure:
            yield replace(who_is(self._index, one.user, None), consented=False)
        rest = None if holders.gap else False
        yield Who("anybody else", None, None, None, False, rest, rest)

    def _profiles(self) -> Iterator[tuple[Who, list[User]]]:
        if self._users is not None:
            by_profile, alone = self._by_profile(self._users)
            for profile_id, users in sorted(by_profile.items()):
                yield who_has_profile(self._index, self._profile_name(profile_id), self._app), users
            for user in alone[:MOST_NAMED]:
                yield who_is(self._index, user, self._app), [user]
            if rest := alone[MOST_NAMED:]:
                nobody = who_has_profile(self._index, _NOBODYS_PROFILE, self._app)
                yield replace(nobody, name=f"{count(len(rest), 'more user')} whose profile is not shown"), []
        else:
            for name in self._names_in_files():
                yield who_has_profile(self._index, name, self._app), []
        if not self._complete:
            unknown = who_has_profile(self._index, _NOBODYS_PROFILE, self._app)
            yield replace(unknown, name="anybody else"), []

    def _by_profile(self, users: Iterable[User]) -> tuple[dict[str, list[User]], list[User]]:
        """Those who can sign in, by profile; and those whose profile isn't shown, each by themselves."""
        shown: dict[str, list[User]] = {}
        alone = []
        for user in users:
            if not user.active or not signs_in(user) or literal(user.username) in self._own_users:
                continue
            if user.profile_id in self._index.directory.profiles_by_id:
                shown.setdefault(user.profile_id, []).append(user)
            else:
                alone.append(user)
        return shown, alone

    def _profile_name(self, profile_id: str) -> str:
        row = self._index.directory.profiles_by_id[profile_id]
        return row.api_name or row.label or profile_id

    def _names_in_files(self) -> list[str]:
        """Profiles that were read or that the app is assigned to, without the integration's own."""
        names = [one.name for one in self._index.snapshot.of_kind(kinds.PROFILE)]
        assigned = known(self._app.profiles) if self._app else None
        names += [fact.value for fact in assigned or ()]
        found = {canonical_profile(name): profile_aliases(name)[0] for name in reversed(names)}
        found.pop(self._own_profile, None)
        return sorted(found.values())
