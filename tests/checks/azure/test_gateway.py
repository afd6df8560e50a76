"""A published app behind an application gateway."""

import json
from pathlib import Path
from typing import Any

import pytest

from sfharden.checks.azure.gateway import judge_gateway
from sfharden.checks.common import NoParameters, Verdict
from tests.orgs.azure_gateway import POLICY, firewall, gateway
from tests.orgs.azure_side import context, resource, snapshot
from tests.sources.test_corpus import CORPUS


def judged(*resources: Any) -> Verdict:
    (one,) = judge_gateway(context(snapshot(*resources)), NoParameters())
    return one


@pytest.mark.parametrize(
    ("resources", "status", "said"),
    [
        ([gateway()], "fail", "passed by"),
        ([gateway(headers=["X-Own"])], "manual", "refuses requests without it"),
        ([gateway(headers=["X-Own"], conditions=[{}])], "fail", "passed by"),
        ([gateway(backend="10.1.2.3", public=False)], "manual", "It's private and prevents"),
        ([gateway(backend="app.acme.example")], "manual", "answers the public"),
        ([gateway(webApplicationFirewallConfiguration=None)], "fail", "No firewall"),
        ([gateway(policy=POLICY)], "unknown", "firewall policy"),
        (
            [gateway(policy=POLICY), firewall({"state": "Enabled", "mode": "Detection"})],
            "fail",
            "No firewall",
        ),
        ([gateway(requestRoutingRules=[])], "not-applicable", "None of its rules"),
        ([gateway(requestRoutingRules=None)], "unknown", ""),
    ],
)
def test_the_order_and_the_firewall_decide_and_dns_is_for_a_person(
    resources: list[Any], status: str, said: str
) -> None:
    found = judged(*resources)
    assert found.status.value == status
    assert said in found.message


def test_no_header_s_value_is_told() -> None:
    one = gateway(headers=["X-Own"])
    one.document["properties"]["rewriteRuleSets"][0]["properties"]["rewriteRules"][0]["actionSet"][
        "requestHeaderConfigurations"
    ][0]["headerValue"] = "CANARY"
    assert "CANARY" not in repr(judged(one))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("name", ["appgw-waf-v2.json", "appgw-rewrite-rules.json"])
def test_a_recorded_gateway_is_understood(name: str) -> None:
    answer = json.loads(Path(CORPUS / "azure-controls" / name).read_text("utf-8-sig"))
    assert judged(resource(answer["id"], answer)).status.value in ("fail", "manual", "not-applicable")
