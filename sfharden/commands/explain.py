"""`--explain-api`: what a run would cost in API calls, told without making any, or after counting."""

from collections.abc import Sequence

import click

from sfharden.commands.live_options import LiveOptions
from sfharden.errors import Exit
from sfharden.sources.org.wanted import Wanted


def explain(wanted: Wanted, live: LiveOptions) -> int:
    """Print the calls that a run would make, and make none; or count first, and estimate them."""
    from sfharden.sources.org.cost import NOT_COUNTED, calls_of, count_org

    counts, made = NOT_COUNTED, 0
    if live.count_first:
        from sfharden.commands.live import open_org

        with open_org(live) as connection:
            counts = count_org(connection.rest, wanted)
            made = connection.wire.meter.count().total
    lines = list(calls_of(wanted, counts))
    _print([[line.call, line.purpose, _figure(line.least, line.most), line.more] for line in lines])
    least = sum(line.least for line in lines)
    if not live.count_first:
        click.echo(f"\nAt least {least} calls, retries not counted. None was made.")
        return Exit.OK
    most = sum(line.least if line.most is None else line.most for line in lines)
    click.echo(
        f"\nAbout {least:,} to {most:,} calls, retries and single tokens not counted. "
        f"Counting took {made} calls; no other was made."
    )
    return Exit.OK


def _figure(least: int, most: int | None) -> str:
    return f"{least:,}" if most is None or most <= least else f"{least:,}-{most:,}"


def _print(rows: Sequence[Sequence[str]]) -> None:
    from tabulate import tabulate

    click.echo(
        tabulate(
            rows,
            headers=["Call", "What for", "Calls", "And"],
            tablefmt="simple",
            maxcolwidths=[22, 25, None, 15],
            disable_numparse=True,
        )
    )
