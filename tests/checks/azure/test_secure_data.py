"""Secure inputs and outputs of the steps that touch Salesforce data or secrets."""

from typing import Any

import pytest

from sfharden.checks.azure.secure_data import judge_secure_data
from sfharden.checks.common import NoParameters
from sfharden.model.azure import AzureForm
from tests.azure.test_secure_data import VAULT
from tests.orgs.azure_flows import (
    BOTH,
    HOSTINGS,
    api_connection,
    ask_salesforce,
    code_of,
    http,
    side_of,
    standard,
    statuses,
    uses,
)
from tests.orgs.azure_side import SITE, context, gap, listed, site, snapshot

FLOW = {"consumption": "crm-sync", "standard": "crm-standard/sync"}


def step(hosting: str, *sides: str, **more: Any) -> dict[str, Any]:
    secure = {"runtimeConfiguration": {"secureData": {"properties": list(sides)}}} if sides else {}
    return ask_salesforce(standard=hosting == "standard", **secure, **more)


def judged(hosting: str, steps: dict[str, Any], **rest: Any) -> str:
    return statuses(judge_secure_data, side_of(hosting, code_of(steps), **rest))[FLOW[hosting]]


@pytest.mark.parametrize("hosting", HOSTINGS)
@pytest.mark.parametrize(
    ("sides", "status"),
    [
        (("inputs", "outputs"), "pass"),
        (("outputs",), "fail"),
        (("inputs",), "fail"),
        ((), "fail"),
        (("@x",), "unknown"),
    ],
)
def test_inputs_and_outputs_of_a_step_that_calls_salesforce(
    hosting: str, sides: tuple[str, ...], status: str
) -> None:
    assert judged(hosting, {"Ask": step(hosting, *sides)}) == status
    nested = {"type": "Foreach", "foreach": "@body('x')", "actions": {"Ask": step(hosting, *sides)}}
    assert judged(hosting, {"Each": nested}) == status


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_a_trigger_counts_like_a_step(hosting: str) -> None:
    definition = {
        "triggers": {"When": step(hosting, recurrence={"frequency": "Minute", "interval": 1})},
        "actions": {},
    }
    assert statuses(judge_secure_data, side_of(hosting, definition))[FLOW[hosting]] == "fail"


def test_the_step_and_what_it_misses_are_told() -> None:
    (one,) = judge_secure_data(
        side_of("consumption", code_of({"Ask": step("consumption", "outputs")})), NoParameters()
    )
    (evidence,) = one.evidence
    assert (evidence.what, evidence.observed) == ("secureData of 'Ask'", "inputs not secured")
    assert evidence.source.endswith("#/properties/definition/actions/Ask")


def test_a_step_that_may_call_salesforce_is_unknown_unless_it_is_secured() -> None:
    assert judged("consumption", {"Ask": http("@{body('x')}/y")}) == "unknown"
    assert judged("consumption", {"Ask": {**http("@{body('x')}/y"), **BOTH}}) == "pass"
    assert judged("consumption", {"Ask": http("@{body('x')}/y"), "Sure": step("consumption")}) == "fail"


@pytest.mark.parametrize("uri", ["@{parameters('v')}/secrets/s", "@concat(parameters('v'), '/secrets/s')"])
def test_key_vault_by_an_address_that_a_parameter_holds(uri: str) -> None:
    for default, expected in (("https://v.vault.azure.net", "fail"), ("https://v.example", "not-applicable")):
        code = code_of({"Get": http(uri)}, parameters={"v": {"type": "String", "defaultValue": default}})
        assert statuses(judge_secure_data, side_of("consumption", code))["crm-sync"] == expected


@pytest.mark.parametrize("kind", ["Function", "Workflow", "ApiManagement"])
def test_a_step_that_passes_work_on_may_lead_to_salesforce(kind: str) -> None:
    steps = {"Pass_on": {"type": kind, "inputs": {}}}
    assert judged("consumption", steps) == "unknown"
    assert judged("consumption", steps, entry={"harmless_steps": ("Pass on",)}) == "not-applicable"
    assert judged("consumption", {**steps, "Ask": step("consumption", "inputs", "outputs")}) == "pass"


def test_key_vault_and_who_is_given_the_secret() -> None:
    secure_out = {"runtimeConfiguration": {"secureData": {"properties": ["outputs"]}}}
    secure_in = {"runtimeConfiguration": {"secureData": {"properties": ["inputs"]}}}
    use = http(body="@body('Get_secret')")
    known = {"properties": {"parameters": uses(api_connection("keyvault", "keyvault"))}}
    get = {**VAULT, **secure_out}
    assert judged("consumption", {"Get_secret": VAULT}, **known) == "fail"
    assert judged("consumption", {"Get_secret": get}, **known) == "pass"
    assert judged("consumption", {"Get_secret": get, "Use": use}, **known) == "fail"
    assert judged("consumption", {"Get_secret": get, "Use": {**use, **secure_in}}, **known) == "pass"


@pytest.mark.parametrize("name", ["Ask it", "ask_it", "Scope / Ask_it"])
def test_steps_named_as_harmless_are_left_out(name: str) -> None:
    scope = {"type": "Scope", "actions": {"Ask_it": step("consumption")}}
    assert judged("consumption", {"Scope": scope}, entry={"harmless_steps": (name,)}) == "pass"
    assert judged("consumption", {"Scope": scope}, entry={"harmless_steps": ("it",)}) == "fail"


def test_a_workflow_that_touches_neither_is_not_meant() -> None:
    assert judged("consumption", {"Other": http()}) == "not-applicable"


@pytest.mark.parametrize("definition", [None, "[variables('code')]"])
def test_a_definition_that_was_not_read_is_unknown(definition: Any) -> None:
    read = side_of("consumption", definition, form=AzureForm.TEMPLATE)
    assert statuses(judge_secure_data, read) == {"crm-sync": "unknown"}


def test_a_standard_app_s_workflows_must_have_been_read() -> None:
    unread = snapshot(site(), gaps=(gap(f"{SITE}/workflows"),))
    assert statuses(judge_secure_data, context(unread)) == {"crm-standard": "unknown"}
    empty = snapshot(site(), lists=(listed(f"{SITE}/workflows"),))
    assert statuses(judge_secure_data, context(empty)) == {"crm-standard": "not-applicable"}


def test_of_a_list_that_was_read_in_part_what_is_seen_fails() -> None:
    part = listed(f"{SITE}/workflows", standard(code_of({"Ask": step("standard")})), whole=False)
    found = statuses(judge_secure_data, context(snapshot(site(), lists=(part,))))
    assert found == {"crm-standard/sync": "fail", "crm-standard": "unknown"}
