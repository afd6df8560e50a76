"""Which way a row of the audit trail says that something went, held against which way it went.

A row explains a change only if its direction is the change's. One that tells none may be of either: it's a candidate.
"""

import re
from collections.abc import Collection
from typing import Final

from sfharden.checks.drift.address_sets import touches
from sfharden.model.drift import FactChange
from sfharden.model.org import SetupChange

_RANGES: Final = frozenset({"loginIpRanges", "ipRanges", "tokenIpRanges"})
_RANGE: Final = re.compile(r"(Added|Deleted)\b.* from (\S+) to (\S+)", re.DOTALL)
_ON: Final = re.compile(r"\b(?:enabled|turned on)\b", re.IGNORECASE)
_OFF: Final = re.compile(r"\b(?:disabled|turned off)\b", re.IGNORECASE)
# Names of actions on a user, and the end of a switch's (`OffOn`: from off to on).
_ACTIONS: Final = {
    "activateduser": "on", "reactivateduser": "on", "deactivateduser": "off", "frozeuser": "on", "unfrozeuser": "off",
}  # fmt: skip
_SUFFIXES: Final = {"OffOn": "on", "OnOff": "off", "On": "on", "Off": "off"}
# Setup's words and the values of files, squashed (Metadata API Guide: ConnectedApp, ipRelaxation, isAdminApproved).
_VALUES: Final = {
    **dict.fromkeys(("on", "enabled", "true", "yes", "checked"), "on"),
    **dict.fromkeys(("off", "disabled", "false", "no", "unchecked", "notthere"), "off"),
    **dict.fromkeys(("adminapprovedusersarepreauthorized", "adminapprovedusers", "adminapprovedpreauthorized"), "on"),
    **dict.fromkeys(("allusersmayselfauthorize", "allusers", "allselfauthorized"), "off"),
    "enforceiprestrictions": "enforce", "relaxiprestrictions": "bypass",
    "enforceiprestrictionsbutrelaxforrefreshtokens": "enforcerelaxrefresh",
}  # fmt: skip
# Labels that are not their names with spaces (reference: permission labels; Object Reference, PermissionSet).
_LABELS: Final = {
    "API Only User": "ApiUserOnly",
    "View Setup and Configuration": "ViewSetup",
    "Modify Metadata Through Metadata API Functions": "ModifyMetadata",
    "Manage Connected Apps": "ManageRemoteAccess",
    "Approve Uninstalled Connected Apps": "CanApproveUninstalledApps",
    "Manage Profiles and Permission Sets": "ManageProfilesPermissionsets",
}


def squashed(name: str) -> str:
    """A permission's label or name for comparison: `Modify All Data` is ModifyAllData."""
    return re.sub(r"[^a-z0-9]", "", _LABELS.get(name, name).casefold())


def same_direction(fact: FactChange, aspect: str, row: SetupChange) -> bool | None:
    """Whether a row that fits says that it went the way it went; None if it doesn't say which way."""
    if aspect in ("came", "gone") or row.section == "Deploy":  # worded for one of both; a file as a whole
        return True
    if aspect in _RANGES:
        return _of_ranges(fact, row.display)
    if aspect == "userPermissions":
        return _of_permissions(fact, row.display)
    if aspect == "scopes":
        return _of_members(fact, row.display)
    return _of_value(fact, aspect, row)


def _of_ranges(fact: FactChange, display: str) -> bool | None:
    found = _RANGE.fullmatch(display)
    if not found:
        return None
    verb, start, end = found.groups()
    return touches(fact.added if verb == "Added" else fact.removed, start, end)


def _of_permissions(fact: FactChange, display: str) -> bool | None:
    """Of permissions that the row names, whether one went that way."""
    way = _way(display)
    if not way:
        return None
    right, wrong = (fact.added, fact.removed) if way == "on" else (fact.removed, fact.added)
    agrees, differs = (any(_is_named(one, display) for one in members) for members in (right, wrong))
    return None if agrees is differs else agrees


def _is_named(permission: str, display: str) -> bool:
    """Whether a row names a permission, by its name or by its label."""
    labels = (label for label, name in _LABELS.items() if name == permission)
    return squashed(permission) in squashed(display) or any(label in display for label in labels)


def _of_members(fact: FactChange, display: str) -> bool | None:
    was, now = (
        {squashed(one) for one in re.split(r"[,;]", text)} - {"", "null"} for text in _from_to(display)
    )
    came, went = now - was, was - now
    added, removed = ({squashed(one) for one in told} for told in (fact.added, fact.removed))
    if came & added or went & removed:
        return not (came & removed or went & added)
    return False if came & removed or went & added else None


def _of_value(fact: FactChange, aspect: str, row: SetupChange) -> bool | None:
    was, now = _value(fact.was), _value(fact.now)
    if was == now:
        return None
    told = _told_value(row)
    if aspect.startswith("block") and "allow" in row.display.casefold():  # Setup's words say the contrary
        told = {"on": "off", "off": "on"}.get(told, told)
    return True if told == now else False if told == was else None


def _told_value(row: SetupChange) -> str:
    """To which value the row says that it went; empty if it doesn't."""
    action = row.action.casefold()
    if way := next((way for name, way in _ACTIONS.items() if action.startswith(name)), ""):
        return way
    if found := re.fullmatch(
        r"Assigned OAuth client credentials user (\S+) to app .+", row.display, re.DOTALL
    ):
        return _value(found[1])
    if to := _from_to(row.display)[1]:
        return _value(to)
    if way := _way(row.display):
        return way
    return next((way for end, way in _SUFFIXES.items() if row.action.endswith(end)), "")


def _way(display: str) -> str:
    """On or off, by the value that it went to, or by a word; empty if neither tells, or both."""
    if to := _from_to(display)[1]:
        return _one_of(_value(to), ("on", "off"))
    on, off = (bool(pattern.search(display)) for pattern in (_ON, _OFF))
    return "" if on is off else "on" if on else "off"


def _one_of(value: str, allowed: Collection[str]) -> str:
    return value if value in allowed else ""


def _from_to(display: str) -> tuple[str, str]:
    """The values before and after, as a row's last words tell them."""
    _, between, rest = display.rpartition(" from ")
    before, _, after = rest.partition(" to ") if between else ("", "", "")
    return (before, after) if after else ("", "")


def _value(text: str) -> str:
    plain = re.sub(r"[^\w]|_", "", text.casefold())
    return _VALUES.get(plain, plain)
