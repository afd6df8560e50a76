"""What was read of Azure: answers by the path that was asked, without secrets, and what could not be read.

A question is the path of Azure Resource Manager that it's asked at, such as
`/subscriptions/S/resourceGroups/G/providers/Microsoft.Logic/workflows/W` (one resource) or the same without `/W` (a list). An
answer is the same whether it came over the wire or from a file. Ids are compared without case, and printed as given.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from sfharden.model.base import Model, Moment

AZURE: Final = "Azure"  # the `kind` of each gap of the Azure side among those of a report
MASK: Final = "***"  # stands for each text that is a secret, or may be one

WORKFLOWS: Final = "microsoft.logic/workflows"
CONNECTIONS: Final = "microsoft.web/connections"
SITES: Final = "microsoft.web/sites"

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=2000)]


class AzureForm(StrEnum):
    """What kind of document a resource was read from; it decides what an absent property means."""

    REST = "rest"  # an answer of ARM, live or saved, and of `az`, whole
    GRAPH = "graph"  # Resource Graph
    POWERSHELL = "powershell"
    TEMPLATE = "template"  # what a deployment would set
    TERRAFORM = "terraform"  # of state or plan, in the words of ARM
    CODE_VIEW = "code-view"  # a definition without what surrounds it
    PROJECT = "project"  # the files of a Standard app


class FoundSecret(Model):
    """A literal that is a secret: where it stands, as JSON pointer from the resource, and of what kind.

    Never the value, its length or a hash of it. `is_sure`: False where it looks like one and may be none.
    """

    pointer: str
    kind: str
    is_sure: bool = True


class AzureResource(Model):
    """One object of Azure as it was answered, secrets masked.

    `document` is the answer below `id`: `properties`, `kind`, `location`, `identity`, `tags`, `sku`; flattened forms are
    brought into that shape. `file` is empty for a live answer; `pointer` is where in the file it begins. `is_conditional`:
    a template deploys it only under a condition. `unknown_paths` are dotted paths whose value the document doesn't tell (an
    expression, a value known after apply). `disputed` are dotted paths at which another reading of the same id differs.
    """

    id: str
    type: str  # lower-case, such as microsoft.logic/workflows
    name: str
    form: AzureForm = AzureForm.REST
    document: dict[str, Any] = {}
    secrets: tuple[FoundSecret, ...] = ()
    file: str = ""
    pointer: str = ""
    is_conditional: bool = False
    unknown_paths: tuple[str, ...] = ()
    disputed: tuple[str, ...] = Field(default=(), exclude=True)  # told by the index, of what it was made from
    definition_digest: str = ""  # of a workflow: SHA-256 of its canonical definition, secrets masked

    @property
    def key(self) -> str:
        """The id for comparison."""
        return key_of(self.id)

    @property
    def group(self) -> str:
        """The resource group's name as given; empty where the id has none."""
        return segment_after(self.id, "resourcegroups")

    @property
    def subscription(self) -> str:
        """The subscription's id; empty where the id has none."""
        return segment_after(self.id, "subscriptions")

    @property
    def shown(self) -> str:
        """How a person tells it from others: group and name."""
        return f"{self.group}/{self.name}" if self.group else self.name

    def where(self, inner: str = "") -> str:
        """The place of a part, for evidence: the file and JSON pointer, or the id and the pointer."""
        place = f"{self.pointer}{inner}" if self.file else inner
        return f"{self.file or self.id}#{place}" if place else (self.file or self.id)


class AzureList(Model):
    """The rows that a path answered. `is_whole`: all pages were read, and it's known what was asked.

    A list that isn't whole may show what fails; nothing passes by what isn't in it.
    """

    path: str
    rows: tuple[AzureResource, ...] = ()
    is_whole: bool = True
    file: str = ""

    @property
    def key(self) -> str:
        """The path for comparison."""
        return key_of(self.path)


class AzureAbsent(Model):
    """A path that answered that nothing is there: 404 with its code, such as ManagementPolicyNotFound."""

    path: str
    code: str
    file: str = ""


class AzureGap(Model):
    """A question that has no answer that can be relied on: what was asked, and why.

    `code` is ARM's own, such as AuthorizationFailed; `action` the right that is missing, where ARM names it.
    """

    path: str
    what: str  # in words, such as `diagnostic settings of rg/workflow`
    reason: str
    code: str = ""
    action: str = ""


class RepositoryFile(Model):
    """A workflow's definition in the repository of an integration: its digest is made as a live one's."""

    path: str
    digest: str


class AzureSnapshot(Model):
    """All that was read of Azure. `cloud` names which; `principal` is who read it, as object id, where that's known."""

    source: str  # `live` or the folder or file as given
    cloud: str = ""
    taken_at: Moment | None = None
    resources: tuple[AzureResource, ...] = ()
    lists: tuple[AzureList, ...] = ()
    absent: tuple[AzureAbsent, ...] = ()
    gaps: tuple[AzureGap, ...] = ()
    repository: tuple[RepositoryFile, ...] | None = None
    calls: int | None = None
    warnings: tuple[str, ...] = ()

    def every_resource(self) -> Iterator[AzureResource]:
        """Each resource, whether it was asked for or stood in a list."""
        yield from self.resources
        for one in self.lists:
            yield from one.rows


class Attestation(Model):
    """Somebody's word for what no property of Azure tells, until a day; that day itself still counts."""

    control: Text
    reason: Text
    owner: Text
    expires: date


class AzureEntry(Model):
    """The Azure side of an integration, as the integration file names it: ids, or names where they are unique.

    `allowed_principals` are object ids. `allowed_callers` and `data_readers` are ranges. `neighbours` are workflows and sites of
    others that may share the resource group. `harmless_steps` are steps whose inputs and outputs need not be secured.
    """

    subscription: Text | None = None
    workflows: tuple[Text, ...] = ()
    connections: tuple[Text, ...] = ()
    allowed_principals: tuple[Text, ...] = ()
    allowed_callers: tuple[Text, ...] = ()
    data_readers: tuple[Text, ...] = ()
    neighbours: tuple[Text, ...] = ()
    harmless_steps: tuple[Text, ...] = ()
    repository: Text | None = None
    attestations: tuple[Attestation, ...] = Field(default=())


def key_of(path: str) -> str:
    """A path or id for comparison: lower-case, one leading slash, none at the end.

    A subscription's diagnostic settings come without the leading slash, and ids in any case (recorded answers).
    """
    return f"/{path.strip().strip('/').casefold()}"


def segment_after(path: str, word: str) -> str:
    """The segment of an id that follows a word, as given."""
    parts = path.strip("/").split("/")
    return next((after for before, after in pairwise(parts) if before.casefold() == word), "")


def parent_of(path: str, levels: int = 2) -> str:
    """The id so many segments up, such as a site's of its `config/web`."""
    return "/".join(path.rstrip("/").split("/")[:-levels])
