"""`--explain-api`: what a run would cost in API calls, told without making any, or after counting."""

from collections.abc import Sequence

from sfharden.doors.live_options import LiveOptions
from sfharden.errors import Exit
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.model.azure import AzureEntry
from sfharden.sources.org.wanted import Wanted


def explain(wanted: Wanted, live: LiveOptions, azure: Sequence[AzureEntry] | None = None) -> int:
    """Print the calls that a run would make, and make none; or count first, and estimate them.

    `azure` is what the integrations say of Azure, where that is to be read, too.
    """
    require_stdout()
    told = [_of_org(wanted, live)] if live.is_given else []
    if azure is not None:
        from sfharden.report.calls_table import render_azure_calls
        from sfharden.sources.azure.live_cost import calls_of_azure

        told.append(render_azure_calls(list(calls_of_azure(azure))))
    write_output("\n\n".join(told) + "\n", None)
    return Exit.OK


def _of_org(wanted: Wanted, live: LiveOptions) -> str:
    from sfharden.report.calls_table import render_calls
    from sfharden.sources.org.cost import calls_of, count_org

    if not live.count_first:
        return render_calls(list(calls_of(wanted)))
    from sfharden.doors.live import open_org
    from sfharden.doors.progress import waiting_for

    with open_org(live) as connection, waiting_for("counts of users, tokens and logins", live.doors):
        counts = count_org(connection.rest, wanted)
        made = connection.wire.meter.count().total
    return render_calls(list(calls_of(wanted, counts)), made)
