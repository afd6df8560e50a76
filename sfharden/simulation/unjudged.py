"""What a proposal changes on the way in and nobody judges: with it, nobody is let in for sure.

Every element that differs is either judged by the engine, or harmless by a list with reasons (`harmless`), or it stands
here. So a setting that sfharden has never heard of can withhold a yes, and can never be overlooked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.access.facts import Flow, Further, Outcome, Reason
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.org import User
from sfharden.model.snapshot import WITHDRAWN, Component, Snapshot
from sfharden.simulation import harmless
from sfharden.simulation.proposal_records import contradicted
from sfharden.simulation.takes import may_take
from sfharden.text.names import canonical_profile, literal
from sfharden.text.redact import safe_text

_RULE: Final = "neither judged nor known to be harmless"
_GRANTERS: Final = (kinds.PROFILE, kinds.PERMISSION_SET)
_OF_PROFILES: Final = (kinds.PROFILE_SESSION, kinds.PROFILE_PASSWORD)
# Settings and granters are laid over what is there: what a file leaves out stays (Metadata API Guide, Profile).
_OVERLAID: Final = (*kinds.SETTINGS_KINDS, *_GRANTERS)
_GRANTING: Final = ("userPermissions", WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """One element of one component that a proposal changes, and the flows that it bears on; None for all."""

    component: Component
    element: str
    flows: frozenset[Flow] | None = None

    @property
    def further(self) -> Further:
        """As a reason that withholds a yes."""
        name = safe_text(self.component.name, limit=80)
        what = safe_text(self.element, limit=80)
        text = f"The proposal changes {what} of {self.component.kind} '{name}'; whom that keeps out is not judged."
        return Further(Reason(text, _RULE, Outcome.CANNOT_TELL), self.flows)


class Changes:
    """All that a proposal changes and nobody judges, by whom it concerns."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self.found = tuple(unjudged(before, after))

    def of_org(self, *, internal: bool = False) -> tuple[Further, ...]:
        """What concerns everybody; `internal`: everybody but users of customers and partners."""
        kinds_ = kinds.SETTINGS_KINDS
        return tuple(
            one.further
            for one in self.found
            if one.component.kind in kinds_
            and not (internal and (one.component.kind, one.element) == harmless.OF_OUTSIDERS)
        )

    def of_app(self, app: App | None) -> tuple[Further, ...]:
        """What concerns those who come in by an app; one that is not known may be any."""
        apps = (kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS)
        return tuple(
            one.further
            for one in self.found
            if one.component.kind == kinds.BLOCKED_CONSUMER
            or (one.component.kind in apps and (app is None or one.component in app.parts))
        )

    def of_profile(self, name: str) -> tuple[Further, ...]:
        """What concerns those of a profile."""
        return tuple(one.further for one in self.found if _is_of(one.component, name))

    def of_user(self, index: Index, user: User) -> tuple[Further, ...]:
        """What concerns one user, by their profile and by the permission sets that they have or may have."""
        row = index.directory.profiles_by_id.get(user.profile_id)
        profiles = [
            one for one in self.found if row is None or _is_of(one.component, row.api_name or row.label)
        ]
        of_profile = [one for one in profiles if one.component.kind in (kinds.PROFILE, *_OF_PROFILES)]
        held = _names_of_sets(index, user)
        sets = (one for one in self.found if one.component.kind == kinds.PERMISSION_SET)
        of_sets = [one for one in sets if held is None or literal(one.component.name) in held]
        return tuple(one.further for one in (*of_profile, *of_sets))

    @property
    def of_sets(self) -> tuple[Further, ...]:
        """What concerns those who have some permission set."""
        return tuple(one.further for one in self.found if one.component.kind == kinds.PERMISSION_SET)

    @property
    def of_anybody(self) -> tuple[Further, ...]:
        """What concerns the people of any profile or permission set."""
        granters = (*_GRANTERS, *_OF_PROFILES)
        return tuple(one.further for one in self.found if one.component.kind in granters)


def is_internal(user: User) -> bool:
    """True for a user of the org itself, not of a customer's or partner's (Object Reference, User, UserType)."""
    return user.user_type.casefold() == "standard"


def _is_of(component: Component, profile: str) -> bool:
    if component.kind == kinds.PROFILE:
        return canonical_profile(component.name) == canonical_profile(profile)
    said = [one.text for one in component.values.get("profile", ())]
    named = any(one is None or canonical_profile(one) == canonical_profile(profile) for one in said)
    return component.kind in _OF_PROFILES and (named or not said)


