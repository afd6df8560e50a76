"""Made-up object ids and the moments of a tenant, in the spellings that ARM has for them."""

import uuid
from datetime import UTC, datetime
from typing import Final

_NAMESPACE: Final = uuid.UUID("00000000-0000-4000-8000-000000000000")


def guid(*parts: object) -> str:
    """A made-up GUID that depends on the parts alone."""
    return str(uuid.uuid5(_NAMESPACE, "\0".join(map(str, parts))))


def stamp(moment: datetime) -> str:
    """A moment with seven digits of a second, as most providers write it (reference 2.5, dates)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "6Z"
