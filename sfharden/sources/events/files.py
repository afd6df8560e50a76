"""Event logs given by hand: each told by its columns, grouped as it's read, and what couldn't be read as a gap."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, is_kernels, open_regular
from sfharden.model.events import EventSnapshot
from sfharden.model.snapshot import Gap
from sfharden.sources.events.duck import group_on_disk, has_duckdb
from sfharden.sources.events.grouping import EventTally
from sfharden.sources.events.rows import BrokenLogError, csv_layout, grouped
from sfharden.text.redact import safe_text

_LARGE: Final = 20_000_000  # from so many bytes on a database is worth its start


def read_event_files(
    paths: Iterable[Path], *, on_disk: bool = True, now: datetime | None = None
) -> tuple[EventSnapshot, tuple[Gap, ...]]:
    """All that these files hold, and the gaps; `on_disk`: large ones by the database, where that is there; what is later than `now` is a gap.

    Raises InputError for one that is no event log.
    """
    found = EventTally(now=now)
    for path in dict.fromkeys(paths):
        _read(path, found, on_disk=on_disk and has_duckdb())
    return found.snapshot(), tuple(found.gaps)


def _read(path: Path, tally: EventTally, *, on_disk: bool) -> None:
    shown = safe_text(str(path), limit=200)
    try:
        if is_kernels(path):
            raise NoFileError("made up by the kernel")
        with open_regular(path) as stream:
            layout = csv_layout(stream, shown)
            large = path.stat().st_size >= _LARGE
            raw = group_on_disk(path, layout) if layout and large and on_disk else None
            if layout is None or raw is None:
                raw, layout = grouped(stream, shown)
    except BrokenLogError as broken:
        tally.gap(shown, broken.reason)
        raw, layout = broken.raw, broken.layout
    except FileNotFoundError:
        raise InputError(f"There is no event log at {shown}.") from None
    except NoFileError:
        raise InputError(f"The event log {shown} is no regular file.") from None
    except OSError:
        raise InputError(f"The event log {shown} can't be read.") from None
    tally.add(raw, layout, shown)
