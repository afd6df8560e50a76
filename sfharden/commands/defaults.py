"""What SFHARDEN_ORG, SFHARDEN_INTEGRATION and SFHARDEN_POLICY stand for where the command line says nothing.

An option always wins, and another source does over SFHARDEN_ORG. `revoke` and the embedded org heed none of them: a token
is revoked on the org that was typed, and the embedded org has an integration of its own.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from sfharden.errors import UsageError
from sfharden.plan.steps import quoted

F = TypeVar("F", bound=Callable[..., Any])
ORG: Final = "SFHARDEN_ORG"
INTEGRATION: Final = "SFHARDEN_INTEGRATION"
POLICY: Final = "SFHARDEN_POLICY"


def default_org() -> str | None:
    """The alias in the environment, if any."""
    return os.environ.get(ORG) or None


def default_integration() -> Path | None:
    """The integration file in the environment, if any."""
    named = os.environ.get(INTEGRATION)
    return Path(named) if named else None


def integration_option(text: str = "The integration file.", *, required: bool = False) -> Callable[[F], F]:
    """`-i FILE`, or the file that the environment names."""

    def filled(context: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
        if value is None and not context.params.get("demo"):
            value = default_integration()
        if value is None and required:
            raise UsageError("Give the integration file with -i FILE.", f"Or name it in {INTEGRATION}.")
        return value

    return click.option(
        "-i", "--integration", type=click.Path(path_type=Path), metavar="FILE", callback=filled, help=text
    )


def policy_option(text: str = "A shipped policy or a file; may be repeated.") -> Callable[[F], F]:
    """`--policy`, any number of times, or those that the environment names, with commas between them."""

    def filled(context: click.Context, _: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
        named = "" if context.params.get("demo") else os.environ.get(POLICY, "")
        return value or tuple(one.strip() for one in named.split(",") if one.strip())

    return click.option(
        "--policy", "policies", multiple=True, metavar="NAME|FILE", callback=filled, help=text
    )


def policy_words(policies: Iterable[str]) -> str:
    """The policies as they are typed again, behind other words of a command."""
    return "".join(f" --policy {quoted(name)}" for name in policies)
