"""The snapshot with its indexes: a profile or an app by name, known for sure or not at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sfharden.facts.apps import App
from sfharden.facts.directory import Directory
from sfharden.facts.grants import Grants
from sfharden.facts.known_apps import KnownApps
from sfharden.facts.profiles import login_ranges, looks_whole
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model import kinds
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Component, Gap, Snapshot
from sfharden.text.names import canonical_profile, literal, normalise, profile_aliases, suggestion


@dataclass(frozen=True)
class Index:
    """A snapshot with its indexes."""

    snapshot: Snapshot

    @cached_property
    def directory(self) -> Directory:
        """The tables of a running org; asking them of metadata files raises CannotTell."""
        return Directory(self.snapshot)

    @cached_property
    def grants(self) -> Grants:
        """Who holds what, in a running org."""
        return Grants(self.directory)

    @cached_property
    def _apps(self) -> KnownApps:
        return KnownApps(self.snapshot, self.directory)

    @property
    def apps(self) -> tuple[App, ...]:
        """All apps that any source knows."""
        return self._apps.all

    @cached_property
    def profiles(self) -> dict[str, list[Component]]:
        """Profiles by comparable name; more than one file may describe one profile."""
        found: dict[str, list[Component]] = {}
        for component in self.snapshot.of_kind(kinds.PROFILE):
            found.setdefault(canonical_profile(component.name), []).append(component)
        return found

    @cached_property
    def _profiles_as_written(self) -> dict[str, list[Component]]:
        """Profiles by their name in its file: asked for once a profile, it must not cost a look at all of them."""
        found: dict[str, list[Component]] = {}
        for component in self.snapshot.of_kind(kinds.PROFILE):
            found.setdefault(literal(component.name), []).append(component)
        return found

    def profile(self, name: str) -> Component:
        """The profile of that API name or label. Raises CannotTell unless exactly one is known for sure."""
        if self.live:
            return self._profile_of_org(name)
        key = canonical_profile(name)
        self._refuse_gap(kinds.PROFILE, lambda gap: canonical_profile(gap.name) == key)
        found = self.profiles.get(key, [])
        if not found:
            raise NoSuchName(f"no profile named '{name}' was read", self.near_profile(name))
        if any(_differs(found[0], other) for other in found[1:]):
            raise CannotTell(f"{len(found)} files describe the profile '{name}' and differ", found[1].file)
        return found[0]

    def near_profile(self, name: str) -> str:
        """` Did you mean 'x'?` for the profile of the nearest name."""
        return suggestion(name, self.profile_names)

    @cached_property
    def profile_names(self) -> frozenset[str]:
        """Every API name and label of a profile, from files and from records."""
        files = (alias for one in self.snapshot.of_kind(kinds.PROFILE) for alias in profile_aliases(one.name))
        rows = self.directory.profiles_by_id.values()
        return frozenset((*files, *(alias for one in rows for alias in (one.label, one.api_name) if alias)))

    @property
    def live(self) -> bool:
        """True for the snapshot of a running org, whose metadata files are whole."""
        return self.snapshot.org is not None

    def is_whole(self, profile: Component) -> bool:
        """True if what a profile's file lacks, the profile lacks: a running org hands out whole ones."""
        return self.live or looks_whole(profile)

    def require_whole(self, profile: Component, what: str) -> None:
        """Raise CannotTell where the absence of something from a profile's file proves nothing."""
        if not self.is_whole(profile):
            raise CannotTell(f"the file has no {what}, but it may be a part of the profile", profile.file)

    @property
    def api_number(self) -> int:
        """The whole number of the API version that the facts were read with; 0 where none is known."""
        found = re.fullmatch(r"([0-9]{1,4})(\.[0-9]+)?", self.snapshot.source.api_version or "")
        return int(found[1]) if found else 0

    def _profile_of_org(self, name: str) -> Component:
        """By the profile's record: it joins the label to the API name, in whatever language the org speaks."""
        planned = self._profiles_as_written.get(literal(name), [])
        if len(planned) == 1 and not self.directory.has_profile(name):
            return planned[0]  # of a proposal: the org has no record of it yet
        row = self.directory.profile_row(name)
        if not row.api_name:
            raise CannotTell(f"the org has the profile '{name}', but its metadata was not listed")
        self._refuse_gap(kinds.PROFILE, lambda gap: normalise(gap.name) == normalise(row.api_name))
        alike = self.profiles.get(canonical_profile(row.api_name), [])
        found = [one for one in alike if one.name == row.api_name]
        if len(found) != 1:
            raise CannotTell(f"{len(found)} metadata files of the profile '{name}' were read")
        return found[0]

    def app(self, name: str, kind: str = "") -> App:
        """The app of that API name or label, of that kind if one is given. Raises CannotTell unless exactly one is meant."""
        return self._apps.app(name, kind)

    def sides(self, name: str, kind: str = "") -> tuple[App, ...]:
        """The same, and of a migrated app both sides: the connected app, and the external client app that it became."""
        return self._apps.sides(name, kind)

    def is_uninstalled(self, name: str) -> bool:
        """True if users gave tokens to an app of that name which nobody installed."""
        return self._apps.is_uninstalled(name)

    def app_record(self, app: App) -> AppRow:
        """The record of an app in the org. Raises CannotTell."""
        return app.record or self.directory.app_row(app.name, external=app.external)

    def _refuse_gap(self, kind: str, same: Callable[[Gap], bool]) -> None:
        for gap in self.snapshot.gaps:
            if gap.kind == kind and same(gap):
                raise CannotTell(f"{gap.what} can't be read: {gap.reason}", gap.what)


def _differs(one: Component, other: Component) -> bool:
    ranges, others = login_ranges(one), login_ranges(other)
    return (
        ranges.addresses != others.addresses
        or bool(ranges.broken or others.broken or one.gaps or other.gaps)
        or set(one.permissions) != set(other.permissions)
        or _texts(one, "custom") != _texts(other, "custom")
        or _texts(one, "loginHours") != _texts(other, "loginHours")
    )


def _texts(component: Component, section: str) -> dict[str, list[str | None]]:
    return {
        path: [value.text for value in found]
        for path, found in component.values.items()
        if path.split(".")[0] == section
    }
