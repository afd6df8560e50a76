"""A report's findings and unknowns as waiver stanzas, ready to paste into the integration file once filled in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import yaml

from sfharden.model.integration import WAIVER_OWNER, WAIVER_REASON
from sfharden.model.results import Report, Result
from sfharden.report.form_registry import Showing
from sfharden.report.source_words import snapshot_words
from sfharden.text.build_log import yaml_without_orders

DAYS: Final = 90  # how long an acceptance should last unless somebody says otherwise
_NEVER_BROKEN: Final = 1_000_000_000  # characters: a long name stays on its line
_HEAD: Final = """\
# Each stanza accepts one result. Keep those you answer for; say why and who, and until when.
"""


def show_waivers(report: Report, _: Showing) -> str:
    """The report as `-f waivers` gives it."""
    return render_waivers(report)


def render_waivers(report: Report) -> str:
    """YAML with a stanza for each failed and each unknown result that no waiver covers."""
    open_ones = [result for result in report.results if result.is_finding or result.is_open]
    if not open_ones:
        return "waivers: []\n"
    until = datetime.fromisoformat(report.generated_at).date() + timedelta(days=DAYS)
    words = snapshot_words(report.source)
    head = _HEAD + (f"# Judged on a snapshot: {words}.\n" if words else "")
    return f"{head}waivers:\n" + "".join(_stanza(result, until.isoformat()) for result in open_ones)


def _stanza(result: Result, until: str) -> str:
    lines = [_line(name, text) for name, text in _fields(result, until)]
    return "".join(f"{'  - ' if at == 0 else '    '}{line}\n" for at, line in enumerate(lines))


def _line(name: str, text: str) -> str:
    """One field. Control characters and line ends are escapes, so that no name begins another line.

    Nor does one give a command to a build's log: within double quotes a mark may be written as an escape.
    """
    if "##" in text:
        quoted = yaml.safe_dump(text, default_style='"', allow_unicode=False, width=_NEVER_BROKEN).rstrip(
            "\n"
        )
        return f"{name}: {yaml_without_orders(quoted)}"
    return yaml.safe_dump({name: text}, allow_unicode=False, width=_NEVER_BROKEN).rstrip("\n")


def _fields(result: Result, until: str) -> Iterator[tuple[str, str]]:
    yield "control", result.control
    # A star of the name's own must not accept other subjects, too.
    yield "subject", result.subject.name.replace("*", "\\*")
    if result.is_open:
        yield "status", "unknown"
    yield "reason", WAIVER_REASON
    yield "owner", WAIVER_OWNER
    yield "expires", until
