"""`sfharden revoke`: pull the plug on OAuth tokens, once, completely, with a receipt."""

import os
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sfharden.clock import current_time
from sfharden.commands.revoke_run import TOOL, How, Job, OpenOrg, finish, opened
from sfharden.commands.source import SourceOptions, explain, live_options, require_live, source_words
from sfharden.errors import DeclinedError, Exit, NoVerdictError, UsageError
from sfharden.model.directory import same_record
from sfharden.model.facts import CannotTell
from sfharden.output_file import write_output
from sfharden.redact import safe_text
from sfharden.report.revocation import org_line, render_plan
from sfharden.revocation.approve import Approval, approve_by_count, approve_by_journal, approve_by_word
from sfharden.revocation.journal import found_journal, new_journal, stamp_of
from sfharden.revocation.keeps_working import keeps_working
from sfharden.revocation.plan import RevocationPlan, plan_revocation
from sfharden.revocation.record import DONE, Record
from sfharden.revocation.select import Selected, Selection, caller_id, select
from sfharden.sources.org_wanted import Wanted
from sfharden.terminal import is_terminal

_MOST_NAMED = 5
_PATH = click.Path(path_type=Path)


@click.command("revoke")
@live_options
@click.option("--app", "apps", multiple=True, metavar="NAME", help="Tokens of this app (API name or label).")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Tokens of this user.")
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Tokens of users of this profile.")
@click.option("--created-before", metavar="DATE", help="Tokens made before then (UTC unless said).")
@click.option(
    "--unused-for",
    "unused_days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="Tokens not used for so long.",
)
@click.option("--all-but", multiple=True, metavar="APP", help="Tokens of all apps but this.")
@click.option("--all", "everything", is_flag=True, help="Every token there is.")
@click.option("--dry-run", is_flag=True, help="Print the list, and stop.")
@click.option("--expect", type=click.IntRange(0), metavar="N", help="How many it must be; with --yes.")
@click.option("--yes", is_flag=True, help="Don't ask; needs --expect.")
@click.option("--journal", type=_PATH, metavar="FILE", help="Where to keep the journal.")
@click.option("--resume", type=_PATH, metavar="FILE", help="Finish what this journal began.")
@click.option("--receipt", type=_PATH, metavar="FILE", help="Write a receipt (.md or .json).")
@click.option("--accept-incomplete", is_flag=True, help="Go on though the list may not be whole.")
@click.option("--workers", type=click.IntRange(1, 16), default=8, show_default=True, metavar="N")
def command(given: SourceOptions, resume: Path | None, **options: Any) -> int:
    """Revoke OAuth tokens of a running org.

    Shows what is meant, and asks for the plan's fingerprint before anything is revoked. Conditions of
    different kinds must all hold; several of one kind are alternatives. A journal tells at any moment what was
    tried and what became of it; after a crash, --resume finishes it. Your own login's tokens are left alone.

    Exit code 0: none is left. 4: none, but the list may have lacked some. 5: declined, nothing changed. 6: some
    are left, or it isn't known.

    \b
    Example:
      sfharden revoke --org production --app "Azure Logic Apps" --dry-run
      sfharden revoke --org production --app "Azure Logic Apps"
      sfharden revoke --org production --resume revoke-7KQ2M4XA.jsonl
    """
    require_live(given)
    how = How(**{name: options.pop(name) for name in How.__slots__})
    wanted = Selection(**{**options, "created_before": _moment(options["created_before"])})
    if given.live.explain_api:
        return explain(Wanted())
    if resume:
        if wanted.is_given or how.dry_run or how.yes or how.expect is not None:
            raise UsageError("--resume goes on with the journal's own plan; it takes no selection.")
        return _resume(given, resume, how)
    if not wanted.is_given:
        raise UsageError("Say which tokens.", "--app, --user, --profile, --unused-for, --all-but, --all, …")
    if how.yes != (how.expect is not None):
        raise UsageError("--yes and --expect N go together.")
    return _revoke(given, wanted, how)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "--created-before takes a date, such as 2026-11-20 or 2026-11-20T09:00:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _revoke(given: SourceOptions, wanted: Selection, how: How) -> int:
    _check_receipt(how, how.journal)
    with opened(given, metadata=True) as org:
        plan, selected = _planned(org, wanted)
        write_output(render_plan(plan, org.host, org.remarks, how.dry_run) + "\n", None)
        doubtful = bool(org.lacking or selected.undecided)
        outcome = Exit.INCOMPLETE if doubtful else Exit.OK
        if how.dry_run:
            return outcome
        if doubtful and not how.accept_incomplete:
            raise DeclinedError(
                "The list of tokens may not be whole, so nothing was revoked.",
                "Mend what is said above, or give --accept-incomplete.",
            )
        approval = approve_by_count(plan, how.expect) if how.expect is not None else None
        if plan.tokens:
            return _begin(given, org, plan, approval or _asked(plan), how) or outcome
        if selected.own:
            raise DeclinedError("This login's own tokens are all that is selected. Nothing was revoked.")
        return outcome


