"""The snapshot with its indexes: a profile or an app by name, known for sure or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sfharden.model import kinds
from sfharden.model.apps import App, apps_of
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.profiles import login_ranges
from sfharden.model.snapshot import Component, Gap, Snapshot
from sfharden.names import canonical_profile, normalise, profile_aliases, suggestion


@dataclass(frozen=True)
class Facts:
    """A snapshot with its indexes."""

    snapshot: Snapshot

    @cached_property
    def directory(self) -> Directory:
        """The tables of a running org; asking them of metadata files raises CannotTell."""
        return Directory(self.snapshot)

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
        key = canonical_profile(name)
        self._refuse_gap(kinds.PROFILE, lambda gap: canonical_profile(gap.name) == key)
        found = self.profiles.get(key, [])
        if not found:
            known = [
                alias for one in self.snapshot.of_kind(kinds.PROFILE) for alias in profile_aliases(one.name)
            ]
            raise CannotTell(f"no profile named '{name}' was read.{suggestion(name, known)}")
        if any(_differs(found[0], other) for other in found[1:]):
            raise CannotTell(f"{len(found)} files describe the profile '{name}' and differ", found[1].file)
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
            raise CannotTell(f"no app named '{name}' was read.{suggestion(name, known)}")
        if len(found) > 1:
            names = ", ".join(f"{app.name} ({app.kind})" for app in found)
            raise CannotTell(
                f"{len(found)} apps are named '{name}': {names}; give the API name", found[1].where
            )
        return found[0]

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
        or bool(ranges.broken or others.broken or one.doubts or other.doubts)
        or set(one.permissions) != set(other.permissions)
        or [value.text for value in one.values.get("custom", ())]
        != [value.text for value in other.values.get("custom", ())]
    )
