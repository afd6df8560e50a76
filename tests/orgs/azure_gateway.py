"""A small application gateway, as ARM answers it."""

import copy
from typing import Any, Final

from sfharden.model.azure import AzureResource
from tests.orgs.azure_side import GROUP, resource

GATEWAY: Final = f"{GROUP}/providers/Microsoft.Network/applicationGateways/front"
POLICY: Final = f"{GROUP}/providers/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf"
PREVENTS: Final = {"enabled": True, "firewallMode": "Prevention"}


def _to(kind: str, name: str) -> dict[str, str]:
    return {"id": f"{GATEWAY}/{kind}/{name}".upper()}


def gateway(
    *,
    backend: str = "acme.msappproxy.net",
    public: bool = True,
    policy: str = "",
    headers: Any = (),
    conditions: Any = None,
    **properties: Any,
) -> AzureResource:
    """One rule, from a listener to one backend."""
    own = {"publicIPAddress": {"id": "/x"}} if public else {"privateIPAddress": "10.0.0.9"}
    written = [{"headerName": name, "headerValue": "***"} for name in headers]
    rewrite = {
        "name": "set",
        "properties": {
            "rewriteRules": [
                {"conditions": conditions, "actionSet": {"requestHeaderConfigurations": written}}
            ]
        },
    }
    base: dict[str, Any] = {
        "sku": {"tier": "WAF_v2"},
        "frontendIPConfigurations": [{"name": "ip", "properties": own}],
        "httpListeners": [
            {
                "name": "listener",
                "properties": {"frontendIPConfiguration": _to("frontendIPConfigurations", "ip")},
            }
        ],
        "backendAddressPools": [{"name": "pool", "properties": {"backendAddresses": [{"fqdn": backend}]}}],
        "rewriteRuleSets": [rewrite],
        "requestRoutingRules": [
            {
                "name": "rule",
                "properties": {
                    "httpListener": _to("httpListeners", "listener"),
                    "backendAddressPool": _to("backendAddressPools", "pool"),
                    **({"rewriteRuleSet": _to("rewriteRuleSets", "set")} if headers else {}),
                },
            }
        ],
        "webApplicationFirewallConfiguration": PREVENTS,
        **({"firewallPolicy": {"id": policy}} if policy else {}),
    }
    return resource(GATEWAY, {"properties": {**base, **properties}})


def path_map(one: AzureResource, policy: str) -> AzureResource:
    """The same with a path that has a firewall policy of its own."""
    changed = copy.deepcopy(one)
    properties = changed.document["properties"]
    pool = _to("backendAddressPools", "pool")
    rule = {"name": "api", "properties": {"backendAddressPool": pool, "firewallPolicy": {"id": policy}}}
    properties["urlPathMaps"] = [
        {"name": "map", "properties": {"defaultBackendAddressPool": pool, "pathRules": [rule]}}
    ]
    properties["requestRoutingRules"][0]["properties"] = {
        "httpListener": _to("httpListeners", "listener"),
        "urlPathMap": _to("urlPathMaps", "map"),
    }
    return changed


def firewall(settings: dict[str, Any]) -> AzureResource:
    """A firewall policy."""
    return resource(POLICY, {"properties": {"policySettings": settings}})
