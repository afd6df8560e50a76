"""SHA-256 of files and of data, so that the same input has the same digest everywhere."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, is_kernels, open_regular
from sfharden.text.redact import safe_text

_BLOCK: Final = 1024 * 1024


def sha256_of(path: Path, what: str) -> str:
    """The digest of a file's bytes, in hex, in flat memory; `what` names it in messages. Raises InputError."""
    shown = safe_text(str(path))
    try:
        if is_kernels(path):
            raise NoFileError("made up by the kernel")
        with open_regular(path) as stream:
            found = sha256()
            while block := stream.read(_BLOCK):
                found.update(block)
            return found.hexdigest()
    except FileNotFoundError:
        raise InputError(f"There is no {what} at {shown}.") from None
    except NoFileError:
        raise InputError(f"The {what} {shown} is no regular file.") from None
    except (OSError, ValueError):
        raise InputError(f"The {what} {shown} can't be read.") from None


def digest_of(data: bytes) -> str:
    """The digest of bytes at hand, in hex."""
    return sha256(data).hexdigest()


def canonical_json(data: Any) -> bytes:
    """JSON in one spelling: keys in order, no space between, ASCII."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
