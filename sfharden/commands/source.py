"""The SOURCE options that many commands share, and how a source becomes a snapshot."""

import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden import __version__
from sfharden.addresses import AddressError, parse_range
from sfharden.commands.defaults import default_org
from sfharden.doors.clock import current_time
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import doors_of
from sfharden.errors import UsageError
from sfharden.facts.one_by_one import IDLE_DAYS, ForVerdicts
from sfharden.model.snapshot import Snapshot
from sfharden.ports import OneByOne, every_single_token, waited_for
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import MAX_AGE_DAYS, told, why_old, without_the_outdated
from sfharden.text.redact import Secret, safe_text
from sfharden.text.terminal import aside

F = TypeVar("F", bound=Callable[..., Any])
_SOURCES = "One of --org ALIAS, --instance-url URL, --source DIR|ZIP, --snapshot FILE, --demo."
_FILES = "files"
_PATH = click.Path(path_type=Path)
_LIVE_NAMES = (
    "org",
    "instance_url",
    "client_id",
    "jwt_key_file",
    "username",
    "api_budget",
    "timeout",
    "trust_host",
)


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What was given; exactly one source must be. `live` holds how to sign in, `demo` included."""

    source: Path | None
    snapshot: Path | None
    demo: bool
    live: LiveOptions
    max_age: int | None = None

    @property
    def max_age_days(self) -> int:
        """From how many days on a snapshot is too old for what time decides."""
        return MAX_AGE_DAYS if self.max_age is None else self.max_age


def _live_options() -> tuple[Callable[[F], F], ...]:
    return (
        click.option("--org", metavar="ALIAS", help="An org that the Salesforce CLI is signed in to."),
        click.option(
            "--instance-url",
            metavar="URL",
            help="An org by its address, with a token in SF_ACCESS_TOKEN, or with:",
        ),
        click.option("--client-id", metavar="KEY", help="an app's consumer key, with SF_CLIENT_SECRET or"),
        click.option("--jwt-key-file", type=_PATH, metavar="FILE", help="a private key (JWT bearer) and"),
        click.option("--username", metavar="NAME", help="the user that it signs in."),
        click.option("--demo", is_flag=True, help="The embedded org that comes with sfharden."),
        click.option("--api-budget", type=click.IntRange(1), metavar="N", help="Make at most N API calls."),
        click.option(
            "--timeout",
            type=click.FloatRange(1, 600),
            metavar="SECONDS",
            help="How long to wait for an answer (default: 30), ten times as long for a large one.",
        ),
        click.option(
            "--trust-host",
            multiple=True,
            metavar="HOST",
            help="A host that may get the token though it isn't one of Salesforce's.",
        ),
        click.option(
            "--explain-api",
            is_flag=False,
            flag_value="uncounted",
            type=click.Choice(["uncounted", "counted"]),
            metavar="[=counted]",
            help="Print the API calls of this run, and make none; or count first, for an estimate.",
        ),
    )


def source_options(function: F) -> F:
    """Adds the SOURCE options, and hands them over as one SourceOptions named `given`."""
    files = (
        click.option(
            "--source", type=_PATH, metavar="DIR|ZIP", help="Metadata files: a folder, a zip, a file."
        ),
        click.option("--snapshot", type=_PATH, metavar="FILE", help="A file written by `sfharden snapshot`."),
        click.option(
            "--max-age",
            type=click.IntRange(0, 36_500),
            metavar="DAYS",
            help=f"From that age on, a snapshot tells nothing of tokens and logins ({MAX_AGE_DAYS}).",
        ),
        click.option(
            "--every-token",
            is_flag=True,
            help="Ask for each token of external client apps: a call for each user and app.",
        ),
    )
    return _with(function, (*files, *_live_options()))


def live_options(function: F) -> F:
    """Adds only the options of a running org, and hands them over as `given` too."""
    return _with(function, _live_options())


def typed_live_options(function: F) -> F:
    """The same for what can't be undone: the org must be typed, and no variable stands for it."""
    return _with(function, _live_options(), defaults=False)


def _with(function: F, options: tuple[Callable[[F], F], ...], *, defaults: bool = True) -> F:
    def wrapped(
        *args: Any, demo: bool, source: Path | None = None, snapshot: Path | None = None, **kw: Any
    ) -> Any:
        max_age = kw.pop("max_age", None)
        context = click.get_current_context(silent=True)
        told = {name: kw.pop(name) for name in _LIVE_NAMES}
        if defaults and not any((demo, source, snapshot, told["org"], told["instance_url"])):
            told["org"] = default_org()
        told |= _explaining(kw.pop("explain_api")) | {"every_token": kw.pop("every_token", False)}
        live = LiveOptions(
            demo=demo, demo_org=_demo_org, doors=doors_of(context.obj if context else None), **told
        )
        given = SourceOptions(source, snapshot, demo, live, max_age)
        if live.explain_api and not kw.get(
            "azure"
        ):  # before anything else: nothing else would look at the source
            require_live(given)
        return function(*args, given=given, **kw)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(options):
        option(wrapped)
    return wrapped  # type: ignore[return-value]


as_of_option = click.option(
    "--as-of", metavar="DATE", help="Judge by that day and not by today; not for an org."
)


def _explaining(word: str | None) -> dict[str, bool]:
    return {"explain_api": word is not None, "count_first": word == "counted"}


def _demo_org(now: datetime) -> AbstractContextManager[tuple[str, Secret]]:
    from sfharden.commands.demo import serve_demo_org

    return serve_demo_org(now)