def _names_of_sets(index: Index, user: User) -> frozenset[str] | None:
    """The permission sets that a user has; None where that can't be told, or a group may hold more."""
    try:
        sets = index.grants.sets_of(user)
    except CannotTell:
        return None
    grouped = any(one.group_id for one in sets)
    return None if sets.gap or grouped else frozenset(literal(one.name) for one in sets)


# What differs ---------------------------------------------------------------------------------


def unjudged(before: Snapshot, after: Snapshot) -> Iterator[Unjudged]:
    """Every element that differs and that nobody judges, in order."""
    old = _by_key(before.components)
    for key, news in _by_key(after.components).items():
        olds = old.get(key, [])
        for new in news:
            if new in olds:
                continue
            if len(news) > 1 and new.kind == kinds.PERMISSION_SET:
                yield Unjudged(new, "what several files say")
            first = olds[0] if olds and _about_same(olds[0], new) else None
            for one in _unjudged(first, new):
                if one.element not in kinds.ACCESS_SECTIONS or may_take(before, olds, new):
                    yield one


def _by_key(components: Iterable[Component]) -> dict[tuple[str, str], list[Component]]:
    found: dict[tuple[str, str], list[Component]] = {}
    for one in components:
        name = "" if one.kind in kinds.SETTINGS_KINDS else literal(one.name)
        found.setdefault((one.kind, name), []).append(one)
    return found


def _about_same(old: Component, new: Component) -> bool:
    """False for a setting that would be another profile's: that profile has it newly, whatever it said before."""
    if new.kind not in _OF_PROFILES:
        return True
    was, becomes = (
        {one.text and canonical_profile(one.text) for one in side.values.get("profile", ())}
        for side in (old, new)
    )
    return was == becomes


def _unjudged(old: Component | None, new: Component) -> Iterator[Unjudged]:
    for path in sorted({*_changed(old, new), *_left_out(old, new)}):
        yield Unjudged(new, path, harmless.BEARS_ON.get(path.rpartition(".")[2]))
    for permission in sorted(set(_permissions(old, new))):
        yield Unjudged(new, f"the permission {permission}")
    if new.unknown_elements > (old.unknown_elements if old else 0):
        yield Unjudged(new, "elements that sfharden doesn't know")


def _changed(old: Component | None, new: Component) -> Iterator[str]:
    """Paths at which the new one says something else, or something that could not be understood."""
    judged = harmless.JUDGED.get(new.kind, frozenset())
    before = _said(old)
    for path, said in _said(new).items():
        lifted = harmless.LIFTED.get((new.kind, path))
        if old is None and (new.kind, path) in harmless.OF_NEW:
            continue
        if before.get(path) != said and not harmless.listed(judged, path) and lifted not in said:
            yield from _unless_harmless(new.kind, path)
    known = old.gaps if old else ()
    for gap in new.gaps:
        if gap not in known and not harmless.listed(judged, gap.path):
            yield from _unless_harmless(new.kind, gap.path)


def _left_out(old: Component | None, new: Component) -> Iterator[str]:
    """Paths that a file which takes the old one's place no longer has: what their absence means isn't judged."""
    if old is None or new.kind in _OVERLAID:
        return
    judged = harmless.JUDGED.get(new.kind, frozenset())
    open_ = {gap.path for gap in new.gaps}  # the engine reads those as not known
    for path in _said(old).keys() - _said(new).keys() - harmless.ABSENCE_JUDGED:
        if not (harmless.listed(judged, path) and harmless.listed(frozenset(open_), path)):
            yield from _unless_harmless(new.kind, path)


def _unless_harmless(kind: str, path: str) -> Iterator[str]:
    if path not in _GRANTING and not harmless.listed(harmless.HARMLESS.get(kind, frozenset()), path):
        yield path


def _said(component: Component | None) -> dict[str, tuple[str | None, ...]]:
    """Every path with the texts there; of a list, each entry in one text."""
    if component is None:
        return {}
    values = {path: tuple(one.text for one in found) for path, found in component.values.items()}
    groups = {
        path: tuple(repr(sorted(one.values.items(), key=str)) for one in found)
        for path, found in component.groups.items()
    }
    return {**groups, **values}


def _permissions(old: Component | None, new: Component) -> Iterator[str]:
    """Permissions that are given or taken and may bind their holder."""
    before = set(old.permissions) if old else set()
    off = {one.text for one in new.values.get(WITHDRAWN, ()) if one.text}
    yield from contradicted(new) & harmless.JUDGED_PERMISSIONS
    taken = off & before
    for name in (before ^ set(new.permissions)) | taken:
        if name not in harmless.JUDGED_PERMISSIONS and not harmless.only_adds(name):
            yield name
