"""A simulation for a person at a terminal: today and after, side by side, and whom it would shut out."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import click
from tabulate import tabulate

from sfharden.access.facts import Outcome, Reason
from sfharden.model.results import Result
from sfharden.report.mend_first import mend_first
from sfharden.report.next_lines import next_block
from sfharden.report.simulate_guard import guard_line, refused_logins
from sfharden.report.simulate_hands import shows_by_hand, steps_by_hand
from sfharden.report.source_words import source_lines
from sfharden.simulation.azure_rows import AZURE_ROWS, ELSEWHERE
from sfharden.simulation.control_changes import ControlChange
from sfharden.simulation.replay import LoginGroup, Replay
from sfharden.simulation.rows import Case, Change, Row, Standing, Wish, example
from sfharden.simulation.simulate import IntegrationOutcome, Simulation
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import are, count, show_names
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 10  # groups of logins, controls and components shown
NOTHING: Final = "nothing: all would be as it is"
_OUTCOME_WIDTH: Final = 10
WORDS: Final = {
    Outcome.ALLOWED: "let in",
    Outcome.REFUSED: "refused",
    Outcome.PARTLY: "in part",
    Outcome.CANNOT_TELL: "can't tell",
}
_COLOURS: Final = {Standing.GOOD: "green", Standing.BAD: "red", Standing.UNKNOWN: "yellow"}
LEADS: Final = {
    Outcome.ALLOWED: "lets in",
    Outcome.REFUSED: "refuses",
    Outcome.CANNOT_TELL: "can't tell",
    Outcome.PARTLY: "in part",
}


def render_simulation(simulation: Simulation, terminal: Terminal, next_steps: Iterable[str] = ()) -> str:
    """The simulation in at most `terminal.width` columns."""
    blocks = [_heading(simulation, terminal)]
    for one in simulation.integrations:
        blocks += [
            mend_first(one.to_mend, terminal),
            refused_logins(one, terminal),
            _matrix(one, terminal),
            steps_by_hand(one, terminal),
            _reasons(one, terminal),
            *_replay(one, terminal),
            *_requests(one, terminal),
        ]
    blocks.append(_not_in_logins(simulation, terminal))
    blocks += [_controls(simulation.controls, terminal), _gaps(simulation, terminal)]
    blocks.append(_unmatched(simulation, terminal))
    blocks += [guard_line(one, simulation, terminal) for one in simulation.integrations]
    blocks.append(next_block(next_steps, terminal.width))
    return "\n\n".join(block for block in blocks if block) + "\n"


def render_explanation(changes: Iterable[Change], terminal: Terminal) -> str:
    """The chain of reasons behind one row, for each integration, today and after."""
    blocks = []
    for change in changes:
        rows = [("Today", change.before), ("After the proposal", change.after)]
        rows += [("After the steps by hand", change.by_hand)] if change.by_hand else []
        for when, row in rows:
            head = f"{when}: {row.title}: {WORDS[row.outcome]} ({row.wish})"
            blocks.append("\n".join([wrap(head, terminal.width), *_chain(row, terminal)]))
    return "\n\n".join(blocks) + "\n"


def _chain(row: Row, terminal: Terminal) -> Iterator[str]:
    yield wrap(f"  Given: {row.given}", terminal.width, indent="  ")
    for case in row.cases:
        yield wrap(
            f"  {safe_text(case.who, limit=120)}, from {safe_text(case.source, limit=120)}, by {case.flow}",
            terminal.width,
            indent="    ",
        )
        yield from _case(case, terminal)


def _case(case: Case, terminal: Terminal) -> Iterator[str]:
    if len(case.decision.parts) < 2:
        yield from (_reason(one, terminal) for one in case.decision.reasons)
        return
    for part in case.decision.parts:
        size = count(part.addresses.size, "address")
        yield f"    {size}, such as {example(part.addresses)}: {WORDS[part.outcome]}"
        yield from (_reason(one, terminal) for one in part.reasons)


def _reason(reason: Reason, terminal: Terminal) -> str:
    text = f"      {LEADS[reason.outcome]}: {safe_text(reason.text)} [{safe_text(reason.rule)}]"
    return wrap(text, terminal.width, indent="        ")


# Parts --------------------------------------------------------------------------------------


def _paint(text: str, colour: str, terminal: Terminal) -> str:
    return click.style(text, fg=colour, bold=True) if terminal.colour else text


def _heading(simulation: Simulation, terminal: Terminal) -> str:
    shown = [f"{kind} '{safe_text(name, limit=80)}'" for kind, name in simulation.touched[:_MOST]]
    more = len(simulation.touched) - _MOST
    listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return "\n".join(
        [
            f"Source    {safe_text(simulation.source.name, limit=60)}",
            *source_lines(simulation.source, 10, terminal.width),
            f"Proposal  {safe_text(simulation.proposal.name, limit=60)}",
            wrap(f"Changes   {listed or NOTHING}", terminal.width, indent=" " * 10),
            *([f"Judged by {simulation.as_of}, not by today (--as-of)"] if simulation.as_of else []),
        ]
    )


def _matrix(one: IntegrationOutcome, terminal: Terminal) -> str:
    rows, third = [], shows_by_hand(one.matrix)
    for wish, label in ((Wish.KEEP_OUT, "MUST BE REFUSED"), (Wish.KEEP_WORKING, "MUST KEEP WORKING")):
        rows.append([label, "", "", *([""] if third else [])])
        rows += [_line(change, terminal, third) for change in one.matrix if change.after.wish is wish]
    headers = [
        f"Who gets in: {safe_text(one.name, limit=60)}",
        "Today",
        "After",
        *(["By hand"] if third else []),
    ]
    table = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)
    return f"{table}\nIn capitals: not as it should be."


def _line(change: Change, terminal: Terminal, third: bool) -> list[str]:
    rows = [change.before, change.after, *([change.by_hand or change.after] if third else [])]
    width = terminal.width - len(rows) * (_OUTCOME_WIDTH + 2) - 2
    title = wrap(f"{change.after.title}", width - 2)
    indented = "\n".join(
        f"- {line}" if not number else f"  {line}" for number, line in enumerate(title.split("\n"))
    )
    return [indented, *(_outcome(row, terminal) for row in rows)]


def _outcome(row: Row, terminal: Terminal) -> str:
    word = WORDS[row.outcome]
    word = word.upper() if row.standing is Standing.BAD else word
    return _paint(word, _COLOURS[row.standing], terminal)


def _reasons(one: IntegrationOutcome, terminal: Terminal) -> str:
    told = [
        bullet(f"{row.id}: {when}{row.summary}", terminal.width)
        for change in one.matrix
        for when, row in change.ends
    ]
    if any(change.after.id in AZURE_ROWS for change in one.matrix):
        told.append(bullet(f"Of the rows azure-…: {ELSEWHERE}", terminal.width))
    return "WHY, AFTER THE PROPOSAL (--explain ROW has every step)\n" + "\n".join(told)


def _replay(one: IntegrationOutcome, terminal: Terminal) -> Iterator[str]:
    played = one.replay
    if played is None:
        yield wrap(f"REPLAY\nNo login could be replayed: {safe_text(one.replay_gap)}.", terminal.width)
        return
    yield wrap(f"REPLAY\n{replay_words(played)}", terminal.width)
    yield _groups("Would be refused", played.refused, terminal, "red")
    yield _groups("Can't be told", played.unknown, terminal, "yellow")
    yield _groups(
        "Logins of the integration from addresses nobody predicted", played.unpredicted, terminal, "yellow"
    )


def _not_in_logins(simulation: Simulation, terminal: Terminal) -> str:
    found = [bullet(one, terminal.width) for one in simulation.not_in_logins]
    return "\n".join(["NO REPLAY SHOWS", *found]) if found else ""


def _requests(one: IntegrationOutcome, terminal: Terminal) -> Iterator[str]:
    found = one.requests
    if found is None:
        return
    if found.played is None:
        yield wrap(f"REQUESTS\nNo request could be replayed: {safe_text(found.gap)}.", terminal.width)
        return
    text = " ".join([replay_words(found.played, "request", " that got an answer"), *found.beside])
    yield wrap(f"REQUESTS (each with a session that is there)\n{text}", terminal.width)
    yield _groups("Requests that would be refused", found.played.refused, terminal, "red")
    yield _groups("Requests that can't be told", found.played.unknown, terminal, "yellow")


def replay_words(played: Replay, what: str = "successful login", that: str = "") -> str:
    """What became of the logins, or of requests, in numbers."""
    since = f" since {played.since:%Y-%m-%d}" if played.since and not that else ""
    text = f"Of {count(played.successes, what)}{that}{since}, {played.allowed:,} would be let in again"
    text += f", {sum(one.times for one in played.refused):,} refused"
    text += f", {sum(one.times for one in played.unknown):,} can't be told."
    if played.left_out:
        text += f" {count(played.left_out, 'more login')} {are(played.left_out)} in groups too many to keep."
    return text + (f" {safe_text(played.gap)}." if played.gap else "")


def _groups(title: str, groups: tuple[LoginGroup, ...], terminal: Terminal, colour: str) -> str:
    if not groups:
        return ""
    width = (terminal.width - 7 - 2 - 10 - 2 - 2 - 2) // 2
    rows = [
        [
            wrap(f"{safe_text(one.user, limit=120)}\n{safe_text(one.app, limit=80)}".strip(), width, "  "),
            wrap(_from(one), width),
            f"{one.times:,}",
            f"{_day(one.first)}\n{_day(one.last)}",
        ]
        for one in groups[:_MOST]
    ]
    table = tabulate(
        rows, headers=["User, app", "From, why", "Times", "First, last"], tablefmt="simple",
        disable_numparse=True, colalign=("left", "left", "right", "left"),
    )  # fmt: skip
    more = len(groups) - _MOST
    tail = f"\n  and {count(more, 'more group')}; -f json has them all." if more > 0 else ""
    return f"{_paint(title, colour, terminal)}\n{table}{tail}"


def _from(group: LoginGroup) -> str:
    today = " (today, too)" if group.already else ""
    return f"{safe_text(group.source_ip, limit=60)}{today}\n{safe_text(group.reason)}".strip()


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def controls_by_hand(changes: Iterable[ControlChange]) -> bool:
    """True if the controls need a column of their own for what is so after the steps by hand."""
    return any(one.by_hand and status_words(one.by_hand) != status_words(one.after) for one in changes)


def _controls(changes: tuple[ControlChange, ...], terminal: Terminal) -> str:
    if not changes:
        return "CONTROLS\nNone would come out otherwise."
    third = controls_by_hand(changes)
    width = terminal.width - (3 if third else 2) * (14 + 2) - 2
    rows = [
        [
            wrap(f"{one.control}\n{safe_text(one.subject, limit=120)}", width, hyphens=True),
            status_words(one.before),
            status_words(one.after),
            *([status_words(one.by_hand)] if third else []),
        ]
        for one in changes[: 2 * _MOST]
    ]
    table = tabulate(
        rows,
        headers=["Controls that would change", "Today", "After", *(["By hand"] if third else [])],
        tablefmt="simple",
        disable_numparse=True,
    )
    more = len(changes) - 2 * _MOST
    return table + (f"\n  and {more} more; -f json has them all." if more > 0 else "")


def status_words(result: Result | None) -> str:
    """How a control comes out on one side."""
    if result is None:
        return "not judged"
    return f"{result.status.value} (waived)" if result.waived else result.status.value


def _gaps(simulation: Simulation, terminal: Terminal) -> str:
    found = [bullet(f"{gap.what}: {gap.reason}", terminal.width) for gap in simulation.gaps[:_MOST]]
    more = len(simulation.gaps) - _MOST
    found += [f"  and {more} more; -f json has them all."] if more > 0 else []
    return "NOT READ\n" + "\n".join(found) if found else ""


def _unmatched(simulation: Simulation, terminal: Terminal) -> str:
    if not simulation.unmatched:
        return ""
    text = f"--expect-refused {show_names(simulation.unmatched)}: no login of an integration from there would be newly refused."
    return _paint(wrap(text, terminal.width), "yellow", terminal)
