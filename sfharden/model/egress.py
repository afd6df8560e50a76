"""The addresses an integration calls from, list by list: what was read, where, and what could not be told."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from sfharden.addresses import AddressSet
from sfharden.model.base import Model

CONNECTORS = "AzureConnectors"  # service tag of the managed connectors' outgoing calls
RUNTIME = "LogicApps"  # service tag of the Logic Apps runtime


class OriginKind(StrEnum):
    """What kind of list an origin is."""

    CONNECTOR = "connector"  # a Logic App's connector outgoing addresses
    WORKFLOW = "workflow"  # a Logic App's own outgoing addresses
    APP_SERVICE = "app-service"  # a Standard Logic App's site
    TAG = "tag"  # a service tag
    RANGES = "ranges"  # written out by the user


class Origin(Model):
    """One list of addresses: of which Logic App or tag, from which file, for which region.

    `change_number` counts the changes of this tag alone; `published` is the day in a service tag file's name.
    """

    kind: OriginKind
    file: str
    name: str
    region: str = ""
    addresses: AddressSet
    change_number: int | None = None
    published: date | None = None
    cloud: str = ""

    @property
    def service(self) -> str:
        """The service tag's name without its region, or that of the tag to compare the list with."""
        if self.kind is OriginKind.TAG:
            return self.name.partition(".")[0]
        return {OriginKind.CONNECTOR: CONNECTORS, OriginKind.WORKFLOW: RUNTIME}.get(self.kind, "")


class EgressGap(Model):
    """Addresses that a file doesn't tell, why, and what would.

    `filled_by` names what fills it when it's among the other origins: a service tag (`AzureConnectors.westeurope`;
    `AzureConnectors.*` for any region's), or the kind of an origin.
    """

    reason: str
    filled_by: tuple[str, ...] = ()


class SeenCall(Model):
    """A step that calls Salesforce, and whose addresses it calls from."""

    workflow: str
    step: str
    by: str
    calls_from: str
    region: str = ""


class Reading(Model):
    """All that one source of egress gave.

    `wanted_tags` names the service tags that list the same addresses, by region. `spare` holds lists that count
    only if another source has a gap that they fill; `unused` those that no known call to Salesforce comes from.
    `elsewhere` are the tags of the same file that nobody declared: other regions' and services'.
    """

    file: str
    origins: tuple[Origin, ...] = ()
    spare: tuple[Origin, ...] = ()
    unused: tuple[Origin, ...] = ()
    elsewhere: tuple[Origin, ...] = ()
    gaps: tuple[EgressGap, ...] = ()
    warnings: tuple[str, ...] = ()
    calls: tuple[SeenCall, ...] = ()
    wanted_tags: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


def used_origins(readings: Iterable[Reading]) -> tuple[Origin, ...]:
    """The origins of all readings, and the spare ones that fill a gap."""
    every = list(readings)
    asked = {name for reading in every for gap in reading.gaps for name in gap.filled_by}
    return tuple(
        origin
        for reading in every
        for origin in (*reading.origins, *(one for one in reading.spare if one.kind.value in asked))
    )


def is_filled(gap: EgressGap, origins: Iterable[Origin], provided: Iterable[str]) -> bool:
    """Whether another source has what this one doesn't tell."""
    there = {name for origin in origins for name in _names(origin)} | {*provided}
    # A global tag holds every region's addresses.
    return any({name.casefold(), name.casefold().partition(".")[0]} & there for name in gap.filled_by)


def _names(origin: Origin) -> Iterator[str]:
    """What an origin answers to: its kind, and for a tag its name and its service with any region."""
    yield origin.kind.value
    if origin.kind is OriginKind.TAG:
        yield origin.name.casefold()
        yield f"{origin.service.casefold()}.*"
