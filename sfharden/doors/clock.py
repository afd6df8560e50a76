"""The clock that judges, and the two ways to be told another time: a stamp, and a day to judge by.

SOURCE_DATE_EPOCH (reproducible-builds.org) makes two runs on the same files give the same bytes. Build machines set
it without being asked, so it must not decide anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import RunDoors
from sfharden.errors import UsageError
from sfharden.model.results import Report

_OLDEST = date(1999, 1, 1)  # no org is older: an earlier day is a slip


def current_time(doors: RunDoors) -> datetime:
    """Now, in UTC, in whole seconds."""
    return doors.timing.now().astimezone(UTC).replace(microsecond=0)


def stamp_of(now: datetime, environment: Mapping[str, str]) -> str:
    """What stands as `generated_at` in a report on files. Raises UsageError for a SOURCE_DATE_EPOCH that is no time."""
    fixed = environment.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else now
    except (ValueError, OverflowError, OSError):
        raise UsageError("SOURCE_DATE_EPOCH is not a number of seconds since 1970.") from None
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one judgement: the clock's, the one judged by, and the report's stamp.

    `as_of` is the day that the user chose to judge by, as it stands in the report; None is today.
    """

    now: datetime
    judged: datetime
    stamp: str
    as_of: str | None

    def dated(self, report: Report) -> Report:
        """The report with its stamp, and with the day that it was judged by if that isn't today."""
        return report.model_copy(update={"generated_at": self.stamp, "as_of": self.as_of})


def times_of(live: LiveOptions, environment: Mapping[str, str], as_of: str | None) -> Times:
    """The times of a run. What a running org is like today says nothing of another day: UsageError.

    A report on a running org is evidence of when it was made, so nothing but the clock stamps it.
    """
    now = current_time(live.doors)
    if not as_of:
        real = live.is_given and not live.demo
        return Times(now, now, stamp_of(now, {} if real else environment), None)
    if live.is_given:
        raise UsageError("--as-of is for files and snapshots.", "A running org is judged as it is, today.")
    day = _day(as_of)
    # All that happened on that day lies before its end.
    end = datetime.combine(day, time(23, 59, 59), UTC)
    return Times(now, min(end, now) if day == now.date() else end, stamp_of(now, environment), f"{day}")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError("--as-of takes a day, such as 2026-11-20.") from None
    if not _OLDEST <= day <= date.max - timedelta(days=366):
        raise UsageError("--as-of takes a day from 1999 on.")
    return day
