"""The options of the Azure side, beside a source of Salesforce or without one, and how they become part of a snapshot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden import __version__
from sfharden.commands.source import SourceOptions, require_one
from sfharden.errors import UsageError
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.sources.integration_file import load_integrations

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class AzureOptions:
    """How Azure is read: live by ARM, or from saved answers; neither is none of it."""

    live: bool = False
    exports: tuple[Path, ...] = ()
    endpoint: str | None = None
    identity: bool = False

    def explained(self, entries: tuple[AzureEntry, ...]) -> tuple[AzureEntry, ...] | None:
        """Of what `--explain-api` tells the calls to Azure; None where none would be made."""
        return entries if self.live else None

    @property
    def is_given(self) -> bool:
        """True if Azure is to be read at all."""
        return self.live or bool(self.exports)

    @property
    def name(self) -> str:
        """The source in words."""
        return ", ".join(map(str, self.exports)) or "Azure Resource Manager"


def azure_options(function: F) -> F:
    """Adds the options of the Azure side, and hands them over as one AzureOptions named `azure`."""

    def wrapped(
        *args: Any,
        azure: bool,
        azure_exports: tuple[Path, ...],
        azure_endpoint: str | None,
        azure_identity: bool,
        **kw: Any,
    ) -> Any:
        told = AzureOptions(azure, azure_exports, azure_endpoint, azure_identity)
        return function(*args, azure=_checked(told), **kw)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(
        (
            click.option(
                "--azure", is_flag=True, help="The Azure side too: by the Azure CLI, or AZURE_ACCESS_TOKEN."
            ),
            click.option(
                "--azure-exports",
                type=click.Path(path_type=Path),
                multiple=True,
                metavar="DIR|FILE",
                help="The Azure side from saved answers and templates; may be repeated.",
            ),
            click.option(
                "--azure-endpoint",
                metavar="URL",
                envvar="SFHARDEN_AZURE_ENDPOINT",
                help="Another Resource Manager than the Azure CLI's.",
            ),
            click.option(
                "--azure-identity",
                is_flag=True,
                help="Sign in to Azure by azure-identity: managed identity, workload identity, certificate.",
            ),
        )
    ):
        option(wrapped)
    return wrapped  # type: ignore[return-value]


def _checked(given: AzureOptions) -> AzureOptions:
    """Raise UsageError for options that don't go together; a variable that nothing uses is no fault."""
    if given.live and given.exports:
        raise UsageError("Give --azure or --azure-exports, not both.")
    if given.identity and not given.live:
        raise UsageError("--azure-identity goes with --azure.")
    return given if given.live else replace(given, endpoint=None)


def has_org(given: SourceOptions) -> bool:
    """True if a source of Salesforce was given."""
    return bool(given.source or given.snapshot or given.live.is_given)


def require_some(given: SourceOptions, azure: AzureOptions) -> None:
    """Raise UsageError unless there is exactly one source of Salesforce, or none and Azure."""
    if has_org(given) or not azure.is_given:
        require_one(given)


def entries_of(path: Path | None) -> tuple[AzureEntry, ...]:
    """What an integration file says of Azure. Raises InputError."""
    return azure_entries(load_integrations(path)[0]) if path else ()


def azure_entries(integrations: Iterable[Integration]) -> tuple[AzureEntry, ...]:
    """What integrations say of Azure, of those that do."""
    return tuple(one.azure for one in integrations if one.azure)


def with_azure(
    azure: AzureOptions, given: SourceOptions, entries: tuple[AzureEntry, ...], read: Callable[[], Snapshot]
) -> Snapshot:
    """The snapshot of the source of Salesforce, if there is one, with the Azure side, if that was asked for."""
    if not azure.is_given:
        return read()
    if not has_org(given):
        return azure_alone(azure, read_azure(azure, entries, given))
    return read().model_copy(update={"azure": read_azure(azure, entries, given)})


def beside(
    azure: AzureOptions, given: SourceOptions, integrations: Iterable[Integration], snapshot: Snapshot
) -> Snapshot:
    """A snapshot that was read already, with the Azure side if that was asked for."""
    return with_azure(azure, given, azure_entries(integrations), lambda: snapshot)


def azure_alone(azure: AzureOptions, read: AzureSnapshot) -> Snapshot:
    """A snapshot that holds nothing of Salesforce."""
    source = Source(kind="azure", name=azure.name)
    return Snapshot(tool=Tool(version=__version__), taken_at=read.taken_at, source=source, azure=read)


def read_azure(azure: AzureOptions, entries: tuple[AzureEntry, ...], given: SourceOptions) -> AzureSnapshot:
    """What Azure answered, or its saved answers tell. Raises InputError, OrgError or UsageError."""
    if azure.exports:
        from sfharden.sources.azure.exports import read_exports

        return read_exports(azure.exports, entries)
    from sfharden.doors.azure import read_live_azure

    return read_live_azure(azure.endpoint, entries, given.live, identity=azure.identity)
