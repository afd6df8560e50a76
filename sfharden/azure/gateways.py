"""An application gateway's routes: which listener, which firewall, which backends, and what is written into requests.

ARM type Microsoft.Network/applicationGateways (2020-05-01 and later). Parts refer to each other by id; the last segment names
the part, without case (reference §5). A firewall policy of a path rule wins over a listener's, and that over the gateway's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.index import AzureIndex, given, value
from sfharden.azure.objects import get, mapping, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

GATEWAYS: Final = "microsoft.network/applicationgateways"
_PROXY: Final = ".msappproxy.net"


@dataclass(frozen=True, slots=True)
class Route:
    """What one rule, or one path of it, does. `policy` is a firewall policy's id, empty for the gateway's own firewall."""

    name: str
    is_public: bool
    policy: str
    backends: tuple[str, ...]
    headers: tuple[str, ...]  # names of request headers that are written without a condition

    @property
    def leads_to_proxy(self) -> bool:
        """True if a backend is Application Proxy's own public name, which anybody can reach beside the gateway."""
        return any(one.casefold().rstrip(".").endswith(_PROXY) for one in self.backends)


def routes_of(gateway: AzureResource) -> tuple[Route, ...]:
    """Every route. Raises CannotTell where a rule leads to what isn't there."""
    rules = given(gateway, "properties.requestRoutingRules").value
    if not isinstance(rules, list):
        raise CannotTell("its rules are not a list", gateway.where("/properties/requestRoutingRules"))
    return tuple(route for rule in rules for route in _routes(gateway, rule))


def _routes(gateway: AzureResource, rule: Any) -> Iterator[Route]:
    listener = _part(gateway, "httpListeners", get(rule, "properties", "httpListener"))
    name = text(get(rule, "name"))
    if not get(rule, "properties", "urlPathMap"):
        yield from _route(gateway, name, get(rule, "properties"), listener, {})
        return
    paths = _part(gateway, "urlPathMaps", get(rule, "properties", "urlPathMap"))
    default = {key.removeprefix("default"): found for key, found in mapping(get(paths, "properties")).items()}
    yield from _route(gateway, f"{name} (default)", default, listener, {})
    for one in _list(get(paths, "properties", "pathRules")):
        yield from _route(
            gateway,
            f"{name} ({text(get(one, 'name'))})",
            get(one, "properties"),
            listener,
            get(one, "properties"),
        )


def _route(gateway: AzureResource, name: str, does: Any, listener: Any, path_rule: Any) -> Iterator[Route]:
    """Nothing of a rule that only redirects."""
    if not get(does, "backendAddressPool"):
        return
    pool = _part(gateway, "backendAddressPools", get(does, "backendAddressPool"))
    addresses = _list(get(pool, "properties", "backendAddresses"))
    frontend = _part(
        gateway, "frontendIPConfigurations", get(listener, "properties", "frontendIPConfiguration")
    )
    yield Route(
        name,
        bool(get(frontend, "properties", "publicIPAddress")),
        _policy(path_rule) or _policy(get(listener, "properties")) or text(_own_policy(gateway)),
        tuple(text(get(one, "fqdn")) or text(get(one, "ipAddress")) for one in addresses),
        tuple(_headers(gateway, get(does, "rewriteRuleSet"))),
    )


def _policy(holder: Any) -> str:
    return text(get(holder, "firewallPolicy", "id"))


def _own_policy(gateway: AzureResource) -> Any:
    return value(gateway, "properties.firewallPolicy.id").value


def _headers(gateway: AzureResource, rules: Any) -> Iterator[str]:
    """Values are never looked at: they stand in plain text in the answer."""
    if not rules:
        return
    for rule in _list(get(_part(gateway, "rewriteRuleSets", rules), "properties", "rewriteRules")):
        if not get(rule, "conditions"):
            written = _list(get(rule, "actionSet", "requestHeaderConfigurations"))
            yield from (text(get(one, "headerName")) for one in written if get(one, "headerValue"))


def _part(gateway: AzureResource, collection: str, reference: Any) -> Any:
    """The part that a reference means. Raises CannotTell if it isn't there."""
    found = value(gateway, f"properties.{collection}")
    name = text(get(reference, "id")).rstrip("/").rpartition("/")[2].casefold()
    for one in _list(found.value):
        if name and text(get(one, "name")).casefold() == name:
            return one
    raise CannotTell(f"a rule leads to what isn't among its {collection}", found.where)


def _list(found: Any) -> Iterable[Any]:
    return found if isinstance(found, list) else []


def prevents(index: AzureIndex, gateway: AzureResource, route: Route) -> tuple[bool, str]:
    """Whether the firewall of a route is on and prevents, and where that was read. Raises CannotTell."""
    if route.policy:
        policy = index.resource(route.policy, f"the firewall policy {route.policy.rpartition('/')[2]}")
        state = given(policy, "properties.policySettings.state")
        mode = given(policy, "properties.policySettings.mode")
        return _is(state.value, "enabled") and _is(mode.value, "prevention"), mode.where
    own = value(gateway, "properties.webApplicationFirewallConfiguration")
    if own.is_absent:
        return False, own.where
    enabled = given(gateway, "properties.webApplicationFirewallConfiguration.enabled")
    mode = given(gateway, "properties.webApplicationFirewallConfiguration.firewallMode")
    return enabled.value is True and _is(mode.value, "prevention"), mode.where


def _is(found: Any, wanted: str) -> bool:
    return text(found).casefold() == wanted
