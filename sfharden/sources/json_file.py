"""JSON files of others: Azure exports and service tags, bounded in size."""

import json
from pathlib import Path
from typing import Any, Final

from sfharden.errors import InputError
from sfharden.redact import safe_text

MAX_BYTES: Final = 64_000_000


def load_json(path: Path, what: str) -> Any:
    """The content of a JSON file in UTF-8 (with or without BOM) or UTF-16. Raises InputError."""
    shown = safe_text(str(path))
    try:
        if not path.is_file():
            raise InputError(f"there is no {what} at {shown}")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError:
        raise InputError(f"the {what} {shown} can't be read") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"the {what} {shown} is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return json.loads(data.decode(encoding))
    except (ValueError, RecursionError):
        raise InputError(f"the {what} {shown} is not JSON") from None
