"""Event logs as their exporters write them: made up, in the columns that are documented."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

AT = datetime(2026, 11, 27, 0, 5, 12, 123000, tzinfo=UTC)
USER, USER18 = "005000000000001", "005000000000001AAA"
APP, APP18 = "0H4000000000001", "0H4000000000001CAA"

TOTAL_HEAD = (
    "EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "USER_ID", "API_FAMILY", "CLIENT_IP", "CONNECTED_APP_ID",
    "CONNECTED_APP_NAME", "STATUS_CODE", "TIMESTAMP_DERIVED",
)  # fmt: skip


def total(
    source: str = "203.0.113.9", *, second: int = 12, status: str = "200", family: str = "REST"
) -> list[str]:
    """A row of API Total Usage."""
    return [
        "ApiTotalUsage", f"202611270005{second:02d}.123", f"TID:{second}", USER, family, source, APP, "Sync", status,
        f"2026-11-27T00:05:{second:02d}.123Z",
    ]  # fmt: skip


def csv_of(head: Iterable[str], rows: Iterable[Iterable[str]], *, quoting: int = csv.QUOTE_ALL) -> bytes:
    """A CSV file as Salesforce writes it, all in quotes."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def total_csv(*rows: list[str]) -> bytes:
    """A file of API Total Usage."""
    return csv_of(TOTAL_HEAD, rows)
