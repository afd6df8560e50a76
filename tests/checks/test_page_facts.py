"""What the page shows beyond the report."""

from sfharden.checks.page_facts import page_facts
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
