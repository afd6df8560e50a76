"""Who may reach a Standard app, by its access restrictions: rules by priority, then the default.

ARM Microsoft.Web/sites/config: `ipSecurityRestrictions[]`, `ipSecurityRestrictionsDefaultAction`, and the same with `scm`.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any, Final

from sfharden.addresses import ALL_V4, ALL_V6, AddressSet
from sfharden.azure.caller_ranges import NOBODY, CallerRanges, caller_ranges
from sfharden.azure.objects import get, text
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell

_EVERYBODY: Final = ALL_V4 | ALL_V6
_INTERNET: Final = "internet"  # the service tag of all addresses outside the network
# Tags of addresses that anybody may rent or send from (Microsoft Learn, Virtual network service tags; App Service access
# restrictions: only the header tells one Front Door from all others).
_CLOUD: Final = "azurecloud"
_FRONT_DOOR: Final = "azurefrontdoor"
_FRONT_DOOR_ID: Final = "x-azure-fdid"
_LOWEST: Final = 2**31 - 1


@dataclass(slots=True)
class _Sum:
    """What is let in so far, and of which addresses nothing is said yet."""

    let_in: AddressSet = field(default_factory=AddressSet)
    open: AddressSet = _EVERYBODY
    subnets: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    everybodys: list[str] = field(default_factory=list)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class LetIn:
    """The addresses that reach an app, and what has addresses that aren't told: subnets and service tags.

    `everybodys` are tags of addresses that anybody may call from.
    """

    ranges: CallerRanges
    subnets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    everybodys: tuple[str, ...] = ()


def let_in(rules: Any, default: Any) -> LetIn:
    """Of the rules and the default action as they were read. Raises CannotTell where they aren't understood."""
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        raise CannotTell("its access restrictions are not a list of rules")
    done = _Sum()
    for rule in sorted(rules, key=lambda one: _priority(one, len(rules))):
        _apply(rule, done)
    if done.open - NOBODY and _lets_the_rest_in(rules, default):
        done.let_in |= done.open
    named = (tuple(dict.fromkeys(one)) for one in (done.subnets, done.tags, done.everybodys))
    return LetIn(CallerRanges(done.let_in, done.broken), *named)


def _priority(rule: Any, rules: int) -> float:
    found = get(rule, "priority")
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    if found is None and rules == 1:
        return _LOWEST
    raise CannotTell("a rule of its access restrictions has no priority")


def _apply(rule: Any, done: _Sum) -> None:
    allows = _allows(rule)
    if _is_other(rule):
        if allows and (done.open - NOBODY or done.broken):
            _apply_other(rule, done)
        return  # what a tag denies isn't known, so it's taken to deny nothing
    found = caller_ranges(_addresses(rule))
    if found.broken:  # it may settle all that the later rules are about
        done.broken, done.open = done.broken or found.broken, AddressSet()
        return
    reached = found.addresses & done.open
    if not _has_headers(rule):
        done.open -= found.addresses
    elif allows and keeps_nobody_out(reached):
        done.broken = done.broken or "a rule lets in by headers of the request, which anybody can write"
        return
    if allows:
        done.let_in |= reached


def _allows(rule: Any) -> bool:
    action = text(get(rule, "action")).casefold()
    if action not in ("allow", "deny"):
        raise CannotTell("a rule of its access restrictions has no action that is known")
    return action == "allow"


def _is_other(rule: Any) -> bool:
    """Whether a rule is about a subnet or service tags, instead of addresses."""
    return bool(_subnet(rule)) or text(get(rule, "tag")).casefold() == "servicetag"


def _subnet(rule: Any) -> str:
    return text(get(rule, "vnetSubnetResourceId"))


def _apply_other(rule: Any, done: _Sum) -> None:
    """A rule that lets a subnet or service tags in."""
    if subnet := _subnet(rule):
        done.subnets.append(f"subnet {subnet.rpartition('/')[2]}")
        return
    for tag in _parts(rule):
        if tag.casefold() == _INTERNET:
            done.let_in, done.open = done.let_in | done.open, AddressSet()
        elif _is_everybodys(tag.casefold(), rule):
            done.everybodys.append(tag)
        else:
            done.tags.append(tag or "a service tag without a name")


def _is_everybodys(tag: str, rule: Any) -> bool:
    """Of one region or service as of all: `AzureCloud.westeurope`, `AzureFrontDoor.Backend`."""
    family = tag.partition(".")[0]
    return family == _CLOUD or (family == _FRONT_DOOR and not get(rule, "headers", _FRONT_DOOR_ID))


def _addresses(rule: Any) -> list[str]:
    """With the mask of the old way to write a network: `ipAddress` and `subnetMask`."""
    mask = get(rule, "subnetMask")
    return [f"{one}/{_length_of(mask)}" if mask else one for one in _parts(rule)]


def _length_of(mask: Any) -> str:
    """The bits of a mask such as 255.255.255.0; what no mask is gives no network either."""
    try:
        bits = f"{int(IPv4Address(text(mask).strip())):032b}"
    except ValueError:
        return "?"
    return "?" if "01" in bits else str(bits.count("1"))


def _parts(rule: Any) -> list[str]:
    return [one.strip() for one in text(get(rule, "ipAddress")).split(",")]


def _has_headers(rule: Any) -> bool:
    return bool(get(rule, "headers"))


def _lets_the_rest_in(rules: list[Any], default: Any) -> bool:
    """The explicit default; without one, a rule that allows implies that all others are denied."""
    if default is not None and text(default).casefold() not in ("allow", "deny"):
        raise CannotTell("the default action of its access restrictions isn't known")
    if default is not None:
        return text(default).casefold() == "allow"
    if not rules:
        return True
    if any(_allows(rule) for rule in rules):
        return False
    raise CannotTell("its access restrictions have no default action that was read")
