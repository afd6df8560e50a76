"""`--expect-refused ADDRESS`: logins of the integration that are meant to be refused, named one by one."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from sfharden.addresses import AddressSet, address_of
from sfharden.errors import UsageError
from sfharden.text.redact import safe_text


def expect_refused_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option, as `expect_refused`."""
    return click.option(
        "--expect-refused",
        "expect_refused",
        multiple=True,
        metavar="ADDRESS",
        help="The integration's logins from there are meant to be refused. Repeatable.",
    )(command)


def named_addresses(named: Iterable[str]) -> AddressSet:
    """The addresses, each a single one so that nobody waves a whole range through. Raises UsageError."""
    numbers = []
    for text in named:
        number = address_of(text)
        if number is None:
            raise UsageError(f"--expect-refused: '{safe_text(text, limit=80)}' is not one address.")
        numbers.append((number, number))
    return AddressSet.from_intervals(numbers)
