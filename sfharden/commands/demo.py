"""`sfharden demo`: the sample integration, judged."""

import click


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> int:
    """Judge the sample integration that comes with sfharden.

    It's a bad one, as real metadata files: a clone of System Administrator, IP restrictions relaxed,
    everyone may authorise the app, ranges that miss half of the Logic App's addresses.

    \b
    Example:
      sfharden demo
    """
    from sfharden.commands.check import command as check

    click.echo("$ sfharden check --demo\n")
    outcome: int = context.invoke(check, demo=True, source=None, snapshot=None, integration=None)
    return outcome
