"""From an event log's bytes to groups: CSV, JSON, JSON lines, any of them in gzip; of rows never more at once than a line."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Final

from sfharden.errors import InputError
from sfharden.sources.events.columns import RIGHT, ROLES, Layout, by_role, layout_of
from sfharden.sources.events.grouping import Group, RawGroups, group_rows
from sfharden.text.wording import count

MOST_JSON: Final = 64_000_000  # of a document that has to be read as a whole
_LINE: Final = 1_000_000
_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_DAMAGED: Final = (EOFError, OSError, zlib.error)


class BrokenLogError(ValueError):
    """A log that goes on in a way nobody can read; what came before is there. The reason is one plain phrase."""

    def __init__(self, reason: str, raw: RawGroups, layout: Layout) -> None:
        super().__init__(reason)
        self.reason, self.raw, self.layout = reason, raw, layout


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    """The stream from its beginning, or what is packed in it by gzip, whatever the file is called."""
    stream.seek(0)
    head = stream.read(len(_GZIP))
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream, mode="rb") if head == _GZIP else stream  # type: ignore[return-value]


def grouped(stream: IO[bytes], what: str, group: Group = group_rows) -> tuple[RawGroups, Layout]:
    """The groups of a log, whatever its form. Raises InputError for what is no event log, and BrokenLogError."""
    try:
        lines, rows, layout = _begun(unpacked(stream), what)
    except StopIteration:
        raise InputError(f"{what} is empty.", RIGHT) from None
    except (csv.Error, ValueError, RecursionError, *_DAMAGED):
        raise InputError(f"{what} is neither CSV nor JSON, or is damaged.", RIGHT) from None
    raw = group(lines.guarded(rows), layout)
    lines.require_one_each()
    if lines.fault:
        raise BrokenLogError(lines.fault, raw, layout)
    return raw, layout


def csv_layout(stream: IO[bytes], what: str) -> Layout | None:
    """How the rows of a CSV are read; None for another form. Raises InputError as `grouped` does."""
    plain = unpacked(stream)
    try:
        if _first_mark(plain) in (b"{", b"["):
            return None
        return layout_of(next(csv.reader(_Lines(plain), strict=True)), what)
    except (StopIteration, csv.Error, ValueError, *_DAMAGED):
        return None


def _first_mark(stream: IO[bytes]) -> bytes:
    """What the text begins with; the stream stands at its beginning then, behind a byte order mark."""
    head = stream.read(64)
    stream.seek(len(_BOM) if head.startswith(_BOM) else 0)
    return head.removeprefix(_BOM).lstrip()[:1]


def _begun(stream: IO[bytes], what: str) -> tuple["_Lines", Iterator[Sequence[str]], Layout]:
    mark, lines = _first_mark(stream), _Lines(stream)
    if mark == b"[":
        return (lines, *_rows_of(_listed(_whole(stream, what)), what))
    if mark != b"{":
        reader = csv.reader(lines, strict=True)
        lines.are_rows = True
        names = next(reader)
        return lines, reader, layout_of(names, what)
    first = next(iter(lines))
    try:
        alone = json.loads(first)
    except ValueError:  # it goes on in the next line
        stream.seek(0)
        _first_mark(stream)
        return (lines, *_rows_of(_listed(_whole(stream, what)), what))
    if "tables" in alone or "value" in alone:
        return (lines, *_rows_of(_listed(alone), what))
    return (lines, *_rows_of(_chained(alone, lines), what))


class _Lines:
    """The lines of a stream as text, each bounded; `fault` says why they ended early."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._number = self._rows = 0
        self.are_rows = False
        self.fault = ""
        self._lines = self._read(stream.readline)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read(self, readline: Callable[[int], bytes]) -> Iterator[str]:
        while line := readline(_LINE):
            self._number += 1
            if len(line) >= _LINE:
                raise ValueError("too long")
            yield line.decode()

    def guarded(self, rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        """The rows that are made of these lines, up to the first that can't be."""
        try:
            for row in rows:
                self._rows += 1
                yield row
        except (csv.Error, ValueError, RecursionError):
            self.fault = f"from line {self._number:,} on it can't be read"
        except _DAMAGED:
            self.fault = f"it is cut off or damaged after line {self._number:,}"

    def require_one_each(self) -> None:
        """A fault where a value of a table goes on in the next line: no log writes one, and a quote too many hides rows."""
        more = self._number - self._rows - 1  # the names are a line, too
        if self.are_rows and more > 0 and not self.fault:
            self.fault = f"{count(more, 'line')} {'is' if more == 1 else 'are'} within a value, as if a quote were left open"


Objects = Iterator[Mapping[str, Any]]


def _rows_of(objects: Objects, what: str) -> tuple[Iterator[list[str]], Layout]:
    head = next(objects)
    layout = layout_of(tuple(head), what).of_roles
    return _filled(head, objects), layout


def _filled(head: Mapping[str, Any], objects: Objects) -> Iterator[list[str]]:
    """A value for each role of each object: one may leave out what it has no value for."""
    known: dict[tuple[str, ...], dict[str, int]] = {}
    yield _row(head, known)
    for one in objects:
        yield _row(one, known)


def _row(one: Mapping[str, Any], known: dict[tuple[str, ...], dict[str, int]]) -> list[str]:
    names = tuple(one)
    places = known.get(names)
    if places is None:
        if len(known) > _MOST_SHAPES:
            known.clear()
        places = known[names] = by_role(names)
    return [_text(one[names[places[role]]]) if role in places else "" for role in ROLES]


_MOST_SHAPES: Final = 1000


def _chained(first: Any, lines: Iterable[str]) -> Objects:
    yield _object(first)
    for line in lines:
        if line.strip():
            yield _object(json.loads(line))


def _whole(stream: IO[bytes], what: str) -> Any:
    data = stream.read(MOST_JSON + 1)
    if len(data) > MOST_JSON:
        raise InputError(
            f"{what} is one JSON document of more than {MOST_JSON // 1_000_000} MB.",
            "Give it as CSV, or with one object a line.",
        )
    return json.loads(data)


def _listed(document: Any) -> Objects:
    """The objects of a list, or of the tables of an answer of Log Analytics."""
    if isinstance(document, dict) and "tables" in document:
        for table in map(_object, _list(document["tables"])):
            names = [str(_object(one).get("name")) for one in _list(table.get("columns"))]
            yield from (dict(zip(names, _list(row), strict=True)) for row in _list(table.get("rows")))
        return
    found = document.get("value", [document]) if isinstance(document, dict) else document
    yield from map(_object, _list(found))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
