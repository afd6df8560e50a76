"""What `send` tells: the rows that would go, or what became of those that went."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sfharden.ports import SendOutcome
from sfharden.text.build_log import json_without_orders
from sfharden.text.redact import safe_text
from sfharden.text.wording import count, ended


def dry_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as JSON, one a line, in ASCII."""
    return "".join(f"{json_without_orders(json.dumps(row, ensure_ascii=True))}\n" for row in rows)


def render_outcome(outcome: SendOutcome) -> str:
    """How many rows were sent and given up, and why."""
    lines = [f"{count(outcome.sent, 'row')} sent, {outcome.lost} given up."]
    lines += [
        f"  {number} given up: {ended(safe_text(why))}" for why, number in sorted(outcome.given_up.items())
    ]
    if outcome.perhaps:
        lines.append(
            f"  {outcome.perhaps} of these may have arrived: no answer said so. "
            "Sending the report again makes doubles, which RunId and FindingUid tell."
        )
    if outcome.cut:
        lines.append(f"{count(outcome.cut, 'field')} too large for the table, cut with a mark.")
    return "\n".join(lines)
