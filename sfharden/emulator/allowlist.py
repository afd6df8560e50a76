"""An app's Refresh Token IP Allowlist: which addresses may redeem its codes and refresh tokens.

Source: Salesforce Help, "Set Up an IP Allowlist for Refresh Tokens". An external client app's list is a file of its
own; a connected app shows a switch only, and its list is known to the org alone.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.ranges import Range, addresses_in, inside, read_range, readable
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, XmlError, parse

MOST_RANGES: Final = 128
MOST_ADDRESSES: Final = 256
_BOUND: Final = frozenset({"web", "refresh"})
_KIND: Final = kinds.KINDS["ExtlClntAppOauthSecuritySettings"]


def refused_by_allowlist(org: DemoOrg, app: str, flow: str, source: str) -> bool:
    """True if the app has a list without this address, and the flow is one of those that it binds."""
    if flow not in _BOUND:
        return False
    ranges = _list_of(org, app)
    return ranges is not None and not inside(source, ranges)


def _list_of(org: DemoOrg, app: str) -> list[Range] | None:
    """The ranges that may use the app's tokens; None for an app that binds nobody."""
    connected, external = org.connected_app(app), org.external_app(app)
    if connected:
        content = org.metadata.get(kinds.path_of(kinds.KINDS["ConnectedApp"], connected.full_name))
        tree = parse(content) if content else None
        on = tree is not None and tree.value("oauthConfig.isIpBindingEnabled") == "true"
        return readable(org.token_lists.get(connected.full_name, ())) if on else None
    found = list(_files_of(org, external.developer_name)) if external else []
    return [one for tree in found for one in readable(pairs_of(tree))] or None


def _files_of(org: DemoOrg, name: str) -> Iterator[Node]:
    for path, content in org.metadata.items():
        if not path.startswith(f"{_KIND.folder}/"):
            continue
        try:
            tree = parse(content)
        except XmlError:
            continue
        if tree.value("externalClientApplication") == name:
            yield tree


def pairs_of(tree: Node) -> Iterator[tuple[str, str]]:
    """The ends of each range in an external client app's file."""
    return ((one.value("startIpAddress"), one.value("endIpAddress")) for one in tree.all("tokenIpRanges"))


def list_faults(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Why the org takes no such list."""
    found = []
    for start, end in pairs:
        try:
            found.append(read_range(start, end))
        except ValueError as error:
            yield str(error)
    if len(found) > MOST_RANGES:
        yield f"An app may have at most {MOST_RANGES} ranges in its Refresh Token IP Allowlist"
    if addresses_in(found) > MOST_ADDRESSES:
        yield f"The Refresh Token IP Allowlist may hold at most {MOST_ADDRESSES} addresses"
