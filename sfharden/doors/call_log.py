"""The log of `-v`: one line a call on standard error, through the filter that masks credentials."""

import logging
from typing import TextIO

from sfharden.ports import CallLog, CallMade
from sfharden.text.redact import RedactingFilter, safe_text
from sfharden.text.terminal import ERASE, rewrites


class _LogStream(logging.StreamHandler[TextIO]):
    """Writes lines; nobody taking them is no reason to stop, least of all between two revocations."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing."""


def call_log(stream: TextIO | None) -> CallLog:
    """A log that writes to the stream, if there is one."""
    handler = _LogStream(stream)
    handler.addFilter(RedactingFilter())
    # A terminal may show how far the reading is: that line makes room.
    handler.setFormatter(logging.Formatter(f"{ERASE if rewrites(stream) else ''}%(message)s"))
    logger = logging.Logger("sfharden.calls", logging.DEBUG)  # of this run alone, not the process's
    logger.addHandler(handler)
    return lambda made: logger.debug("%s", line_of(made))


def line_of(made: CallMade) -> str:
    """`GET /services/data/v66.0/query/ 200 34 ms attempt 1 (Querying)`."""
    answered = "no whole answer" if made.status is None else made.status
    # A path may be one that the org redirected to.
    path, what = safe_text(made.path, limit=200), safe_text(made.what, limit=80)
    return f"{made.method} {path} {answered} {made.milliseconds} ms attempt {made.attempt} ({what})"
