"""`sfharden revoke`: revoke OAuth tokens, once and completely, with a journal."""

import getpass
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from sfharden import __version__
from sfharden.commands.source import SourceOptions, require_live, source_words, typed_live_options
from sfharden.doors.clock import current_time
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.moments import moment
from sfharden.doors.revoke_doors import TerminalPerson, open_live_org
from sfharden.errors import Exit, UsageError
from sfharden.files.output_place import require_stdout
from sfharden.ports import LiveOrg
from sfharden.revocation.ground import refuse_ground
from sfharden.revocation.request import Request, refuse_receipt
from sfharden.revocation.select import Selection
from sfharden.text.redact import safe_text

F = TypeVar("F", bound=Callable[..., Any])
OpenOrg = Callable[[LiveOptions], AbstractContextManager[LiveOrg]]
_PATH = click.Path(path_type=Path)


_OPTIONS = (
    click.option(
        "--app", "apps", multiple=True, metavar="NAME", help="Tokens of an app, by label or API name."
    ),
    click.option("--user", "users", multiple=True, metavar="NAME", help="Tokens of a user."),
    click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Tokens of a profile's users."),
    click.option("--created-before", metavar="30d|DATE", help="Tokens made before that."),
    click.option(
        "--unused-for", type=click.IntRange(0, 36_500), metavar="DAYS", help="Tokens not used for so long."
    ),
    click.option("--all-but", multiple=True, metavar="NAME", help="All but those of an app or a user."),
    click.option("--all", "everything", is_flag=True, help="Every token of the org."),
    click.option("--dry-run", is_flag=True, help="Print the list, and stop."),
    click.option("--expect", type=click.IntRange(0), metavar="N", help="With --yes: exactly so many tokens."),
    click.option("--yes", is_flag=True, help="Don't ask; needs --expect."),
    click.option("--accept-incomplete", is_flag=True, help="Go on though not every token can be seen."),
    click.option("--journal", type=_PATH, metavar="FILE", help="Where to note every step."),
    click.option(
        "--receipt", type=_PATH, metavar="FILE", help="Write a receipt: Markdown, or JSON by its name."
    ),
    click.option("--workers", type=click.IntRange(1, 16), default=8, metavar="N", help="Calls at once (8)."),
    click.option("--resume", type=_PATH, metavar="FILE", help="Finish what a journal left."),
)


_TYPED_AGAIN: Final = {
    "apps": "--app",
    "users": "--user",
    "profiles": "--profile",
    "created_before": "--created-before",
    "unused_for": "--unused-for",
    "all_but": "--all-but",
    "everything": "--all",
    "accept_incomplete": "--accept-incomplete",
    "journal": "--journal",
    "receipt": "--receipt",
}


def _revoke_options(function: F) -> F:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def make_command(open_org: OpenOrg) -> click.Command:
    """The command, with the door through which it reaches an org."""

    @click.command("revoke")
    @typed_live_options
    @_revoke_options
    def command(given: SourceOptions, resume: Path | None, **options: Any) -> int:
        """Revoke OAuth tokens, and check that they are gone.

        Several --app are joined by "or", different options by "and". You are shown what is meant, and asked to
        type the plan's fingerprint. Every step is noted in a journal before and after it's made; after a crash,
        --resume finishes, once you were shown what is left and asked again. Exit code 5: nothing changed. 6: some tokens are left.

        \b
        Example:
          sfharden revoke --org production --app "Azure Logic Apps" --dry-run
          sfharden revoke --org production --app "Azure Logic Apps" --receipt r.md
          sfharden revoke --org production --resume revocation-7KQ2M9XA.jsonl
        """
        return _revoke(open_org, given, resume, options)

    return command


def _revoke(open_org: OpenOrg, given: SourceOptions, resume: Path | None, options: dict[str, Any]) -> int:
    require_stdout()  # what is about to be revoked must be seen
    require_live(given)
    request = _request(given, options, resume)
    if given.live.explain_api:
        return _explain(given.live)
    if not request.dry_run:
        refuse_ground(request.journal, resume)
    with open_org(given.live) as org:
        return _run(org, request, resume)


def _request(given: SourceOptions, options: dict[str, Any], resume: Path | None) -> Request:
    selection = _selection(options, current_time(given.live.doors))
    _refuse_contradictions(options, selection, resume)
    receipt: Path | None = options["receipt"]
    refuse_receipt(receipt, resume or options["journal"])
    return Request(
        selection,
        options["dry_run"],
        options["expect"],
        options["accept_incomplete"],
        options["journal"],
        receipt,
        options["workers"],
        source_words(given),
        _again(given, options),
    )


def _again(given: SourceOptions, options: dict[str, Any]) -> str:
    """The command as it was typed, without --dry-run and what answers the question in advance."""
    words = ["sfharden revoke", source_words(given)]
    for name, option in _TYPED_AGAIN.items():
        value = options[name]
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            values = value if isinstance(value, tuple) else (value,)
            words += [f"{option} {shlex.quote(safe_text(str(one), limit=1000))}" for one in values]
    return " ".join(words)


def _refuse_contradictions(options: dict[str, Any], selection: Selection, resume: Path | None) -> None:
    if options["yes"] != (options["expect"] is not None):
        raise UsageError("--yes and --expect N go together.", "The number is what you expect to be revoked.")
    if resume and (selection != Selection() or options["dry_run"] or options["journal"]):
        raise UsageError(
            "--resume takes the journal's own plan.", "Leave out the selection, --dry-run and --journal."
        )
    others = selection != Selection(everything=True)
    if selection.everything and others:
        hint = "Leave out --all." if selection.all_but else "Did you mean --all-but?"
        raise UsageError("--all goes with no other selection.", hint)
    if not resume and selection == Selection():
        raise UsageError(
            "Say which tokens to revoke.",
            "By --app, --user, --profile, --created-before, --unused-for, --all-but or --all.",
        )


def _selection(options: dict[str, Any], now: datetime) -> Selection:
    before: str | None = options["created_before"]
    return Selection(
        apps=options["apps"],
        users=options["users"],
        profiles=options["profiles"],
        created_before=None if before is None else moment(before, now, "--created-before"),
        unused_days=options["unused_for"],
        all_but=options["all_but"],
        everything=options["everything"],
    )


def _run(org: LiveOrg, request: Request, resume: Path | None) -> int:
    from sfharden.model.snapshot import Tool
    from sfharden.revocation.finish import Outside
    from sfharden.revocation.journal import Disk
    from sfharden.revocation.run import revoke, take_up

    outside = Outside(org, TerminalPerson(), Disk(org.now), Tool(version=__version__), _account())
    return take_up(outside, resume, request) if resume else revoke(outside, request)


def _account() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


def _explain(live: LiveOptions) -> int:
    from sfharden.commands.explain import explain
    from sfharden.sources.org.wanted import Wanted

    explain(Wanted(secrets=True), live)
    click.echo("Then one call for each token that is revoked, and the tokens are read again.")
    return Exit.OK


command = make_command(open_live_org)
