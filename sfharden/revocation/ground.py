"""What a journal rests on, looked at before anything is read: a system that can lock, a disk that keeps what it's told.

Without these, two runs could take up one journal, or a token could be revoked of which no line tells.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.output_place import reason_of
from sfharden.text.redact import safe_text

_NEEDED = ("fchmod", "fsync", "pread", "ftruncate")


def refuse_ground(journal: Path | None, resumed: Path | None) -> None:
    """Raise NoVerdictError where no journal can be kept, InputError where a new one would replace another.

    `journal` is where a new one goes (None: into the folder one stands in), `resumed` one that is taken up.
    """
    refuse_system()
    if resumed:  # it's opened and locked itself before anything is read
        return
    if journal and os.path.lexists(journal):
        raise there_already(journal)
    _refuse_folder((journal or Path("journal")).absolute().parent)


def there_already(path: Path) -> InputError:
    """The error for a journal that another run left."""
    return InputError(
        f"The journal {safe_text(str(path))} is there already.",
        "Finish it with `sfharden revoke --resume FILE`, or name another with --journal.",
    )


def refuse_system() -> None:
    """Raise NoVerdictError on a system without what a journal is made with.

    Windows has no flock; its own locks and disks would need another journal than this one.
    """
    try:
        import fcntl  # noqa: F401 - asked for, as the others are
    except ImportError:
        raise _no_locks() from None
    if not all(hasattr(os, name) for name in _NEEDED):
        raise _no_locks()


def _no_locks() -> NoVerdictError:
    return NoVerdictError(
        "This system can't lock a journal, so nothing was read and nothing revoked",
        "Revoke from Linux or macOS; --dry-run and all other commands work here.",
    )


def _refuse_folder(folder: Path) -> None:
    """Try it: a file made, locked and put on the disk, and gone again."""
    import fcntl

    try:
        with _trial(folder) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fsync(descriptor)
    except (OSError, ValueError) as error:
        why = reason_of(error)
        raise NoVerdictError(
            f"No journal can be kept in {safe_text(str(folder))}{why}; nothing was read and nothing revoked",
            "Make room." if why else "Name one on a local disk with --journal.",
        ) from None


@contextmanager
def _trial(folder: Path) -> Iterator[int]:
    descriptor, name = tempfile.mkstemp(prefix=".sfharden-", dir=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)
