"""From the files that tell where integrations call from to their egress: Logic Apps and service tags, joined."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sfharden.egress.outlook import compared_with
from sfharden.egress.report import Newer
from sfharden.errors import InputError, UsageError
from sfharden.model.egress import EgressGap, Origin, Reading
from sfharden.model.integration import Egress, egress_of
from sfharden.sources.logic_apps import read_logic_app
from sfharden.sources.service_tags import ServiceTags, load_service_tags


@dataclass(frozen=True, slots=True)
class EgressSources:
    """Where the addresses are to be read: Logic Apps, and a file of service tags with the tags that are meant."""

    logic_apps: tuple[Path, ...]
    service_tags: Path | None
    regions: tuple[str, ...]
    tags: tuple[str, ...]


def read_egress(given: EgressSources) -> Egress:
    """The egress of the files given. Raises InputError, and UsageError where they don't say which region's tag is meant."""
    readings = [read_logic_app(path) for path in given.logic_apps]
    if given.service_tags:
        readings.append(_read_tags(load_service_tags(given.service_tags), given, readings))
    return egress_of(readings)


def _read_tags(file: ServiceTags, given: EgressSources, readings: Iterable[Reading]) -> Reading:
    if given.regions or given.tags:
        asked = [file.regional(one) for one in given.regions] + [file.tag(one) for one in given.tags]
        return Reading(file=file.name, origins=tuple(dict.fromkeys(asked)))
    if not given.logic_apps:
        raise UsageError(
            "Give the region or the tag.", "Such as --region westeurope or --tag AzureConnectors.WestEurope."
        )
    origins, gaps = _joined(file, dict.fromkeys(tag for one in readings for tag in one.wanted_tags))
    if not origins and not gaps:
        gaps = [
            EgressGap(
                reason="it was not used: the Logic App's file does not say which region's tag; give --region"
            )
        ]
    return Reading(file=file.name, origins=tuple(origins), gaps=tuple(gaps))


def _joined(file: ServiceTags, wanted: Iterable[str]) -> tuple[list[Origin], list[EgressGap]]:
    """The tags of the regions that the Logic Apps name; one that isn't there is a gap."""
    origins, gaps = [], []
    for name in wanted:
        service, _, region = name.partition(".")
        if region == "*":
            continue
        try:
            origins.append(file.regional(region, service))
        except InputError as error:
            gaps.append(EgressGap(reason=error.message))
    return origins, gaps


def newer_of(file: ServiceTags, egress: Egress) -> Newer:
    """What a newer file has of the tags that the egress rests on, and why not where it hasn't."""
    tags, missing = {}, {}
    for name in compared_with(egress):
        try:
            tags[name] = file.tag(name)
        except InputError as error:
            missing[name] = error.message
    return Newer(file.name, file.published, tags, missing)
