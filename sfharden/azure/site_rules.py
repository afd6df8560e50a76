"""Who may reach a Standard app, by its access restrictions: rules by priority, then the default.

ARM Microsoft.Web/sites/config: `ipSecurityRestrictions[]`, `ipSecurityRestrictionsDefaultAction`, and the same with `scm`.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.addresses import ALL_V4, ALL_V6, AddressSet
from sfharden.azure.caller_ranges import NOBODY, CallerRanges, caller_ranges
from sfharden.azure.objects import get, text
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell

_EVERYBODY: Final = ALL_V4 | ALL_V6
_INTERNET: Final = "internet"  # the service tag of all addresses outside the network
_LOWEST: Final = 2**31 - 1


@dataclass(slots=True)
class _Sum:
    """What is let in so far, and of which addresses nothing is said yet."""

    let_in: AddressSet = field(default_factory=AddressSet)
    open: AddressSet = _EVERYBODY
    others: list[str] = field(default_factory=list)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class LetIn:
    """The addresses that reach an app, and service tags and subnets, whose addresses aren't told."""

    ranges: CallerRanges
    others: tuple[str, ...]


def let_in(rules: Any, default: Any) -> LetIn:
    """Of the rules and the default action as they were read. Raises CannotTell where they aren't understood."""
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        raise CannotTell("its access restrictions are not a list of rules")
    done = _Sum()
    for rule in sorted(rules, key=lambda one: _priority(one, len(rules))):
        _apply(rule, done)
    if done.open - NOBODY and _lets_the_rest_in(rules, default):
        done.let_in |= done.open
    return LetIn(CallerRanges(done.let_in, done.broken), tuple(dict.fromkeys(done.others)))


def _priority(rule: Any, rules: int) -> float:
    found = get(rule, "priority")
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    if found is None and rules == 1:
        return _LOWEST
    raise CannotTell("a rule of its access restrictions has no priority")


def _apply(rule: Any, done: _Sum) -> None:
    allows = _allows(rule)
    if name := _other(rule):
        if allows and name.casefold() == _INTERNET:
            done.let_in, done.open = done.let_in | done.open, AddressSet()
        elif allows:
            done.others.append(name)
        return  # what a tag denies isn't known, so it's taken to deny nothing
    found = caller_ranges(one.strip() for one in text(get(rule, "ipAddress")).split(","))
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


def _other(rule: Any) -> str:
    """The subnet or service tag that a rule is about, instead of addresses."""
    if subnet := text(get(rule, "vnetSubnetResourceId")):
        return f"subnet {subnet.rpartition('/')[2]}"
    is_tag = text(get(rule, "tag")).casefold() == "servicetag"
    return text(get(rule, "ipAddress")).strip() if is_tag else ""


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
