"""`--events` and `--events FILE`: event logs of a running org, or given by hand, as a part of the snapshot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from sfharden.commands.source import SourceOptions
from sfharden.errors import UsageError
from sfharden.model import org
from sfharden.model.events import EventSnapshot
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.sources.org.wanted import Wanted

F = TypeVar("F", bound=Callable[..., Any])
_LIVE: Final = (
    "the org's own"  # stands for an --events without a file; a file of that name is ./the org's own
)
_KINDS: Final = (org.REQUESTS, org.LOGIN_EVENTS)
# What of the org's own a gap is about that lacks all of them, and not those of one day.
_WHOLE: Final = frozenset({"EventLogFile", "Event logs", "ApiTotalUsageEventLog", "LoginEventLog"})


@dataclass(frozen=True, slots=True)
class EventOptions:
    """Whether the org's own event logs are read, and which files besides or instead."""

    live: bool = False
    files: tuple[Path, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The files as they were given, to be typed again."""
        return tuple(map(str, self.files))

    def wanted(self, wanted: Wanted, given: SourceOptions) -> Wanted:
        """What to read of the org, with its event logs as far back as its logins if they are asked for.

        Raises UsageError if only a running org has what is asked for.
        """
        if not self.live:
            return wanted
        if not given.live.is_given:
            raise UsageError(
                "--events without a file is for a running org.", "Give the files: --events FILE."
            )
        return replace(wanted, events_since=wanted.logins_since)

    def added(self, snapshot: Snapshot, now: datetime) -> Snapshot:
        """The snapshot with what the files hold. Raises InputError.

        What the org refused is no gap any more where a file has it: then the file's own time is what is covered.
        """
        if not self.files:
            return snapshot
        from sfharden.sources.events.files import read_event_files

        found, gaps = read_event_files(self.files, now=now)
        kept = [gap for gap in snapshot.gaps if not _is_filled(gap, found)]
        return snapshot.model_copy(update={"events": _joined(snapshot.events, found), "gaps": (*kept, *gaps)})


def events_option(function: F) -> F:
    """Adds `--events`, and hands it over as one EventOptions named `events`."""

    def wrapped(*args: Any, events: tuple[str, ...], **kw: Any) -> Any:
        files = tuple(Path(one) for one in events if one != _LIVE)
        return function(*args, events=EventOptions(len(files) < len(events), files), **kw)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    option = click.option(
        "--events",
        is_flag=False,
        flag_value=_LIVE,
        multiple=True,
        metavar="[FILE]",
        help="Requests too: of the org's event logs, or of files of these; may be repeated.",
    )
    return option(wrapped)  # type: ignore[return-value]


def _is_filled(gap: Gap, found: EventSnapshot) -> bool:
    """True for the gap of a kind of which the org gave nothing and files were given."""
    is_whole = gap.kind in _KINDS and gap.what in _WHOLE
    return is_whole and any(one.kind == gap.kind for one in found.periods)


def _joined(known: EventSnapshot | None, found: EventSnapshot) -> EventSnapshot:
    if known is None:
        return found
    return EventSnapshot(
        groups=tuple(sorted((*known.groups, *found.groups))),
        periods=tuple(sorted({*known.periods, *found.periods})),
        others=tuple(sorted({*known.others, *found.others})),
    )
