"""Application gateways and WAF policies."""

from typing import Any

import pytest

from sfharden.emulator.azure.gateways import HEADER, firewall_policy, gateway
from sfharden.emulator.azure.healthy import FIREWALL, GATEWAY
from tests.emulator.azure.kit import keys, recorded


def test_a_gateway_with_its_own_firewall_has_what_a_real_one_has() -> None:
    real = recorded("appgw-waf-v2.json")
    ours = gateway(GATEWAY, own_firewall=(True, "Prevention"))
    missing = {one for one in keys(real) - keys(ours) if one.count("/") <= 4}
    # Back-references, and lists that came later: nothing is decided by them.
    later = (
        "trustedClient",
        "loadDistribution",
        "privateLink",
        "/httpListeners",
        "/requestRoutingRules",
        "/exclusions/",
    )
    assert {one for one in missing if not any(part in one for part in later)} == set()


def test_a_rewrite_rule_has_what_a_real_one_has() -> None:
    real = recorded("appgw-rewrite-rules.json")["properties"]["rewriteRuleSets"][0]["properties"]
    rules = gateway(GATEWAY, header="h")["properties"]["rewriteRuleSets"][0]["properties"]["rewriteRules"]
    assert set(real["rewriteRules"][0]) <= set(rules[0]) | {"conditions"}
    (added,) = rules[0]["actionSet"]["requestHeaderConfigurations"]
    assert added == {"headerName": HEADER, "headerValue": "h"}


def test_a_firewall_policy_has_what_a_real_one_has() -> None:
    real = recorded("waf-policy.json")
    assert keys(real) <= keys(firewall_policy(FIREWALL))
    assert firewall_policy(FIREWALL, mode="Detection")["properties"]["policySettings"]["mode"] == "Detection"


@pytest.mark.parametrize(
    ("backend", "private", "address", "frontend"),
    [
        ("crm.msappproxy.net", False, "fqdn", "publicIPAddress"),
        ("10.0.1.5", True, "ipAddress", "privateIPAddress"),
    ],
)
def test_both_orders_are_there(backend: str, private: bool, address: str, frontend: str) -> None:
    made = gateway(GATEWAY, backend=backend, private=private)["properties"]
    assert made["backendAddressPools"][0]["properties"]["backendAddresses"] == [{address: backend}]
    assert frontend in made["frontendIPConfigurations"][0]["properties"]


def test_all_references_lead_to_a_part() -> None:
    made = gateway(GATEWAY, firewall=FIREWALL, header="h")
    parts = {part["id"] for rows in made["properties"].values() if isinstance(rows, list) for part in rows}
    (rule,) = made["properties"]["requestRoutingRules"]
    assert {one["id"] for one in references(rule["properties"])} <= parts
    assert made["properties"]["firewallPolicy"] == {"id": FIREWALL}


def references(properties: dict[str, Any]) -> list[dict[str, str]]:
    return [one for one in properties.values() if isinstance(one, dict)]


def test_the_oldest_tls_is_said_where_there_is_a_policy() -> None:
    assert "sslPolicy" not in gateway(GATEWAY)["properties"]
    assert gateway(GATEWAY, tls="TLSv1_2")["properties"]["sslPolicy"]["minProtocolVersion"] == "TLSv1_2"
