"""A verdict for each workflow of either hosting, and unknown for what wasn't read."""

from sfharden.azure.flow_code import FlowCode
from sfharden.checks.azure.each_flow import flow_subject, judge_flows
from sfharden.checks.common import Verdict, passed
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
