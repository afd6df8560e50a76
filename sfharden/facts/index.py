"""The snapshot with its indexes: a profile or an app by name, known for sure or not at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sfharden.facts.apps import App, apps_of
from sfharden.facts.directory import Directory
from sfharden.facts.grants import Grants
from sfharden.facts.profiles import login_ranges
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
    def apps(self) -> tuple[App, ...]:
        """All apps."""
        return apps_of(self.snapshot.components)

    @cached_property
    def profiles(self) -> dict[str, list[Component]]:
        """Profiles by comparable name; more than one file may describe one profile."""
        found: dict[str, list[Component]] = {}
        for component in self.snapshot.of_kind(kinds.PROFILE):
            found.setdefault(canonical_profile(component.name), []).append(component)
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

    @property
    def api_number(self) -> int:
        """The whole number of the API version that the facts were read with; 0 where none is known."""
        found = re.fullmatch(r"([0-9]{1,4})(\.[0-9]+)?", self.snapshot.source.api_version or "")
        return int(found[1]) if found else 0

    def _profile_of_org(self, name: str) -> Component:
        """By the profile's record: it joins the label to the API name, in whatever language the org speaks."""
        planned = [one for one in self.snapshot.of_kind(kinds.PROFILE) if literal(one.name) == literal(name)]
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

    def app(self, name: str) -> App:
        """The app of that API name or label. Raises CannotTell unless exactly one is meant."""
        key = normalise(name)
        self._refuse_app_gap(name)
        by_name = [app for app in self.apps if normalise(app.name) == key]
        by_label = [app for app in self.apps if key in map(normalise, app.labels)]
        found = by_name or by_label
        for one in found:  # named by its label, it may still have a file that can't be read
            self._refuse_app_gap(one.name)
        if not found:
            known = [alias for app in self.apps for alias in (app.name, *app.labels)]
            raise NoSuchName(f"no app named '{name}' was read", suggestion(name, known))
        if len(found) > 1:
            names = ", ".join(f"{app.name} ({app.kind})" for app in found)
            raise CannotTell(
                f"{len(found)} apps are named '{name}': {names}; give the API name", found[1].where
            )
        if self.live:
            self._refuse_look_alike(found[0], name)
        return found[0]

    def _refuse_look_alike(self, app: App, name: str) -> None:
        """Names aren't unique, and anybody may copy one: what a running org shows must be beyond doubt."""
        if literal(app.name) == literal(name):
            return
        if literal(name) not in map(literal, app.labels):
            raise CannotTell(
                f"an app's name looks like '{name}', but is not the same in every character", app.where
            )
        records = self.directory.known_apps
        others = [one for one in records if normalise(one.label) == normalise(name)]
        if any(one.api_name != app.name or one.external is not app.external for one in others):
            raise CannotTell(
                f"another app of the org is labelled '{name}', too; give the API name", app.where
            )
        unseen = [gap for gap in self.snapshot.gaps if gap.kind in (kinds.CONNECTED_APP, kinds.EXTERNAL_APP)]
        if unseen and records.gap:
            raise CannotTell(
                f"another app may be labelled '{name}': {unseen[0].what} can't be read; give the API name"
            )

    def app_record(self, app: App) -> AppRow:
        """The record of an app in the org. Raises CannotTell."""
        return self.directory.app_row(app.name, external=app.external)

    def _refuse_app_gap(self, name: str) -> None:
        key = normalise(name)
        self._refuse_gap(
            kinds.CONNECTED_APP, lambda gap: normalise(gap.name) == key, also=kinds.EXTERNAL_KINDS
        )

    def _refuse_gap(self, kind: str, same: Callable[[Gap], bool], also: tuple[str, ...] = ()) -> None:
        for gap in self.snapshot.gaps:
            if gap.kind in (kind, *also) and same(gap):
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
