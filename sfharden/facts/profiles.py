"""What a profile says: its login ranges and its permissions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sfharden.addresses import AddressError, AddressSet, interval
from sfharden.facts import values as facts
from sfharden.facts.values import CannotTell, Fact
from sfharden.model.planned import SURPLUS_ADDRESSES
from sfharden.model.snapshot import Component
from sfharden.text.names import one_edit_apart

# How many addresses beyond need ranges may admit, unless a policy says otherwise.
TOLERATED_SURPLUS: Final = SURPLUS_ADDRESSES
# More than half of all IPv4 addresses shut nobody out, whatever the other half is.
NEARLY_EVERYBODY = 2**31
# The same of the IPv6 addresses in global use (2000::/3, RFC 4291).
_NEARLY_EVERYBODY_V6 = 2**124


def keeps_nobody_out(addresses: AddressSet) -> bool:
    """True when ranges are so wide, in IPv4 or in IPv6, that they are as good as none."""
    return addresses.v4.size >= NEARLY_EVERYBODY or addresses.v6.size >= _NEARLY_EVERYBODY_V6


@dataclass(frozen=True, slots=True)
class LoginRanges:
    """The login ranges of a profile: their union, how many entries there are, and where the first stands.

    `broken` says what is wrong with an entry that could not be read; the union then lacks it.
    A profile without ranges restricts nobody (Security Guide, Restrict Login IP Addresses in Profiles).
    """

    addresses: AddressSet
    entries: int
    where: str
    broken: tuple[Fact[str], ...] = ()

    def require_whole(self) -> None:
        """Raise CannotTell if an entry could not be read."""
        if self.broken:
            raise CannotTell(f"a login range can't be read: {self.broken[0].value}", self.broken[0].where)


def login_ranges(profile: Component) -> LoginRanges:
    """The profile's login ranges (Metadata API Guide, Profile: ProfileLoginIpRange; both ends inclusive)."""
    return ranges_of(profile, "loginIpRanges", "startAddress", "endAddress")


@lru_cache(maxsize=4096)
def _interval(start: str, end: str) -> tuple[int, int]:
    return interval(start, end)


def ranges_of(component: Component, path: str, start_name: str, end_name: str) -> LoginRanges:
    """The ranges in the groups at `path`; entries that can't be read are told in `broken`."""
    found: list[tuple[int, int]] = []
    broken = [
        Fact(gap.reason, "", component.where(gap.line))
        for gap in component.gaps
        if gap.path.split(".")[-1] in path.split(".") or gap.path.startswith(f"{path}.")
    ]
    entries = component.groups.get(path, ())
    for group in entries:
        where = component.where(group.line)
        start, end = group.values.get(start_name), group.values.get(end_name)
        if not start or not end:
            broken.append(Fact("it lacks its start or its end", "", where))
            continue
        try:
            found.append(_interval(start, end))
        except AddressError as error:
            broken.append(Fact(str(error), f"{start}-{end}", where))
    first = component.where(entries[0].line if entries else None)
    return LoginRanges(AddressSet.from_intervals(found), len(entries), first, tuple(broken))


def is_custom(profile: Component) -> Fact[bool]:
    """Whether the profile is custom, that is, made or cloned in this org."""
    return facts.boolean(profile, "custom")


def looks_whole(profile: Component) -> bool:
    """False for a file that may be cut down to a few sections, as public repositories are full of.

    Every profile has `custom`, and one whose users can do anything has user permissions (Metadata API Guide,
    Profile); of 65 public files 52 have both, and all of these the licence too.
    """
    return "custom" in profile.values and "userPermissions" in profile.values


def permissions(profile: Component, *, whole: bool = False) -> dict[str, int]:
    """API name of each enabled user permission, with the line that grants it.

    Only enabled permissions are retrieved (Metadata API Guide, Profile). A file with none at all may be a part of the
    profile, unless it's known to be `whole`.
    """
    facts.refuse_gap(profile, "userPermissions")
    if not whole and "userPermissions" not in profile.values:
        raise CannotTell(
            "the file lists no user permissions at all, so it may be a part of the profile", profile.file
        )
    return profile.permissions


def refuse_damaged_permission(component: Component, wanted: Iterable[str]) -> None:
    """Raise CannotTell if a granted permission's name is one character away from a wanted one.

    Among 250 permissions seen in public profiles no two are that close. Inferred, so it only ever withholds a pass.
    """
    for name in wanted:
        for granted, line in component.permissions.items():
            if one_edit_apart(granted, name):
                raise CannotTell(
                    f"it grants '{granted}', which looks like a damaged {name}", component.where(line)
                )
