"""Sets of IPv4 and IPv6 addresses as sorted, disjoint intervals of integers.

One space of 128-bit integers holds both families, as in Salesforce: IPv4 lives in ::ffff:0:0 to ::ffff:ffff:ffff, which no
range may straddle (Security Guide, Restrict Login IP Addresses in Profiles). So there are three *blocks*, IPv4 between two.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import pairwise
from typing import Final

from sfharden.text.redact import mask_credentials, safe_text
from sfharden.text.wording import shorten

Interval = tuple[int, int]  # first and last address, both inside

_V4: Final = range(0xFFFF_0000_0000, 0x1_0000_0000_0000)
_BORDERS: Final = (_V4.start, _V4.stop)  # where the second and the third block begin
_LAST: Final = 2**128 - 1

_HEX_128: Final = re.compile("[0-9A-Fa-f]{32}")
# Tables of the only accepted spellings: no leading zero, sign, space or Unicode digit can slip through.
_OCTETS: Final = {str(number): number for number in range(256)}
_PREFIXES: Final = {str(number): number for number in range(129)}


class AddressError(ValueError):
    """A text that is no address, range or network, or a wish that can't be met; in one sentence."""


def _complaint(text: str, fault: str) -> AddressError:
    # Cut before masking: the text is foreign and may be of any length.
    return AddressError(f"'{safe_text(mask_credentials(text[:400]), limit=90)}' {fault}.")


def _fault(text: str) -> str:
    if not text:
        return "is empty where an address is needed"
    if not text.isascii():
        return "is not an address: it has characters outside ASCII"
    if "%" in text:
        return "has a zone id, which has no meaning beyond one machine"
    octets = text.rpartition(":")[2].split(".")
    if len(octets) == 4 and any(octet.isdigit() and octet != "0" and octet[0] == "0" for octet in octets):
        return "has a number with a leading zero, which programs read differently"
    return "is not an IPv4 or IPv6 address"


def _parse_v4(text: str) -> int:
    a, b, c, d = text.split(".")
    return 0xFFFF_0000_0000 | _OCTETS[a] << 24 | _OCTETS[b] << 16 | _OCTETS[c] << 8 | _OCTETS[d]


def _parse_v6(text: str) -> int:
    if "." in text:
        front, _, dotted = text.rpartition(":")
        v4 = _parse_v4(dotted)
        text = f"{front}:{v4 >> 16 & 0xFFFF:x}:{v4 & 0xFFFF:x}"
    head, elision, tail = text.partition("::")
    groups = head.split(":") if head else []
    if elision:
        right = tail.split(":") if tail else []
        # "::" stands for at least one group; a second "::" leaves an empty group, refused below.
        groups += ["0"] * max(1, 8 - len(groups) - len(right)) + right
    digits = "".join([group.zfill(4) for group in groups])
    if len(groups) != 8 or "" in groups or not _HEX_128.fullmatch(digits):
        raise ValueError
    return int(digits, 16)


def _parse_address(text: str) -> int:
    try:
        return _parse_v6(text) if ":" in text else _parse_v4(text)
    except (KeyError, ValueError):
        raise _complaint(text, _fault(text)) from None


def _block(address: int) -> int:
    return bisect_right(_BORDERS, address)


def _within_one_block(start: int, end: int, text: str) -> Interval:
    if start <= end and _block(start) == _block(end):
        return start, end
    if (start in _V4) != (end in _V4):
        raise _complaint(text, "mixes IPv4 and IPv6")
    if start > end:
        raise _complaint(text, "is reversed: it ends before it starts")
    raise _complaint(text, "straddles the space of IPv4, ::ffff:0:0 to ::ffff:ffff:ffff")


def interval(start: str, end: str) -> Interval:
    """First and last address of a range whose two ends, both inside it, are given separately.

    Raises AddressError if an end is no address, or the range is reversed, mixes families or straddles IPv4.
    """
    return _within_one_block(_parse_address(start), _parse_address(end), f"{start}-{end}")


def _network(text: str, strict: bool) -> Interval:
    address_text, _, prefix_text = text.partition("/")
    address = _parse_address(address_text)
    width = 128 if ":" in address_text else 32
    prefix = _PREFIXES.get(prefix_text, 129)
    if prefix > width:
        raise _complaint(text, f"needs a prefix length from 0 to {width} after the slash")
    host_mask = (1 << (width - prefix)) - 1
    start = address & ~host_mask
    if strict and start != address:
        raise _complaint(text, "has host bits set: the address is not the first of its network")
    return _within_one_block(start, start | host_mask, text)


def parse_range(text: str, *, strict: bool = True) -> Interval:
    """First and last address of a single address, a CIDR network, or `a-b`; spaces may surround the `-` only.

    A network with host bits set is refused, or with `strict=False` taken as the network around it. Raises
    AddressError for that and for whatever `interval` refuses.
    """
    start, dash, end = text.partition("-")
    if dash:
        return interval(start.rstrip(" "), end.lstrip(" "))
    if "/" in text:
        return _network(text, strict)
    address = _parse_address(text)
    return address, address


@lru_cache(maxsize=65_536)
def address_of(text: str) -> int | None:
    """The one address that a text is, such as a login's source; None for words, and for more than one address."""
    try:
        first, last = parse_range(text.strip())
    except AddressError:
        return None
    return first if first == last else None


