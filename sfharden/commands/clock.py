"""The time, from the system or from SOURCE_DATE_EPOCH (reproducible-builds.org)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sfharden.errors import UsageError


def current_time(environment: Mapping[str, str]) -> datetime:
    """Now, in UTC, in whole seconds. Raises UsageError for a SOURCE_DATE_EPOCH that is no time."""
    fixed = environment.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError("SOURCE_DATE_EPOCH is not a number of seconds since 1970.") from None
