"""What the permission set of an integration is called; `simulate` knows it by that name in a package."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from sfharden.model.integration import Integration
from sfharden.text.redact import safe_text

# Object Reference, PermissionSet, Name: ASCII letters, digits and single underscores; a letter first, 80 characters.
_MOST: Final = 60
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
_TAIL: Final = "_rights"


def set_name(integration: str) -> str:
    """The API name; two integrations never share one."""
    if _PLAIN.fullmatch(integration) and len(integration) <= _MOST:
        return integration.replace("-", "_") + _TAIL
    stem = re.sub(r"[^A-Za-z0-9]+", "_", integration).strip("_")[:40].strip("_")
    mark = sha256(integration.encode()).hexdigest()[:6]
    return "_".join(filter(None, (stem if stem[:1].isalpha() else f"i_{stem}".strip("_"), mark))) + _TAIL


def set_names(integrations: Iterable[Integration]) -> tuple[str, ...]:
    """The API names of all of them."""
    return tuple(set_name(one.name) for one in integrations)


def set_label(integration: str) -> str:
    """What Setup shows."""
    return f"{safe_text(integration, limit=40)} rights"
