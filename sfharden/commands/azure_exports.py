"""`sfharden azure-exports`: a script of `az` commands that fills a folder with what `--azure` would read."""

import shlex
from pathlib import Path

import click

from sfharden.commands.azure_source import entries_of
from sfharden.commands.defaults import integration_option
from sfharden.errors import Exit, UsageError
from sfharden.files.output_place import require_stdout
from sfharden.text.redact import safe_text


@click.command("azure-exports")
@click.option("--script", is_flag=True, help="Print the script; nothing is run.")
@integration_option("The integration file: which Azure resources are meant.")
def command(script: bool, integration: Path | None) -> int:
    """Print a script of `az` commands that fills a folder with what `check --azure` would read.

    For people who may give a tool no access. Each command of the script is a GET that Reader may do. Without an integration file
    it asks about all that uses Salesforce in the subscription that the Azure CLI is set to.

    \b
    Example:
      sfharden azure-exports --script -i integration.yaml > ask.sh
      sh ask.sh
      sfharden check --azure-exports azure-answers -i integration.yaml
    """
    from sfharden.sources.azure.script import INTO, script_of

    require_stdout()
    if not script:
        raise UsageError("Give --script: it prints the script, and runs nothing.")
    click.echo(script_of(entries_of(integration)), nl=False)
    file = shlex.quote(safe_text(str(integration))) if integration else "INTEGRATION.yaml"
    click.echo(
        f"Read it, then: az login, sh SCRIPT, sfharden check --azure-exports {INTO} -i {file}", err=True
    )
    return Exit.OK
