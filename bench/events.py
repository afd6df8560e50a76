"""Event logs of many rows: how long counting them takes against a bare pass of csv, and how much memory."""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

_HEAD: Final = (
    "EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "ORGANIZATION_ID", "USER_ID", "API_FAMILY", "API_RESOURCE", "API_VERSION", "CLIENT_IP",
    "CLIENT_NAME", "CONNECTED_APP_ID", "CONNECTED_APP_NAME", "COUNTS_AGAINST_API_LIMIT", "ENTITY_NAME", "HTTP_METHOD", "STATUS_CODE",
    "TIMESTAMP_DERIVED",
)  # fmt: skip


def write_event_log(path: Path, rows: int) -> None:
    """A day of API Total Usage: 200 users from 250 addresses, each from each."""
    with path.open("w") as out:
        out.write(",".join(f'"{one}"' for one in _HEAD) + "\n")
        for n in range(rows):
            second = n * 86_400 // rows
            hour, minute, left = second // 3600, second // 60 % 60, second % 60
            out.write(
                f'"ApiTotalUsage","20261127{hour:02}{minute:02}{left:02}.123","TID:{n:016}","00D000000000001",'
                f'"00500000000{n % 200:04}","REST","/v66.0/query","66.0","198.51.{n // 200 % 5}.{n // 1000 % 50}","",'
                f'"0H4000000000001","Logic Apps CRM","1","Account","GET","200",'
                f'"2026-11-27T{hour:02}:{minute:02}:{left:02}.123Z"\n'
            )


def measured(what: str, path: Path) -> tuple[float, float, int]:
    """CPU seconds, peak memory in MB, and rows, of a process of its own: a bare pass, or the grouping with or without DuckDB."""
    done = subprocess.run(
        [sys.executable, __file__, what, str(path)], check=True, capture_output=True, text=True
    )
    seconds, kilobytes, rows = done.stdout.split()
    return float(seconds), int(kilobytes) / 1024, int(rows)


def _bare(path: Path) -> int:
    with path.open(newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def _grouped(path: Path, *, on_disk: bool) -> int:
    from sfharden.sources.events.files import read_event_files

    events, gaps = read_event_files([path], on_disk=on_disk)
    assert not gaps
    return sum(one.times for one in events.groups)


if __name__ == "__main__":
    begun = time.process_time()
    log = Path(sys.argv[2])
    found = _bare(log) if sys.argv[1] == "bare" else _grouped(log, on_disk=sys.argv[1] == "disk")
    print(time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, found)
