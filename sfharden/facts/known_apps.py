"""The apps of a snapshot, found by name. An app is known if any source knows it: its files, its record, its menu item.

Names aren't unique. A connected app that was migrated and the external client app that it became bear one name
(Help: Migrate a Connected App to an External Client App); they are one app with two sides, and both count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Final

from sfharden.facts.apps import App, apps_of
from sfharden.facts.directory import Directory
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model import kinds
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.text.names import literal, normalise, suggestion
from sfharden.text.wording import ended

NOT_INSTALLED: Final = "nobody installed the app in this org"
_INSTALL: Final = (
    f"{NOT_INSTALLED}, so no policy can be set on it: install it (Setup, Connected Apps OAuth "
    "Usage, Install), then set its policies"
)
# Help 005132365: since September 2025 a user needs it to authorise an app that isn't installed for the first time.
_CONSENT: Final = "new consent to it takes Approve Uninstalled Connected Apps"


class KnownApps:
    """All apps of one snapshot."""

    def __init__(self, snapshot: Snapshot, directory: Directory) -> None:
        self._snapshot = snapshot
        self._directory = directory

    @cached_property
    def all(self) -> tuple[App, ...]:
        """By files, in order of kind and name; then those that only records tell of."""
        described = apps_of(self._snapshot.components)
        records = self._directory.known_apps.rows if self._snapshot.org else ()
        joined = [replace(app, record=_record_of(app, records)) for app in described]
        names = {(app.external, app.name) for app in described}
        alone = [one for one in records if (one.external, one.api_name) not in names]
        alone += self._hints(joined) if self._snapshot.org else []
        apps = [App(one.api_name or one.label or one.id, one.external, (), one) for one in alone]
        return tuple(replace(app, unread=self._why_unread(app)) for app in (*joined, *apps))

    def _hints(self, described: Iterable[App]) -> list[AppRow]:
        """What else tells of an app; of an app with files, that's most likely the same."""
        names = {normalise(name) for app in described for name in (app.name, *app.labels)}
        hints = self._directory.hinted_apps
        return [one for one in hints if not {normalise(one.api_name), normalise(one.label)} & names]

    def _why_unread(self, app: App) -> str:
        """Why a file of an app can't be read, or, where there is none, why there may be one."""
        own = kinds.EXTERNAL_KINDS if app.external else (kinds.CONNECTED_APP,)
        for gap in self._snapshot.gaps:
            named = bool(gap.name) and normalise(gap.name) == normalise(app.api_name)
            if gap.kind in own and (named or (not app.parts and not gap.name)):
                return _cannot_read(gap)
        return "" if app.parts or self._directory.metadata_read else "metadata was not read"

    def app(self, name: str, kind: str = "") -> App:
        """The one app of that API name or label, of that kind if one is given. Raises CannotTell."""
        found = self.sides(name, kind)
        if len(found) > 1:
            raise CannotTell(
                f"'{name}' is a connected app and an external client app, as after a migration; say which is meant "
                f"(app: {{name: {name}, kind: {found[0].kind}}}, or kind: {found[1].kind})",
                found[1].where,
            )
        return found[0]

    def sides(self, name: str, kind: str = "") -> tuple[App, ...]:
        """The app of that name; of a migrated one both sides, the connected app first, unless a kind is given.

        Raises CannotTell unless it's sure which is meant.
        """
        key = normalise(name)
        pool = [app for app in self.all if not kind or app.kind == kind]
        by_name = [app for app in pool if app.api_name and normalise(app.api_name) == key]
        by_label = [app for app in pool if key in map(normalise, app.labels)]
        found = by_name or by_label
        self._refuse_gap_named(key, found)
        if not found:
            raise self._nobody(name, kind)
        sides = found
        if len(found) == 1 and not kind:
            sides = [*found, *self._other_side(found[0], by_label=not by_name)]
            self._refuse_unread_side(sides)
        if len(sides) > 1 and not (len(sides) == 2 and sides[0].external is not sides[1].external):
            raise CannotTell(_ambiguous(name, sides, given_api_name=bool(by_name)), sides[1].where)
        if self._snapshot.org:
            for app in found:
                self._refuse_look_alike(app, name, kind, sides)
        return tuple(sorted(sides, key=lambda app: app.external))

    def _other_side(self, app: App, *, by_label: bool) -> Iterator[App]:
        """What may be the same app as the other kind: of its API name or its consumer key, or of the label that was asked for."""
        for other in self.all:
            if other.external is not app.external and _is_one(app, other, by_label=by_label):
                yield other

    def _refuse_unread_side(self, sides: Iterable[App]) -> None:
        """A file of an app's name and of the other kind that can't be read may be the other side of it."""
        known = {(app.external, normalise(app.api_name)) for app in sides}
        names = {name for _, name in known}
        for gap in self._snapshot.gaps:
            if (
                gap.kind not in (kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS)
                or normalise(gap.name) not in names
            ):
                continue
            if (gap.kind != kinds.CONNECTED_APP, normalise(gap.name)) not in known:
                raise CannotTell(_cannot_read(gap), gap.what)

    def _refuse_gap_named(self, key: str, found: Iterable[App]) -> None:
        """A file of that very name that can't be read may be the app that is meant."""
        if any(normalise(app.api_name) == key for app in found):
            return
        for gap in self._snapshot.gaps:
            if gap.kind in (kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS) and normalise(gap.name) == key:
                raise CannotTell(_cannot_read(gap), gap.what)

    def _refuse_look_alike(self, app: App, name: str, kind: str, found: Iterable[App]) -> None:
        """Anybody may copy a name: what a running org shows must be beyond doubt."""
        if app.api_name and literal(app.api_name) == literal(name):
            return
        if literal(name) not in map(literal, app.labels):
            text = f"an app's name looks like '{name}', but is not the same in every character"
            raise CannotTell(text, app.where)
        records = self._directory.known_apps
        meant = {(one.api_name, one.external) for one in found}
        ids = {one.record.id for one in found if one.record}
        for one in records:
            other = one.id not in ids and (one.api_name, one.external) not in meant
            if (
                other
                and normalise(one.label) == normalise(name)
                and (not kind or one.external is app.external)
            ):
                raise CannotTell(
                    f"another app of the org is labelled '{name}', too; give the API name", app.where
                )
        unseen = [gap for gap in self._snapshot.gaps if gap.kind in (kinds.CONNECTED_APP, kinds.EXTERNAL_APP)]
        if unseen and records.gap:
            raise CannotTell(
                f"another app may be labelled '{name}': {unseen[0].what} can't be read; give the API name"
            )

    def is_uninstalled(self, name: str) -> bool:
        """True if users gave tokens to an app of that name, and the org surely has none: nobody installed it."""
        try:
            self.sides(name)
        except CannotTell:
            return bool(self._snapshot.org) and not self._why_not_all() and self._has_tokens(name)
        return False

    def _nobody(self, name: str, kind: str) -> CannotTell:
        """Why no app of that name was found, and which name is near: one that nobody installed may be a slip, too."""
        others = [app for app in self.all if app.kind != kind] if kind else []
        if any(normalise(name) in map(normalise, (app.api_name, *app.labels)) for app in others):
            return CannotTell(f"no {kind} named '{name}' was read, but a {others[0].kind} of that name")
        near = suggestion(name, (alias for app in self.all for alias in (app.api_name, *app.labels) if alias))
        gap = self._why_not_all()
        if gap:
            return CannotTell(f"no app named '{name}' was read, and not all apps were: {ended(gap)}{near}")
        if self._snapshot.org and self._has_tokens(name):
            return CannotTell(f"{_INSTALL}; {_CONSENT}.{near}")
        return NoSuchName(f"no app named '{name}' was read", near)

    def _why_not_all(self) -> str:
        unnamed = [
            gap for gap in self._snapshot.gaps_of(kinds.CONNECTED_APP, kinds.EXTERNAL_APP) if not gap.name
        ]
        if not self._snapshot.org:
            return ""
        return (
            unnamed[0].reason
            if unnamed
            else self._directory.known_apps.gap or self._directory.external_apps_gap
        )

    def _has_tokens(self, name: str) -> bool:
        """Whether users gave tokens to something of that name which leads to no app of the org."""
        own, usage = self._directory.token_tables
        return any(
            literal(one.app_label) == literal(name) and not one.app_id for one in (*own.rows, *usage.rows)
        )


