"""The border of the house: everything that was read from an org or from files, and what could not be read.

A snapshot is immutable and versioned. It holds no secret: consumer keys are kept as short hashes,
secrets and certificates only as the fact that they were there. Everything right of it works offline.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from sfharden.model.azure import AzureSnapshot
from sfharden.model.base import Model, Moment
from sfharden.model.events import EventSnapshot
from sfharden.model.org import OrgTables

ANY_KIND = "*"
# Where a component keeps the names of permissions that its file switches off by an explicit `false`.
WITHDRAWN = "userPermissions.withdrawn"


class Value(Model):
    """One scalar as it was written. `text` is None where the file says `xsi:nil`."""

    text: str | None
    line: int


class Group(Model):
    """One repeated element with simple children, such as a login range."""

    line: int
    values: dict[str, str | None]


class PartGap(Model):
    """A part of a component that was there and could not be understood."""

    path: str
    reason: str
    line: int


class Component(Model):
    """One metadata file: a profile, an app, a settings file.

    `values` maps a dotted path below the root to every scalar found there; `groups` does so for
    elements that have children and may repeat. `permissions` maps a permission's API name to the
    line that grants it. `gaps` names the parts that a verdict must not rest on. `parts` are the files that a
    decomposed one is kept in besides its main file; lines are then not told. `objects` is what a permission set that
    would be deployed permits of objects and fields; None: its file was not read for that.
    """

    kind: str
    name: str
    file: str
    values: dict[str, tuple[Value, ...]] = {}
    groups: dict[str, tuple[Group, ...]] = {}
    permissions: dict[str, int] = {}
    gaps: tuple[PartGap, ...] = Field(default=(), validation_alias=AliasChoices("gaps", "doubts"))
    unknown_elements: int = 0
    parts: tuple[str, ...] = ()
    objects: dict[str, tuple[str, ...]] | None = Field(default=None, exclude=True)

    def where(self, line: int | None = None) -> str:
        """The file, and the line if there is one, as `file:line`."""
        return self.file if not line else f"{self.file}:{line}"


class Gap(Model):
    """Something we meant to read and could not.

    `kind` is the metadata type or the table of `model.org` that the gap may hide (`*` for any), `name` the
    component if it's known.
    """

    what: str
    reason: str
    kind: str = ANY_KIND
    name: str = ""


Origin = Literal["files", "org", "demo", "azure"]


class Source(Model):
    """Where a snapshot came from.

    `commit` is what was checked out around metadata files; the files may differ from it. What was read from a snapshot
    file is of kind `snapshot`: `origin` is what that one was read from, `taken_at` when, as it says itself, and
    `age_days` how old that made it on the day that it's judged by. No such file is signed.
    """

    kind: Literal["files", "org", "demo", "snapshot", "azure"]
    name: str
    org_id: str | None = None
    api_version: str | None = None
    files_read: int = 0
    commit: str | None = None
    origin: Origin | None = None
    file: str | None = None
    taken_at: Moment | None = None
    age_days: int | None = None
    signed: Literal[False] | None = None

    @property
    def is_files(self) -> bool:
        """True for metadata files, read now or for a snapshot."""
        return "files" in (self.kind, self.origin)

    @property
    def is_azure(self) -> bool:
        """True for the Azure side alone, read now or for a snapshot."""
        return "azure" in (self.kind, self.origin)


class KeptFile(Model):
    """A metadata file as it was read, to be planned on: its text, with `***` for each secret and consumer key.

    `text` is None where it isn't kept, and `reason` says why. `path` is `Component.file` of what was read from it.
    """

    path: str
    text: str | None = Field(default=None, repr=False)
    reason: str = ""


class Tool(Model):
    """The program that wrote a file."""

    name: str = "sfharden"
    version: str


def _raised(schema: Any) -> Any:
    """A snapshot of version 1 reads as one of version 2 that doesn't tell what was added: all of it is optional."""
    return "sfharden.snapshot/2" if schema == "sfharden.snapshot/1" else schema


class Snapshot(Model):
    """All that was read, in the order of kind, name and file. `org` is None for metadata files.

    `files` are the metadata files themselves, where that was asked for; None where it wasn't. So is `azure` the Azure side; of
    source `azure` it's all there is. So are `events` the requests and logins of event logs.
    """

    schema_: Annotated[Literal["sfharden.snapshot/2"], BeforeValidator(_raised)] = Field(
        default="sfharden.snapshot/2", alias="schema"
    )
    tool: Tool
    taken_at: Moment | None = None
    source: Source
    components: tuple[Component, ...] = ()
    gaps: tuple[Gap, ...] = ()
    org: OrgTables | None = None
    files: tuple[KeptFile, ...] | None = None
    azure: AzureSnapshot | None = None
    events: EventSnapshot | None = None

    def of_kind(self, kind: str) -> Iterator[Component]:
        """The components of one metadata type, in order."""
        return (component for component in self.components if component.kind == kind)

    def gaps_of(self, *kinds: str) -> tuple[Gap, ...]:
        """The gaps that may hide a component of one of these types."""
        return tuple(gap for gap in self.gaps if gap.kind in kinds or gap.kind == ANY_KIND)
