"""`sfharden send`: a saved report to where analysts work."""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from sfharden.commands.output_option import Output, write_outputs
from sfharden.doors.run_doors import RunDoors, doors_of
from sfharden.errors import Exit, UsageError
from sfharden.files.output_file import write_output
from sfharden.files.output_place import refuse_place, require_stdout
from sfharden.model.results import Report
from sfharden.ports import RowSender, SendOutcome
from sfharden.report.check_ocsf import show_ocsf
from sfharden.report.form_registry import Showing
from sfharden.report.send_rows import STREAM, rows_of, run_id
from sfharden.report.send_table import dry_rows, render_outcome
from sfharden.sources.report_file import load_report

_AZURE_ONLY: Final = ("endpoint", "rule", "stream", "identity")


@dataclass(frozen=True, slots=True)
class _Destination:
    """Where rows go, as it was said."""

    kind: str
    place: str | None
    endpoint: str | None
    rule: str | None
    stream: str | None
    identity: bool


@click.command("send")
@click.argument("saved", type=click.Path(path_type=Path), metavar="REPORT.json")
@click.argument("place", required=False, metavar="[FILE|URL]")
@click.option("--to", "kind", type=click.Choice(["log-analytics", "ocsf", "webhook"]), required=True,
              help="Where to; ocsf takes a FILE, webhook a URL.")  # fmt: skip
@click.option("--endpoint", metavar="URL", help="The Logs Ingestion endpoint of the rule.")
@click.option("--rule", metavar="ID", help="The immutable id of the data collection rule (dcr-ID).")
@click.option("--stream", metavar="NAME", help=f"The stream of the rule.  [default: {STREAM}]")
@click.option(
    "--azure-identity", "identity", is_flag=True, help="Sign in by azure-identity, not the Azure CLI."
)
@click.option("--previous", type=click.Path(path_type=Path), metavar="REPORT.json",
              help="An earlier report of the same org: rows then tell the verdict before.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the rows that would be sent, and send nothing.")
def command(saved: Path, previous: Path | None, dry_run: bool, **where: Any) -> int:
    """Send a saved report to where analysts work: each result, passed ones too, is a row.

    The token for Log Analytics comes from AZURE_ACCESS_TOKEN, the Azure CLI, or azure-identity; a webhook is signed
    by the secret in SFHARDEN_WEBHOOK_SECRET. What was sent and what was given up is counted.

    \b
    Example:
      sfharden send report.json --to log-analytics --endpoint https://dce.westeurope-1.ingest.monitor.azure.com \\
          --rule dcr-0123456789abcdef0123456789abcdef --previous yesterday.json
      sfharden send report.json --to log-analytics --dry-run
      sfharden send report.json --to ocsf events.json
      sfharden send report.json --to webhook https://siem.example/hook

    \b
    Exit codes: 0 all sent; 2 wrong usage or a file that is no report; 3 nothing
    sent; 6 some rows sent and some given up.
    """
    to = _checked(_Destination(**where), dry_run)
    if dry_run:
        require_stdout()
    report = load_report(saved)
    earlier = _earlier(report, load_report(previous)) if previous else None
    if to.kind == "ocsf" and not dry_run:
        path = Path(to.place or "-")
        write_outputs((Output("ocsf", path),), lambda _: show_ocsf(report, Showing()))
        return Exit.OK
    rows = rows_of(report, earlier)
    if dry_run:
        write_output(show_ocsf(report, Showing()) if to.kind == "ocsf" else _dry(rows), None)
        return Exit.OK
    outcome = _sent(to, report, rows, doors_of(click.get_current_context().obj))
    click.echo(render_outcome(outcome), err=True)
    return exit_code(outcome)


def _checked(to: _Destination, dry_run: bool) -> _Destination:
    """Raise UsageError for options that don't go together, before anything is read."""
    if to.kind != "log-analytics" and any(getattr(to, name) for name in _AZURE_ONLY):
        raise UsageError(f"--to {to.kind} takes no --endpoint, --rule, --stream or --azure-identity.")
    if to.kind == "log-analytics":
        _require_stream(to, dry_run)
    elif not to.place and not dry_run:
        what = "a FILE" if to.kind == "ocsf" else "a URL"
        raise UsageError(f"--to {to.kind} needs {what} after the report.")
    if to.kind == "ocsf" and to.place and not dry_run:
        refuse_place(Path(to.place))
    return to


def _require_stream(to: _Destination, dry_run: bool) -> None:
    if to.place:
        raise UsageError("--to log-analytics takes one report and no further place.")
    missing = [f"--{name}" for name in ("endpoint", "rule") if not getattr(to, name)]
    if missing and not dry_run:
        raise UsageError(
            f"--to log-analytics needs {' and '.join(missing)}.",
            "`sfharden sentinel` writes a template; its outputs tell both.",
        )


def _earlier(report: Report, previous: Report) -> Report:
    """The earlier report. Raises UsageError for another org's, or a later one."""
    if previous.source.org_id != report.source.org_id:
        raise UsageError("--previous is a report of another org.")
    if previous.generated_at > report.generated_at:
        raise UsageError("--previous is newer than the report.")
    return previous


def _dry(rows: Iterable[dict[str, Any]]) -> str:
    """The rows just as they'd be sent, with what is too large cut."""
    from sfharden.web.batches import Packing, fitting_row

    packing = Packing()
    return dry_rows(fitting_row(row, packing) for row in rows)


def _sent(to: _Destination, report: Report, rows: Iterable[dict[str, Any]], doors: RunDoors) -> SendOutcome:
    with _open(to, run_id(report), doors) as sender:
        return sender.send(rows)


def _open(to: _Destination, run: str, doors: RunDoors) -> AbstractContextManager[RowSender]:
    from sfharden.doors.sending import open_log_analytics, open_webhook, refuse_destination

    if to.kind == "webhook":
        return open_webhook(to.place or "", run, doors, os.environ)
    endpoint = to.endpoint or ""
    path = refuse_destination(endpoint, to.rule or "", to.stream or STREAM)
    return open_log_analytics(endpoint, path, run, doors, os.environ, identity=to.identity)


def exit_code(outcome: SendOutcome) -> Exit:
    """0 if all rows were taken, 3 if none was, else 6."""
    if not outcome.lost:
        return Exit.OK
    return Exit.PARTIAL if outcome.sent else Exit.NO_VERDICT
