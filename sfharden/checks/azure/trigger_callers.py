"""Who may call a workflow's triggers (AzSK 150)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from sfharden.azure.access_control import (
    EntraPolicy,
    RangeList,
    entra_policies,
    range_list,
    signatures,
    unknown_keys,
)
from sfharden.azure.index import AzureValue, value
from sfharden.azure.side import AzureSide
from sfharden.azure.site_config import public_access_is_off
from sfharden.azure.triggers import Triggers, triggers_of
from sfharden.checks.azure.admitted import Admitted, Declared, RangeLimits, judge_admitted
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.azure.odd_keys import with_odd_keys
from sfharden.checks.azure.site_callers import (
    MAIN,
    requires_sign_in,
    restricted,
    signatures_of_site,
    triggers_of_site,
)
from sfharden.checks.common import Context, Verdict, failed, not_applicable, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import WORKFLOWS, AzureResource
from sfharden.model.results import Severity, Status, Subject
from sfharden.text.wording import show_names

WHAT: Final = "caller ranges of its triggers"
_ARM: Final = " With an Azure role, the run action of Azure Resource Manager still calls it from any address."
_POLICIES: Final = "properties.accessControl.triggers.openAuthenticationPolicies.policies"
_PRIVATE: Final = "The app can't be reached from public networks."


def judge_trigger_callers(context: Context, parameters: RangeLimits) -> Iterator[Verdict]:
    """Each trigger that can be called is bound to ranges of callers, or takes tokens only."""
    side = context.azure
    yield from judge_each(
        side,
        side.apps,
        lambda one, about: judge_callable(side, one, about, lambda: _access(side, one, about, parameters)),
        "azure-workflow",
    )


def judge_callable(
    side: AzureSide, app: AzureResource, subject: Subject, judge: Callable[[], Verdict]
) -> Verdict:
    """Not applicable only where every trigger was read; what passes, passes whatever triggers there are."""
    try:
        triggers = _triggers(side, app)
    except CannotTell as reason:
        return _without_triggers(app, judge(), reason)
    if not triggers.callable and not triggers.others:
        named = f": {show_names(triggers.uncalled)}" if triggers.uncalled else ""
        return not_applicable(subject, f"None of its triggers can be called from outside{named}.")
    return _weighed(judge(), triggers)


def _triggers(side: AzureSide, app: AzureResource) -> Triggers:
    if app.type != WORKFLOWS:
        return triggers_of_site(side, app)
    return triggers_of(value(app, "properties.definition.triggers").value, app.where())


def _without_triggers(app: AzureResource, verdict: Verdict, reason: CannotTell) -> Verdict:
    """A Standard app that is open is a finding for itself; a workflow that is open may have nothing to call."""
    if verdict.status is not Status.FAIL:
        return verdict
    if app.type == WORKFLOWS:
        raise reason
    return replace(verdict, message=f"{verdict.message} Which triggers it has was not read.")


def _weighed(verdict: Verdict, triggers: Triggers) -> Verdict:
    """Only services know the address of a webhook; a type that isn't known may be one that nobody can call."""
    if verdict.status is not Status.FAIL or triggers.requests:
        return verdict
    if not triggers.webhooks:
        named = show_names(triggers.others)
        raise CannotTell(f"whether its trigger {named} can be called from outside is not known")
    said = f"{verdict.message} Only the service that it subscribed to is told its address."
    lowered = verdict.severity or Severity.MEDIUM
    return replace(verdict, message=said, severity=min(lowered, Severity.MEDIUM, key=lambda one: one.rank))


def _access(side: AzureSide, app: AzureResource, subject: Subject, limits: RangeLimits) -> Verdict:
    """Who may call, if there's anything to call. Raises CannotTell."""
    declared = Declared("allowed_callers", side.entry.allowed_callers)
    if app.type != WORKFLOWS:
        return _judge_site(side, app, subject, declared, limits)
    keys = tuple(unknown_keys(app, "triggers", "actions", "workflowManagement"))
    verdict = with_odd_keys(app, subject, keys, lambda: _judge_workflow(app, subject, declared, limits))
    if verdict.status is Status.PASS:
        return replace(verdict, message=verdict.message + _ARM)
    return verdict


def _judge_workflow(
    flow: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits
) -> Verdict:
    state = signatures(flow)
    if state.value == "disabled":
        return _by_tokens(flow, subject, state, declared, limits)
    verdict = by_ranges(flow, subject, declared, limits)
    if verdict.status is Status.FAIL:
        return verdict
    policies = entra_policies(flow)
    return _without_issuer(flow, subject, policies) or _with_note(verdict, policies)