def _planned(org: OpenOrg, wanted: Selection) -> tuple[RevocationPlan, Selected]:
    try:
        directory = org.directory
        selected = select(directory.tokens, directory, wanted, current_time(os.environ))
    except CannotTell as reason:
        raise NoVerdictError(f"The tokens can't be told: {reason.reason}") from None
    org.remarks += _remarks(org, selected)
    return plan_revocation(selected.chosen, directory, org.organization), selected


def _remarks(org: OpenOrg, selected: Selected) -> Iterator[str]:
    if org.lacking:
        yield f"INCOMPLETE: {org.lacking}."
    if selected.undecided:
        names = sorted(
            {f"'{one.app_label}' of {org.directory.username(one.user_id)}" for one in selected.undecided}
        )
        more = ", …" if len(names) > _MOST_NAMED else ""
        yield (
            f"{len(selected.undecided)} tokens are left out, for it can't be told whether they are meant: "
            f"{', '.join(names[:_MOST_NAMED])}{more}."
        )
    if selected.own:
        yield (
            f"{len(selected.own)} tokens of this login itself ({org.caller}) are left out, so as not to saw off "
            "the branch it sits on. Revoke them last, with another login."
        )
    yield from keeps_working(org.reading.snapshot, (one.app_label for one in selected.chosen))


def _asked(plan: RevocationPlan) -> Approval:
    if not is_terminal(sys.stdin):
        raise DeclinedError(
            "There is no terminal to ask at. Nothing was revoked.",
            f"Unattended: --expect {len(plan.tokens)} --yes",
        )
    click.echo(f"Type {plan.fingerprint} to revoke them: ", err=True, nl=False)
    try:
        typed = sys.stdin.readline()
    except (OSError, ValueError):  # the terminal hung up, or what came is no text
        typed = ""
    if not typed:
        raise DeclinedError("No answer. Nothing was revoked.")
    return approve_by_word(plan, typed)


def _begin(given: SourceOptions, org: OpenOrg, plan: RevocationPlan, approval: Approval, how: How) -> int:
    now = current_time(os.environ)
    path = how.journal or Path(f"revoke-{plan.fingerprint}.jsonl")
    _check_receipt(how, path)
    with new_journal(path, plan, approval.how, org.caller, TOOL, now) as journal:
        click.echo(f"Journal: {safe_text(str(path))}", err=True)
        job = Job(plan, approval, journal, path, org.caller, stamp_of(now), _again(given, path))
        return finish(org, job, how)


def _resume(given: SourceOptions, path: Path, how: How) -> int:
    _check_receipt(how, path)
    with found_journal(path) as found:
        record = found.record
        approval = approve_by_journal(record.plan, record.fingerprint, record.approved)  # before any call
        with opened(given, metadata=False) as org:
            org.saw_others = org.caller == record.by  # the plan has other people's tokens
            _check_resumed(org, record, how)
            open_ones = sum(state not in DONE for state in record.states.values())
            title = org_line(org.organization, org.host)
            write_output(f"{title}\n{open_ones:,} tokens of the plan are open.\n\n", None)
            journal = found.go_on(org.caller, current_time(os.environ))
            again = _again(given, path)
            job = Job(record.plan, approval, journal, path, record.by, record.started, again)
            return finish(org, job, how)


def _check_resumed(org: OpenOrg, record: Record, how: How) -> None:
    """Raise DeclinedError unless this is the journal's org, with a whole list of tokens."""
    if not same_record(org.organization.id, record.plan.organization.id):
        raise DeclinedError("The journal is of another org. Nothing was revoked.")
    if org.lacking and not how.accept_incomplete:
        raise DeclinedError(f"The list of tokens may not be whole ({org.lacking}). Nothing was revoked.")
    caller_id(org.directory)


def _again(given: SourceOptions, path: Path) -> str:
    return f"sfharden revoke {source_words(given)} --resume {shlex.quote(safe_text(str(path)))}"


def _check_receipt(how: How, journal: Path | None) -> None:
    """Raise UsageError for a receipt that could not be written in the end, or would replace the journal."""
    receipt = how.receipt
    if receipt is None:
        return
    if receipt.is_dir() or not receipt.absolute().parent.is_dir():
        raise UsageError(f"--receipt {safe_text(str(receipt))} can't be a file.")
    if journal is not None and receipt.resolve() == journal.resolve():
        raise UsageError("--receipt and the journal are one file.")
