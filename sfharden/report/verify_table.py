"""A verification for a person at a terminal, and as JSON, schema `sfharden.verification/1`."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import click
from tabulate import tabulate

from sfharden.checks.observed import Observation, Verification
from sfharden.model.results import Status
from sfharden.model.snapshot import Source
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import bullet, wrap

_COLOURS: Final = {Status.PASS: "green", Status.FAIL: "red", Status.UNKNOWN: "yellow"}
_WORDS: Final = {Status.PASS: "seen", Status.FAIL: "FAILED", Status.UNKNOWN: "not yet"}
_TITLE_WIDTH: Final = 26
_NO_ORG: Final = "verify needs a running org: metadata files hold no logins and no tokens. Give --org ALIAS."
_ADD: Final = "Add hardened_at: {} (when you finished) to the integration file, then verify again."


def render_verification(
    found: Sequence[Verification], source: Source, terminal: Terminal, now: datetime
) -> str:
    """The findings in at most `terminal.width` columns, and what to do next."""
    blocks = [f"Source  {safe_text(source.name, limit=60)}"]
    if source.kind == "files":
        blocks.append(wrap(_NO_ORG, terminal.width))
        return "\n\n".join(blocks) + "\n"
    for one in found:
        if one.hardened:
            blocks += [_table(one, terminal), _to_do(one.findings, terminal)]
        else:
            name = f"{safe_text(one.name, limit=80)}: " if len(found) > 1 else ""
            blocks.append(wrap(name + _ADD.format(f"{now:%Y-%m-%dT%H:%M:%SZ}"), terminal.width))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(one: Verification, terminal: Terminal) -> str:
    width = terminal.width - 9 - _TITLE_WIDTH - 4
    rows = [
        [_status(finding.status, terminal), wrap(finding.title, _TITLE_WIDTH), wrap(safe_text(finding.message, limit=600), width)]
        for finding in one.findings
    ]  # fmt: skip
    headers = ["Status", f"{safe_text(one.name, limit=_TITLE_WIDTH)}", "What was seen"]
    return tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def _status(status: Status, terminal: Terminal) -> str:
    word = _WORDS.get(status, status.value)
    return click.style(word, fg=_COLOURS.get(status), bold=True) if terminal.colour else word


def _to_do(findings: Iterable[Observation], terminal: Terminal) -> str:
    lines = [_step(one.to_do, terminal) for one in findings if one.to_do]
    return "To do:\n" + "\n".join(lines) if lines else ""


def _step(text: str, terminal: Terminal) -> str:
    """What to do. A command at its end stands whole on a line of its own: half of one would select more."""
    words, mark, command = text.partition(": sfharden ")
    if not mark:
        return bullet(text, terminal.width)
    return f"{bullet(words + ':', terminal.width)}\n    sfharden {safe_text(command, limit=2000)}"


def render_verification_json(
    found: Sequence[Verification], source: Source, version: str, generated_at: str
) -> str:
    """One JSON document in ASCII."""
    data = {
        "schema": "sfharden.verification/1",
        "tool": {"name": "sfharden", "version": version},
        "generated_at": generated_at,
        "source": source.model_dump(mode="json"),
        "integrations": [
            {
                "name": one.name,
                "findings": [
                    {
                        "id": finding.id,
                        "title": finding.title,
                        "status": finding.status.value,
                        "message": finding.message,
                        "to_do": finding.to_do,
                    }
                    for finding in one.findings
                ],
            }
            for one in found
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