def format_address(value: int) -> str:
    """Dotted inside the IPv4 block, compressed IPv6 elsewhere; raises AddressError beyond 128 bits."""
    if value in _V4:
        return f"{value >> 24 & 255}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"
    if not 0 <= value <= _LAST:
        raise _complaint(f"{value:#x}", "is outside the 128 bits of an address")
    return str(IPv6Address(value))


def _normal(pairs: Iterable[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    reach = -2  # before any address, and not adjacent to the first
    for start, end in sorted(pairs):
        if not 0 <= start <= end <= _LAST:
            raise _complaint(f"{start:#x} to {end:#x}", "is not an interval of 128-bit addresses")
        if start > reach + 1:
            merged.append((start, end))
            reach = end
        elif end > reach:
            merged[-1] = (merged[-1][0], end)
            reach = end
    for border in _BORDERS:
        index = bisect_left(merged, (border, 0)) - 1
        if index >= 0 and merged[index][1] >= border:
            start, end = merged[index]
            merged[index : index + 1] = [(start, border - 1), (border, end)]
    return tuple(merged)


def _overlaps(left: Sequence[Interval], right: Sequence[Interval]) -> Iterator[Interval]:
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start <= end:
            yield start, end
        if left[i][1] == end:
            i += 1
        else:
            j += 1


def _outside(intervals: Iterable[Interval]) -> Iterator[Interval]:
    free = 0
    for start, end in intervals:
        if free < start:
            yield free, start - 1
        free = end + 1
    if free <= _LAST:
        yield free, _LAST


@dataclass(frozen=True, slots=True, repr=False)
class AddressSet:
    """An immutable set of addresses, brought into one form: the fewest intervals, sorted, each within one block."""

    intervals: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "intervals", _normal(self.intervals))

    @classmethod
    def of(cls, texts: Iterable[str], *, strict: bool = True) -> "AddressSet":
        """All addresses of the texts, read by `parse_range`; raises AddressError at the first bad one."""
        return cls(tuple(parse_range(text, strict=strict) for text in texts))

    @classmethod
    def from_intervals(cls, pairs: Iterable[Interval]) -> "AddressSet":
        """From pairs of first and last address, in any order; split at the borders of the IPv4 block."""
        return cls(tuple(pairs))

    def __repr__(self) -> str:
        return f"AddressSet.of({self.ranges()})"

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __len__(self) -> int:
        return len(self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __contains__(self, address: str | int) -> bool:
        value = _parse_address(address) if isinstance(address, str) else address
        index = bisect_right(self.intervals, (value, _LAST)) - 1
        return index >= 0 and value <= self.intervals[index][1]

    def __or__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet(self.intervals + other.intervals)

    def __and__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet(tuple(_overlaps(self.intervals, other.intervals)))

    def __sub__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet(tuple(_overlaps(self.intervals, tuple(_outside(other.intervals)))))

    def covers(self, other: "AddressSet") -> bool:
        """Whether every address of `other` is in this set; the empty set is covered by all."""
        return not other - self

    @property
    def size(self) -> int:
        """The number of addresses."""
        return sum(end - start + 1 for start, end in self.intervals)

    @property
    def v4(self) -> "AddressSet":
        """The part inside the IPv4 block."""
        return self & ALL_V4

    @property
    def v6(self) -> "AddressSet":
        """The part outside the IPv4 block."""
        return self & ALL_V6

    def _hull(self) -> "AddressSet":
        """One interval for each block in use, from its first address to its last."""
        cuts = [bisect_left(self.intervals, (border, 0)) for border in _BORDERS]
        blocks = [self.intervals[low:high] for low, high in pairwise([0, *cuts, len(self)])]
        return AddressSet(tuple((block[0][0], block[-1][1]) for block in blocks if block))

    def gaps(self) -> "AddressSet":
        """What lies strictly between two intervals of the same block."""
        return self._hull() - self

    def ranges(self) -> list[str]:
        """The fewest ranges that hold exactly this set, in order: `a`, or `a-b` with both ends inside."""
        return ["-".join(map(format_address, sorted({*ends}))) for ends in self.intervals]

    def fit(self, n: int) -> "AddressSet":
        """The cover with at most `n` intervals that admits the fewest further addresses.

        The largest gaps stay open, of equal ones the lower, so a larger `n` never admits what a smaller one keeps out.
        Blocks are never joined: raises AddressError when `n` is below 1 or below the number of blocks in use.
        """
        hull = self._hull()
        needed = max(1, len(hull))
        if n < needed:
            raise _complaint(str(n), f"is below the {needed} needed: IPv4 and IPv6 cannot share a range")
        # Sorting is stable, and gaps come in address order: that settles ties.
        largest_first = sorted(self.gaps(), key=lambda gap: gap[0] - gap[1])
        return hull - AddressSet(tuple(largest_first[: n - len(hull)]))


def union(sets: Iterable[AddressSet]) -> AddressSet:
    """All addresses of all the sets, in one sort."""
    return AddressSet(tuple(pair for one in sets for pair in one))


def show_ranges(addresses: AddressSet) -> str:
    """The ranges of a set in words, cut after a few and counted."""
    return shorten(addresses.ranges())


ALL_V4: Final = AddressSet(((_V4.start, _V4.stop - 1),))
ALL_V6: Final = AddressSet(((0, _V4.start - 1), (_V4.stop, _LAST)))
