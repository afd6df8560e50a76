"""A simulation as one page: who gets in today, after and by hand, with every step behind it; no list is cut.

There is no script in it; `html_page` says what keeps names harmless.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sfharden.plan.readable import WHOLE
from sfharden.report.html_page import content_policy, page_file, page_template
from sfharden.report.simulate_guard import GuardWord, guard_word
from sfharden.report.simulate_hands import hand_words, shows_by_hand
from sfharden.report.simulate_table import LEADS, NOTHING, WORDS, controls_by_hand, replay_words, status_words
from sfharden.report.source_words import commit_words, snapshot_words
from sfharden.simulation.replay import LoginGroup
from sfharden.simulation.rows import Change, Row, Standing, Wish
from sfharden.simulation.simulate import IntegrationOutcome, Simulation
from sfharden.text.wording import show_names

_TONES: Final = {Standing.GOOD: "done", Standing.BAD: "no", Standing.UNKNOWN: "unknown"}
_HEADS: Final = {"red": "bad", "yellow": "open", "white": "", "green": "good"}  # the worst first


class ShownIntegration(NamedTuple):
    """What the proposal does to one integration, in the order in which it is read."""

    name: str
    outcome: IntegrationOutcome
    guard: GuardWord
    by_hand: bool
    matrix: tuple[tuple[Wish, tuple[Change, ...]], ...]
    hands: tuple[str, ...]
    logins: tuple[tuple[str, tuple[LoginGroup, ...]], ...]


def render_simulation_html(simulation: Simulation, version: str) -> str:
    """The whole page; the same simulation gives the same bytes."""
    style = page_file("page.css")
    shown = [_shown(one, simulation) for one in simulation.integrations]
    worst = min((one.guard for one in shown), key=lambda one: list(_HEADS).index(one.colour))
    return page_template("simulate.html", WHOLE).render(
        simulation=simulation,
        version=version,
        integrations=shown,
        worst=worst,
        tones=_HEADS,
        style=style,
        policy=content_policy(style),
        about=_about(simulation),
        unmatched=show_names(simulation.unmatched) if simulation.unmatched else "",
        nothing=NOTHING,
        mark=_mark,
        rows=_rows,
        word=WORDS.__getitem__,
        leads=LEADS.__getitem__,
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


def _shown(one: IntegrationOutcome, simulation: Simulation) -> ShownIntegration:
    matrix = tuple(
        (wish, tuple(change for change in one.matrix if change.after.wish is wish)) for wish in Wish
    )
    guard = guard_word(one, simulation)
    return ShownIntegration(
        one.name, one, guard, shows_by_hand(one), matrix, tuple(hand_words(one)), tuple(_logins(one))
    )


def _logins(one: IntegrationOutcome) -> Iterator[tuple[str, tuple[LoginGroup, ...]]]:
    if one.replay:
        yield "Would be refused", one.replay.refused
        yield "Can't be told", one.replay.unknown
        yield "Logins of the integration from addresses nobody predicted", one.replay.unpredicted
    if one.requests and one.requests.played:
        yield "Requests that would be refused", one.requests.played.refused
        yield "Requests that can't be told", one.requests.played.unknown


def _mark(row: Row) -> tuple[str, str]:
    """The outcome of a row, in capitals where it isn't as it should be, and its tone."""
    word = WORDS[row.outcome]
    return (word.upper() if row.standing is Standing.BAD else word), _TONES[row.standing]


def _rows(change: Change) -> list[tuple[str, Row]]:
    """A scenario on each side of the proposal, with the words for when."""
    rows = [("Today", change.before), ("After the proposal", change.after)]
    return [*rows, ("After the steps by hand", change.by_hand)] if change.by_hand else rows
