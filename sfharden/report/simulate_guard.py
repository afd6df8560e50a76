"""What a simulation comes to, at a terminal: the refused logins above all else, and the one line that may be green."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from sfharden.simulation.declared import Broken, for_several
from sfharden.simulation.simulate import IntegrationOutcome, Simulation
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, show_names
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 50  # refused addresses shown


def _paint(text: str, colour: str, terminal: Terminal) -> str:
    return click.style(text, fg=colour, bold=True) if terminal.colour else text


def refused_logins(one: IntegrationOutcome, terminal: Terminal) -> str:
    """The integration's own logins that would be newly refused, address by address, and what would mend it."""
    if not one.broken:
        return ""
    total = count(sum(address.times for address in one.broken), "login")
    head = f"REFUSED LOGINS of {safe_text(one.name, limit=60)}: {total}{counted_since(one)} that got in would be refused. That is a break."
    lines = [bullet(_seen(address), terminal.width) for address in one.broken[:_MOST]]
    more = len(one.broken) - _MOST
    lines += [f"  and {count(more, 'more address')}; -f json has them all."] if more > 0 else []
    lines += [wrap(text, terminal.width, "  ") for text in _mends(one.broken)]
    return "\n".join([_paint(wrap(head, terminal.width), "red", terminal), *lines])


def counted_since(one: IntegrationOutcome) -> str:
    """` since 2026-11-20`, behind a count of logins; empty where that isn't known."""
    since = one.replay.since if one.replay else None
    return f" since {since:%Y-%m-%d}" if since else ""


def _seen(one: Broken) -> str:
    users = ", ".join(safe_text(user, limit=80) for user in one.users)
    return f"{safe_text(one.source_ip, limit=60)}: {count(one.times, 'login')}, last {one.last:%Y-%m-%d}, {users}"


def _mends(broken: tuple[Broken, ...]) -> Iterator[str]:
    """Why, and what would mend it; said once for all addresses that it is true of."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in broken:
        found.setdefault((one.reason, one.mend), []).append(one.source_ip)
    for (reason, mend), addresses in found.items():
        about = f"{show_names(addresses)}: " if len(found) > 1 else ""
        yield f"Why: {safe_text(about)}{safe_text(reason)}"
        yield f"To mend: {safe_text(about)}{safe_text(for_several(mend, len(addresses)), limit=600)}"


@dataclass(frozen=True, slots=True)
class GuardWord:
    """What the guard says of one integration: in one word, in one sentence, and what it rests on or stumbles over."""

    head: str
    text: str
    colour: str
    told: tuple[str, ...]


def guard_word(one: IntegrationOutcome, simulation: Simulation) -> GuardWord:
    """Green only if guard and replay agree and nothing is unknown; then it says what that rests on."""
    sure, unsure = (*one.guard.shut_out, *one.against), one.open
    if not sure and not unsure and not simulation.gaps:
        return _harmless(one, simulation)
    gaps = ("Something was not read: see NOT READ above.",) if simulation.gaps else ()
    head = _head(one)
    return GuardWord(head, head, "red" if sure else "yellow", (*sure, *unsure, *gaps))


def guard_line(one: IntegrationOutcome, simulation: Simulation, terminal: Terminal) -> str:
    """The same in lines."""
    said = guard_word(one, simulation)
    text = f"LOCK-OUT GUARD for {safe_text(one.name, limit=60)}: {said.text}"
    title = _paint(wrap(text, terminal.width), said.colour, terminal)
    return "\n".join([title, *(bullet(told, terminal.width) for told in said.told)])


def _harmless(one: IntegrationOutcome, simulation: Simulation) -> GuardWord:
    """Green only if nothing that must be refused is let in either; else what would close it."""
    left = tuple(each.text for each in one.still_open)
    still = f" {count(len(left), 'way')} in that must be shut would still be open." if left else ""
    text = f"nobody who must get in would be shut out.{still} Rests on: {rests_on(one)}."
    colour = "yellow" if left else "green" if simulation.safe else "white"
    head = "LEAVES WAYS IN OPEN" if left else "NOBODY WOULD BE SHUT OUT"
    return GuardWord(head, text, colour, left)


def _head(one: IntegrationOutcome) -> str:
    if one.guard.shut_out:
        return "LOCKED OUT"
    if one.against and len(one.against) == len(one.opened):
        return "OPENS A WAY IN"
    return "BREAKS THE INTEGRATION" if one.against else "NOT KNOWN TO BE SAFE"


def rests_on(one: IntegrationOutcome) -> str:
    """What a proposal that would shut nobody out was judged by."""
    parts = ["declared egress and operator ranges"]
    if one.replay:
        own, when = one.replay.own, counted_since(one)
        seen = count(own.successes, "login") if own.successes else "no login"
        parts.append(f"{seen} of the integration{when}")
        times = sum(group.times for group in own.expected)
        if times:
            named = show_names({group.source_ip for group in own.expected})
            parts.append(f"{times:,} of them to be refused by your word ({safe_text(named, limit=200)})")
        today = own.successes - own.let_in - times
        if today:
            parts.append(f"{today:,} of them refused today, too")
    if one.unseen_list:
        parts.append(f"the app's allowlist as it is, unseen ({safe_text(one.unseen_list, limit=200)})")
    return "; ".join([*parts, "nobody unread"])
