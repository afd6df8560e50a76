"""The largest answers that a hostile org can have read: each command stays under 400 MB, and ends.

In a process of its own, for the peak is a process's. It tells it itself: what the system tells its parent has the
parent's own peak in it (Linux, exec keeps the old one in `ru_maxrss`).
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from sfharden.emulator.generate import APP_LABEL, healthy_org
from sfharden.emulator.http.server import serve
from sfharden.errors import Exit
from sfharden.web.json_answer import MOST_VALUES
from sfharden.web.transport import Bounds
from tests.orgs.served import INTEGRATION_FILE

from .hostile import MEBIBYTE, Asked, Behaviour, answer, hostile_org

MOST: Final = 400 * MEBIBYTE
GUARD: Final = 240  # seconds on a busy machine, for a run that hangs; nothing is measured by it
OFTEN: Final = 2  # large answers of each kind in a run, under way at once if they can
_OPERATION: Final = re.compile(rb"<m:(listMetadata|retrieve|checkRetrieveStatus)\b")
_TELL_PEAK: Final = """
import sys
from sfharden.cli import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
open("peak", "w").write(peak.split()[1])
sys.exit(code)
"""
COMMANDS: Final = {
    "check": ("check", "-i", "i.yaml"),
    "tokens": ("tokens",),
    "revoke": ("revoke", "--app", APP_LABEL, "--expect", "1", "--yes", "--journal", "j"),
    "plan": ("plan", "-i", "i.yaml", "--validate", "--accept-lockout-risk"),
}


def wide_row() -> bytes:
    """As many distinct keys and texts as are let through, and a letter that makes four bytes of each of the document's."""
    pairs = b",".join(b'"key %06d":"a value %07d"' % (one, one) for one in range(MOST_VALUES - 10))
    body = b'{"totalSize":1,"done":true,"records":[{"x":"\xf0\x9f\x98\x80",' + pairs + b"}]}"
    return answer(body + b" " * (Bounds().json_bytes - len(body)))


def many_elements(operation: bytes) -> bytes:
    """As many elements as are let through, each with a name and a text of its own."""
    elements = b"".join(b"<a%x>b%x</a%x>" % (one, one, one) for one in range(249_000))
    return answer(_envelope(operation, elements), type_="text/xml")


def long_text(operation: bytes) -> bytes:
    """As much text as is let through, and more, with a letter that makes four bytes of each."""
    text = b"<id>\xf0\x9f\x98\x80" + b"x" * (90 * MEBIBYTE) + b"</id>"
    return answer(_envelope(operation, text), type_="text/xml")


def _envelope(operation: bytes, content: bytes) -> bytes:
    inner = b"<%bResponse><result>%b</result></%bResponse>" % (operation, content, operation)
    head = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    return head + inner + b"</e:Body></e:Envelope>"


def large(asked: Asked) -> Iterator[bytes]:
    """The largest answer of the kind that is asked for."""
    operation = _OPERATION.search(asked.body)
    if operation is None:
        yield wide_row()
    else:
        yield (many_elements if operation[1] == b"listMetadata" else long_text)(operation[1])


class Few:
    """Hits queries of the largest tables and SOAP calls, a few of each."""

    def __init__(self) -> None:
        self._left = {"query": OFTEN, "/Soap/": OFTEN}

    def __call__(self, asked: Asked) -> bool:
        kind = next((one for one in self._left if one in asked.path), "")
        if not self._left.get(kind):
            return False
        self._left[kind] -= 1
        return True


def peak_of(folder: Path, behave: Behaviour, command: str) -> int:
    """Bytes at the most, in a run that ended by itself in a code of its own."""
    (folder / "i.yaml").write_text(INTEGRATION_FILE, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SF_", "COVERAGE"))}
    root = str(Path(__file__).parents[2])
    with (
        serve(healthy_org(datetime.now(UTC).replace(microsecond=0))) as honest,
        hostile_org(behave, Few(), honest.base_url) as org,
    ):
        words = [*COMMANDS[command], "--instance-url", org.url]
        environment = {**kept, "PYTHONPATH": root, "SF_ACCESS_TOKEN": honest.tokens["auditor"]}
        ended = subprocess.run(
            [sys.executable, "-c", _TELL_PEAK, *words],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=GUARD, check=False,
        )  # fmt: skip
    assert ended.returncode in set(Exit) - {Exit.BUG}, ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    return int((folder / "peak").read_text()) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its own peak")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_largest_answers_stay_under_400_mb(tmp_path: Path, command: str) -> None:
    assert peak_of(tmp_path, large, command) < MOST
