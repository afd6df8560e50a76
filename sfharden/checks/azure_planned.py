"""The controls of the Azure side, judged for a plan: so that it asks what `check` asks, and leaves what `check` accepts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sfharden.checks.azure.common import SCOPE
from sfharden.checks.evaluate import evaluate
from sfharden.checks.planned import standing_of
from sfharden.checks.policy import AZURE_POLICY, Policy, load_policy
from sfharden.checks.registry import CHECKS
from sfharden.model.azure_plan import AzureStanding
from sfharden.model.integration import Integration, Waiver
from sfharden.model.snapshot import Snapshot


def judge_azure(
    snapshot: Snapshot,
    policies: Iterable[Policy],
    integrations: Sequence[Integration],
    waivers: Sequence[Waiver],
    now: datetime,
) -> tuple[AzureStanding, ...]:
    """How they come out by the policies that ask about Azure, and by the shipped one where none does.

    Nothing where Azure was not read. Raises InputError for a policy that can't be accepted.
    """
    if snapshot.azure is None:
        return ()
    asked = tuple(_of_azure(policies)) or tuple(_of_azure([load_policy(AZURE_POLICY)]))
    report = evaluate(snapshot, asked, integrations, waivers, now, "")
    controls = {one.id: one for policy in asked for one in policy.controls}
    return tuple(
        AzureStanding(
            standing_of(one, controls[one.control].check),
            controls[one.control].with_,
            one.remediation,
            tuple(each.observed for each in one.evidence),
        )
        for one in report.results
    )


def _of_azure(policies: Iterable[Policy]) -> Iterator[Policy]:
    """The policies with their controls of the Azure side alone; a check that isn't known is left for `evaluate` to refuse."""
    for policy in policies:
        own = tuple(
            one for one in policy.controls if one.check in CHECKS and CHECKS[one.check].scope == SCOPE
        )
        if own:
            yield policy.model_copy(update={"controls": own})
