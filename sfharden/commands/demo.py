"""`sfharden demo`: the embedded org, judged; or kept up to try every command on."""

import os
import threading

import click

from sfharden.clock import current_time
from sfharden.errors import Exit


@click.command("demo")
@click.option("--serve", is_flag=True, help="Keep the embedded org up, to try every command on, until ^C.")
@click.pass_context
def command(context: click.Context, serve: bool) -> int:
    """See sfharden at work on an org that comes with it, over real HTTP on this machine.

    It's a bad one: a clone of System Administrator, IP restrictions relaxed, everyone may authorise the app,
    ranges that miss half of the Logic App's addresses, old tokens, and a look-alike app that nobody installed.

    \b
    Example:
      sfharden demo
      sfharden demo --serve
    """
    if serve:
        return _serve()
    from sfharden.commands.check import command as check

    click.echo("$ sfharden check --demo\n")
    outcome: int = context.invoke(check, demo=True)
    return outcome


def _serve() -> int:
    from sfharden.demo.sample import integration_path
    from sfharden.demo.tour_org import CALLER, serve_tour

    with serve_tour(current_time(os.environ)) as server:
        click.echo(f"The embedded org is up at {server.base_url}. In another terminal:\n")
        # A made-up token of a made-up org, which is gone with this process.
        click.echo(f"  export SF_ACCESS_TOKEN='{server.tokens[CALLER]}'")
        click.echo(f"  sfharden check --instance-url {server.base_url} -i '{integration_path()}'\n")
        click.echo("Stop it with ^C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
    return Exit.OK
