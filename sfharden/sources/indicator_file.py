"""Published lists of addresses: text with comments and defanged addresses, CSV, and STIX 2.1 bundles.

What is no address at all (a domain, a hash) is counted and left out: nothing that an org records could match it. What looks
like an address and is none is told, so that a slip of the list's author is not taken for silence.
"""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from sfharden.addresses import (
    AddressError,
    Interval,
    address_of,
    interval,
)
from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.sources.indicator_words import Indicators, is_like, range_of, refanged, stripped
from sfharden.text.redact import safe_text
from sfharden.text.wording import shorten

MAX_BYTES: Final = 64_000_000
RIGHT: Final = "Right would be text with an address, range or network a line, CSV, or a STIX 2.1 bundle."
_WORDS: Final = re.compile(r"[\s,;|\"'<>=`]+")
# A comment may stand behind something like an address only: `Actor #1,198.51.100.7` has none.
_WHOLE_COMMENT: Final = re.compile(r"\s*(?:#|//)(.*)")
_COMMENT: Final = re.compile(r"\s(?:#|//)")
# Each pattern is bounded and starts at an edge, so that a long line takes no more than its length.
_END: Final = r"([0-9A-Fa-f.:]{3,64}(?:/\d{1,3})?)"
_SPAN: Final = re.compile(
    rf"(?<![0-9A-Fa-f.:/]){_END}\s{{0,9}}(?:-{{1,2}}>|=>|[-–—→]|(?i:to|until|through))\s{{0,9}}{_END}(?![\w.:/])"
)
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
    lines = [_plain(line, found) for line in text.splitlines()]
    _read_lines([line for line in lines if line.strip()], found)


def _plain(line: str, found: Indicators) -> str:
    """A line without comment, what can't be seen, and defanging. What is like an address in a comment is told."""
    line = refanged(line)
    if whole := _WHOLE_COMMENT.match(line):
        if _head_of(whole[1]):
            return whole[1]
        _tell_comment("", line, found)
        return ""
    comment = _COMMENT.search(line)
    if comment and _told(line[: comment.start()]):
        _tell_comment(line[: comment.start()], line[comment.start() :], found)
        return line[: comment.start()]
    return line


def _tell_comment(before: str, comment: str, found: Indicators) -> None:
    """Whether the author means what is like an address there nobody knows, unless it stands before the comment, too."""
    if _told(comment) - _told(before):
        found.miss(comment.strip())


def _told(text: str) -> set[Interval | str]:
    """What is like an address in a text: the range that it means, else the word."""
    told: set[Interval | str] = set()
    for word in filter(is_like, map(stripped, _WORDS.split(text))):
        try:
            told.add(range_of(word))
        except AddressError:
            told.add(word)
    return told


def _read_lines(lines: Sequence[str], found: Indicators) -> None:
    pairs: list[tuple[str, str]] = []
    for place, line in enumerate(lines):
        if place < _HEAD_WITHIN and (head := _head_of(line)):
            delimiter, ends = head
            for row in lines[place + 1 :]:
                _read_row(row, _cells(row, delimiter), ends, found)
            return
        before = len(found.ranges)
        _read_line(line, found)
        pairs += _pair(found.ranges[before:])
    if all(_may_be_range(*pair) for pair in pairs):
        found.pairs += [safe_text(" ".join(pair)) for pair in pairs]


def _pair(row: Sequence[tuple[Interval, str]]) -> list[tuple[str, str]]:
    """The two addresses of a row that holds just these, without a port or a path; one given twice is one."""
    texts = [text for _, text in row]
    known = {address_of(text) for text in texts} - {None}
    return [(texts[0], texts[1])] if len(texts) == len(known) == 2 else []


def _may_be_range(first: str, last: str) -> bool:
    """Whether two addresses may be a range's ends, or an address with its mask."""
    try:
        interval(first, last)
    except AddressError:
        return last.startswith("0.")  # a wildcard mask, and no login's address
    return True


def _head_of(line: str) -> tuple[str, tuple[int, int]] | None:
    """The delimiter of a CSV with two columns for the ends of ranges, and these; None if the line is no such head."""
    for delimiter in ",;\t|":
        if ends := _ends(_cells(line, delimiter)):
            return delimiter, ends
    return None


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
    first, last = (stripped(row[place]) for place in ends)
    if first or last:
        found.add_span(first, last)
    for place, cell in enumerate(row):
        if place not in ends:
            _read_line(cell, found)


def _read_line(line: str, found: Indicators) -> None:
    def span(match: re.Match[str]) -> str:
        if not (is_like(match[1]) and is_like(match[2])):
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
        found.add(refanged(str(one.get("value"))), address=True)
    elif one.get("type") in ("url", "domain-name"):
        found.add(refanged(str(one.get("value"))))
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
                found.add(refanged(texts[int(place)]), address=one["path"][:2].casefold() == "ip")
    left = _COMPARED.sub(" ", rest) if is_stix else rest
    left = _NUMBER.sub(lambda match: f" {texts[int(match[1])]} ", left) if is_stix else left
    gave = len(found.ranges) + len(found.unreadable) > before
    if _holds_address(left) or (not gave and _holds_address(pattern)):
        found.miss(pattern)
    elif not gave:
        found.others += 1


def _holds_address(text: str) -> bool:
    return bool(_ADDRESS_TYPE.search(text)) or any(map(is_like, _WORDS.split(refanged(text))))
