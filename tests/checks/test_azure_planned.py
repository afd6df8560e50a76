"""The controls of the Azure side as a plan is told them: by the policies that ask about it, else by the shipped one."""

from datetime import date

from sfharden.checks.azure_planned import judge_azure
from sfharden.checks.policy import DEFAULT_POLICIES, Policy, load_policy
from sfharden.model.integration import Waiver
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs import azure_side as az
from tests.orgs.constants import NOW

SHIPPED = [load_policy(name) for name in DEFAULT_POLICIES]


def read(https: bool = False) -> Snapshot:
    found = az.snapshot(az.site(httpsOnly=https))
    return Snapshot(tool=Tool(version="0"), source=Source(kind="azure", name="t"), azure=found)


def own() -> Policy:
    (control,) = [
        one for one in load_policy("azure-logic-apps").controls if one.id == "standard-app-https-only"
    ]
    mine = control.model_copy(update={"id": "mine"})
    return SHIPPED[0].model_copy(update={"name": "mine", "controls": (mine, *SHIPPED[0].controls)})


def test_without_a_policy_of_ones_own_the_shipped_one_asks() -> None:
    found = {one.standing.control: one for one in judge_azure(read(), SHIPPED, (), (), NOW)}
    one = found["standard-app-https-only"]
    assert one.standing.status is Status.FAIL
    assert one.check == "resource_setting"
    assert one.parameters["path"] == "properties.httpsOnly"
    assert "az " in one.remediation


def test_a_policy_that_asks_about_azure_is_the_one_that_counts() -> None:
    found = judge_azure(read(), [own()], (), (), NOW)
    assert {one.standing.control for one in found} == {"mine"}


def test_a_waiver_is_minded() -> None:
    waiver = Waiver(
        control="mine", subject="crm-rg/crm-standard", reason="known", owner="Ops", expires=date(2027, 1, 1)
    )
    (one,) = judge_azure(read(), [own()], (), (waiver,), NOW)
    assert one.standing.waived is not None


def test_where_azure_was_not_read_nothing_is_judged() -> None:
    assert judge_azure(read().model_copy(update={"azure": None}), SHIPPED, (), (), NOW) == ()
