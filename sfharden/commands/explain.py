"""`--explain-api`: what a run would cost in API calls, told without making any, or after counting."""

from sfharden.doors.live_options import LiveOptions
from sfharden.errors import Exit
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.sources.org.wanted import Wanted


def explain(wanted: Wanted, live: LiveOptions) -> int:
    """Print the calls that a run would make, and make none; or count first, and estimate them."""
    from sfharden.report.calls_table import render_calls
    from sfharden.sources.org.cost import calls_of, count_org

    require_stdout()
    if not live.count_first:
        write_output(f"{render_calls(list(calls_of(wanted)))}\n", None)
        return Exit.OK
    from sfharden.doors.live import open_org
    from sfharden.doors.progress import waiting_for

    with open_org(live) as connection, waiting_for("counts of users, tokens and logins", live.doors):
        counts = count_org(connection.rest, wanted)
        made = connection.wire.meter.count().total
    write_output(f"{render_calls(list(calls_of(wanted, counts)), made)}\n", None)
    return Exit.OK
