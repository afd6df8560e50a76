"""A plan as it is kept: what would change, what it rests on, what only a person can do. No secret, no time."""

from typing import Literal

from pydantic import Field

from sfharden.model.azure_plan import AzureChange
from sfharden.model.base import Model
from sfharden.model.snapshot import Source, Tool


class PlannedChange(Model):
    """One setting of one component, as it is and as it should be; `before` is empty where it isn't set.

    `file` is where the source has it, `member` its path in the package.
    """

    kind: str
    name: str
    setting: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    control: str
    file: str
    member: str


class PlannedFile(Model):
    """A file of the package: the hash of what it rests on (None: it's new), and of what is deployed.

    Neither is over secrets and consumer keys.
    """

    file: str
    member: str
    kind: str
    name: str
    before_sha256: str | None
    package_sha256: str


class PlannedOrg(Model):
    """The org that was read; `production` is True unless it's known to be a sandbox."""

    id: str
    name: str
    production: bool


class LostRights(Model):
    """What an integration's users would no longer hold once they have its profile, and what is offered for it.

    `profiles` are those that `users` have today, `profile` the one that they are to have. `rights` are told with API
    Enabled and objects first; `offered` are those of them that `permission_set` grants, `left_out` the others. `gaps`
    say what was not read.
    """

    integration: str
    users: tuple[str, ...]
    profiles: tuple[str, ...]
    profile: str
    rights: tuple[str, ...]
    offered: tuple[str, ...]
    left_out: tuple[str, ...]
    permission_set: str
    gaps: tuple[str, ...]


class Plan(Model):
    """The plan. `conditions` are what could not be told and must be looked at; `manual` what metadata can't do.

    `lockouts` are the ways in that it would shut and that were accepted. `left_out` names secrets and consumer
    keys that were in the files and are not in the package. `rights` are what users would lose by the steps by hand.
    `azure` are the changes of the Azure side, which a person makes.
    `fingerprint` is over all facts that the plan rests on.
    """

    schema_: Literal["sfharden.plan/1"] = Field(default="sfharden.plan/1", alias="schema")
    tool: Tool
    source: Source
    org: PlannedOrg | None
    api_version: str
    fit: int | None
    integrations: tuple[str, ...]
    changes: tuple[PlannedChange, ...]
    files: tuple[PlannedFile, ...]
    manual: tuple[str, ...]
    rights: tuple[LostRights, ...] = ()
    conditions: tuple[str, ...]
    lockouts: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    undo: tuple[str, ...]
    azure: tuple[AzureChange, ...] = ()
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """True if nothing would change, on either side."""
        return not self.changes and not self.azure
