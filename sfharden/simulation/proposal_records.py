"""The org's records as they would be after a proposal: who is approved for an app, and what a set permits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.facts.apps import App, apps_of
from sfharden.facts.directory import Directory, same_record
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import AppAccess, AppRow, PermissionSetRow
from sfharden.model.snapshot import WITHDRAWN, Component, Gap, Snapshot
from sfharden.simulation.harmless import JUDGED_PERMISSIONS
from sfharden.text.names import literal

_GRANTERS = (kinds.PROFILE, kinds.PERMISSION_SET)
# Where a merged permission set keeps the names of permissions that its new file doesn't mention.
NO_LONGER_SAID: Final = "userPermissions.noLongerSaid"
_CARRIERS = (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY)


@dataclass
class _After:
    apps: list[AppRow]
    access: list[AppAccess]
    gaps: list[Gap] = field(default_factory=list)


def with_records(before: Snapshot, after: Snapshot) -> Snapshot:
    """`after` with the records of apps and permissions that differ from `before` made to say what their metadata says.

    What that leaves unknown becomes a gap. Doing it twice changes nothing more.
    """
    return _with_access(before, _with_grants(before, after))


def _with_access(before: Snapshot, after: Snapshot) -> Snapshot:
    old = {(one.kind, one.name): one for one in before.components if one.kind in _CARRIERS}
    new = [one for one in after.components if one.kind in _CARRIERS and old.get((one.kind, one.name)) != one]
    org, apps = after.org, apps_of(new)
    if org is None or not apps:
        return after
    directory, found = Directory(after), _After(list(org.apps or ()), list(org.app_access or ()))
    for app in apps:
        _replace(app, directory, found)
    changes = {
        "apps": None if org.apps is None else tuple(found.apps),
        "app_access": None if org.app_access is None else tuple(found.access),
    }
    return _changed(after, changes, found.gaps)


def _changed(after: Snapshot, tables: dict[str, Any], gaps: Iterable[Gap]) -> Snapshot:
    org = after.org.model_copy(update=tables) if after.org else None
    return after.model_copy(update={"org": org, "gaps": tuple(dict.fromkeys((*after.gaps, *gaps)))})


# What permission sets permit, those that profiles own among them ------------------------------


def _with_grants(before: Snapshot, after: Snapshot) -> Snapshot:
    org = after.org
    if org is None or org.permission_sets is None:
        return after
    old = {(one.kind, one.name): one for one in before.components if one.kind in _GRANTERS}
    directory, gaps = Directory(after), list[Gap]()
    sets = {one.id: one for one in org.permission_sets}
    for new in (one for one in after.components if one.kind in _GRANTERS):
        before_ = old.get((new.kind, new.name))
        row = None if before_ == new else _set_of(new, directory)
        changed = row and _row_after(before_, new, row, org.permission_names)
        if row is None or changed is None or (changed == row and not contradicted(new)):
            continue  # nothing changes, or nobody has it yet
        sets[row.id] = changed
        gaps += _gaps_of(before_, new, row, grouped=any(one.group_id for one in org.permission_sets))
    return _changed(after, {"permission_sets": tuple(sets.values())}, gaps)


def _row_after(
    old: Component | None, new: Component, row: PermissionSetRow, asked: Iterable[str]
) -> PermissionSetRow:
    """The record as the file would make it; what may be gone isn't granted for sure."""
    granted, taken = _grants(old, new)
    permitted = (set(row.permissions) - taken - _left_out(old, new, row)) | granted.intersection(asked)
    return row._replace(permissions=tuple(sorted(permitted)), needs_activation=_activation(old, new, row))


def _activation(old: Component | None, new: Component, row: PermissionSetRow) -> bool | None:
    """Whether the set has to be activated: as the proposal says, where it says anything else than was said."""
    said, before_ = (
        [one.text for one in found.values.get("hasActivationRequired", ())] if found else []
        for found in (new, old)
    )
    if new.kind == kinds.PROFILE or not said or said == before_:
        return row.needs_activation
    return {"true": True, "false": False}.get(said[0] or "") if len(said) == 1 else None


