"""What a baseline has, for a terminal: counted where it still fails, told where it doesn't."""

from collections.abc import Iterable
from typing import Final

from sfharden.model.results import Report, Result, ResultState
from sfharden.report.check_blocks import subject_of
from sfharden.text.redact import safe_text
from sfharden.text.wording import count
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 8


def settled_block(
    report: Report, width: int, *, shown: Iterable[Result] | None = None, wide: bool = False
) -> str:
    """The block; empty without a baseline. `shown` are the results that are asked for, and `wide` leaves nothing out."""
    baseline = report.baseline
    if not baseline:
        return ""
    results = report.results if shown is None else shown
    known = [one for one in results if one.state is ResultState.KNOWN]
    texts = [f"{one.control} ({subject_of(one)}): {one.message}" for one in known] if wide else []
    texts += [
        f"{'fixed' if one.is_fixed else f'now {one.now}'}: {one.control} ({one.subject.kind} '{one.subject.name}')"
        for one in baseline.settled
    ]
    most = len(texts) if wide else _MOST
    lines = [bullet(text, width) for text in texts[:most]]
    if (more := len(texts) - most) > 0:
        lines.append(f"  and {more:,} more (--full)")
    title = f"BASELINE of {safe_text(baseline.generated_at, limit=40)}: {count(len(known), 'finding')} known"
    return "\n".join([wrap(title, width), *lines])
