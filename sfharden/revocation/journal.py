"""The journal: JSON lines that are on the disk before a call leaves and after its answer came.

Whatever kills the program, the journal tells which tokens were tried and what became of them. It names tokens by
handle and holds no secret. Mode 0600; one run at a time.
"""

import errno
import fcntl
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sfharden.errors import InputError, NoVerdictError
from sfharden.redact import safe_text
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.record import PLANNED, SCHEMA, Record, read_record

_BROKEN: Final = "The journal can't be written, so nothing more is revoked."


def to_disk(descriptor: int, data: bytes) -> None:
    """Write and wait for the disk. Raises OSError; then any part of the data may be there."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


class Journal:
    """An open journal. Lines that threads write at the same time share one trip to the disk.

    `states` holds each token's last state that is on the disk. After a failed write nothing more is written:
    what it left behind can't be told, and a line after half a line would make both unreadable.
    """

    def __init__(
        self, descriptor: int, states: Mapping[str, str], disk: Callable[[int, bytes], None] = to_disk
    ) -> None:
        self._descriptor = descriptor
        self._disk = disk
        self._pending: list[bytes] = []
        self._given = 0
        self._synced = 0
        self._syncing = False
        self._turn = threading.Condition()
        self.broken = False
        self.states: dict[str, str] = dict(states)

    def note(self, *events: tuple[str, str], at: datetime) -> None:
        """Write (handle, state) lines; returns once they are on the disk. Raises NoVerdictError."""
        stamp = stamp_of(at)
        self.write(*({"event": state, "handle": handle, "at": stamp} for handle, state in events))
        with self._turn:
            self.states.update(events)

    def write(self, *lines: Mapping[str, Any]) -> None:
        """Write whole lines; returns once they are on the disk. Raises NoVerdictError, then and ever after."""
        encoded = [json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n" for line in lines]
        with self._turn:
            self._pending += encoded
            self._given += len(encoded)
            mine = self._given
            while self._synced < mine:
                if self.broken:
                    raise NoVerdictError(_BROKEN, "Is the disk full?")
                if self._syncing:
                    self._turn.wait()
                else:
                    self._sync()

    def _sync(self) -> None:
        """Called with the turn held; lets it go while the disk works."""
        self._syncing, written = True, False
        batch, upto, self._pending = b"".join(self._pending), self._given, []
        self._turn.release()
        try:
            with suppress(OSError):
                self._disk(self._descriptor, batch)
                written = True
        finally:
            self._turn.acquire()
            self._syncing = False
            self.broken = not written
            self._synced = upto if written else self._synced
            self._turn.notify_all()


def stamp_of(at: datetime) -> str:
    """A moment in UTC, as journals and receipts write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def new_journal(
    path: Path, plan: RevocationPlan, approved: str, by: str, tool: str, at: datetime
) -> Iterator[Journal]:
    """A new journal with the whole plan in it. Raises InputError if the file is there already."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except FileExistsError:
        raise InputError(
            f"{safe_text(str(path))} is there already.", "Give another --journal, or --resume it."
        ) from None
    except (OSError, ValueError):
        raise NoVerdictError(f"The journal {safe_text(str(path))} can't be written.") from None
    with _held(descriptor, path):
        _require_private(descriptor, path)
        journal = Journal(descriptor, {one.handle: PLANNED for one in plan.tokens})
        head = {
            "schema": SCHEMA,
            "tool": tool,
            "organization": plan.organization.model_dump(mode="json"),
            "fingerprint": plan.fingerprint,
            "approved": approved,
            "by": by,
            "started": stamp_of(at),
            "tokens": len(plan.tokens),
        }
        try:
            journal.write(head, *({"event": PLANNED, **one.model_dump(mode="json")} for one in plan.tokens))
            _sync_folder(path)
        except NoVerdictError:
            path.unlink(missing_ok=True)  # nothing was done yet; half a plan would only be in the way
            raise
        yield journal


@dataclass(frozen=True, slots=True)
class FoundJournal:
    """An earlier journal, held against other runs and not changed yet."""

    record: Record
    _descriptor: int

    def go_on(self, by: str, at: datetime) -> Journal:
        """Cut off a torn last line, and write that it goes on. Raises NoVerdictError."""
        try:
            os.ftruncate(self._descriptor, self.record.whole_bytes)
        except OSError:
            raise NoVerdictError(_BROKEN, "Is the file system read-only?") from None
        journal = Journal(self._descriptor, self.record.states)
        journal.write({"event": "resumed", "by": by, "at": stamp_of(at)})
        return journal


@contextmanager
def found_journal(path: Path) -> Iterator[FoundJournal]:
    """An earlier journal, to go on with. Raises InputError, or NoVerdictError while another run uses it."""
    shown = safe_text(str(path))
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        raise InputError(f"There is no journal at {shown} that can be written.") from None
    with _held(descriptor, path):
        _refuse_foreign(os.fstat(descriptor), shown)
        try:
            with os.fdopen(os.dup(descriptor), "rb") as stream:  # what is locked is what is read
                content = stream.read()
        except OSError:
            raise InputError(f"The journal {shown} can't be read.") from None
        yield FoundJournal(read_record(content, shown), descriptor)


def _refuse_foreign(about: os.stat_result, shown: str) -> None:
    """A journal says what to revoke without a person being asked again, so nobody else may have written it."""
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{shown} is not a file.")
    if not _is_mine(about):
        raise InputError(
            f"The journal {shown} could have been changed by others than you.",
            "Look at it; then make it yours: chown and chmod 600.",
        )


def _is_mine(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _require_private(descriptor: int, path: Path) -> None:
    """Raise NoVerdictError where a file system keeps no modes: such a journal could not be resumed."""
    try:
        os.fchmod(descriptor, 0o600)  # whatever the umask left
        private = _is_mine(os.fstat(descriptor))
    except OSError:
        private = False
    if not private:
        path.unlink(missing_ok=True)
        raise NoVerdictError(
            f"{safe_text(str(path))} can't be kept private there.", "Give another --journal."
        )


@contextmanager
def _held(descriptor: int, path: Path) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise NoVerdictError(f"Another run uses the journal {safe_text(str(path))}.") from None
    try:
        yield
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    """Have the file's name on the disk too, where the file system knows how to do that."""
    try:
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise NoVerdictError(f"The folder of {safe_text(str(path))} can't be written to disk.") from None
