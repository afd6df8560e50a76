"""Whether a signed address alone calls a trigger: signatures are off, or bound to few addresses."""

from collections.abc import Iterator
from dataclasses import replace

from sfharden.azure.access_control import signatures
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.admitted import Declared, RangeLimits
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.azure.site_callers import requires_sign_in, signatures_of_site
from sfharden.checks.azure.trigger_callers import by_ranges, by_restrictions, judge_callable
from sfharden.checks.common import Context, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import WORKFLOWS, AzureResource
from sfharden.model.results import Status, Subject

_OFF = "Signed addresses of its triggers are off."
_BOUND = "Signed addresses work, from few callers only."
_LOOSE = "Whoever has the signed address of a trigger may call it from anywhere: it is neither off nor bound."


def judge_trigger_signatures(context: Context, parameters: RangeLimits) -> Iterator[Verdict]:
    """Signed addresses are off, or restricted to ranges of callers."""
    side = context.azure
    yield from judge_each(
        side,
        side.apps,
        lambda one, about: judge_callable(side, one, about, lambda: _judge(side, one, about, parameters)),
        "azure-workflow",
    )


def _judge(side: AzureSide, app: AzureResource, subject: Subject, limits: RangeLimits) -> Verdict:
    declared = Declared("allowed_callers", side.entry.allowed_callers)
    if app.type == WORKFLOWS:
        return _judge_workflow(app, subject, declared, limits)
    return _judge_site(side, app, subject, declared, limits)


def _judge_workflow(
    flow: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits
) -> Verdict:
    """Nothing set means that they are on (Microsoft Learn, Secure access and data)."""
    state = signatures(flow)
    evidence = seen("signed addresses", state, "disabled", shown=state.value or "not set, so enabled")
    if state.value == "disabled":
        return passed(subject, _OFF, evidence)
    return _bound(by_ranges(flow, subject, declared, limits), failed(subject, _LOOSE, evidence))


def _bound(ranges: Verdict, loose: Verdict) -> Verdict:
    """What ranges that hold, or don't, say of an address that is signed."""
    is_wide = ranges.severity is not None
    said = _BOUND if ranges.status is Status.PASS else ranges.message if is_wide else loose.message
    return replace(ranges, message=said, evidence=(*loose.evidence, *ranges.evidence))


def _judge_site(
    side: AzureSide, site: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits
) -> Verdict:
    """Nothing set tells nothing: the property isn't documented."""
    state = signatures_of_site(site)
    evidence = seen("signed addresses", state, "disabled")
    if state.value == "disabled":
        required = requires_sign_in(side, site)
        return passed(subject, _OFF, evidence, seen("requireAuthentication", required, "true"))
    verdict = by_restrictions(side, site, subject, declared, limits)
    if verdict.status is not Status.PASS and state.is_absent:
        raise CannotTell(
            "nothing says whether signed addresses work, and callers aren't restricted", state.where
        )
    return _bound(verdict, failed(subject, _LOOSE, evidence))


CHECKS = {"azure_trigger_signatures": azure_check(RangeLimits, judge_trigger_signatures)}
