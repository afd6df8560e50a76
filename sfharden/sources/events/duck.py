"""The grouping on disk by DuckDB, the extra `sfharden[events]`: for logs of many million rows. It only groups.

What it gives is what `grouping.group_rows` gives of the same file; a file that it reads in another way is left to that.
"""

import importlib.util
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sfharden.sources.events.columns import Layout
from sfharden.sources.events.grouping import MOST_GROUPS, RawGroups
from sfharden.sources.events.times import is_orderly, pattern_of

_GLOB: Final = frozenset("*?[]{}")  # in a path, the database takes these for patterns
_SETTINGS: Final = (
    "SET memory_limit='150MB'",
    "SET threads=2",
    "SET preserve_insertion_order=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
)
_PAGE: Final = 10_000


def has_duckdb() -> bool:
    """True where the extra is installed."""
    return importlib.util.find_spec("duckdb") is not None


def group_on_disk(path: Path, layout: Layout) -> RawGroups | None:
    """The groups of a CSV file, plain or in gzip; None where only reading it row by row is sure to be right."""
    import duckdb

    whole = str(path.resolve())
    if _GLOB & set(whole):
        return None
    with (
        suppress(duckdb.Error),
        tempfile.TemporaryDirectory(prefix="sfharden-") as folder,
        duckdb.connect(":memory:", config={"temp_directory": folder}) as database,
    ):
        for setting in _SETTINGS:
            database.execute(setting)
        return _grouped(database, whole, layout)
    return None


def _grouped(database: Any, path: str, layout: Layout) -> RawGroups | None:
    with Path(path).open("rb") as stream:
        packed = "gzip" if stream.read(2) == b"\x1f\x8b" else "none"
    names = [f"c{place}" for place in range(layout.width)]
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"
    source = (
        f"read_csv($path, header=false, skip=1, auto_detect=false, delim=',', quote='\"', escape='\"', "
        f"columns={columns}, compression='{packed}', max_line_size=1000000, strict_mode=true)"
    )
    when = f"c{layout.places['time']}"
    keys = [f"coalesce(c{layout.places[role]}, '')" for role in layout.roles]
    first = database.execute(f"SELECT {when} FROM {source} LIMIT 1", {"path": path}).fetchone()  # noqa: S608
    if not first or not is_orderly(first[0] or ""):
        return None
    listed = ", ".join(keys)
    odd = " OR ".join(f"contains({name}, chr(10))" for name in names)
    query = (
        f"SELECT {listed}, count(*), min({when}), max({when}), "  # noqa: S608
        f"coalesce(bool_and(regexp_full_match(coalesce({when}, ''), $form)), false) AND NOT coalesce(bool_or({odd}), false) "
        f"FROM {source} GROUP BY {listed}"
    )
    return _taken(database.execute(query, {"path": path, "form": pattern_of(first[0])}), len(keys))


def _taken(cursor: Any, width: int) -> RawGroups | None:
    """The groups; None where a time has another form than the first, or a value goes on in the next line."""
    raw = RawGroups()
    while rows := cursor.fetchmany(_PAGE):
        for row in rows:
            key, (times, first, last, sound) = tuple(row[:width]), row[width:]
            if not sound:
                return None
            if len(raw.found) < MOST_GROUPS:
                raw.found[key] = [times, first, last]
            else:
                raw.left_out += times
    return raw
