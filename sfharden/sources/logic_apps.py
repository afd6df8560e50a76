"""Exports of Azure Logic Apps: the addresses from which their managed connectors call.

The managed Salesforce connector calls from the *connector* outgoing addresses, not from the workflow's own
(Azure Logic Apps documentation, Limits and configuration; ARM type Microsoft.Logic/workflows 2019-05-01).
"""

from pathlib import Path
from typing import Any

from sfharden.addresses import AddressError, AddressSet, parse_range
from sfharden.errors import InputError
from sfharden.redact import safe_text
from sfharden.sources.json_file import load_json


def connector_addresses(path: Path) -> AddressSet:
    """`endpointsConfiguration.connector.outgoingIpAddresses` of one exported Logic App.

    Takes the answer of the REST API and `az resource show` (below `properties`), and that of
    `az logic workflow show` (flattened). Raises InputError when the list is missing, empty or damaged:
    templates and the portal's code view don't carry it.
    """
    data = load_json(path, "Logic App export")
    listed = _listed(data)
    if not isinstance(listed, list) or not listed:
        raise InputError(
            f"the Logic App export {safe_text(str(path))} lists no connector outgoing addresses "
            "(templates and code view don't carry them; use `az resource show`)"
        )
    try:
        # Azure writes networks by any of their addresses; the network around them is what it means.
        return AddressSet.from_intervals(parse_range(_address(item), strict=False) for item in listed)
    except AddressError as error:
        raise InputError(f"the Logic App export {safe_text(str(path))}: {error}") from None


def _listed(data: Any) -> Any:
    root = data.get("properties", data) if isinstance(data, dict) else None
    for key in ("endpointsConfiguration", "connector", "outgoingIpAddresses"):
        root = root.get(key) if isinstance(root, dict) else None
    return root


def _address(item: Any) -> str:
    address = item.get("address") if isinstance(item, dict) else None
    if not isinstance(address, str):
        raise AddressError("an entry of its connector outgoing addresses has no address.")
    return address
