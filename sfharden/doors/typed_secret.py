"""A secret from the environment, or typed unseen by a person; never from an argument."""

import sys
from collections.abc import Mapping

import click

from sfharden.errors import UsageError
from sfharden.text.redact import Secret
from sfharden.text.terminal import is_terminal


def secret_of(environment: Mapping[str, str], name: str, what: str) -> Secret:
    """From the environment, or typed unseen where a person is at the terminal. Raises UsageError."""
    value = environment.get(name, "")
    if not value and is_terminal(sys.stdin):
        value = click.prompt(f"The {what} (not shown)", hide_input=True, err=True)
    if not value:
        raise UsageError(f"There is no {what}.", f"Put it into the environment variable {name}.")
    return Secret(value)
