"""What is declared against what was seen: who holds an address, and whether the integration calls from its egress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sfharden.addresses import AddressSet, address_of
from sfharden.facts.directory import Directory
from sfharden.facts.logins import got_in
from sfharden.facts.values import CannotTell
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Integration
from sfharden.model.org import Login
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.replay import NOBODY, LoginGroup
from sfharden.text.names import literal
from sfharden.text.wording import count, show_names

_NOBODYS: Final = (
    "No declared tag or file holds it: declare where the integration calls from, or name the address with "
    "--expect-refused if it isn't the integration's."
)


_OF_SEVERAL: Final = (
    "No declared tag or file holds them: declare where the integration calls from, or name the addresses with "
    "--expect-refused if they aren't the integration's."
)


def for_several(mend: str, addresses: int) -> str:
    """What would mend it, of as many addresses."""
    return _OF_SEVERAL if mend == _NOBODYS and addresses > 1 else mend


@dataclass(frozen=True, slots=True)
class Broken:
    """The integration's own logins from one address that a proposal would newly refuse, and what would mend that."""

    source_ip: str
    users: tuple[str, ...]
    times: int
    last: datetime
    reason: str
    mend: str

    @property
    def is_nobodys(self) -> bool:
        """True if nothing that is declared holds the address: a person may say that it isn't the integration's."""
        return self.mend == _NOBODYS


def broken(groups: Iterable[LoginGroup], integration: Integration) -> tuple[Broken, ...]:
    """Address by address, those with most logins first."""
    found: dict[str, list[LoginGroup]] = {}
    for group in groups:
        found.setdefault(group.source_ip, []).append(group)
    every = (_broken(address, ones, integration) for address, ones in found.items())
    return tuple(sorted(every, key=lambda one: (-one.times, one.source_ip)))


def _broken(address: str, groups: list[LoginGroup], integration: Integration) -> Broken:
    return Broken(
        address,
        tuple(sorted({one.user for one in groups})),
        sum(one.times for one in groups),
        max(one.last for one in groups),
        groups[0].reason,
        mend(integration, address),
    )


def mend(integration: Integration, address: str) -> str:
    """Which declared tag or file holds an address, and what follows from that."""
    number, egress = address_of(address), integration.egress
    if number is None:
        return "It is no address that a list could hold."
    if number in egress.addresses:
        holders = show_names(_named(one) for one in egress.origins if number in one.addresses)
        return (
            f"Declared: {holders or 'egress'}. The proposal leaves it out, or refuses for another reason than the "
            "address: plan anew."
        )
    if number in integration.operator_ranges:
        return (
            "Declared: operator_ranges. The proposal leaves it out, or refuses for another reason: plan anew."
        )
    others = [one for one in (*egress.unused, *egress.elsewhere) if number in one.addresses]
    if others:
        return f"Not declared, but {show_names(map(_named, others))} holds it: declare that, if it is meant."
    return _NOBODYS


def _named(origin: Origin) -> str:
    if origin.kind is OriginKind.TAG:
        return f"tag {origin.name} of {origin.file}"
    if origin.kind is OriginKind.RANGES:
        return f"the ranges in the {origin.file}"
    return f"the {origin.kind.value} addresses of {origin.name} in {origin.file}"


# For a plan, which rests on what is declared ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the logins say of the declared egress: what must be looked at first, and what is only told."""

    conditions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING_SEEN: Final = Sighting()


def all_of(found: Iterable[Sighting]) -> Sighting:
    """The sightings of several integrations in one; the same sentence once."""
    every = tuple(found)
    conditions = dict.fromkeys(text for one in every for text in one.conditions)
    return Sighting(tuple(conditions), tuple(dict.fromkeys(text for one in every for text in one.notes)))


def sighting(snapshot: Snapshot, integration: Integration, expect_refused: AddressSet = NOBODY) -> Sighting:
    """Whether the addresses that the integration was seen to call from are in its declared egress.

    What a person named as to be refused isn't asked about again.
    """
    name, directory = integration.name, Directory(snapshot)
    try:
        logins = directory.logins
    except CannotTell as reason:
        return Sighting(
            notes=(f"Whether '{name}' calls from its declared egress was not seen: {reason.reason}.",)
        )
    partly = (f"Not all logins of '{name}' were seen: {logins.gap}.",) if logins.gap else ()
    own = tuple(one for one in _own(logins, directory, integration) if not _in(one, expect_refused))
    declared = integration.egress.addresses | integration.operator_ranges
    outside = tuple(one for one in own if not _in(one, declared))
    if not own:
        text = f"No login of '{name}' was seen: nothing but the file tells where it calls from."
        return Sighting(notes=(text, *partly))
    if not any(_in(one, integration.egress.addresses) for one in own):
        return Sighting(
            (f"Of '{name}', none of the {_seen(own)} is in its declared egress. {_mends(own, integration)}",),
            partly,
        )
    if outside:
        text = f"Of '{name}', {_seen(outside)} are not in its declared egress. {_mends(outside, integration)}"
        return Sighting((text,), partly)
    return Sighting(notes=partly)


def _own(logins: Iterable[Login], directory: Directory, integration: Integration) -> Iterator[Login]:
    names = {literal(name) for name in integration.users}
    for one in logins:
        if got_in(one) and literal(directory.username(one.user_id)) in names:
            yield one


def _in(login: Login, addresses: AddressSet) -> bool:
    number = address_of(login.source_ip)
    return number is not None and number in addresses


def _seen(logins: tuple[Login, ...]) -> str:
    addresses = {one.source_ip for one in logins}
    last = max(one.last for one in logins)
    times = count(sum(one.times for one in logins), "login")
    return f"{count(len(addresses), 'address')} seen ({show_names(addresses)}; {times}, last {last:%Y-%m-%d})"


def _mends(logins: tuple[Login, ...], integration: Integration) -> str:
    """What would mend it, said once for all addresses that it mends."""
    found: dict[str, set[str]] = {}
    for one in logins:
        found.setdefault(mend(integration, one.source_ip), set()).add(one.source_ip)
    return " ".join(
        f"{show_names(addresses)}: {text}" if len(found) > 1 else text for text, addresses in found.items()
    )
