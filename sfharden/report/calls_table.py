"""What `--explain-api` prints: the calls that a run would make."""

from collections.abc import Sequence

from tabulate import tabulate


def render_calls(lines: Sequence[tuple[str, str, int, str]]) -> str:
    """The calls as a table: call, what for, how many at least, what adds to them."""
    table = tabulate(
        lines,
        headers=["Call", "What for", "Least", "And"],
        tablefmt="simple",
        maxcolwidths=[22, 27, None, 16],
        disable_numparse=True,
    )
    return f"{table}\n\nAt least {sum(line[2] for line in lines)} calls, retries not counted. None was made."
