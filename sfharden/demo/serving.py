"""What is said of the embedded org that is kept up: all that a newcomer needs to go through README.md on it."""

import shlex
from typing import Final

from sfharden.demo.sample import integration_path
from sfharden.emulator.generate import OPERATOR
from sfharden.plan.steps import wrapped
from sfharden.text.terminal import DEFAULT

# What the Salesforce CLI is told to call the embedded org; the tour's commands say it too.
ALIAS: Final = "demo"


def guide(url: str, token: str, azure_url: str, azure_token: str) -> str:
    """How to reach the org and its Azure end at their addresses, and what to put for each EDIT of the file that `init` writes.

    The tokens are made-up ones of a made-up org and tenant, which are gone with the process that serves them.
    """
    sample = integration_path()
    export = sample.parent / "exports" / "crm-sync.json"
    return f"""The embedded org is up at

  {url}

In another terminal:

  export SF_ACCESS_TOKEN=\\
'{token}'
{_command(f"sfharden check --instance-url {url} -i {shlex.quote(str(sample))}")}

With its Azure end:

  export SFHARDEN_AZURE_ENDPOINT={azure_url}
  export AZURE_ACCESS_TOKEN=\\
'{azure_token}'
{_command(f"sfharden check --instance-url {url} --azure -i {shlex.quote(str(sample))}")}

Or go through "Your own org" in README.md. Where it says --org ALIAS, type
--instance-url {url}

or tell the Salesforce CLI of the org, and type --org {ALIAS}; then the commands
that `plan` prints can be run as they are:

{_command(sign_in(url))}

Put for EDIT, in the integration.yaml that `init` writes:

      - logic_app: {_in_yaml(str(export))}
    operator_ranges: [{OPERATOR}]
"""


def _command(text: str) -> str:
    """On lines that a screen holds and a shell goes on reading; a word stays whole, however long a path is."""
    return "\n".join(f"  {line}" for line in wrapped(text, DEFAULT - 2).split("\n"))


def sign_in(url: str) -> str:
    """What tells the Salesforce CLI of the org; it takes the token from SF_ACCESS_TOKEN."""
    return f"sf org login access-token --instance-url {url} --alias {ALIAS} --no-prompt"


def _in_yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
