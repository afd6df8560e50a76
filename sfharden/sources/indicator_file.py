"""Published lists of addresses: text with comments and defanged addresses, CSV, and STIX 2.1 bundles.

What is no address at all (a domain, a hash) is counted and left out: nothing that an org records could match it. What looks
like an address and is none is told, so that a slip of the list's author is not taken for silence.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sfharden.addresses import AddressError, AddressSet, Interval, interval, parse_range
from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.text.redact import safe_text

MAX_BYTES: Final = 64_000_000
RIGHT: Final = "Right would be text with an address, range or network a line, CSV, or a STIX 2.1 bundle."
_DEFANGED: Final = re.compile(r"[\[({]\s*(\.|:|dot)\s*[\])}]", re.IGNORECASE)
_COMMENT: Final = re.compile(r"\s*(?:#|//|;(?=\s)).*")
_SPAN: Final = re.compile(r"([0-9A-Fa-f.:]{3,})\s*(?:-|–|to)\s*([0-9A-Fa-f.:]{3,})")
_WORDS: Final = re.compile(r"[\s,;|\"'<>=]+")
_PORT: Final = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d{1,5}")
# What a person would take for an address: four numbers with dots, or hexadecimal groups with two colons.
_LIKE: Final = re.compile(r"\d+\.\d+\.\d+\.\d+(/\d+)?|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(/\d+)?")
# STIX 2.1, Patterning: a comparison of an address with a value, a set of values, or a network.
_COMPARED: Final = re.compile(
    r"(?P<not>NOT\s+)?(?:ipv[46]-addr:value|[\w-]+:(?:src|dst)_ref\.value)\s*(?P<no>NOT\s+)?(?P<how>=|IN|ISSUBSET)\s*"
    r"(?P<values>'[^']*'|\([^)]*\))"
)
_QUOTED: Final = re.compile(r"'([^']*)'")
# Heads of two columns that are a range's ends; `first_seen` is none.
_FIRST: Final = re.compile(r"(?:ip|address)?[ _-]?(?:start|first|from|begin)[ _-]?(?:ip|address)?")
_LAST: Final = re.compile(r"(?:ip|address)?[ _-]?(?:end|last|to)[ _-]?(?:ip|address)?")


@dataclass(slots=True)
class Indicators:
    """The ranges of all lists, each as it was written; how much was no address, and what looked like one and is none."""

    ranges: list[tuple[Interval, str]] = field(default_factory=list)
    others: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> AddressSet:
        """All addresses of the lists."""
        return AddressSet.from_intervals(pair for pair, _ in self.ranges)

    def add(self, text: str) -> None:
        """Take over a word: an address, a range, or something else."""
        plain = _PORT.sub(r"\1", text.strip("[](){}.,"))
        try:
            self.ranges.append((parse_range(plain, strict=False), plain))
        except AddressError:
            if _LIKE.fullmatch(plain):
                self.unreadable.append(plain)
            else:
                self.others += 1

    def add_span(self, first: str, last: str) -> None:
        """Take over a range by its two ends."""
        try:
            self.ranges.append((interval(first.strip(), last.strip()), f"{first.strip()}-{last.strip()}"))
        except AddressError:
            self.unreadable.append(f"{first.strip()}-{last.strip()}")


def load_indicators(paths: Iterable[Path]) -> Indicators:
    """All that these lists hold. Raises InputError for one that is none, or holds no address."""
    found = Indicators()
    for path in dict.fromkeys(paths):
        shown, before = safe_text(str(path), limit=200), len(found.ranges)
        _read(_text_of(path, shown), shown, found)
        if len(found.ranges) == before:
            raise InputError(f"{shown} holds no address.", RIGHT)
    return found


def _text_of(path: Path, shown: str) -> str:
    try:
        data = read_regular(path, MAX_BYTES)
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no list of addresses at {shown}.") from None
    except TooLargeError:
        raise InputError(f"{shown} is larger than {MAX_BYTES // 1_000_000} MB.") from None
    except NoFileError:
        raise InputError(f"{shown} is no regular file.") from None
    except (OSError, ValueError):
        raise InputError(f"{shown} can't be read as text.", RIGHT) from None


def _read(text: str, shown: str, found: Indicators) -> None:
    if text.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            if text.lstrip().startswith("{"):
                raise InputError(f"{shown} is not JSON.", RIGHT) from None
        else:
            _read_stix(document, shown, found)
            return
    lines = [_DEFANGED.sub(_fanged, line) for line in text.splitlines()]
    ends = _ends(lines)
    if ends is None:
        for line in lines:
            _read_line(_COMMENT.sub("", line), found)
        return
    for row in csv.reader(lines[1:]):
        if len(row) > max(ends):
            found.add_span(row[ends[0]], row[ends[1]])


def _fanged(found: re.Match[str]) -> str:
    return ":" if found[1] == ":" else "."


def _ends(lines: Sequence[str]) -> tuple[int, int] | None:
    """The columns of first and last address in a CSV that has one for each."""
    names = [name.strip().casefold() for name in next(csv.reader(lines[:1]), [])]
    places = [
        next((place for place, name in enumerate(names) if pattern.fullmatch(name)), -1)
        for pattern in (_FIRST, _LAST)
    ]
    return (places[0], places[1]) if -1 not in places and places[0] != places[1] else None


def _read_line(line: str, found: Indicators) -> None:
    def span(match: re.Match[str]) -> str:
        if not _LIKE.fullmatch(match[1]) or not _LIKE.fullmatch(match[2]):
            return match[0]
        found.add_span(match[1], match[2])
        return " "

    for word in _WORDS.split(_SPAN.sub(span, line)):
        if word:
            found.add(word)


def _read_stix(document: Any, shown: str, found: Indicators) -> None:
    objects = document.get("objects") if isinstance(document, dict) else document
    if not isinstance(objects, list) or not all(isinstance(one, dict) and "type" in one for one in objects):
        raise InputError(f"{shown} is JSON, and no STIX bundle.", RIGHT)
    for one in objects:
        if one.get("revoked") is True:
            continue
        if one["type"] in ("ipv4-addr", "ipv6-addr"):
            found.add(str(one.get("value")))
        elif one["type"] == "indicator":
            _read_pattern(str(one.get("pattern")), found)


def _read_pattern(pattern: str, found: Indicators) -> None:
    values = list(_values(pattern))
    found.others += 0 if values else 1
    for value in values:
        found.add(value)


def _values(pattern: str) -> Iterator[str]:
    for one in _COMPARED.finditer(pattern):
        if not (one["not"] or one["no"]):
            yield from _QUOTED.findall(one["values"])
