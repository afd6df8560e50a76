"""Snapshot files: written whole, read with a check of schema and size."""

import json
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.model.snapshot import Snapshot
from sfharden.output_file import write_private
from sfharden.redact import safe_text

MAX_BYTES: Final = 2_000_000_000


def save_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot as JSON with mode 0600. Raises NoVerdictError."""
    data = snapshot.model_dump(mode="json", by_alias=True)
    write_private(path, json.dumps(data, ensure_ascii=True, indent=1) + "\n")


def load_snapshot_file(path: Path) -> Snapshot:
    """Read a snapshot. Raises InputError for anything that isn't one that this version understands."""
    shown = safe_text(str(path))
    try:
        if not path.is_file():
            raise InputError(f"There is no snapshot at {shown}.")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"The snapshot {shown} is larger than {MAX_BYTES // 1_000_000} MB.")
        return Snapshot.model_validate_json(path.read_bytes())
    except ValidationError:
        raise InputError(
            f"{shown} is not a snapshot that this version of sfharden understands.",
            "Write it again with `sfharden snapshot`.",
        ) from None
    except OSError:
        raise InputError(f"The snapshot {shown} can't be read.") from None
