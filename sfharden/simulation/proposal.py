"""A proposal laid over what was read: the snapshot as it would be after a deployment.

A component of the proposal takes the place of the one with the same type and name. Profiles are deployed as an
overlay (Metadata API Guide, Profile): what a proposal's profile leaves out stays as it was. Whether a list that
is left out stays or goes is not documented, so that becomes a gap, and no decision rests on it.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from sfharden.model import kinds
from sfharden.model.snapshot import WITHDRAWN, Component, PartGap, Snapshot, Value
from sfharden.simulation.proposal_records import NO_LONGER_SAID, with_records
from sfharden.text.names import STANDARD_PROFILE_LABELS, literal

# Lists that decide who gets in. Deploying one replaces it; leaving it out is another matter.
_LISTS: Final = {
    kinds.PROFILE: ("loginIpRanges",),
    kinds.CONNECTED_APP: ("profileName", "permissionSetName", "ipRanges"),
    kinds.EXTERNAL_OAUTH: ("trustedIpRanges",),
    kinds.EXTERNAL_OAUTH_POLICY: ("commaSeparatedProfile", "commaSeparatedPermissionSet"),
    kinds.EXTERNAL_OAUTH_SECURITY: ("tokenIpRanges",),
}
_LEFT_OUT: Final = (
    "the proposal leaves it out; whether a deployment then keeps or clears it is not documented"
)

_KEY: Final = "oauthConfig.consumerKey"
_API_NAMES: Final = {literal(label): literal(name) for name, label in STANDARD_PROFILE_LABELS.items()}

Key = tuple[str, str]


def overlay(before: Snapshot, proposal: Snapshot) -> Snapshot:
    """The snapshot after the proposal is deployed; of the running org's tables only the records of apps and permissions do."""
    replaced: dict[Key, list[Component]] = {}
    for component in before.components:
        replaced.setdefault(_key(component), []).append(component)
    proposed: dict[Key, list[Component]] = {}
    for component in proposal.components:
        proposed.setdefault(_key(component), []).append(component)
    for key, found in proposed.items():
        replaced[key] = _all_deployed(replaced.get(key, []), found)
    components = sorted(
        (one for found in replaced.values() for one in found), key=lambda one: (one.kind, one.name, one.file)
    )
    gaps = (*before.gaps, *proposal.gaps)
    return with_records(before, before.model_copy(update={"components": tuple(components), "gaps": gaps}))


def touched(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, str]]:
    """Type and name of every component that the proposal brings, in order."""
    known = {id(component) for component in before.components}
    for component in after.components:
        if id(component) not in known:
            yield component.kind, component.name


def _key(component: Component) -> Key:
    name = component.name
    kind = component.kind
    if kind in kinds.SETTINGS_KINDS:
        return kind, ""  # an org has each of its settings once
    same = literal(unicodedata.normalize("NFC", name))  # a look-alike is deployed beside it, not over it
    return kind, _API_NAMES.get(same, same) if kind == kinds.PROFILE else same


def _all_deployed(old: list[Component], proposed: list[Component]) -> list[Component]:
    """What may be there afterwards: of several files for one component, which one counts can't be told."""
    found: list[Component] = []
    for new in proposed:
        for one in _deployed(old, new):
            if one not in found:
                found.append(one)
    return found


def _deployed(old: list[Component], new: Component) -> list[Component]:
    gaps = [
        PartGap(path=path, reason=_LEFT_OUT, line=0)
        for path in _LISTS.get(new.kind, ())
        if not _has(new, path) and any(_has(one, path) for one in old)
    ]
    name = old[0].name if old else new.name  # as the org spells it
    values = {**_kept_key(old, new), **new.values}
    kept = new.model_copy(update={"name": name, "gaps": (*new.gaps, *gaps), "values": values})
    if new.kind not in (kinds.PROFILE, kinds.PERMISSION_SET) or not old:
        return [kept]
    return [_merged(one, kept) for one in old]


def _kept_key(old: list[Component], new: Component) -> dict[str, tuple[Value, ...]]:
    """An app that is there keeps its consumer key when the file names none: it can't be changed (see plan/secrets)."""
    keys = [one.values.get(_KEY, ()) for one in old]
    same = len(keys) == 1 and new.kind == kinds.CONNECTED_APP and not _has(new, _KEY)
    return {_KEY: keys[0]} if same and keys[0] else {}


def _has(component: Component, path: str) -> bool:
    below = f"{path}."
    return any(key == path or key.startswith(below) for key in (*component.values, *component.groups))


def _merged(old: Component, new: Component) -> Component:
    """The old one with every section that the new one has replaced; permissions are added one by one."""
    sections = {path.split(".")[0] for path in (*new.values, *new.groups)}

    def stays(path: str) -> bool:
        return path.split(".")[0] not in sections

    left_out = _left_out(old, new)
    gaps = (PartGap(path="userPermissions", reason=_LEFT_OUT, line=0),) if left_out else ()
    return new.model_copy(
        update={
            "values": {**{p: v for p, v in old.values.items() if stays(p)}, **new.values, **left_out},
            "groups": {**{p: v for p, v in old.groups.items() if stays(p)}, **new.groups},
            "permissions": {**_kept_permissions(old, new), **new.permissions},
            "gaps": (*(one for one in old.gaps if stays(one.path)), *new.gaps, *gaps),
        }
    )


def _left_out(old: Component, new: Component) -> dict[str, tuple[Value, ...]]:
    """What a permission set grants and its new file doesn't mention. Only of profiles it's documented that it stays."""
    off = {value.text for value in new.values.get(WITHDRAWN, ())}
    names = sorted(set(old.permissions) - set(new.permissions) - off)
    if new.kind != kinds.PERMISSION_SET or not names:
        return {}
    return {NO_LONGER_SAID: tuple(Value(text=name, line=0) for name in names)}


def _kept_permissions(old: Component, new: Component) -> dict[str, int]:
    """A permission stays unless the proposal switches it off (Metadata API Guide, Profile)."""
    off = {value.text for value in new.values.get(WITHDRAWN, ())}
    return {name: line for name, line in old.permissions.items() if name not in off}
