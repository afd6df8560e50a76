"""Published lists of addresses: text with comments and defanged addresses, CSV, and STIX 2.1 bundles.

What is no address at all (a domain, a hash) is counted and left out: nothing that an org records could match it. What looks
like an address and is none is told, so that a slip of the list's author is not taken for silence.
"""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sfharden.addresses import AddressError, AddressSet, Interval, interval, parse_range
from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.text.redact import safe_text
from sfharden.text.wording import shorten

MAX_BYTES: Final = 64_000_000
RIGHT: Final = "Right would be text with an address, range or network a line, CSV, or a STIX 2.1 bundle."
_DEFANGED: Final = re.compile(
    r"[\[({]\s{0,3}(\.|::?|://|dot)\s{0,3}[\])}]|(?<=\w)[\[({](\.)(?=\w)|(?<=\w)(\.)[\])}](?=\w)|\\(\.)",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
# A comment may stand behind something like an address only: `Actor #1,198.51.100.7` has none.
_WHOLE_COMMENT: Final = re.compile(r"\s*(?:#|//)")
_COMMENT: Final = re.compile(r"\s(?:#|//)")
# Each pattern is bounded and starts at an edge, so that a long line takes no more than its length.
_ENDS_SPAN: Final = r"(?<![0-9A-Fa-f.:/])([0-9A-Fa-f.:]{3,64})\s{0,9}(?:-|–|—|to|until)\s{0,9}([0-9A-Fa-f.:]{3,64})(?![\w.:/])"
_SPAN: Final = re.compile(_ENDS_SPAN)
_WORDS: Final = re.compile(r"[\s,;|\"'<>=`]+")
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
_HEAD_WITHIN: Final = 20  # lines
# STIX 2.1, Patterning: literals, and a comparison of an address or URL with a value, a set of values, or a network.
_LITERAL: Final = re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)(?:'|\\?\Z)", re.DOTALL)
_COMPARED: Final = re.compile(
    r"(?<![\w-])(?P<not>NOT\s{1,9})?(?P<path>ipv[46]-addr\s{0,9}:\s{0,9}value|url:value|[\w-]{1,64}:(?:src|dst)_ref\.value)"
    r"\s{0,9}(?P<no>NOT\s{1,9})?(?P<how>!=|<>|==?|IN|ISSUBSET)\s{0,9}(?P<values>'\d+'|\([\s,'\d]*\))",
    re.IGNORECASE,
)
_ADDRESS_TYPE: Final = re.compile("ipv[46]-addr", re.IGNORECASE)
_NUMBER: Final = re.compile(r"'(\d+)'")
# Heads of two columns that are a range's ends, without case and signs; `first_seen` is none.
_FIRST: Final = re.compile(
    r"(?:ip|range|address|ipaddress|network|net|block)?(?:start|first|from|begin|low)(?:ip|address|ipaddress)?"
)
_LAST: Final = re.compile(
    r"(?:ip|range|address|ipaddress|network|net|block)?(?:end|last|to|high)(?:ip|address|ipaddress)?"
)
# Beside one of these, bare `first` and `last` say when it was seen.
_ONE_ADDRESS: Final = frozenset(("ip", "ipaddress", "address", "indicator", "ioc", "value"))
_BARE: Final = frozenset(("start", "first", "from", "begin", "end", "last", "to"))


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

    def add(self, text: str, *, address: bool = False) -> None:
        """Take over a word: an address, a range, or something else, which is told if it's like an address."""
        if not address and "." not in text and ":" not in text:
            self.others += 1
            return
        plain = _stripped(text)
        try:
            self.ranges.append((_range_of(plain), plain))
        except AddressError:
            if address or _is_like(plain):
                self.miss(plain)
            else:
                self.others += 1

    def add_span(self, first: str, last: str) -> None:
        """Take over a range by its two ends."""
        text = f"{first.strip()}-{last.strip()}"
        try:
            self.ranges.append((interval(first.strip(), last.strip()), text))
        except AddressError:
            self.miss(text)

    def miss(self, text: str) -> None:
        """Count what was not understood."""
        self.unreadable.append(safe_text(text[:_LONGEST], limit=_LONGEST))


def _stripped(text: str) -> str:
    word = text.strip()
    if word[:1] in ("*", "_", "•"):
        word = word.strip("*_•")
    if not _HOSTS[2].fullmatch(word):
        word = word.strip("[](){}.,!?")
    return _LABEL.sub("", word, count=1) if _LABEL.match(word) else word


def _range_of(plain: str) -> Interval:
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


def _is_like(word: str) -> bool:
    """Would a person take it, or something in it, for an address?"""
    if _LIKE_4.search(word) or _PART_4.fullmatch(word):
        return True
    return bool(_LIKE_6.search(word)) and not _TIME.fullmatch(word)


def load_indicators(paths: Iterable[Path]) -> Indicators:
    """All that these lists hold. Raises InputError for one that is none, or holds no address."""
    found = Indicators()
    for path in dict.fromkeys(paths):
        shown, before, missed = safe_text(str(path), limit=200), len(found.ranges), len(found.unreadable)
        _read(_text_of(path, shown), shown, found)
        if len(found.ranges) == before:
            told = shorten(found.unreadable[missed:])
            raise InputError(
                f"{shown} holds no address."
                if told == "none"
                else f"{shown} holds no address that is understood: {told}",
                RIGHT,
            )
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
    _read_lines([line for line in map(_plain, text.splitlines()) if line.strip()], found)


def _plain(line: str) -> str:
    """A line without comment, what can't be seen, and defanging."""
    line = _refanged(line)
    if _WHOLE_COMMENT.match(line):
        return ""
    comment = _COMMENT.search(line)
    if comment and any(_is_like(_stripped(word)) for word in _WORDS.split(line[: comment.start()])):
        return line[: comment.start()]
    return line


def _refanged(text: str) -> str:
    return _DEFANGED.sub(_fanged, _UNSEEN.sub("", text))


def _fanged(found: re.Match[str]) -> str:
    sign = next(one for one in found.groups() if one)
    return "." if sign.casefold() == "dot" else sign


def _read_lines(lines: Sequence[str], found: Indicators) -> None:
    for place, line in enumerate(lines):
        if place < _HEAD_WITHIN:
            for delimiter in ",;\t|":
                if ends := _ends(_cells(line, delimiter)):
                    for row in lines[place + 1 :]:
                        _read_row(row, _cells(row, delimiter), ends, found)
                    return
        _read_line(line, found)


def _cells(line: str, delimiter: str) -> list[str]:
    """A line's cells, none if it can't be read; a line at a time, so that an odd quote swallows no other line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _ends(heads: Sequence[str]) -> tuple[int, int] | None:
    """The columns of first and last address in a CSV that has one for each."""
    names = ["".join(filter(str.isalnum, head)).casefold() for head in heads]
    first, last = (
        next((place for place, name in enumerate(names) if pattern.fullmatch(name)), -1)
        for pattern in (_FIRST, _LAST)
    )
    if -1 in (first, last) or ({names[first], names[last]} <= _BARE and not _ONE_ADDRESS.isdisjoint(names)):
        return None
    return first, last


def _read_row(line: str, row: Sequence[str], ends: tuple[int, int], found: Indicators) -> None:
    if len(row) <= max(ends):
        found.miss(line)
        return
    first, last = (_stripped(row[place]) for place in ends)
    if first or last:
        found.add_span(first, last)
    for place, cell in enumerate(row):
        if place not in ends:
            _read_line(cell, found)


def _read_line(line: str, found: Indicators) -> None:
    def span(match: re.Match[str]) -> str:
        if not (_is_like(match[1]) and _is_like(match[2])):
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
        _read_object(one, found)
        inner = one.get("objects")  # STIX 2.0 has what was observed inside
        for part in inner.values() if isinstance(inner, dict) else ():
            if isinstance(part, dict):
                _read_object(part, found)


def _read_object(one: dict[str, Any], found: Indicators) -> None:
    if one.get("type") in ("ipv4-addr", "ipv6-addr"):
        found.add(_refanged(str(one.get("value"))), address=True)
    elif one.get("type") in ("url", "domain-name"):
        found.add(_refanged(str(one.get("value"))))
    elif one.get("type") == "indicator":
        _read_pattern(str(one.get("pattern")), one.get("pattern_type", "stix") == "stix", found)


def _read_pattern(pattern: str, is_stix: bool, found: Indicators) -> None:
    """Read the comparisons that are sure; if more of the pattern is like an address, the pattern is told."""
    texts: list[str] = []

    def number(match: re.Match[str]) -> str:
        texts.append(match[1])
        return f"'{len(texts) - 1}'"

    before = len(found.ranges) + len(found.unreadable)
    rest = _LITERAL.sub(number, pattern) if is_stix else pattern
    for one in _COMPARED.finditer(rest) if is_stix else ():
        if not (one["not"] or one["no"] or one["how"] in ("!=", "<>")):
            for place in _NUMBER.findall(one["values"]):
                found.add(_refanged(texts[int(place)]), address=one["path"][:2].casefold() == "ip")
    left = _COMPARED.sub(" ", rest) if is_stix else rest
    left = _NUMBER.sub(lambda match: f" {texts[int(match[1])]} ", left) if is_stix else left
    gave = len(found.ranges) + len(found.unreadable) > before
    if _holds_address(left) or (not gave and _holds_address(pattern)):
        found.miss(pattern)
    elif not gave:
        found.others += 1


def _holds_address(text: str) -> bool:
    return bool(_ADDRESS_TYPE.search(text)) or any(map(_is_like, _WORDS.split(_refanged(text))))
