"""`sfharden demo`: the whole tour on the embedded org; or the org kept up to try every command on.

The one door to the tour and to the embedded org: other commands reach them through this module.
"""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import click

from sfharden.commands import ENTRY
from sfharden.demo.sample import integration_path
from sfharden.demo.serving import guide
from sfharden.demo.tour import Tour
from sfharden.demo.tour_azure import serve_tour_azure
from sfharden.demo.tour_org import CALLER, serve_demo_org, serve_tour
from sfharden.doors.clock import current_time
from sfharden.doors.run_doors import doors_of
from sfharden.emulator.azure.server import AzureServer
from sfharden.emulator.http.server import DemoServer
from sfharden.errors import Exit
from sfharden.files.output_place import require_stdout
from sfharden.revocation.ground import refuse_system

__all__ = ("command", "integration_path", "serve_demo_org")


@click.command("demo")
@click.option("--serve", is_flag=True, help="Keep the embedded org up, to try every command on, until ^C.")
def command(serve: bool) -> int:
    """See the whole tour on an org that comes with sfharden, over real HTTP on this machine.

    It's a bad one: a clone of System Administrator, IP restrictions relaxed, everyone may authorise the app,
    ranges that miss half of the Logic App's addresses, old tokens, and a look-alike app that nobody installed;
    and its Azure end is no better. The tour checks, plans, simulates, deploys, revokes, authorises again and verifies.

    \b
    Example:
      sfharden demo
      sfharden demo --serve
    """
    require_stdout()
    return _serve() if serve else _tour()


def _tour() -> int:
    context = click.get_current_context()
    refuse_system()  # the tour revokes
    main, doors = context.meta[ENTRY], context.obj
    now = current_time(doors_of(doors))

    def program(words: list[str]) -> tuple[int, str]:
        out = TextIOWrapper(BytesIO(), "utf-8")  # with a buffer: a diff is written as bytes
        with redirect_stdout(out), redirect_stderr(StringIO()):
            code = main(words, doors)
        out.flush()
        return code, out.buffer.getvalue().decode("utf-8")

    with (
        tempfile.TemporaryDirectory(prefix="sfharden-demo-") as folder,
        serve_tour(now) as server,
        serve_tour_azure(now) as azure,
        _inside(Path(folder), _variables(server, azure)),
    ):
        click.echo("An embedded org is up, and the Azure tenant whose Logic App uses it. Both are")
        click.echo("bad ones. SF_ACCESS_TOKEN and AZURE_ACCESS_TOKEN hold logins to them.")
        Tour(server, azure, Path(folder), program, click.echo, now, doors_of(doors).timing.now).go()
    click.echo("\nThat was the tour. Try every command yourself: sfharden demo --serve")
    return Exit.OK


def _variables(server: DemoServer, azure: AzureServer) -> dict[str, str]:
    """What the commands of the tour find in their environment."""
    return {
        "SF_ACCESS_TOKEN": server.tokens[CALLER],
        "AZURE_ACCESS_TOKEN": azure.token,
        "SFHARDEN_AZURE_ENDPOINT": azure.base_url,
    }


@contextmanager
def _inside(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Work in the folder, with the variables where the commands look for them; and leave all as it was."""
    before, held = Path.cwd(), {name: os.environ.get(name) for name in variables}
    os.chdir(folder)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.chdir(before)
        for name, value in held.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve() -> int:
    now = current_time(doors_of(click.get_current_context().obj))
    with serve_tour(now) as server, serve_tour_azure(now) as azure:
        click.echo(guide(server.base_url, server.tokens[CALLER], azure.base_url, azure.token))
        try:
            click.echo("Stop it with ^C.")
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
    return Exit.OK
