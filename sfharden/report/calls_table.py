"""What `--explain-api` prints: the calls that a run would make, or an estimate of them."""

from collections.abc import Sequence
from typing import Final

from tabulate import tabulate

from sfharden.text.wording import count

_NOT_COUNTED: Final = "Retries and single tokens are not counted."
_LARGER: Final = (
    " for a small org; in a larger one what And says adds to them\n(--explain-api=counted asks how much)."
)


def render_calls(
    lines: Sequence[tuple[str, str, int, str, int | None]], counted_by: int | None = None
) -> str:
    """The calls as a table: call, what for, how many at least, what adds to them in a larger org, how many at most if known.

    `counted_by`: so many calls were made to count what they depend on; else none was.
    """
    table = tabulate(
        [[call, purpose, _figure(least, most), more] for call, purpose, least, more, most in lines],
        headers=["Call", "What for", "Calls", "And"],
        tablefmt="simple",
        maxcolwidths=[23, 25, None, 16],
        disable_numparse=True,
    )
    at_least = sum(line[2] for line in lines)
    at_most = sum(max(line[2], line[4] or 0) for line in lines)
    range_ = f"{at_least:,} to {at_most:,} calls" if at_most > at_least else count(at_least, "call")
    if counted_by is None:
        grows = any(more for *_, more, most in lines if most is None)
        told = f"About {range_}{_LARGER if grows else '.'}\n{_NOT_COUNTED} None was made."
    else:
        told = (
            f"About {range_}. {_NOT_COUNTED}\nCounting took {count(counted_by, 'call')}; no other was made."
        )
    return f"{table}\n\n{told}"


def _figure(least: int, most: int | None) -> str:
    return f"{least:,}" if most is None or most <= least else f"{least:,}-{most:,}"


def render_azure_calls(lines: Sequence[tuple[str, str, int, str]]) -> str:
    """The calls to Azure: for each how many at least, what for, what adds to them, and the right that it needs."""
    told = [
        (least, f"{purpose} (and {more})" if more else purpose, right)
        for purpose, right, least, more in lines
    ]
    table = tabulate(
        [[least, f"{what}\n{right}"] for least, what, right in told],
        headers=["Calls", "What for at Azure, and the right that it needs"],
        tablefmt="simple",
        maxcolwidths=[None, 70],
        disable_numparse=True,
    )
    at_least = sum(line[2] for line in lines)
    return (
        f"{table}\n\nAt least {at_least} calls to Azure, all of them GET; retries not counted. None was made."
    )
