"""Azure service tags: the addresses of one tag, from the weekly file or the discovery API's answer."""

from pathlib import Path
from typing import Any

from sfharden.addresses import AddressError, AddressSet
from sfharden.errors import InputError
from sfharden.names import suggestion
from sfharden.redact import safe_text
from sfharden.sources.json_file import load_json


def tag_addresses(path: Path, tag: str) -> AddressSet:
    """The address prefixes of a tag such as `AzureConnectors.WestEurope`, by name without case.

    Raises InputError when the file is no service tag file, has no such tag, or the tag is empty or damaged.
    """
    data = load_json(path, "service tag file")
    values = data.get("values") if isinstance(data, dict) else None
    if not isinstance(values, list):
        raise InputError(f"{safe_text(str(path))} is not a service tag file")
    by_name = {str(item.get("name", "")).lower(): item for item in values if isinstance(item, dict)}
    if tag.lower() not in by_name:
        near = suggestion(tag.lower(), by_name)
        raise InputError(f"the service tag file {safe_text(str(path))} has no tag {safe_text(tag)}.{near}")
    try:
        return AddressSet.of(_prefixes(by_name[tag.lower()], path), strict=False)
    except AddressError as error:
        raise InputError(f"the service tag file {safe_text(str(path))}: {error}") from None


def _prefixes(item: Any, path: Path) -> list[str]:
    properties = item.get("properties")
    prefixes = properties.get("addressPrefixes") if isinstance(properties, dict) else None
    if not isinstance(prefixes, list) or not prefixes or not all(isinstance(one, str) for one in prefixes):
        raise InputError(f"the service tag file {safe_text(str(path))} lists no addresses for the tag")
    return prefixes
