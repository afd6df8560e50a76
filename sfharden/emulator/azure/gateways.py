"""Application gateways and WAF policies in front of a published app, in both orders (reference 5)."""

from collections.abc import Sequence
from typing import Any, Final

from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.story import REGION
from sfharden.emulator.azure.tenant import Body

_NETWORK: Final = "Microsoft.Network/applicationGateways"
HEADER: Final = "X-Gateway-Key"


def gateway(
    path: str,
    *,
    host: str = "crm.acme.example",
    backend: str = "crm-acme.msappproxy.net",
    protocol: str = "Https",
    firewall: str | None = None,
    own_firewall: tuple[bool, str] | None = None,
    header: str | None = None,
    private: bool = False,
    tls: str | None = None,
) -> Body:
    """A gateway with one listener, one rule, one backend.

    `firewall`: the id of a WAF policy; `own_firewall`: whether the gateway's own is on, and its mode; `header`: the
    secret that a rewrite rule adds; `private`: a private frontend, which is the order that the vendor documents;
    `tls`: the oldest version it takes, such as TLSv1_2; None where it has no policy of its own.
    """
    by_address = backend.replace(".", "").isdecimal()
    address = {"ipAddress": backend} if by_address else {"fqdn": backend}
    rule: Body = {
        "ruleType": "Basic",
        "priority": 100,
        "httpListener": _ref(path, "httpListeners", "listener"),
        "backendAddressPool": _ref(path, "backendAddressPools", "pool"),
        "backendHttpSettings": _ref(path, "backendHttpSettingsCollection", "settings"),
    }
    parts: Body = {
        "frontendIPConfigurations": [_frontend(path, private)],
        "frontendPorts": [_part(path, "frontendPorts", "port", port=443 if protocol == "Https" else 80)],
        "backendAddressPools": [_part(path, "backendAddressPools", "pool", backendAddresses=[address])],
        "backendHttpSettingsCollection": [_settings(path, host)],
        "httpListeners": [_listener(path, host, protocol)],
        "rewriteRuleSets": [],
    }
    if header is not None:
        rule["rewriteRuleSet"] = _ref(path, "rewriteRuleSets", "secret")
        parts["rewriteRuleSets"] = [_rewrites(path, header)]
    parts["requestRoutingRules"] = [_part(path, "requestRoutingRules", "rule", **rule)]
    if tls is not None:
        policy = {"policyType": "CustomV2", "minProtocolVersion": tls, "cipherSuites": []}
        parts["sslPolicy"] = policy
    return _whole(path, parts, firewall, own_firewall)


def _whole(path: str, parts: Body, firewall: str | None, own: tuple[bool, str] | None) -> Body:
    tier = "WAF_v2" if firewall or own else "Standard_v2"
    properties: Body = {
        "provisioningState": "Succeeded",
        "resourceGuid": guid(path),
        "sku": {"name": tier, "tier": tier, "capacity": 2},
        "operationalState": "Running",
        "gatewayIPConfigurations": [_part(path, "gatewayIPConfigurations", "ip", subnet=_subnet(path))],
        **{name: [] for name in ("sslCertificates", "trustedRootCertificates", "sslProfiles", "urlPathMaps")},
        **{name: [] for name in ("probes", "redirectConfigurations", "privateEndpointConnections")},
        **parts,
    }
    if own is not None:
        properties["webApplicationFirewallConfiguration"] = _own_firewall(*own)
    if firewall is not None:
        properties["firewallPolicy"] = {"id": firewall}
    return {
        "name": path.rpartition("/")[2],
        "id": path,
        "etag": f'W/"{guid("etag", path)}"',
        "type": _NETWORK,
        "location": REGION,
        "tags": {},
        "properties": properties,
    }


def _own_firewall(enabled: bool, mode: str) -> Body:
    return {
        "enabled": enabled,
        "firewallMode": mode,
        "ruleSetType": "OWASP",
        "ruleSetVersion": "3.2",
        "disabledRuleGroups": [],
        "exclusions": [],
        "requestBodyCheck": True,
        "maxRequestBodySizeInKb": 128,
        "fileUploadLimitInMb": 100,
    }


def _part(path: str, kind: str, name: str, **properties: Any) -> Body:
    return {
        "name": name,
        "id": f"{path}/{kind}/{name}",
        "etag": f'W/"{guid("etag", path)}"',
        "properties": {"provisioningState": "Succeeded", **properties},
        "type": f"{_NETWORK}/{kind}",
    }


def _ref(path: str, kind: str, name: str) -> Body:
    return {"id": f"{path}/{kind}/{name}"}


def _subnet(path: str) -> Body:
    group = path.partition("/providers/")[0]
    return {"id": f"{group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/gateways"}


def _frontend(path: str, private: bool) -> Body:
    if private:
        inside = {
            "privateIPAddress": "10.0.0.4",
            "privateIPAllocationMethod": "Static",
            "subnet": _subnet(path),
        }
        return _part(path, "frontendIPConfigurations", "frontend", **inside)
    group = path.partition("/providers/")[0]
    outside = {"id": f"{group}/providers/Microsoft.Network/publicIPAddresses/gateway"}
    return _part(
        path,
        "frontendIPConfigurations",
        "frontend",
        privateIPAllocationMethod="Dynamic",
        publicIPAddress=outside,
    )


def _settings(path: str, host: str) -> Body:
    return _part(
        path,
        "backendHttpSettingsCollection",
        "settings",
        port=443,
        protocol="Https",
        hostName=host,
        pickHostNameFromBackendAddress=False,
        cookieBasedAffinity="Disabled",
        connectionDraining={"enabled": False, "drainTimeoutInSec": 1},
        requestTimeout=30,
    )


def _listener(path: str, host: str, protocol: str) -> Body:
    return _part(
        path,
        "httpListeners",
        "listener",
        frontendIPConfiguration=_ref(path, "frontendIPConfigurations", "frontend"),
        frontendPort=_ref(path, "frontendPorts", "port"),
        protocol=protocol,
        hostName=host,
        hostNames=[],
        requireServerNameIndication=protocol == "Https",
    )


def _rewrites(path: str, header: str) -> Body:
    """The header's value stands in plain text in every Reader's answer (reference 5)."""
    actions = {
        "requestHeaderConfigurations": [{"headerName": HEADER, "headerValue": header}],
        "responseHeaderConfigurations": [],
    }
    rule = {"ruleSequence": 100, "conditions": [], "name": "add-key", "actionSet": actions}
    return _part(path, "rewriteRuleSets", "secret", rewriteRules=[rule])


def firewall_policy(
    path: str, *, state: str = "Enabled", mode: str = "Prevention", sets: Sequence[str] = ("3.2",)
) -> Body:
    """A WAF policy; Detection lets everything through."""
    managed = [{"ruleSetType": "OWASP", "ruleSetVersion": one, "ruleGroupOverrides": []} for one in sets]
    return {
        "name": path.rpartition("/")[2],
        "id": path,
        "etag": f'W/"{guid("etag", path)}"',
        "type": "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
        "location": REGION,
        "properties": {
            "provisioningState": "Succeeded",
            "customRules": [],
            "policySettings": {
                "requestBodyCheck": True,
                "maxRequestBodySizeInKb": 128,
                "fileUploadLimitInMb": 100,
                "state": state,
                "mode": mode,
            },
            "managedRules": {"managedRuleSets": managed, "exclusions": []},
        },
    }
