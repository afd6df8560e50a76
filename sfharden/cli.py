"""The command line: arguments in, exit code out. The only place that prints an error.

Starting must stay light: this module imports click and the standard library only; each sub-command is
loaded when it's asked for.
"""

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn, TextIO

import click

from sfharden import __version__
from sfharden.commands import ENTRY
from sfharden.doors.process import settle
from sfharden.errors import Exit, SfhardenError

# Each sub-command, its module in sfharden.commands, and its line in the help.
COMMANDS = {
    "check": "Judge an org or metadata files against the checklist.",
    "apps": "Judge every app of an org, one row an app.",
    "report": "Show a saved report in other forms.",
    "send": "Send a saved report to where analysts work.",
    "sentinel": "Write table, rules, watchlist and workbook for Microsoft Sentinel.",
    "snapshot": "Write what was read to a file, to judge it later or elsewhere.",
    "tokens": "List OAuth tokens by app, user, profile, age and use.",
    "revoke": "Revoke OAuth tokens: shown, approved, journalled, checked.",
    "doctor": "Tell what a login may read of an org, and what it misses.",
    "plan": "Show what would change, and write it as a package and its rollback.",
    "init": "Write a commented integration file from what SOURCE holds.",
    "simulate": "Show what a change would do, before it is made.",
    "verify": "Tell whether the hardening was seen to work.",
    "drift": "Tell what changed between two states, who and when.",
    "hunt": "Search logins and requests for addresses that were published.",
    "verify-attestation": "Tell whether an attestation of `check --attest` holds.",
    "egress": "List the addresses an integration calls from, and what changes them.",
    "azure-exports": "Print a script that asks Azure for what --azure would read.",
    "controls": "List the controls, or explain one.",
    "demo": "The whole tour on an org that comes with sfharden.",
}

EPILOG = """\b
Exit codes: 0 nothing found, 1 findings, 2 wrong usage or a file that can't
be accepted, 3 no verdict, 4 no finding but something unknown, 5 declined,
6 partly done, 70 a bug, 130 interrupted.
"""


_VERBOSE = frozenset({"-v", "--verbose"})
_ANYWHERE = _VERBOSE | {"--debug"}


class _LazyGroup(click.Group):
    """Knows its sub-commands by name, and imports one only when it's used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sfharden.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands from their one-line texts, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from sfharden.text.names import suggestion

            raise click.UsageError(f"No such command '{args[0]}'.{suggestion(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_LazyGroup,
    name="sfharden",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="sfharden", message="%(prog)s %(version)s")
@click.option(
    "-v", "--verbose", is_flag=True, expose_value=False, help="Log every call to an org, without its query."
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show a traceback when something goes wrong.")
@click.pass_context
def group(context: click.Context) -> None:
    """Prove that a Salesforce integration is bound to its addresses, its users and its profile.

    \b
    sfharden demo                             the whole tour, on an org of its own
    sfharden init --org ALIAS                 describe your integration
    sfharden check --org ALIAS -i FILE        judge it
    sfharden plan --org ALIAS -i FILE -o DIR  files that change and that undo it
    """
    context.meta[ENTRY] = main  # the tour runs commands as a person does, through the front door


def main(arguments: Sequence[str] | None = None, doors: object = None) -> int:
    """Run the command line and give the exit code; nothing else leaves this function, SystemExit included.

    `doors` are the time, the patience and the log of a run, see `doors.run_doors`.
    """
    given, everywhere = _apart(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in everywhere
    try:
        obj = _logging(doors) if everywhere & _VERBOSE else doors
        outcome = group.main(args=given or ["--help"], prog_name="sfharden", standalone_mode=False, obj=obj)
        return int(outcome) if isinstance(outcome, int) else Exit.OK
    except SfhardenError as error:
        _complain(error.message, error.hint, debug)
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return _interrupted()
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "sfharden"
        _complain(error.format_message(), f"Try '{command} --help'.", debug)
        return Exit.USAGE
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # The reader of our output went away; whatever it wanted, it didn't get all of it.
        _give_up(sys.stdout)
        return Exit.NO_VERDICT
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            return _bug(error, debug)
        _give_up(sys.stdout)
        why = os.strerror(error.errno) if error.errno == errno.EIO else "the disk is full"
        _complain(f"The output can't be written: {why}.", "", debug)
        return Exit.NO_VERDICT
    except Exception as error:  # noqa: BLE001 - the one handler of last resort
        return _bug(error, debug)


def _apart(words: Sequence[str]) -> tuple[list[str], set[str]]:
    """The words without the options that may stand anywhere before a `--`, and those options."""
    end = words.index("--") if "--" in words else len(words)
    found = {word for word in words[:end] if word in _ANYWHERE}
    return [*(word for word in words[:end] if word not in _ANYWHERE), *words[end:]], found


def _logging(doors: object) -> object:
    from sfharden.doors.run_doors import logging_to

    return logging_to(sys.stderr, doors)


def run() -> NoReturn:
    """What the installed program calls: `main`, then the end of the process.

    After ^C it ends at once: threads that wait for an org's answer would keep it for up to a minute.
    """
    warning = settle(os.environ)
    if warning:
        _tell("Warning", warning)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # closed, full, or hung up
            _give_up(stream)
    if code == Exit.INTERRUPTED:
        os._exit(code)
    sys.exit(code)


def _give_up(stream: TextIO) -> None:
    """Else Python tries once more at its end, and changes the exit code; since 3.13 for standard error, too."""
    with suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _bug(error: Exception, debug: bool) -> int:
    hint = "Report it, with what stands above." if debug else "Run again with --debug and report it."
    _complain(f"A bug in sfharden: {type(error).__name__}.", hint, debug)
    return Exit.BUG


def _interrupted() -> int:
    _say("Interrupted.")
    return Exit.INTERRUPTED


def _complain(message: str, hint: str, debug: bool) -> None:
    if debug:
        import traceback

        from sfharden.text.redact import safe_lines

        _say(safe_lines(traceback.format_exc()))
    _tell("Error", " ".join(message.split()))
    if hint:
        _tell("Hint", hint)


def _tell(what: str, text: str) -> None:
    """A message may name what an org or a file named, which must not steer a terminal; or a token typed by mistake."""
    from sfharden.text.redact import safe_text, without_tokens
    from sfharden.text.terminal import aside

    _say(aside(f"{what}: {safe_text(without_tokens(text), limit=2000)}", sys.stderr))


def _say(text: str) -> None:
    """Tell on standard error; nobody taking it must not change the exit code."""
    with suppress(OSError, ValueError):
        click.echo(text, err=True)