def source_words(given: SourceOptions) -> str:
    """The source as it was given, to be typed again; never a secret, since none is an argument."""
    live = given.live
    named = {
        "--source": given.source,
        "--snapshot": given.snapshot,
        "--org": live.org,
        "--instance-url": live.instance_url,
        "--client-id": live.client_id,
        "--jwt-key-file": live.jwt_key_file,
        "--username": live.username,
    }
    pairs = [*named.items(), *(("--trust-host", host) for host in live.trust_host)]
    words = [f"{option} {shlex.quote(safe_text(str(value)))}" for option, value in pairs if value]
    return " ".join(["--demo", *words] if given.demo else words)


def sign_in_words(live: LiveOptions, alias: str) -> str:
    """What tells the Salesforce CLI of the same org, in the same way, under an alias; empty where it knows the org.

    An access token it takes from SF_ACCESS_TOKEN, as we did.
    """
    if not live.instance_url:
        return ""
    named = {
        "--instance-url": live.instance_url,
        "--client-id": live.client_id if live.jwt_key_file else None,
        "--jwt-key-file": live.jwt_key_file,
        "--username": live.username,
        "--alias": alias,
    }
    words = [f"{option} {shlex.quote(safe_text(str(value)))}" for option, value in named.items() if value]
    how = "jwt" if live.jwt_key_file else "web" if live.client_id else "access-token"
    return " ".join([f"sf org login {how}", *words, *(["--no-prompt"] if how == "access-token" else [])])


def require_one(given: SourceOptions, hint: str = _SOURCES) -> None:
    """Raise UsageError unless exactly one source is given."""
    live = given.live
    number = sum(bool(one) for one in (given.source, given.snapshot, given.demo, live.org, live.instance_url))
    if number != 1:
        raise UsageError(
            "Give exactly one source." if number else "Give a source.",
            hint,
        )
    if not live.instance_url and (live.client_id or live.jwt_key_file or live.username):
        raise UsageError("--client-id, --jwt-key-file and --username go with --instance-url.")
    if live.username and not live.jwt_key_file:
        raise UsageError("--username goes with --jwt-key-file.")
    only_live = (live.explain_api, live.api_budget, live.timeout, live.every_token, live.trust_host)
    if not live.is_given and any(only_live):
        raise UsageError(
            "--explain-api, --api-budget, --timeout, --every-token and --trust-host are for a running org."
        )
    if given.max_age is not None and not given.snapshot:
        raise UsageError("--max-age goes with --snapshot.")


def require_live(given: SourceOptions) -> None:
    """Raise UsageError unless exactly one running org is given."""
    hint = "One of --org ALIAS, --instance-url URL, --demo."
    require_one(given, hint)
    if not given.live.is_given:
        raise UsageError("This needs a running org.", hint)


def read_to_judge(given: SourceOptions, wanted: Wanted, judged: datetime) -> Snapshot:
    """As `read_source`, without what time decides where a snapshot is too old for that on the day it's judged by."""
    return without_the_outdated(read_source(given, wanted, judged), given.max_age_days)


def read_source(given: SourceOptions, wanted: Wanted, judged: datetime | None = None) -> Snapshot:
    """The snapshot of the one source given; `judged` is when it's judged by, if not now.

    Raises UsageError unless exactly one is given.
    """
    require_one(given)
    if given.live.is_given:
        from sfharden.doors.live import open_org, read_live

        with open_org(given.live) as connection:
            return read_live(connection, wanted, given.live.doors).snapshot
    if given.snapshot:
        from sfharden.sources.snapshot_file import load_snapshot_file

        snapshot = load_snapshot_file(given.snapshot)
        snapshot = told(snapshot, given.snapshot, judged or current_time(given.live.doors))
        if judged is None:  # not a report that says so itself, whatever its format
            _introduce(snapshot, given)
        return snapshot
    return read_files(given)


def _introduce(snapshot: Snapshot, given: SourceOptions) -> None:
    """Say on standard error, whatever the format, that this is no running org."""
    from sfharden.report.source_words import snapshot_words

    old = why_old(snapshot.source, given.max_age_days) if snapshot.org else ""
    note = f" It is no evidence of tokens and logins: {old}." if old else ""
    click.echo(aside(f"A snapshot: {snapshot_words(snapshot.source)}.{note}", sys.stderr), err=True)


def read_files(given: SourceOptions) -> Snapshot:
    """The snapshot of metadata files."""
    from sfharden.doors.progress import watching
    from sfharden.sources.metadata_files import load_snapshot

    if given.source is None:  # cannot be: one source is given
        raise UsageError("Give a source.")
    with watching(given.live.doors) as watcher, waited_for(watcher, _FILES):
        return load_snapshot(given.source, __version__, progress=partial(watcher.counted, _FILES))


def one_by_one(given: SourceOptions, apps: Iterable[str] = (), idle_days: Iterable[int] = ()) -> OneByOne:
    """Whose tokens of external client apps to ask for singly: those of the named apps, and where a date decides."""
    if given.live.every_token:
        return every_single_token
    return ForVerdicts(tuple(apps), tuple(idle_days) or (IDLE_DAYS,))


def refuse_bad_address(text: str | None) -> None:
    """Raise UsageError for a --my-address that is none."""
    try:
        if text:
            parse_range(text)
    except AddressError as error:
        raise UsageError(f"--my-address: {error}") from None
