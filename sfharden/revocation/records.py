"""The lines of a journal (`sfharden.journal/1`): what each says. No line holds a secret."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from sfharden.model.base import Model
from sfharden.model.snapshot import Tool
from sfharden.revocation.plan import PlannedToken, RevocationPlan


class State(StrEnum):
    """How far a token is. `planned` and `attempted` are on the way, `revoked` and `already-gone` are settled."""

    PLANNED = "planned"
    ATTEMPTED = "attempted"
    REVOKED = "revoked"
    ALREADY_GONE = "already-gone"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_settled(self) -> bool:
        """True if nothing is left to do."""
        return self in (State.REVOKED, State.ALREADY_GONE)


class Actor(Model):
    """Who ran the program: the org's user, how they signed in, and the account on the machine."""

    username: str
    user_id: str = ""
    how: str = ""
    account: str = ""


class Header(Model):
    """The first line: the plan without its tokens, which follow one a line."""

    record: Literal["header"] = "header"
    schema_: Literal["sfharden.journal/1"] = Field(default="sfharden.journal/1", alias="schema")
    at: datetime
    tool: Tool
    who: Actor
    approved: str
    fingerprint: str
    count: int
    plan: RevocationPlan


class Planned(Model):
    """A token of the plan."""

    record: Literal["planned"] = "planned"
    token: PlannedToken


class Sealed(Model):
    """The SHA-256 of all lines before it: the whole head, and every planned line, byte for byte.

    It has no key. It shows damage and slips of the pen; who can write to the file can work it out anew.
    """

    record: Literal["sealed"] = "sealed"
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Event(Model):
    """What happened to a token. `code` is the org's or ours; `seen` is how it is known."""

    record: Literal["attempted", "revoked", "already-gone", "failed", "unknown"]
    handle: str
    at: datetime
    code: str = ""
    seen: Literal["answer", "inventory"] = "answer"

    @property
    def state(self) -> State:
        """The state that the token has from then on."""
        return State(self.record)


class Resumed(Model):
    """Another run took the journal up: by which consent, to what was left then."""

    record: Literal["resumed"] = "resumed"
    at: datetime
    tool: Tool
    who: Actor
    approved: str = ""
    fingerprint: str = ""


class Recounted(Model):
    """The inventory was read again. `gap` says why it may not be whole; then absence proves nothing."""

    record: Literal["recounted"] = "recounted"
    at: datetime
    gap: str = ""
    survivors: tuple[str, ...] = ()


Record = Header | Planned | Sealed | Event | Resumed | Recounted
LINE: Final[TypeAdapter[Record]] = TypeAdapter(Annotated[Record, Field(discriminator="record")])


def head_of(header: Header) -> bytes:
    """How a journal begins: its head, every token of its plan, and the seal over both."""
    bare = header.model_copy(update={"plan": header.plan.model_copy(update={"tokens": ()})})
    lines = b"".join(map(encode, (bare, *(Planned(token=token) for token in header.plan.tokens))))
    return lines + encode(Sealed(sha256=seal(lines)))


def seal(lines: bytes) -> str:
    """What a `Sealed` says of the lines before it."""
    return sha256(lines).hexdigest()


def encode(record: Model) -> bytes:
    """A record as one line of ASCII JSON."""
    import json

    return json.dumps(record.model_dump(mode="json", by_alias=True), separators=(",", ":")).encode() + b"\n"
