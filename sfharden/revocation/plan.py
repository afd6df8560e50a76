"""What shall be revoked, as a value that can be named, approved and journalled. It holds no secret."""

from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from pydantic import AliasChoices, Field

from sfharden.facts.directory import Directory
from sfharden.facts.ownership import managed_by
from sfharden.model.base import Model
from sfharden.model.org import Organization
from sfharden.revocation.inventory import TokenInventory
from sfharden.revocation.select import Selected, Selection

# No I, L, O, U, 0 and 1: nothing that a tired person reads as something else, and no word to be ashamed of.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
FINGERPRINT_LENGTH: Final = 8
HANDLE: Final = "^[a-z2-7]{12}$"


class PlannedToken(Model):
    """One token to revoke. Names are the org's, and hostile."""

    handle: str = Field(pattern=HANDLE)
    app: str
    installed: bool | None = None
    user: str
    created: datetime | None = None
    external: bool = False


class RevocationPlan(Model):
    """The tokens to revoke, in the order in which they will be; who asked for what; what was not seen.

    `gap` says why tokens may be missing from the list, `unknown` counts those of which it could not be
    told whether they are meant, `spared` this run's own. `is_sandbox` is None where the org didn't tell.
    """

    schema_: Literal["sfharden.revocation/1"] = Field(default="sfharden.revocation/1", alias="schema")
    org_id: str
    org_name: str = ""
    is_sandbox: bool | None = None
    selection: str
    tokens: tuple[PlannedToken, ...]
    gap: str = Field(default="", validation_alias=AliasChoices("gap", "lacking"))
    unknown: int = Field(default=0, validation_alias=AliasChoices("unknown", "undecided"))
    spared: int = 0

    @property
    def handles(self) -> tuple[str, ...]:
        """The handles in order."""
        return tuple(token.handle for token in self.tokens)

    @property
    def fingerprint(self) -> str:
        """Eight characters that stand for this org and exactly these tokens, in whatever order."""
        return fingerprint(self.org_id, self.handles)


def fingerprint(org_id: str, handles: tuple[str, ...]) -> str:
    """A short name (39 bits) of a set of tokens of an org, easy to type."""
    digest = sha256("\n".join((org_id, *sorted(handles))).encode()).digest()
    number = int.from_bytes(digest)
    letters = []
    for _ in range(FINGERPRINT_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def make_plan(
    selection: Selection,
    selected: Selected,
    known: TokenInventory,
    organization: Organization,
    directory: Directory,
) -> RevocationPlan:
    """The plan to revoke the selected tokens."""
    managed = managed_by(directory)
    tokens = tuple(
        PlannedToken(
            handle=token.handle,
            app=token.app_label,
            installed=managed(token),
            user=directory.username(token.user_id),
            created=token.created,
            external=token.external,
        )
        for token in selected.tokens
    )
    return RevocationPlan(
        org_id=known.org_id,
        org_name=organization.name,
        is_sandbox=organization.is_sandbox,
        selection=selection.words(),
        tokens=tokens,
        gap=known.gap,
        unknown=len(selected.unknown),
        spared=len(selected.own),
    )
