"""What shall be revoked, and the short fingerprint that an approval must repeat. No secret is in it."""

from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from sfharden.model.base import Model
from sfharden.model.directory import Directory
from sfharden.model.org import Organization, Token

_LENGTH = 8
Handle = Annotated[str, Field(pattern=r"^[a-z2-7]{12}$")]  # see salesforce.handles


class PlannedToken(Model):
    """One token, by its handle; `user` and `app` are names for a person."""

    handle: Handle
    app: str
    user: str
    created: datetime | None
    external: bool


class RevocationPlan(Model):
    """The tokens of one org that shall be revoked."""

    schema_: Literal["sfharden.revocation/1"] = Field(default="sfharden.revocation/1", alias="schema")
    organization: Organization
    tokens: tuple[PlannedToken, ...]

    @property
    def fingerprint(self) -> str:
        """Eight letters and digits that stand for this org and exactly these tokens."""
        return fingerprint_of(self.organization.id, (one.handle for one in self.tokens))

    @property
    def is_production(self) -> bool:
        """True unless the org is known to be a sandbox."""
        return self.organization.is_sandbox is not True


def fingerprint_of(org_id: str, handles: Iterable[str]) -> str:
    """The fingerprint: base32, whose letters and digits can't be taken for one another."""
    text = "\n".join([org_id, *sorted(handles)])
    return b32encode(sha256(text.encode()).digest()).decode("ascii")[:_LENGTH]


def plan_revocation(
    tokens: Iterable[Token], directory: Directory, organization: Organization
) -> RevocationPlan:
    """The plan for these tokens, in order of app, user and age; a token that was told twice is in it once."""
    planned: dict[str, PlannedToken] = {}
    for one in tokens:
        name = PlannedToken(
            handle=one.handle,
            app=one.app_label,
            user=directory.username(one.user_id),
            created=one.created,
            external=one.external,
        )
        planned.setdefault(one.handle, name)
    order = sorted(planned.values(), key=lambda one: (one.app, one.user, str(one.created), one.handle))
    return RevocationPlan(organization=organization, tokens=tuple(order))
