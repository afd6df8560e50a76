"""Routes of an application gateway."""

from typing import Any

import pytest

from sfharden.azure.gateways import prevents, routes_of
from sfharden.azure.index import AzureIndex
from sfharden.facts.values import CannotTell
from tests.orgs.azure_gateway import GATEWAY, POLICY, firewall, gateway, path_map
from tests.orgs.azure_side import snapshot


def test_a_route_joins_listener_backend_and_headers_by_the_last_segment_of_ids() -> None:
    (one,) = routes_of(gateway())
    assert (one.name, one.is_public, one.backends) == ("rule", True, ("acme.msappproxy.net",))
    assert one.leads_to_proxy
    assert one.headers == ()


def test_a_header_counts_only_where_it_is_written_without_a_condition() -> None:
    (one,) = routes_of(gateway(headers=["X-Own"]))
    assert one.headers == ("X-Own",)
    (one,) = routes_of(gateway(headers=["X-Own"], conditions=[{"variable": "x"}]))
    assert one.headers == ()


def test_paths_are_routes_of_their_own_and_their_policy_wins() -> None:
    found = routes_of(path_map(gateway(policy=f"{GATEWAY}/own"), policy=POLICY))
    assert [(one.name, one.policy) for one in found] == [
        ("rule (default)", f"{GATEWAY}/own"),
        ("rule (api)", POLICY),
    ]


@pytest.mark.parametrize("missing", ["httpListeners", "backendAddressPools", "frontendIPConfigurations"])
def test_a_rule_that_leads_to_what_is_not_there_is_not_understood(missing: str) -> None:
    one = gateway()
    one.document["properties"][missing] = []
    with pytest.raises(CannotTell):
        routes_of(one)


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        ({"state": "Enabled", "mode": "Prevention"}, True),
        ({"state": "Enabled", "mode": "Detection"}, False),
        ({"state": "Disabled", "mode": "Prevention"}, False),
        ({"mode": "Prevention"}, None),
        (None, None),
    ],
)
def test_a_policy_is_on_and_prevents(settings: Any, on: bool | None) -> None:
    one = gateway(policy=POLICY)
    index = AzureIndex(snapshot(one, *([firewall(settings)] if settings else [])))
    (route,) = routes_of(one)
    if on is None:
        with pytest.raises(CannotTell):
            prevents(index, one, route)
    else:
        assert prevents(index, one, route)[0] is on


@pytest.mark.parametrize(
    ("own", "on"),
    [
        ({"enabled": True, "firewallMode": "Prevention"}, True),
        ({"enabled": True, "firewallMode": "Detection"}, False),
        (None, False),
    ],
)
def test_without_a_policy_the_gateway_s_own_firewall_counts(own: Any, on: bool) -> None:
    one = gateway(webApplicationFirewallConfiguration=own)
    (route,) = routes_of(one)
    assert prevents(AzureIndex(snapshot(one)), one, route)[0] is on
