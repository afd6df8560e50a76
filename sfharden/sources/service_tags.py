"""Azure service tags: the weekly file, and the answer of the Service Tag Discovery API.

The weekly file has change numbers as numbers, the API as texts; the day of publication is only in the weekly
file's name, `ServiceTags_<Cloud>_YYYYMMDD.json` (Azure Virtual Network documentation, Service tags overview).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sfharden.addresses import AddressError, AddressSet
from sfharden.azure.objects import get, text
from sfharden.azure.regions import region_of
from sfharden.errors import InputError
from sfharden.files.json_file import load_json
from sfharden.model.egress import CONNECTORS, RUNTIME, Origin, OriginKind
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text

# The whole cloud's are some thousand addresses; a file that says much more would make any login range look bounded.
_NARROW: Final = frozenset({CONNECTORS.casefold(), RUNTIME.casefold()})
_WIDEST_V4: Final = 2**16
_DAY: Final = re.compile(r"ServiceTags_[A-Za-z]+_(\d{4})(\d{2})(\d{2})(?!\d)", re.I)


@dataclass(frozen=True, slots=True)
class ServiceTags:
    """A file of service tags, its tags by name without case."""

    name: str
    cloud: str
    change_number: int | None
    published: date | None
    whole: bool  # False for one page of a longer answer
    entries: Mapping[str, Any]

    def tag(self, name: str) -> Origin:
        """The tag of this name, whatever its case. Raises InputError if it's absent, empty or damaged."""
        entry = self.entries.get(name.lower())
        if entry is None:
            raise InputError(f"{self._named} has no tag {safe_text(name, limit=80)}{self._more(name)}")
        own = text(get(entry, "name"))
        return Origin(
            kind=OriginKind.TAG,
            file=self.name,
            name=own,
            region=region_of(own.partition(".")[2]),
            addresses=self._addresses(entry, own),
            change_number=_number(get(entry, "properties", "changeNumber")),
            published=self.published,
            cloud=self.cloud,
        )

    def regional(self, region: str, service: str = CONNECTORS) -> Origin:
        """A service's tag for a region, by name: `westeurope` or `West Europe` is `AzureConnectors.WestEurope`.

        The file's own region keys differ for some (`germanywc` for `AzureConnectors.GermanyWestCentral`). They
        are taken only where no tag has that name and exactly one of the service's has that key.
        """
        wanted = f"{service}.{region_of(region)}".lower()
        if wanted in self.entries or not region_of(region):
            return self.tag(f"{service}.{region_of(region) or region}")
        keyed = [
            name
            for name, entry in self.entries.items()
            if name.startswith(f"{service.lower()}.")
            and text(get(entry, "properties", "region")).lower() == region_of(region)
        ]
        return self.tag(keyed[0] if len(keyed) == 1 else f"{service}.{region}")

    def others(self, tag: Origin) -> Iterator[Origin]:
        """The regional tags that could have been meant instead, as far as they can be read: another region or service."""
        services = {f"{one.lower()}." for one in (tag.service, CONNECTORS, RUNTIME)}
        for name in self.entries:
            if name.startswith(tuple(services)) and name != tag.name.lower():
                with suppress(InputError):
                    yield self.tag(name)

    @property
    def _named(self) -> str:
        return f"the service tag file {safe_text(self.name)}"

    def _more(self, name: str) -> str:
        part = "" if self.whole else " (it is one page of a longer answer)"
        return f"{part}.{suggestion(name, (text(get(entry, 'name')) for entry in self.entries.values()))}"

    def _addresses(self, entry: Any, name: str) -> AddressSet:
        prefixes = get(entry, "properties", "addressPrefixes")
        if (
            not isinstance(prefixes, list)
            or not prefixes
            or not all(isinstance(one, str) for one in prefixes)
        ):
            raise InputError(f"{self._named} lists no addresses for the tag {safe_text(name, limit=80)}")
        try:
            found = AddressSet.of(prefixes, strict=False)
        except AddressError as error:
            raise InputError(f"{self._named}: {error}") from None
        if name.partition(".")[0].casefold() in _NARROW and found.v4.size > _WIDEST_V4:
            raise InputError(
                f"{self._named} holds more for {safe_text(name, limit=80)} than Azure ever lists"
            )
        return found


def load_service_tags(path: Path, name: str = "") -> ServiceTags:
    """The file; `name` stands for it in what a person reads. Raises InputError if it's no service tag file."""
    shown = name or str(path)
    data = load_json(path, "service tag file")
    values = get(data, "values")
    values = get(data, "value") if values is None else values
    if not isinstance(values, list):
        raise InputError(f"{safe_text(shown)} is not a service tag file")
    return ServiceTags(
        name=shown,
        cloud=text(get(data, "cloud")),
        change_number=_number(get(data, "changeNumber")),
        published=published_on(path.name),
        whole=not get(data, "nextLink"),
        entries=_by_name(values, shown),
    )


def _by_name(values: list[Any], shown: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in values:
        name = text(get(entry, "name")).lower()
        if name in found and name:
            raise InputError(
                f"the service tag file {safe_text(shown)} has the tag {safe_text(name, limit=80)} twice"
            )
        if name:
            found[name] = entry
    return found


def _number(value: Any) -> int | None:
    """A change number, which the file writes as a number and the API as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def published_on(file_name: str) -> date | None:
    """The day in a weekly file's name, or None: nothing in the file tells it."""
    found = _DAY.search(file_name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