def _record_of(app: App, records: Iterable[AppRow]) -> AppRow | None:
    """The one record of the app's API name and kind."""
    found = [one for one in records if one.api_name == app.name and one.external is app.external]
    return found[0] if len(found) == 1 else None


def _is_one(app: App, other: App, *, by_label: bool) -> bool:
    if app.api_name and literal(app.api_name) == literal(other.api_name):
        return True
    if by_label and set(map(literal, app.labels)) & set(map(literal, other.labels)):
        return True
    keys = [_key(app), _key(other)]
    return keys[0] is not None and keys[0] == keys[1]


def _key(app: App) -> str | None:
    try:
        return app.consumer_key().value
    except CannotTell:
        return None


def _cannot_read(gap: Gap) -> str:
    return f"{gap.what} can't be read: {gap.reason}"


def _ambiguous(name: str, found: list[App], *, given_api_name: bool) -> str:
    """Which apps may be meant, and what would tell; never what was given already."""
    names = ", ".join(f"{app.name} ({app.kind})" for app in found)
    hint = "" if given_api_name else "; give the API name"
    if len({app.external for app in found}) > 1:
        hint += f"{' and' if hint else '; give'} the kind (app: {{name: …, kind: {found[0].kind}}})"
    return f"{len(found)} apps are named '{name}': {names}{hint}"