def _left_out(old: Component | None, new: Component, row: PermissionSetRow) -> set[str]:
    """Permissions that count and that a permission set's new file doesn't mention, though it grants them today."""
    if new.kind != kinds.PERMISSION_SET:
        return set()
    named = {value.text for value in new.values.get(NO_LONGER_SAID, ()) if value.text}
    if old is None:  # its file was not read, but its record tells what it grants
        named |= set(row.permissions) - set(new.permissions) - _grants(old, new)[1]
    return named & JUDGED_PERMISSIONS


def _gaps_of(old: Component | None, new: Component, row: PermissionSetRow, *, grouped: bool) -> Iterator[Gap]:
    what = f"What {new.name} would permit"
    granted, taken = _grants(old, new)
    if both := sorted(contradicted(new) & JUDGED_PERMISSIONS):
        reason = (
            f"the proposal both gives and takes {', '.join(both)}; which of the two counts is not documented"
        )
        yield Gap(what=what, reason=reason, kind=tables.PERMISSION_SETS)
    if not row.profile_id and grouped and (granted or taken):
        reason = "the proposal changes a permission set, and which groups hold it was not read"
        yield Gap(what=what, reason=reason, kind=tables.PERMISSION_SETS)
    if left_out := sorted(_left_out(old, new, row)):
        reason = f"the proposal leaves out {', '.join(left_out)}; whether a deployment then takes it away is not documented"
        yield Gap(what=what, reason=reason, kind=tables.PERMISSION_SETS)


def _grants(old: Component | None, new: Component) -> tuple[set[str], set[str]]:
    """The permissions that a proposal adds, and those that it switches off."""
    off = {value.text for value in new.values.get(WITHDRAWN, ()) if value.text}
    return set(new.permissions) - set(old.permissions if old else ()) - off, off - set(new.permissions)


def contradicted(new: Component) -> frozenset[str]:
    """The permissions that a file both gives and takes: which of the two counts is not documented."""
    off = {value.text for value in new.values.get(WITHDRAWN, ())}
    return frozenset(name for name in new.permissions if name in off)


def _set_of(granter: Component, directory: Directory) -> PermissionSetRow | None:
    if granter.kind == kinds.PROFILE:
        ids = [one.id for one in directory.profiles_by_id.values() if one.api_name == granter.name]
        return directory.sets_by_profile.get(ids[0]) if ids else None
    key = _named_set(directory, granter.name)
    return directory.sets_by_id[key] if key else None


# Who is approved for an app -------------------------------------------------------------------


def _replace(app: App, directory: Directory, after: _After) -> None:
    rows = [one for one in after.apps if one.external is app.external and one.api_name == app.name]
    if len(rows) != 1:
        after.gaps.append(_gap(app, "the org has no record of it that could be told"))
        return
    record = rows[0]
    # What the record said of permitted users is overtaken; the metadata says it from now on.
    after.apps[after.apps.index(record)] = record._replace(admin_approved=None)
    after.access = [one for one in after.access if not same_record(one.app_id, record.id)]
    try:
        found = (
            *_sets_of(app.profiles(), directory, profiles=True),
            *_sets_of(app.permission_sets(), directory),
        )
    except CannotTell as reason:
        after.gaps.append(_gap(app, reason.reason))
        return
    after.access += [AppAccess(one, record.id) for one in found]


def _sets_of(assigned: Iterable[Fact[str]], directory: Directory, *, profiles: bool = False) -> Iterator[str]:
    """The ids of the permission sets behind names or record ids. Raises CannotTell for one that leads nowhere."""
    for fact in assigned:
        found = _profile_set(directory, fact.value) if profiles else _named_set(directory, fact.value)
        if found is None:
            raise CannotTell(f"the proposal assigns it to '{fact.value}', which the org doesn't show")
        yield found


def _profile_set(directory: Directory, name: str) -> str | None:
    for row in directory.profiles_by_id.values():
        if literal(name) in (literal(row.api_name), literal(row.label)) or same_record(name, row.id):
            own = directory.sets_by_profile.get(row.id)
            return own.id if own else None
    return None


def _named_set(directory: Directory, name: str) -> str | None:
    for row in directory.sets_by_id.values():
        if not row.profile_id and (literal(row.name) == literal(name) or same_record(name, row.id)):
            return row.id
    return None


def _gap(app: App, reason: str) -> Gap:
    return Gap(what=f"Who would be approved for {app.name}", reason=reason, kind=tables.APP_ACCESS)
