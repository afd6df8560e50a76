"""What all models share: frozen, strict about unknown keys; and moments that can be counted with."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

# No org is older, and none will be read later. At the ends of the calendar no zone can be changed and no day counted back.
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]


def is_moment(found: datetime) -> bool:
    """Whether an aware time is one that a snapshot may hold."""
    return EARLIEST <= found < LATEST


class Model(BaseModel):
    """A frozen value; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
