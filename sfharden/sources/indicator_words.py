"""Words of published lists: what one means once it's no longer defanged, and what a person would take for an address."""

import re
from dataclasses import dataclass, field
from typing import Final

from sfharden.addresses import AddressError, AddressSet, Interval, format_address, interval, parse_range
from sfharden.text.redact import safe_text

_DEFANGED: Final = re.compile(
    r"[\[({]\s{0,3}(\.|::?|://|dot)\s{0,3}[\])}]|(?<=\w)[\[({](\.)(?=\w)|(?<=\w)(\.)[\])}](?=\w)|\\(\.)",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_V4: Final = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_LABEL: Final = re.compile(r"(?=[\w-]{0,20}[g-z])[a-z][\w-]{0,20}:(?!//)(?=.)", re.IGNORECASE)
# An address with a port or a path; a path that could be a slip in a network's length is none.
_PORT: Final = r"(?::\d{0,5})?"
_SCHEME: Final = r"[a-z][a-z0-9+-]{0,15}://"
_HOSTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SCHEME}({_V4}){_PORT}(?:/(?!\d{{1,3}}(?:$|\.\d)).*)?",
        rf"({_V4}){_PORT}(?:/(?:[a-z_~-]{{3}}.*)?)?",
        rf"(?:{_SCHEME})?\[([0-9a-f:.]{{2,64}})\]{_PORT}(?:/(?!\d).*)?",
    )
)
_MASKED: Final = re.compile(rf"({_V4})/({_V4})")
_WILD: Final = re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3})\.[*x]")
_LAST_PART: Final = re.compile(r"((?:\d{1,3}\.){3})(\d{1,3})-(\d{1,3})")
# What a person would take for an address: four numbers with dots in anything; three, or a network's two, alone;
# or hexadecimal groups with two colons, which are no time of day.
_LIKE_4: Final = re.compile(r"(?<!\d)\d{1,9}(?:[.\[\](){}\\]{1,4}(?:\d{1,9}|[*%])){3}")
_PART_4: Final = re.compile(
    r"\d{1,3}\.\d{1,3}(?:\.\d{1,3}\.?(?:[*x%](?:\.[*x%])?)?(?:/\d{1,3})?|/\d{1,3}|\.[*x%](?:\.[*x%])?)"
)
_LIKE_6: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{0,8}:[0-9A-Fa-f]{0,8}:[0-9A-Fa-f]{0,8}(?![0-9A-Za-z])"
)
_TIME: Final = re.compile(r"\d{1,2}:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_LONGEST: Final = 100


@dataclass(slots=True)
class Indicators:
    """The ranges of all lists, each as it was written; how much was no address, and what looked like one and is none.

    `pairs` are rows of two addresses that may be a range's ends: both are among the ranges, what lies between isn't.
    """

    ranges: list[tuple[Interval, str]] = field(default_factory=list)
    others: int = 0
    unreadable: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> AddressSet:
        """All addresses of the lists."""
        return AddressSet.from_intervals(pair for pair, _ in self.ranges)

    def add(self, text: str, *, address: bool = False) -> None:
        """Take over a word: an address, a range, or something else, which is told if it's like an address."""
        if not address and "." not in text and ":" not in text:
            self.others += 1
            return
        plain = stripped(text)
        try:
            self.ranges.append((range_of(plain), plain))
        except AddressError:
            if address or is_like(plain):
                self.miss(plain)
            else:
                self.others += 1

    def add_span(self, first: str, last: str) -> None:
        """Take over a range by its two ends; one may be a network, which belongs to it."""
        text = f"{first.strip()}-{last.strip()}"
        try:
            start, _ = parse_range(first.strip(), strict=False)
            _, end = parse_range(last.strip(), strict=False)
            self.ranges.append((interval(format_address(start), format_address(end)), text))
        except AddressError:
            self.miss(text)

    def miss(self, text: str) -> None:
        """Count what was not understood."""
        self.unreadable.append(safe_text(text[:_LONGEST], limit=_LONGEST))


def refanged(text: str) -> str:
    """The text without defanging and without what can't be seen."""
    return _DEFANGED.sub(_fanged, _UNSEEN.sub("", text))


def _fanged(found: re.Match[str]) -> str:
    sign = next(one for one in found.groups() if one)
    return "." if sign.casefold() == "dot" else sign


def stripped(text: str) -> str:
    """A word without the signs around it and a label before it."""
    word = text.strip()
    if word[:1] in ("*", "_", "•"):
        word = word.strip("*_•")
    if not _HOSTS[2].fullmatch(word):
        word = word.strip("[](){}.,!?")
    return _LABEL.sub("", word, count=1) if _LABEL.match(word) else word


def range_of(plain: str) -> Interval:
    """What a word means, if that is sure. Raises AddressError."""
    for pattern in _HOSTS:
        if host := pattern.fullmatch(plain):
            return parse_range(host[1])
    if len(plain) > _LONGEST:
        raise AddressError("It's too long for an address.")
    if wild := _WILD.fullmatch(plain):
        return interval(f"{wild[1]}.0", f"{wild[1]}.255")
    if part := _LAST_PART.fullmatch(plain):
        return interval(part[1] + part[2], part[1] + part[3])
    if masked := _MASKED.fullmatch(plain):
        mask, _ = parse_range(masked[2])
        bits = f"{mask & 0xFFFFFFFF:032b}"
        plain = plain if "01" in bits else f"{masked[1]}/{bits.count('1')}"
    return parse_range(plain, strict=False)


def is_like(word: str) -> bool:
    """Would a person take it, or something in it, for an address?"""
    if _LIKE_4.search(word) or _PART_4.fullmatch(word):
        return True
    return bool(_LIKE_6.search(word)) and not _TIME.fullmatch(word)
