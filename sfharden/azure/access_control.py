"""The access control of a Consumption workflow: `properties.accessControl`, as REST 2019-05-01 has it.

Absent, null and `{}` all mean open in an answer of ARM (recorded). `sasAuthenticationPolicy` is documented and not in the
published types. Any other key restricts nothing; a typo is one (`allowedCallerIpAddresses:` is in older samples).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.caller_ranges import CallerRanges, caller_ranges
from sfharden.azure.index import AzureValue, is_expression, value
from sfharden.azure.objects import get, mapping, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource

_BASE: Final = "properties.accessControl"
_SECTIONS: Final = ("triggers", "contents", "actions", "workflowManagement")
_RANGES: Final = "allowedCallerIpAddresses"
_POLICIES: Final = "openAuthenticationPolicies"
_SIGNATURES: Final = "sasAuthenticationPolicy"
_LONGEST_KEY: Final = 120  # characters shown
_KNOWN_TYPES: Final = ("aad", "aadpop")


@dataclass(frozen=True, slots=True)
class RangeList:
    """A list of ranges as read: None in `ranges` where there is no list; `is_empty` where it has no entry."""

    ranges: CallerRanges | None
    is_empty: bool
    found: AzureValue


@dataclass(frozen=True, slots=True)
class EntraPolicy:
    """A policy that lets tokens in: which tokens, by issuer and audience. `is_known`: of a type that is documented."""

    name: str
    has_issuer: bool
    has_audience: bool
    is_known: bool


def range_list(flow: AzureResource, section: str) -> RangeList:
    """The ranges of a section. Raises CannotTell where the file doesn't tell, or an empty list may not be sent."""
    found = value(flow, f"{_BASE}.{section}.{_RANGES}")
    _refuse_odd_sections(flow, section, found.where)
    if found.is_absent:
        return RangeList(None, is_empty=False, found=found)
    if not isinstance(found.value, list):
        raise CannotTell(f"{_RANGES} is not a list", found.where)
    if not found.value and flow.form is AzureForm.TERRAFORM:
        raise CannotTell("whether Terraform sends an empty list, or none, is not known", found.where)
    texts = [_range_text(flow, one) for one in found.value]
    return RangeList(caller_ranges(texts), is_empty=not texts, found=found)


def _range_text(flow: AzureResource, entry: Any) -> Any:
    """None, which no range is, for an expression."""
    written = get(entry, "addressRange")
    return None if is_expression(flow, written) or is_expression(flow, entry) else written


def _refuse_odd_sections(flow: AzureResource, section: str, where: str) -> None:
    control = get(flow.document, "properties", "accessControl")
    for part in (control, get(control, section)):
        if part is not None and not isinstance(part, dict):
            raise CannotTell("its access control is not written as Azure writes it", where)


def entra_policies(flow: AzureResource) -> tuple[EntraPolicy, ...]:
    """The policies of the triggers. Raises CannotTell where they aren't told."""
    found = value(flow, f"{_BASE}.triggers.{_POLICIES}.policies")
    if found.is_absent:
        return ()
    if not isinstance(found.value, dict):
        raise CannotTell("its policies are not written as Azure writes them", found.where)
    return tuple(_policy(flow, name, body, found.where) for name, body in found.value.items())


def _policy(flow: AzureResource, name: str, body: Any, where: str) -> EntraPolicy:
    claims = get(body, "claims")
    listed = claims if isinstance(claims, list) else []
    parts = [body, claims, get(body, "type"), *listed]
    if any(is_expression(flow, one) for one in parts):
        raise CannotTell(
            "a policy of its triggers is an expression, whose value the file doesn't tell", where
        )
    named = {text(get(one, "name")): get(one, "value") for one in listed}
    if is_expression(flow, named.get("iss")) or is_expression(flow, named.get("aud")):
        raise CannotTell("the issuer or audience of a policy is an expression", where)
    is_known = text(get(body, "type")).casefold() in _KNOWN_TYPES
    return EntraPolicy(name, bool(text(named.get("iss"))), bool(text(named.get("aud"))), is_known)


def signatures(flow: AzureResource) -> AzureValue:
    """Whether signed addresses work: `disabled`, `enabled`, or None where nothing is set, which means that they do.

    Raises CannotTell.
    """
    found = value(flow, f"{_BASE}.triggers.{_SIGNATURES}.state")
    if found.is_absent:
        return found
    folded = text(found.value).casefold()
    if folded not in ("disabled", "enabled"):
        raise CannotTell("the state of signed addresses has a value that isn't known", found.where)
    return AzureValue(folded, found.where)


def unknown_keys(flow: AzureResource, *sections: str) -> Iterator[str]:
    """Keys that Azure doesn't know, as paths below `accessControl`: of it, and of these sections. Long ones are cut."""
    return (one[:_LONGEST_KEY] for one in _unknown_keys(flow, sections))


def _unknown_keys(flow: AzureResource, sections: tuple[str, ...]) -> Iterator[str]:
    control = _without_loops(flow, get(flow.document, "properties", "accessControl"))
    yield from (key for key in control if not _is_among(key, _SECTIONS))
    for section in sections:
        inner = _without_loops(flow, get(control, section))
        known = (_RANGES, _POLICIES, _SIGNATURES)
        yield from (f"{section}/{key}" for key in inner if not _is_among(key, known))
        policies = _without_loops(flow, get(inner, _POLICIES))
        yield from (f"{section}/{_POLICIES}/{key}" for key in policies if key.casefold() != "policies")


def _without_loops(flow: AzureResource, part: Any) -> dict[str, Any]:
    """The keys that are deployed: `copy` in a template makes others (ARM templates, Property iteration), and is none itself."""
    found = mapping(part)
    if flow.form is not AzureForm.TEMPLATE:
        return found
    return {key: one for key, one in found.items() if key.casefold() != "copy" or not isinstance(one, list)}


def _is_among(key: str, known: tuple[str, ...]) -> bool:
    return key.casefold() in (one.casefold() for one in known)
