"""What `--explain-api` prints: the calls that a run would make, or an estimate of them."""

from collections.abc import Sequence

from tabulate import tabulate


def render_calls(
    lines: Sequence[tuple[str, str, int, str, int | None]], counted_by: int | None = None
) -> str:
    """The calls as a table: call, what for, how many at least, what adds to them, how many at most if known.

    `counted_by`: so many calls were made to count what they depend on; else none was.
    """
    table = tabulate(
        [[call, purpose, _figure(least, most), more] for call, purpose, least, more, most in lines],
        headers=["Call", "What for", "Calls", "And"],
        tablefmt="simple",
        maxcolwidths=[22, 25, None, 16],
        disable_numparse=True,
    )
    at_least = sum(line[2] for line in lines)
    if counted_by is None:
        return f"{table}\n\nAt least {at_least} calls, retries not counted. None was made."
    at_most = sum(max(line[2], line[4] or 0) for line in lines)
    return (
        f"{table}\n\nAbout {at_least:,} to {at_most:,} calls; retries and single tokens are not counted.\n"
        f"Counting took {counted_by} calls; no other was made."
    )


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
