"""Whether a set of callers is small enough, and within what the integration file allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from sfharden.addresses import ALL_V4, ALL_V6, AddressSet, show_ranges
from sfharden.azure.caller_ranges import NOBODY, CallerRanges, caller_ranges
from sfharden.checks.common import Verdict, failed, passed
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.text.wording import count, show_names


class RangeLimits(Model):
    """How many addresses may be admitted before that is too wide to restrict anybody: a /16, and a /48 of IPv6.

    `allowed_tags`: service tags that a Standard app may let in.
    """

    most_addresses: int = Field(default=2**16, ge=1)
    most_ipv6_addresses: int = Field(default=2**80, ge=1)
    allowed_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who is let in: addresses; and by name, as their addresses aren't told, subnets and service tags.

    `everybodys` are tags of addresses that anybody may call from.
    """

    what: str
    ranges: CallerRanges
    where: str
    subnets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    everybodys: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """Whose addresses aren't told."""
        return (*self.subnets, *self.tags, *self.everybodys)

    @property
    def shown(self) -> str:
        """All that is let in, in words."""
        listed = _in_words(self.ranges.addresses) if self.ranges.addresses else ""
        return (
            ", ".join(one for one in (listed, show_names(self.others) if self.others else "") if one)
            or "nobody"
        )


def _in_words(addresses: AddressSet) -> str:
    """The ranges; a family of which nothing is left out by its name."""
    whole = [
        name
        for name, family in (("every IPv4 address", ALL_V4 - NOBODY), ("every IPv6 address", ALL_V6))
        if addresses.covers(family)
    ]
    rest = addresses
    for family in (ALL_V4, ALL_V6):
        rest = rest - family if addresses.covers(family - NOBODY) else rest
    return ", ".join((*whole, *([show_ranges(rest)] if rest else [])))


@dataclass(frozen=True, slots=True)
class Declared:
    """The ranges that the integration file allows, and the name of the key; none where it says nothing."""

    key: str
    ranges: tuple[str, ...]


def judge_admitted(subject: Subject, admitted: Admitted, declared: Declared, limits: RangeLimits) -> Verdict:
    """Pass, or why not. Raises CannotTell."""
    addresses = admitted.ranges.addresses
    evidence = Evidence(
        what=admitted.what, observed=admitted.shown, expected=_expected(declared), source=admitted.where
    )
    if keeps_nobody_out(addresses):
        return failed(subject, f"The {admitted.what} let everybody in: {admitted.shown}.", evidence)
    if admitted.everybodys:
        named = show_names(admitted.everybodys)
        said = f"The {admitted.what} let in {named}, whose addresses anybody may call from."
        return failed(subject, said, evidence)
    if beyond := _beyond(addresses, declared):
        said = f"The {admitted.what} let in what {declared.key} doesn't name: {show_ranges(beyond)}."
        return failed(subject, said, evidence)
    if admitted.ranges.broken:
        raise CannotTell(f"a range can't be understood: {admitted.ranges.broken}", admitted.where)
    if admitted.others and declared.ranges:
        names = show_names(admitted.others)
        raise CannotTell(f"the addresses of {names} can't be compared with {declared.key}", admitted.where)
    allowed = {one.casefold() for one in limits.allowed_tags}
    if strange := [one for one in admitted.tags if one.casefold() not in allowed]:
        raise CannotTell(f"who calls from the addresses of {show_names(strange)} isn't told", admitted.where)
    if _is_wide(addresses, limits):
        said = f"The {admitted.what} let in {_number(addresses)}, too many to restrict anybody."
        return failed(subject, said, evidence, severity=Severity.MEDIUM)
    said = f"The {admitted.what} let in {admitted.shown}."
    return passed(subject, said, evidence)


def _expected(declared: Declared) -> str:
    return f"within {declared.key}" if declared.ranges else "few addresses"


def _beyond(addresses: AddressSet, declared: Declared) -> AddressSet:
    if not declared.ranges:
        return AddressSet()
    own = declared_addresses(declared.key, declared.ranges)
    return addresses - own


def declared_addresses(key: str, texts: Iterable[str]) -> AddressSet:
    """The addresses that a key of the integration file names. Raises CannotTell."""
    own = caller_ranges(texts)
    if own.broken:
        raise CannotTell(f"{key} in the integration file can't be understood: {own.broken}")
    return own.addresses


def _is_wide(addresses: AddressSet, limits: RangeLimits) -> bool:
    return addresses.v4.size > limits.most_addresses or addresses.v6.size > limits.most_ipv6_addresses


def _number(addresses: AddressSet) -> str:
    families = ((addresses.v4.size, "IPv4 address"), (addresses.v6.size, "IPv6 address"))
    return " and ".join(count(size, noun) for size, noun in families if size)