def by_ranges(flow: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits) -> Verdict:
    """By the ranges of callers alone. Raises CannotTell."""
    listed = range_list(flow, "triggers")
    if listed.ranges is None:
        said = (
            "Its triggers have no ranges of callers: whoever has the signed address may call from anywhere."
        )
        return failed(subject, said, seen(WHAT, listed.found, "few addresses"))
    if listed.is_empty:
        said = "The list of callers is empty: only other Logic Apps may call, by the built-in action."
        return passed(subject, said, seen(WHAT, listed.found, "few addresses", shown="an empty list"))
    return judge_admitted(subject, _admitted(listed), declared, limits)


def _admitted(listed: RangeList) -> Admitted:
    assert listed.ranges is not None  # noqa: S101 - the caller looked
    return Admitted(WHAT, listed.ranges, listed.found.where)


def _by_tokens(
    flow: AzureResource, subject: Subject, state: AzureValue, declared: Declared, limits: RangeLimits
) -> Verdict:
    """Signed addresses are off: a token is needed, and a policy that says whose."""
    policies = entra_policies(flow)
    if broken := _without_issuer(flow, subject, policies):
        return broken
    if not policies or not all(one.is_known for one in policies):
        verdict = by_ranges(flow, subject, declared, limits)
        if verdict.status is Status.PASS:
            return verdict
        raise CannotTell(
            "signed addresses are off, and whose tokens may call isn't told by policies of known types alone",
            state.where,
        )
    if not all(one.has_audience for one in policies):
        return _for_any_app(flow, subject, by_ranges(flow, subject, declared, limits), policies)
    listed = range_list(flow, "triggers")
    if declared.ranges and listed.ranges is not None and not listed.is_empty:
        verdict = judge_admitted(subject, _admitted(listed), declared, limits)
        if verdict.status is Status.FAIL:
            return verdict
    said = "Signed addresses are off: only a token of the issuers that its policies name calls its triggers."
    return passed(subject, said, seen("signed addresses", state, "disabled"))


def _for_any_app(
    flow: AzureResource, subject: Subject, ranges: Verdict, policies: tuple[EntraPolicy, ...]
) -> Verdict:
    """A token of any app of the tenant is no restriction to pass by (inferred, reference §1.4); ranges are."""
    if ranges.status is Status.PASS:
        return _with_note(ranges, policies)
    names = show_names(one.name for one in policies if not one.has_audience)
    evidence = seen("policies without the claim aud", value(flow, _POLICIES), "none", shown=names)
    said = "Signed addresses are off, and its callers aren't bound to few addresses."
    return _with_note(failed(subject, said, evidence, severity=Severity.LOW), policies)


def _without_issuer(
    flow: AzureResource, subject: Subject, policies: tuple[EntraPolicy, ...]
) -> Verdict | None:
    names = [one.name for one in policies if not one.has_issuer]
    if not names:
        return None
    evidence = seen("policies without the claim iss", value(flow, _POLICIES), "none", shown=show_names(names))
    return failed(subject, f"A policy of its triggers names no issuer: {show_names(names)}.", evidence)


def _with_note(verdict: Verdict, policies: tuple[EntraPolicy, ...]) -> Verdict:
    names = [one.name for one in policies if not one.has_audience]
    if not names:
        return verdict
    note = f" A token for any app of the tenant will do: no audience (aud) in {show_names(names)}."
    return replace(verdict, message=verdict.message + note)


def _judge_site(
    side: AzureSide, site: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits
) -> Verdict:
    try:
        verdict = by_restrictions(side, site, subject, declared, limits)
    except CannotTell:
        if by_tokens := _site_by_tokens(side, site, subject):
            return by_tokens
        raise
    if verdict.status is Status.FAIL and not declared.ranges:
        return _site_by_tokens(side, site, subject) or verdict
    return verdict


def by_restrictions(
    side: AzureSide, site: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits
) -> Verdict:
    """By who reaches a Standard app alone. Raises CannotTell."""
    if private := public_access_is_off(side.index, site):
        return passed(subject, _PRIVATE, seen("publicNetworkAccess", private, "Disabled"))
    return judge_admitted(subject, restricted(side, site, MAIN), declared, limits)


def _site_by_tokens(side: AzureSide, site: AzureResource, subject: Subject) -> Verdict | None:
    """Signed addresses off, and every request needs a token."""
    try:
        state = signatures_of_site(site)
        required = requires_sign_in(side, site) if state.value == "disabled" else None
    except CannotTell:
        return None
    if required is None:
        return None
    said = "Signed addresses are off, and every request needs a token."
    evidence = (seen("signed addresses", state, "disabled"), seen("requireAuthentication", required, "true"))
    return passed(subject, said, *evidence)


CHECKS = {"azure_trigger_callers": azure_check(RangeLimits, judge_trigger_callers)}
