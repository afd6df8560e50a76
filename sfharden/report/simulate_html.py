"""A simulation as one page: who gets in today, after and by hand, with every step behind it; no list is cut.

There is no script in it; `html_page` says what keeps names harmless.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sfharden.plan.readable import WHOLE
from sfharden.report.html_page import Opening, render_page
from sfharden.report.simulate_guard import GuardWord, guard_word
from sfharden.report.simulate_hands import hand_words
from sfharden.report.simulate_table import NOTHING, controls_by_hand, replay_words, status_words
from sfharden.report.simulate_ways import WaysTable, ways_table
from sfharden.report.source_words import commit_words, snapshot_words
from sfharden.simulation.replay import LoginGroup
from sfharden.simulation.simulate import IntegrationOutcome, Simulation
from sfharden.simulation.ways import Ways
from sfharden.text.wording import show_names

_HEADS: Final = {"red": "bad", "yellow": "open", "white": "", "green": "good"}  # the worst first


class ShownIntegration(NamedTuple):
    """What the proposal does to one integration, in the order in which it is read."""

    name: str
    outcome: IntegrationOutcome
    guard: GuardWord
    table: WaysTable
    hands: tuple[str, ...]
    logins: tuple[tuple[str, tuple[LoginGroup, ...]], ...]


def render_simulation_html(simulation: Simulation, version: str) -> str:
    """The whole page; the same simulation gives the same bytes."""
    shown = [_shown(one, simulation, f"i{at}") for at, one in enumerate(simulation.integrations, 1)]
    worst = min((one.guard for one in shown), key=lambda one: list(_HEADS).index(one.colour))
    return render_page(
        "simulate.html",
        WHOLE,
        Opening(f"Simulation: {worst.head}", "simulation", _HEADS[worst.colour], version),
        simulation=simulation,
        integrations=shown,
        worst=worst,
        about=_about(simulation),
        unmatched=show_names(simulation.unmatched) if simulation.unmatched else "",
        nothing=NOTHING,
        status=status_words,
        controls_by_hand=controls_by_hand(simulation.controls),
        numbers=replay_words,
    )


def _about(simulation: Simulation) -> list[tuple[str, str]]:
    source = simulation.source
    told = {
        "Source": source.name,
        "Snapshot": snapshot_words(source),
        "Commit": commit_words(source),
        "Proposal": simulation.proposal.name,
        "Made": simulation.generated_at,
        "Judged by": f"{simulation.as_of}, not by today (--as-of)" if simulation.as_of else "",
    }
    return [(name, text) for name, text in told.items() if text]


def _shown(one: IntegrationOutcome, simulation: Simulation, anchor: str) -> ShownIntegration:
    table = ways_table(Ways(one.name, one.matrix), anchor)
    return ShownIntegration(
        one.name, one, guard_word(one, simulation), table, tuple(hand_words(one)), tuple(_logins(one))
    )


def _logins(one: IntegrationOutcome) -> Iterator[tuple[str, tuple[LoginGroup, ...]]]:
    if one.replay:
        yield "Would be refused", one.replay.refused
        yield "Can't be told", one.replay.unknown
        yield "Logins of the integration from addresses nobody predicted", one.replay.unpredicted
    if one.requests and one.requests.played:
        yield "Requests that would be refused", one.requests.played.refused
        yield "Requests that can't be told", one.requests.played.unknown
