"""Who calls a Consumption workflow's triggers, and who reads its runs: `properties.accessControl`, set as a whole.

Whole, since `az --set` needs each part on the way to be there, and since a part that isn't named would be gone. `actions` is left as
it is: no control asks for it, and services call it back. So is `workflowManagement`.
"""

import copy
from collections.abc import Iterator
from typing import Any, Final

from sfharden.addresses import AddressSet
from sfharden.azure.access_control import entra_policies, range_list
from sfharden.azure.index import value
from sfharden.azure.objects import get, mapping, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure_plan import AzureChange, AzureEdit
from sfharden.plan.azure.bicep import addition
from sfharden.plan.azure.pointers import edit_of
from sfharden.plan.azure.range_texts import range_entries
from sfharden.plan.azure.wish import AzureNeed, AzureWish, Planned, declared, need
from sfharden.plan.azure.workflow_update import with_update
from sfharden.text.wording import ended

CALLERS: Final = "azure_trigger_callers"
SIGNATURES: Final = "azure_trigger_signatures"
READERS: Final = "azure_content_readers"
NEEDS_CALLERS: Final = "needs: azure: allowed_callers in the integration file"
_NEEDS_READERS: Final = "needs: azure: data_readers in the integration file"
_RANGES: Final = "allowedCallerIpAddresses"
_RISK_CALLERS: Final = "Whoever calls its triggers from another address is refused, a service that calls back a webhook trigger too; whoever may run it by Azure Resource Manager is not."
_RISK_READERS: Final = "Inputs and outputs of its runs are shown to these addresses only, in the portal too; who looks from elsewhere sees none."
_RISK_SIGNED: Final = "Whoever calls a trigger by its signed address is refused; the workflow takes tokens of the named issuers only."


def plan_access(wish: AzureWish) -> Planned:
    """One change for all that fails of it, and what is missing for the rest."""
    try:
        yield from _plan(wish, value(wish.resource, "properties.accessControl").value)
    except CannotTell as reason:
        yield need(wish, f"its access control can't be told: {reason.reason}")


def _plan(wish: AzureWish, before: Any) -> Planned:
    if not _is_understood(before):
        yield need(wish, "its access control is not written as Azure writes it; mend that first")
        return
    after: dict[str, Any] = copy.deepcopy(before) if before else {}
    risks: list[str] = []
    yield from _callers(wish, after, risks)
    yield from _readers(wish, after, risks)
    if risks:
        yield _change(wish, edit_of(wish.resource, ("properties", "accessControl"), after), after, risks)


def _is_understood(control: Any) -> bool:
    if control is None:
        return True
    return isinstance(control, dict) and all(one is None or isinstance(one, dict) for one in control.values())


def _callers(wish: AzureWish, after: dict[str, Any], risks: list[str]) -> Iterator[AzureNeed]:
    """Ranges where they are declared; else signatures off, if a policy with an issuer stands that lets callers in.

    An empty list lets in other Logic Apps alone (Microsoft Learn, Secure access and data), so it's within any range.
    """
    if not wish.fails(CALLERS, SIGNATURES):
        return
    ranges = declared(wish.side.entry.allowed_callers)
    if isinstance(ranges, str):
        yield need(wish, f"azure: allowed_callers: {ranges}")
    elif ranges and _are_within(wish, "triggers", ranges):
        yield _kept(wish, "azure: allowed_callers", CALLERS, SIGNATURES)
    elif ranges:
        _set(after, "triggers", _RANGES, range_entries(ranges))
        risks.append(_RISK_CALLERS)
    elif wish.fails(SIGNATURES) and _takes_tokens(wish):
        _set(after, "triggers", "sasAuthenticationPolicy", {"state": "Disabled"})
        risks.append(_RISK_SIGNED)
    else:
        yield need(wish, f"{NEEDS_CALLERS} (or a policy with an issuer, to switch signed addresses off)")


def _readers(wish: AzureWish, after: dict[str, Any], risks: list[str]) -> Iterator[AzureNeed]:
    if not wish.fails(READERS):
        return
    ranges = declared(wish.side.entry.data_readers)
    if isinstance(ranges, str):
        yield need(wish, f"azure: data_readers: {ranges}")
    elif not ranges:
        yield need(wish, _NEEDS_READERS)
    elif not ranges.covers(wish.operator):
        yield need(wish, locked_out("azure: data_readers", wish.operator - ranges), is_first=True)
    elif get(after, "contents", _RANGES) and _are_within(wish, "contents", ranges):
        yield _kept(wish, "azure: data_readers", READERS)
    else:
        _set(after, "contents", _RANGES, range_entries(ranges))
        risks.append(_RISK_READERS)


def _are_within(wish: AzureWish, section: str, ranges: AddressSet) -> bool:
    """Whether the list that stands there lets in nobody beyond these ranges: to set them could only let more in. Raises CannotTell."""
    there = range_list(wish.resource, section).ranges
    return there is not None and ranges.covers(there.addresses)


def _kept(wish: AzureWish, key: str, *checks: str) -> AzureNeed:
    """That the ranges aren't what fails, such as where a key is misspelt or a policy names no issuer."""
    told = dict.fromkeys(ended(one.standing.message) for one in wish.standings if one.check in checks)
    return need(
        wish, f"its ranges are within {key}, so they stay; change by hand what fails: {' '.join(told)}"
    )


def locked_out(key: str, missing: AddressSet) -> str:
    """Why a change is refused that would shut the operator out."""
    shown = ", ".join(missing.ranges()[:3])
    return f"refused, since it would shut out the operator ({shown}): add operator_ranges to {key}, or plan without"


def _set(control: dict[str, Any], section: str, key: str, found: Any) -> None:
    """Set one key of a section, whatever the case that it's written in."""
    name = next((one for one in control if one.casefold() == section.casefold()), section)
    inner = control.get(name) or {}
    written = next((one for one in inner if one.casefold() == key.casefold()), key)
    control[name] = {**inner, written: found}


def _takes_tokens(wish: AzureWish) -> bool:
    """Whether each policy of the triggers names an issuer, and there is one: else nobody could call any more. Raises CannotTell."""
    policies = entra_policies(wish.resource)
    return bool(policies) and all(one.has_issuer and one.is_known for one in policies)


def _change(wish: AzureWish, edit: AzureEdit, after: dict[str, Any], risks: list[str]) -> AzureChange:
    flow = wish.resource
    change = AzureChange(
        control=wish.control,
        integration=wish.integration,
        what="access control",
        resource=flow.id,
        name=flow.shown,
        today=tuple(_told(value(flow, "properties.accessControl").value)),
        after=tuple(_told(after)),
        edits=(edit,),
        bicep=addition(flow, "properties", {"accessControl": after}),
        risks=tuple(risks),
    )
    return with_update(flow, change)


def _told(control: Any) -> Iterator[str]:
    """The access control in words, one line a section and key."""
    for section, inner in mapping(control).items():
        for key, found in mapping(inner).items():
            yield f"{section}: {_value(key, found)}"


def _value(key: str, found: Any) -> str:
    if isinstance(found, list):
        texts = [text(get(one, "addressRange")) or "?" for one in found]
        return f"{key} {', '.join(texts) or 'empty'}"
    names = ", ".join(mapping(get(found, "policies"))) or text(get(found, "state")) or "set"
    return f"{key} {names}"
