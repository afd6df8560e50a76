"""Which profiles an app is to be assigned to, or why that can't be written into its file.

An external client app lists them in one text, separated by commas, by name or by record id (Metadata API Guide,
ExtlClntAppOauthConfigurablePolicies). A name that holds a comma can't stand there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.facts import values as reading
from sfharden.facts.apps import App
from sfharden.facts.directory import same_record
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.planned import ALLOWED_PROFILES
from sfharden.text.names import STANDARD_PROFILE_LABELS, canonical_profile, comma_parts, normalise, torn_names
from sfharden.text.wording import show_names

_RECORD_ID: Final = re.compile(r"00e[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class AppAssignment:
    """The profiles that are assigned and those to assign; `gap` is why they can't be, `way` what to do instead.

    `is_by_set` is true where nothing would be taken away, and a permission set may stand for what can't be written.
    """

    current: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    gap: str = ""
    way: str = ""
    is_by_set: bool = False

    @property
    def is_assigned(self) -> bool:
        """Whether every profile that should be is assigned already, whoever else is."""
        return not self.gap and set(self.names) <= set(self.current)

    def as_it_is(self) -> "AppAssignment":
        """The same with nothing to change."""
        return AppAssignment(self.current, self.current)

    @property
    def differs(self) -> bool:
        """Whether there is something to change."""
        return self.names != self.current


def find_assignment(
    facts: Index, app: App, wanted: Sequence[str], allowed: Iterable[str] = ALLOWED_PROFILES
) -> AppAssignment:
    """What to assign the app to, beside what is `allowed` where it's assigned already."""
    try:
        current = [fact.value for fact in app.profiles()]
    except CannotTell as reason:
        if _is_unclear(app):
            return AppAssignment(gap=reason.reason)
        current = []  # an empty element, or one that is nil
    own = {canonical_profile(name) for name in wanted}
    staying = own | {canonical_profile(name) for name in allowed}
    keys = {name: canonical_profile(_named(facts, name)) for name in current}
    kept = {key: name for name, key in keys.items() if key in staying}
    missing = [name for name in wanted if canonical_profile(name) not in kept]
    found = AppAssignment(tuple(current), (*kept.values(), *map(_label, missing)))
    return _in_a_list(facts, app, found, [*kept.values()]) if app.external else found


def _in_a_list(facts: Index, app: App, found: AppAssignment, kept: Sequence[str]) -> AppAssignment:
    staying, possible = set(map(normalise, kept)), torn_names(found.current, facts.profile_names)
    torn = [name for name in possible if staying & set(comma_parts(name))]
    commas = [name for name in found.names if "," in name]
    if commas:
        gap = f"the name of the profile {_quoted(commas)} has a comma, which separates names there"
    elif torn:
        gap = f"it may mean the profile {_quoted(torn)}, whose name has a comma, which separates names there"
    else:
        return found
    by_set = tuple(kept) == found.current and _has_sets(app)
    return AppAssignment(found.current, found.names, gap, _way(facts, commas), by_set)


def _way(facts: Index, commas: Iterable[str]) -> str:
    ids = [one.id for name in commas for one in facts.directory.profiles_by_id.values() if one.label == name]
    by_id = f"record id ({show_names(ids)})" if ids else "record id (00e...)"
    return (
        "By hand: assign a permission set that only the integration's users have, or list the profile by its "
        f"{by_id}; or give the profile a name without a comma and plan again."
    )


def _has_sets(app: App) -> bool:
    try:
        return bool(app.permission_sets())
    except CannotTell:
        return False


def _is_unclear(app: App) -> bool:
    """Whether something stands in the list that is not understood."""
    kind, path = kinds.CONNECTED_APP, "profileName"
    if app.external:
        kind, path = kinds.EXTERNAL_OAUTH_POLICY, "commaSeparatedProfile"
    return any(
        reading.is_damaged(part, path) or any(one.text for one in part.values.get(path, ()))
        for part in app.parts
        if part.kind == kind
    )


def _named(facts: Index, name: str) -> str:
    """The name behind a profile's record id, where the org tells it."""
    if not _RECORD_ID.fullmatch(name):
        return name
    rows = facts.directory.profiles_by_id.values()
    return next((one.api_name or one.label for one in rows if same_record(one.id, name)), name)


def _label(name: str) -> str:
    """Apps name standard profiles by their label, as files of real projects show."""
    return STANDARD_PROFILE_LABELS.get(name, name)


def _quoted(names: Iterable[str]) -> str:
    return show_names(f"'{name}'" for name in names)
