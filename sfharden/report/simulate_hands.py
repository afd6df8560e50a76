"""What is left to people after a deployment, at a terminal: the steps, and what the integration's users would lose."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.model.plan import LostRights
from sfharden.plan.ordinary_rights import label_of
from sfharden.plan.rights_words import sentences
from sfharden.simulation.rows import Change
from sfharden.simulation.simulate import IntegrationOutcome
from sfharden.text.terminal import Terminal
from sfharden.text.wording import show_names
from sfharden.text.wrapping import bullet, wrap

_MOST: Final = 12  # rights shown of each kind


def shows_by_hand(matrix: Iterable[Change]) -> bool:
    """True if the matrix needs a column of its own for what is so after the steps by hand."""
    return any(change.differs_by_hand for change in matrix)


def steps_by_hand(one: IntegrationOutcome, terminal: Terminal) -> str:
    """The steps that no package can do, and what their users would lose; empty if there's neither."""
    if not one.steps.texts and one.steps.rights is None:
        return ""
    told = (bullet(text, terminal.width) for text in hand_words(one, _MOST))
    return "\n".join([wrap(_title(one), terminal.width), *told])


def hand_words(one: IntegrationOutcome, most: int = 0) -> Iterator[str]:
    """The steps, what they take away and give, in sentences; where `most` is given, so many rights of each kind."""
    rights = one.steps.rights
    yield from one.steps.texts
    yield from sentences(_held(one, rights), most) if rights else ()
    yield from _about_set(one, rights)


def _held(one: IntegrationOutcome, rights: LostRights) -> LostRights:
    """The rights, offered by a permission set only where they stand in it."""
    return rights if one.steps.given_back else rights.model_copy(update={"permission_set": ""})


def _about_set(one: IntegrationOutcome, rights: LostRights | None) -> Iterator[str]:
    """What is wrong with the permission set that gives rights back."""
    steps, name = one.steps, rights.permission_set if rights else ""
    if name and not steps.has_set:
        yield f"Neither the proposal nor the org has {name}: sfharden plan writes it into its package."
    elif name and steps.missing:
        why = f": {steps.why}" if steps.why else ""
        yield f"{name} doesn't surely give back {show_names(map(label_of, steps.missing))}{why}."
    yield from steps.gained


def _title(one: IntegrationOutcome) -> str:
    if not one.steps.texts:
        return "BY HAND: no step could be judged"
    if shows_by_hand(one.matrix):
        return "BY HAND, after the package (the last column is after these steps)"
    return "BY HAND, after the package (these steps change no row above)"
