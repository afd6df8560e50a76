"""A change of the Azure side as a plan keeps it, and what a plan is told of the controls there. No secret, no time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sfharden.model.base import Model
from sfharden.model.planned import ControlStanding
from sfharden.model.snapshot import Snapshot

Words = tuple[
    str, ...
]  # one command, word by word; a word may begin with a `{VARIABLE}` of `AzureChange.asks`


class AzureEdit(Model):
    """One part of a resource, as it was read and as it should be; None stands for nothing, or null.

    `pointer` is a JSON pointer into the resource, to the deepest part that had to change. `is_there`: the document that was read has it.
    """

    resource: str
    pointer: str
    is_there: bool
    before: Any = None
    after: Any = None


class AzureGuard(Model):
    """What must still hold before a change is made, or taken back: a JMESPath question to a resource, answered by `true`.

    Without a question: there must be no such resource.
    """

    resource: str
    api_version: str
    question: str = ""


class AzureChange(Model):
    """One change that a person makes by `commands`, one after the other; by `undo` it's taken back.

    Where there are no commands, `by_hand` says what to do instead. `asks` are the shell variables that the commands need.
    `bicep` is what a template would have. `today` and `after` tell the change in words, `risks` whom it hits.
    """

    control: str
    integration: str
    what: str
    resource: str
    name: str
    today: tuple[str, ...]
    after: tuple[str, ...]
    edits: tuple[AzureEdit, ...] = ()
    guards: tuple[AzureGuard, ...] = ()
    commands: tuple[Words, ...] = ()
    undo: tuple[Words, ...] = ()
    undo_guards: tuple[AzureGuard, ...] = ()
    asks: tuple[str, ...] = ()
    by_hand: str = ""
    bicep: str = ""
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AzureStanding:
    """How a control of the Azure side came out, with what its policy asks by, and how that is mended in words.

    `observed` is what its evidence shows, such as the principals that hold too much.
    """

    standing: ControlStanding
    parameters: Mapping[str, Any]
    remediation: str
    observed: tuple[str, ...] = ()

    @property
    def check(self) -> str:
        """The check that judged it."""
        return self.standing.check


AzureJudge = Callable[[Snapshot], tuple[AzureStanding, ...]]
