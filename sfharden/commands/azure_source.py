"""The options of the Azure side, beside a source of Salesforce or without one, and how they become part of a snapshot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden import __version__
from sfharden.commands.source import SourceOptions, require_one, source_words
from sfharden.doors.live_options import LiveOptions
from sfharden.errors import UsageError
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.plan.steps import quoted
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
    return _with(function, _LIVE, _SAVED)


def azure_live_options(function: F) -> F:
    """The same for a running Azure alone."""
    return _with(function, _LIVE)


_LIVE = (
    click.option(
        "--azure", is_flag=True, help="The Azure side too: by the Azure CLI, or AZURE_ACCESS_TOKEN."
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
_SAVED = (
    click.option(
        "--azure-exports",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR|FILE",
        help="The Azure side from saved answers and templates; may be repeated.",
    ),
)


def _with(function: F, *groups: tuple[Callable[[F], F], ...]) -> F:
    def wrapped(
        *args: Any,
        azure: bool,
        azure_endpoint: str | None,
        azure_identity: bool,
        azure_exports: tuple[Path, ...] = (),
        **kw: Any,
    ) -> Any:
        told = AzureOptions(azure, azure_exports, azure_endpoint, azure_identity)
        return function(*args, azure=_checked(told), **kw)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed([one for group in groups for one in group]):
        option(wrapped)
    return wrapped  # type: ignore[return-value]


def _checked(given: AzureOptions) -> AzureOptions:
    """Raise UsageError for options that don't go together; a variable that nothing uses is no fault."""
    if given.live and given.exports:
        raise UsageError("Give --azure or --azure-exports, not both.")
    if given.identity and not given.live:
        raise UsageError("--azure-identity goes with --azure.")
    return given if given.live else replace(given, endpoint=None)


def azure_words(azure: AzureOptions) -> str:
    """The options as they were given, to be typed again; empty where there were none."""
    words = ["--azure"] if azure.live else []
    if azure.endpoint:
        words.append(f"--azure-endpoint {quoted(azure.endpoint)}")
    if azure.identity:
        words.append("--azure-identity")
    return " ".join([*words, *(f"--azure-exports {quoted(str(one))}" for one in azure.exports)])


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
        return azure_alone(azure, read_azure(azure, entries, given.live))
    return read().model_copy(update={"azure": read_azure(azure, entries, given.live)})


def beside(
    azure: AzureOptions, given: SourceOptions, integrations: Iterable[Integration], snapshot: Snapshot
) -> Snapshot:
    """A snapshot that was read already, with the Azure side if that was asked for."""
    return with_azure(azure, given, azure_entries(integrations), lambda: snapshot)


def azure_alone(azure: AzureOptions, read: AzureSnapshot) -> Snapshot:
    """A snapshot that holds nothing of Salesforce."""
    source = Source(kind="azure", name=azure.name)
    return Snapshot(tool=Tool(version=__version__), taken_at=read.taken_at, source=source, azure=read)


def read_azure(azure: AzureOptions, entries: tuple[AzureEntry, ...], live: LiveOptions) -> AzureSnapshot:
    """What Azure answered, or its saved answers tell. Raises InputError, OrgError or UsageError."""
    if azure.exports:
        from sfharden.sources.azure.exports import read_exports

        return read_exports(azure.exports, entries)
    from sfharden.doors.azure import read_live_azure

    return read_live_azure(azure.endpoint, entries, live, identity=azure.identity)


def both_words(given: SourceOptions, azure: AzureOptions) -> str:
    """The source of Salesforce, if there is one, and the options of Azure, to be typed again."""
    return " ".join(one for one in (source_words(given), azure_words(azure)) if one)
