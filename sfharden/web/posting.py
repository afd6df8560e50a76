"""Rows sent batch by batch: each is taken once, or counted as given up with the reason.

Only what the service itself says to try again is tried again (429, 500, 502, 503, 504). After silence nobody knows
whether the rows arrived, so they're given up, and told to be; what takes them knows doubles by FindingUid and RunId.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from sfharden.errors import AnswerError, OrgError, UnreachableError
from sfharden.ports import SendOutcome
from sfharden.web.batches import Batch, Packing, Row, batches
from sfharden.web.retry import RetryPolicy
from sfharden.web.session import Answer, ServiceWire, WireCall

RETRIED: Final = frozenset({500, 502, 503, 504})
# Logs Ingestion allows 12,000 requests a minute (reference §3.1): a minute is the longest that it has to ask for.
RETRIES: Final = RetryPolicy(attempts_after_limit=4, longest_retry_after=60.0)
UNFIT: Final = "too large for one call, or no JSON"
# Who was refused so is refused again, whatever the rows.
_HOPELESS: Final = frozenset({401, 403, 404, 410})

CallFor = Callable[[Batch], WireCall]
Judge = Callable[[Answer], str]  # why the rows were not taken; empty if they were


def post_rows(wire: ServiceWire, rows: Iterable[Row], call_for: CallFor, judge: Judge) -> SendOutcome:
    """Send all rows, and tell what became of them, whatever the service does."""
    packing, why, hopeless = Packing(), Counter[str](), ""
    sent = perhaps = 0
    for batch in batches(rows, packing):
        if hopeless:
            why[hopeless] += batch.rows
            continue
        try:
            answer = wire.send(call_for(batch))
        except OrgError as error:
            why[error.message] += batch.rows
            perhaps += batch.rows if isinstance(error, UnreachableError | AnswerError) else 0
            continue
        reason = judge(answer)
        hopeless = reason if answer.status in _HOPELESS else ""
        if reason:
            why[reason] += batch.rows
        else:
            sent += batch.rows
    if packing.unfit:
        why[UNFIT] += packing.unfit
    return SendOutcome(sent, dict(why), perhaps, packing.cut)
