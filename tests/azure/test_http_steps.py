"""HTTP calls of a workflow's steps."""

from typing import Any

import pytest

from sfharden.azure.flow_code import flow_code
from sfharden.azure.http_steps import HttpCall, http_calls
from tests.orgs.azure_flows import ask_salesforce, code_of, consumption, http


def calls(step: dict[str, Any], **parameters: Any) -> list[HttpCall]:
    declared = {name: {"type": "String", "defaultValue": one} for name, one in parameters.items()}
    return list(http_calls(flow_code(consumption(code_of({"Call": step}, parameters=declared)))))


@pytest.mark.parametrize(
    ("uri", "scheme", "host"),
    [
        ("https://API.example:8443/x", "https", "api.example"),
        ("https://user:pw@api.example/x", "https", "api.example"),
        ("https://api.example", "https", "api.example"),
        ("https://api.@{body('x')}", "https", ""),
        ("@{parameters('base')}/x", "http", "base.example"),
        ("@{parameters('other')}/x", "", ""),
        ("ftp://api.example", "", ""),
    ],
)
def test_scheme_and_host_as_far_as_every_run_has_them(uri: str, scheme: str, host: str) -> None:
    (one,) = calls(http(uri), base="http://base.example")
    assert (one.scheme, one.host) == (scheme, host)


@pytest.mark.parametrize(
    ("authentication", "sign_in"),
    [
        (None, ""),
        ({}, ""),
        ({"type": "Basic"}, "basic"),
        ("@parameters('a')", None),
        ({"type": "@x"}, None),
        ([], None),
    ],
)
def test_how_a_call_signs_in(authentication: Any, sign_in: str | None) -> None:
    (one,) = calls(http(authentication=authentication))
    assert one.sign_in == sign_in


def test_whether_a_call_is_to_salesforce() -> None:
    told = [
        calls(http(uri))[0].is_salesforce
        for uri in ("https://a.my.salesforce.com", "https://a.example", "@body('x')")
    ]
    assert told == [True, False, None]


def test_webhooks_call_twice_and_descriptions_once_more() -> None:
    hook = {
        "type": "HttpWebhook",
        "inputs": {"subscribe": {"uri": "https://a.example"}, "unsubscribe": {"uri": "http://b.example"}},
    }
    assert [one.host for one in calls(hook)] == ["a.example", "b.example"]
    assert [one.scheme for one in calls({"type": "HttpWebhook"})] == [""]
    described = {**http(), "metadata": {"apiDefinitionUrl": "https://c.example/swagger.json"}}
    assert [(one.host, one.sign_in) for one in calls(described)] == [
        ("api.example", ""),
        ("c.example", "description"),
    ]
    assert calls(ask_salesforce()) == []


def test_parameters_have_their_names_without_case_and_two_of_a_name_tell_nothing() -> None:
    step, declared = http("@parameters('U')"), {"u": {"type": "String", "defaultValue": "https://a.example/"}}
    for deployed, scheme in (
        ({"U": {"value": "http://b.example/"}}, "http"),
        ({"U": {"value": "http://b.example/"}, "u": {"value": "https://a.example/"}}, ""),
        ({}, "https"),
    ):
        flow = consumption(code_of({"Call": step}, parameters=declared), parameters=deployed)
        (one,) = http_calls(flow_code(flow))
        assert one.scheme == scheme
