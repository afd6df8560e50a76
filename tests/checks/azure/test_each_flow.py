"""A verdict for each workflow of either hosting, and unknown for what wasn't read."""

from typing import Any

import pytest

from sfharden.azure.flow_code import FlowCode
from sfharden.checks.azure.each_flow import flow_subject, judge_flows
from sfharden.checks.common import Verdict, failed, passed
from sfharden.model.azure import AzureEntry
from sfharden.model.results import Subject
from tests.orgs.azure_flows import code_of, consumption, standard
from tests.orgs.azure_side import SITE, absent, connection, context, gap, listed, resource, site, snapshot


def judge(code: FlowCode, subject: Subject) -> Verdict:
    return passed(subject, f"{len(code.steps)}")


def test_both_hostings_and_what_is_missing() -> None:
    flow = standard(code_of({}))
    read = snapshot(
        consumption(code_of({})), connection(), site(), lists=(listed(f"{SITE}/workflows", flow),)
    )
    entry = AzureEntry(workflows=("crm-sync", "crm-standard", "gone"))
    found = {one.subject.name: one.status.value for one in judge_flows(context(read, entry).azure, judge)}
    assert found == {"crm-rg/crm-sync": "pass", "crm-rg/crm-standard/sync": "pass", "gone": "unknown"}


def test_a_name_that_holds_the_app_s_is_not_told_twice() -> None:
    one = resource(f"{SITE}/workflows/sync", {}).model_copy(update={"name": "crm-standard/sync"})
    assert flow_subject(one).name == "crm-rg/crm-standard/sync"


def test_an_app_whose_workflows_can_not_be_read_is_unknown() -> None:
    for rest in ({"gaps": (gap(f"{SITE}/workflows"),)}, {"absent": (absent(f"{SITE}/workflows"),)}, {}):
        (one,) = judge_flows(context(snapshot(site(), **rest)).azure, judge)
        assert (one.subject.kind, one.status.value) == ("azure-site", "unknown")


def _nested(levels: int) -> dict[str, Any]:
    step: dict[str, Any] = {"type": "Http", "inputs": {"uri": "http://plain.example", "headers": {"a": "b"}}}
    for at in range(levels):
        step = {"type": "Scope", "actions": {f"S{at}": step}}
    return step


@pytest.mark.parametrize("levels", [58, 59, 70])
def test_code_that_nests_too_deep_to_be_read_never_passes(levels: int) -> None:
    read = snapshot(consumption(code_of({"S": _nested(levels)})), connection())
    (one,) = judge_flows(context(read).azure, judge)
    assert one.status.value == "unknown"
    (failure,) = judge_flows(context(read).azure, lambda _, subject: failed(subject, "seen"))
    assert failure.status.value == "fail"


@pytest.mark.parametrize("step", ["text", ["list"], 1])
def test_a_step_that_is_no_object_is_not_taken_for_absent(step: Any) -> None:
    (one,) = judge_flows(context(snapshot(consumption(code_of({"S": step})), connection())).azure, judge)
    assert one.status.value == "unknown"
