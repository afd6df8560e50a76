"""What is left to people after a deployment, at a terminal: the steps, and what the integration's users would lose."""

from collections.abc import Iterator
from typing import Final

from sfharden.model.plan import LostRights
from sfharden.plan.ordinary_rights import label_of
from sfharden.plan.rights_words import sentences
from sfharden.simulation.simulate import IntegrationOutcome
from sfharden.text.terminal import Terminal
from sfharden.text.wording import show_names
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
    lines += [
        bullet(text, terminal.width) for text in (sentences(_held(one, rights), _MOST) if rights else ())
    ]
    lines += [bullet(text, terminal.width) for text in _about_set(one, rights)]
    return "\n".join(lines)


def _held(one: IntegrationOutcome, rights: LostRights) -> LostRights:
    """The rights, offered by a permission set only where they stand in it."""
    return rights if one.steps.given_back else rights.model_copy(update={"permission_set": ""})


def _about_set(one: IntegrationOutcome, rights: LostRights | None) -> Iterator[str]:
    """What is wrong with the permission set that gives rights back."""
    steps, name = one.steps, rights.permission_set if rights else ""
    if name and not steps.has_set:
        yield f"Neither the proposal nor the org has {name}: `sfharden plan` writes it into its package."
    elif name and steps.missing:
        why = f": {steps.why}" if steps.why else ""
        yield f"{name} doesn't surely give back {show_names(map(label_of, steps.missing))}{why}."
    yield from steps.gained


def _title(one: IntegrationOutcome) -> str:
    if not one.steps.texts:
        return "BY HAND: no step could be judged"
    if shows_by_hand(one):
        return "BY HAND, after the package (the last column is after these steps)"
    return "BY HAND, after the package (these steps change no row above)"
