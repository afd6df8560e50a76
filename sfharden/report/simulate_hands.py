"""What is left to people after a deployment, at a terminal: the steps, and what the integration's users would lose."""

from typing import Final

from sfharden.plan.rights_words import sentences
from sfharden.simulation.simulate import IntegrationOutcome
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 12  # rights shown of each kind


def shows_by_hand(one: IntegrationOutcome) -> bool:
    """True if the matrix needs a column of its own for what is so after the steps by hand."""
    return any(change.differs_by_hand for change in one.matrix)


def steps_by_hand(one: IntegrationOutcome, terminal: Terminal) -> str:
    """The steps that no package can do, and what their users would lose; empty if there's neither."""
    steps, rights = one.steps.texts, one.steps.rights
    if not steps and rights is None:
        return ""
    lines = [wrap(_title(one), terminal.width)]
    lines += [bullet(text, terminal.width) for text in steps]
    lines += [bullet(text, terminal.width) for text in (sentences(rights, _MOST) if rights else ())]
    if rights and rights.permission_set and not one.steps.given_back:
        text = f"Neither the proposal nor the org has {rights.permission_set}: `sfharden plan` writes it into its package."
        lines.append(bullet(text, terminal.width))
    return "\n".join(lines)


def _title(one: IntegrationOutcome) -> str:
    if not one.steps.texts:
        return "BY HAND: no step could be judged"
    if shows_by_hand(one):
        return "BY HAND, after the package (the last column is after these steps)"
    return "BY HAND, after the package (these steps change no row above)"
