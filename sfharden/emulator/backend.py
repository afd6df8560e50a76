"""What a server keeps besides the org's state: open cursors, and jobs that are asked for again."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.emulator.soql.run import Found
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node

# A real org keeps cursors for two days; so many at once is no test of ours.
_CURSORS: Final = 500


@dataclass(slots=True)
class Cursor:
    """A query that was answered in part. Only the user who asked may go on."""

    user_id: str
    found: Found
    page: int


@dataclass(slots=True)
class RetrieveJob:
    """A retrieve that was asked for; `content` is the zip once it's made, None again once it's gone."""

    package: Node
    version: float
    single_package: bool
    polls_left: int
    answer: str = ""
    content: bytes | None = field(default=None, repr=False)
    handed_out: bool = False


@dataclass(slots=True)
class DeployJob:
    """A deploy that was accepted; `result` is its `deployResult` when done."""

    polls_left: int
    check_only: bool
    content: bytes = field(repr=False)
    options: dict[str, Any]
    user_id: str
    result: dict[str, Any] | None = None


@dataclass
class Backend:
    """The org and everything asynchronous about it."""

    org: DemoOrg
    cursors: OrderedDict[str, Cursor] = field(default_factory=OrderedDict)
    retrieves: dict[str, RetrieveJob] = field(default_factory=dict)
    deploys: dict[str, DeployJob] = field(default_factory=dict)

    def keep(self, cursor: Cursor) -> str:
        """Keep a cursor; its id, without the position."""
        name = self.org.new_id("01g")
        self.cursors[name] = cursor
        while len(self.cursors) > _CURSORS:
            self.cursors.popitem(last=False)
        return name
