"""Snapshot files: written whole, read with a check of schema and size."""

import json
import re
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.files.output_file import write_private
from sfharden.model.snapshot import Snapshot
from sfharden.text.build_log import json_without_orders
from sfharden.text.redact import safe_text

MAX_BYTES: Final = 2_000_000_000
_NOT_PLAIN: Final = re.compile(r"[^\x00-\x7e]+")  # such characters stand inside texts only


def save_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot as JSON, in ASCII, with mode 0600. Raises NoVerdictError."""
    # Straight to text: as Python's lists and dictionaries, a large snapshot would be there three times.
    try:
        # An older sfharden takes a file without them.
        none = {name for name in ("files", "events") if getattr(snapshot, name) is None}
        text = snapshot.model_dump_json(by_alias=True, indent=1, exclude=none)
    except (PydanticSerializationError, UnicodeError):
        raise NoVerdictError("A snapshot can't be written: it holds half a character.") from None
    write_private(path, json_without_orders(_NOT_PLAIN.sub(_escaped, text)) + "\n")


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0], ensure_ascii=True)[1:-1]


def load_snapshot_file(path: Path) -> Snapshot:
    """Read a snapshot. Raises InputError for anything that isn't one that this version understands."""
    shown = safe_text(str(path))
    try:
        return Snapshot.model_validate_json(read_regular(path, MAX_BYTES))
    except FileNotFoundError:
        raise InputError(f"There is no snapshot at {shown}.") from None
    except TooLargeError:
        raise InputError(f"The snapshot {shown} is larger than {MAX_BYTES // 1_000_000} MB.") from None
    except NoFileError:
        raise InputError(f"{shown} is no regular file.") from None
    except ValidationError:
        raise InputError(
            f"{shown} is not a snapshot that this version of sfharden understands.",
            "Write it again with `sfharden snapshot`.",
        ) from None
    except (OSError, ValueError):
        raise InputError(f"The snapshot {shown} can't be read.") from None
