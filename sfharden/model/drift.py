"""What `drift` found between two states: verdicts that changed, facts behind them, and who is on record for them."""

from typing import Literal

from pydantic import Field

from sfharden.model.base import Model, Moment
from sfharden.model.snapshot import Source, Tool

# `regressed` fails now and did not; `found` fails now, and was unknown before, or is worse than before; `lost` can't be told
# any more; `settled` was unknown; `waived` fails still, and somebody answers for it.
Turn = Literal["regressed", "found", "lost", "mended", "settled", "waived", "new", "gone", "changed"]
# What became of a thing. `unclear`: only one side has it, and the other may not have been shown it.
Change = Literal["changed", "came", "gone", "unclear"]
# How far the audit trail explains a change. `likely`: one row fits; `candidates`: several do, or one that may mean another thing.
Telling = Literal["likely", "candidates", "none", "not-read", "elsewhere"]


class TrailRow(Model):
    """A row of the Setup Audit Trail, with the name of who made the change, or their record id.

    `delegate` is who was logged in as them, if anybody: then that person made it.
    """

    at: Moment
    who: str
    delegate: str = ""
    action: str
    section: str
    display: str


class Explanation(Model):
    """Who and when, as far as rows tell; `note` says why there is none, or why it's less sure."""

    telling: Telling
    rows: tuple[TrailRow, ...] = ()
    note: str = ""


class FactChange(Model):
    """A fact that is another now. `part` is the metadata type or table; `kind` and `name` say of what, `what` says which.

    `added` and `removed` are members of a set: ranges, permissions, tokens. `file` is the metadata file, where there is one.
    """

    part: str
    kind: str
    name: str
    what: str
    change: Change
    was: str = ""
    now: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    file: str = ""
    note: str = ""
    explained: Explanation = Explanation(telling="none")


class VerdictChange(Model):
    """A control whose verdict on a subject is another now; `was` or `now` is empty where it wasn't judged.

    `facts` are places in the list of facts: those behind it, as far as evidence or names tie them.
    """

    control: str
    kind: str
    name: str
    title: str
    severity: str
    integration: str | None = None
    turn: Turn
    was: str
    now: str
    message: str
    fingerprint: str
    facts: tuple[int, ...] = ()


class DriftGap(Model):
    """What could not be compared, and why. `is_new`: the earlier side had it, and the later one hasn't."""

    what: str
    reason: str
    is_new: bool = False


class DriftSide(Model):
    """One of the two states: a snapshot as of when it was taken, or a report as of when it was made."""

    source: Source
    at: Moment | None
    judged_by: str
    org_name: str = ""


class Trail(Model):
    """What the Setup Audit Trail could tell. `rows` lie between the two states; `note` says what it can't, and why."""

    is_read: bool
    rows: int = 0
    note: str = ""


class Drift(Model):
    """Everything that is another now. `facts` and `trail` are None where two reports were compared: they hold no facts."""

    schema_: Literal["sfharden.drift/1"] = Field(default="sfharden.drift/1", alias="schema")
    tool: Tool
    old: DriftSide
    new: DriftSide
    policies: tuple[str, ...]
    integrations: tuple[str, ...]
    verdicts: tuple[VerdictChange, ...]
    facts: tuple[FactChange, ...] | None = None
    gaps: tuple[DriftGap, ...] = ()
    trail: Trail | None = None
    warnings: tuple[str, ...] = ()

    def of_turn(self, *turns: Turn) -> tuple[VerdictChange, ...]:
        """The verdicts that took one of these turns, in order."""
        return tuple(one for one in self.verdicts if one.turn in turns)
