"""`sfharden azure-exports`: a script that saves what Azure answers, for people who may give a tool no access."""

from pathlib import Path

import click

from sfharden.commands.azure_source import entries_of
from sfharden.commands.defaults import integration_option
from sfharden.commands.output_option import output_option
from sfharden.errors import Exit, UsageError
from sfharden.files.output_file import write_output
from sfharden.plan.steps import quoted
from sfharden.text.redact import safe_text


@click.command("azure-exports")
@click.option(
    "--script", is_flag=True, help="Print a script of `az` commands that asks what --azure would ask."
)
@integration_option("The integration file: which Azure resources are meant.")
@output_option("Write it there; - is standard output.")
def command(script: bool, integration: Path | None, output: Path | None) -> int:
    """Print a script that asks Azure what check --azure would ask, by the Azure CLI, and saves each answer.

    Nothing is asked by this command. Read the script, run it where `az login` was done, and judge the folder that it
    fills: the verdicts are those of a live run. Each of its commands is a GET. Without -i it finds all that uses
    Salesforce in the subscription of the Azure CLI.

    \b
    Example:
      sfharden azure-exports --script -i integration.yaml -o ask-azure.sh
      sh ask-azure.sh
      sfharden check --azure-exports azure-answers -i integration.yaml
    """
    if not script:
        raise UsageError("Give --script.", "It is the one thing that this command has to print.")
    from sfharden.sources.azure.script import INTO, script_of

    write_output(script_of(entries_of(integration)), output)
    if output:
        file = f" -i {quoted(str(integration))}" if integration else ""
        click.echo(
            f"Wrote {safe_text(str(output))}. Read it, then:\n  sh {quoted(str(output))}\n"
            f"  sfharden check --azure-exports {INTO}{file}",
            err=True,
        )
    return Exit.OK
