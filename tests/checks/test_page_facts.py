"""What the page shows beyond the report."""

from sfharden.checks.page_facts import page_facts
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs import azure_side as az
from tests.orgs import judging
from tests.orgs.constants import INTEGRATION, NOW
from tests.orgs.files import HEALTHY, snapshot_of

POLICY = judging.policy_of(judging.control("app-admin-approved"), judging.control("tokens-fresh"))


def test_each_control_has_its_reason_and_each_unknown_its_remedy() -> None:
    report = judging.report(HEALTHY, *POLICY.controls)
    facts = page_facts(report, snapshot_of(HEALTHY), (POLICY,), (INTEGRATION,), (), NOW)
    assert set(facts.rationales) == {"app-admin-approved", "tokens-fresh"}
    unknown = {one.message for one in report.results if one.is_open}
    assert unknown
    assert set(facts.remedies) == unknown


def test_a_policy_that_says_something_else_has_another_digest() -> None:
    report = judging.report(HEALTHY, POLICY.controls[0])

    def digest(**changes: object) -> str:
        policy = judging.policy_of(POLICY.controls[0].model_copy(update=changes))
        return page_facts(report, snapshot_of(HEALTHY), (policy,), (), (), NOW).digests["test"]

    assert digest() == digest()
    assert digest() != digest(title="Other")


def test_what_asks_nothing_of_an_app_has_a_page_all_the_same() -> None:
    policy = judging.policy_of(judging.control("integration-profile-dedicated"))
    report = judging.report(HEALTHY, *policy.controls)
    facts = page_facts(report, snapshot_of(HEALTHY), (policy,), (INTEGRATION,), (), NOW)
    assert facts.apps is None


def test_of_azure_alone_there_are_no_apps() -> None:
    report = judging.report(HEALTHY, *POLICY.controls)
    source = Source(kind="snapshot", origin="azure", name="x")
    read = Snapshot(tool=Tool(version="1"), taken_at=NOW, source=source, azure=az.snapshot(az.workflow()))
    facts = page_facts(report, read, (POLICY,), (), (), NOW)
    assert facts.apps is None
