"""Ranges of addresses compared as sets: what they admit now that they didn't, and the other way round."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sfharden.addresses import AddressSet
from sfharden.facts.profiles import ranges_of
from sfharden.model.snapshot import Component
from sfharden.text.wording import count

# How elements that hold a range name its ends (Metadata API Guide: Profile; SecuritySettings, NetworkAccess; ConnectedApp,
# ipRanges; ExtlClntAppOauthSecuritySettings).
_ENDS: Final = (("startAddress", "endAddress"), ("start", "end"), ("startIpAddress", "endIpAddress"))


@dataclass(frozen=True, slots=True)
class AddressChange:
    """Added and removed addresses as the fewest ranges; `broken` says why the sets can't be told."""

    was: str
    now: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    broken: str = ""


def ends_of(old: Component, new: Component, path: str) -> tuple[str, str] | None:
    """How the groups at a path name the ends of a range; None if they are no ranges."""
    keys = {key for side in (old, new) for group in side.groups.get(path, ()) for key in group.values}
    return next((pair for pair in _ENDS if keys.issuperset(pair)), None)


def compare_ranges(old: Component, new: Component, path: str, ends: tuple[str, str]) -> AddressChange | None:
    """What became of the ranges at a path; None if they hold the same addresses."""
    was, now = ranges_of(old, path, *ends), ranges_of(new, path, *ends)
    broken = next((one.value for side in (was, now) for one in side.broken), "")
    if broken:
        return AddressChange("", "", broken=f"a range can't be read: {broken}")
    if was.addresses == now.addresses:
        return None
    added, removed = now.addresses - was.addresses, was.addresses - now.addresses
    return AddressChange(
        _size(was.addresses), _size(now.addresses), tuple(added.ranges()), tuple(removed.ranges())
    )


def _size(addresses: AddressSet) -> str:
    return count(addresses.size, "address")


def touches(ranges: Iterable[str], start: str, end: str) -> bool:
    """Whether a range from start to end has an address in common with any of the ranges; True if its ends are none."""
    try:
        one = AddressSet.of([f"{start}-{end}"])
    except ValueError:
        return True
    return bool(one & AddressSet.of(ranges))
