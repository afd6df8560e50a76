"""The journal: a line is on the disk before the call it announces leaves, and after the answer to it came.

A journal is never rewritten. Only a last line that was cut off is removed, since it tells nothing.
"""

import os
import stat
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.output_place import reason_of
from sfharden.revocation.ground import there_already
from sfharden.revocation.history import LARGEST_JOURNAL, History, read_history
from sfharden.revocation.records import Event, Header, Recounted, Resumed, State, encode, head_of
from sfharden.text.redact import safe_text

Seen = Literal["answer", "inventory"]
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class Disk:
    """The doors to the disk and to the time."""

    now: Callable[[], datetime]
    write: Callable[[int, bytes], int] = os.write
    sync: Callable[[int], None] = os.fsync


class Journal:
    """An open journal, locked against other runs. Safe to share between threads.

    Threads that write at the same time share one `fsync`; each waits until its own line is on the disk.
    """

    def __init__(self, descriptor: int, disk: Disk) -> None:
        self._descriptor = descriptor
        self._disk = disk
        self._state = threading.Condition()
        self._written = 0
        self._durable = 0
        self._syncing = False
        self._broken = False

    def attempted(self, handle: str, after: Event | None = None) -> None:
        """Announce a call. When this returns, the line is on the disk and the call may leave.

        `after` is what the caller's last call came to: one and the same `fsync` serves both lines.
        """
        line = encode(Event(record="attempted", handle=handle, at=self._disk.now()))
        self._append((encode(after) if after else b"") + line)

    def ended(self, event: Event) -> None:
        """Note what became of a token."""
        self._append(encode(event))

    def event(self, handle: str, state: State, code: str = "", seen: Seen = "answer") -> Event:
        """What became of a token, as of now."""
        line = {"record": state.value, "handle": handle, "at": self._disk.now(), "code": code, "seen": seen}
        return Event.model_validate(line)

    def found(self, handle: str, state: State, code: str = "") -> None:
        """Note what the inventory shows of a token."""
        self.ended(self.event(handle, state, code, "inventory"))

    def found_all(self, handles: Iterable[str], state: State, code: str = "") -> None:
        """Note what the inventory shows of many tokens alike, in one trip to the disk."""
        lines = b"".join(encode(self.event(one, state, code, "inventory")) for one in handles)
        if lines:
            self._append(lines)

    def note(self, record: Resumed | Recounted) -> None:
        """Note what a run did as a whole."""
        self._append(encode(record))

    def close(self) -> None:
        """Close the file, which ends the lock."""
        with self._state:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def read(self) -> History:
        """The history so far, from the file itself."""
        return read_history(_read_all(self._descriptor))

    def begin(self, header: Header) -> None:
        """Write the head of a new journal, in one piece."""
        self._append(head_of(header))

    def _append(self, content: bytes) -> None:
        with self._state:
            if self._broken or self._descriptor < 0:
                raise _lost()
            self._broken = True  # until the line is whole: a half line must be the last one
            self._write(content)
            self._broken = False
            self._written += 1
            self._wait_until_durable(self._written)

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        try:
            while view:
                view = view[self._disk.write(self._descriptor, bytes(view)) :]
        except OSError as error:
            raise _lost(error) from None

    def _wait_until_durable(self, mine: int) -> None:
        while self._durable < mine:
            if self._broken:
                raise _lost()
            if self._syncing:
                self._state.wait()
            else:
                self._sync()

    def _sync(self) -> None:
        """Put on the disk what all threads have written; the lock is free meanwhile."""
        target, self._syncing, done = self._written, True, False
        self._state.release()
        try:
            self._disk.sync(self._descriptor)
            done = True
        except OSError as error:
            raise _lost(error) from None
        finally:
            self._state.acquire()
            self._syncing = False
            self._durable = target if done else self._durable
            # After a failed fsync nobody knows what is on the disk, so nothing more may be sent.
            self._broken = self._broken or not done
            self._state.notify_all()


def create_journal(path: Path, header: Header, disk: Disk) -> Journal:
    """A new journal with its plan on the disk. Raises InputError if the file is there, NoVerdictError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _CLOEXEC | _NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise there_already(path) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    journal = Journal(descriptor, disk)
    try:
        os.fchmod(descriptor, 0o600)  # whatever the umask left
        _refuse_foreign(descriptor, path)  # a file system without modes: it could not be resumed
        _lock(descriptor)
        journal.begin(header)
        _sync_folder(path, disk)
    except (OSError, NoVerdictError, InputError) as error:
        # Nothing was sent yet, so a file that can't serve is better gone.
        path.unlink(missing_ok=True)
        journal.close()
        raise _unwritable(path, error) from None
    except BaseException:
        journal.close()
        raise
    return journal


def resume_journal(path: Path, disk: Disk) -> tuple[Journal, History]:
    """A journal that another run left, and what it tells. Raises InputError, NoVerdictError (in use)."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | _CLOEXEC | _NOFOLLOW)
    except FileNotFoundError:
        raise InputError(f"There is no journal {safe_text(str(path))}.") from None
    except OSError:
        raise _unwritable(path) from None
    try:
        _refuse_foreign(descriptor, path)
        _lock(descriptor)
        history = read_history(_read_all(descriptor))
        if os.fstat(descriptor).st_size > history.whole_bytes:
            os.ftruncate(descriptor, history.whole_bytes)
            disk.sync(descriptor)
    except OSError:
        os.close(descriptor)
        raise _unwritable(path) from None
    except BaseException:
        os.close(descriptor)
        raise
    return Journal(descriptor, disk), history


def _refuse_foreign(descriptor: int, path: Path) -> None:
    """A journal says what to revoke, so it must be nobody's but this account's."""
    status = os.fstat(descriptor)
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    if not stat.S_ISREG(status.st_mode) or not mine or status.st_mode & 0o022:
        raise InputError(
            f"{safe_text(str(path))} may have been changed by others.",
            "A journal must be a regular file of your own that nobody else can write to.",
        )


def _lock(descriptor: int) -> None:
    import fcntl  # see `ground`: where there is none, nobody comes here

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NoVerdictError("Another run is using this journal", "Wait until it has ended.") from None


def _read_all(descriptor: int) -> bytes:
    if os.fstat(descriptor).st_size > LARGEST_JOURNAL:
        raise InputError("This file is too large to be a journal.")
    parts, offset = [], 0
    while part := os.pread(descriptor, 1 << 20, offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)


def _sync_folder(path: Path, disk: Disk) -> None:
    """Put the file's name on the disk too."""
    with suppress(PermissionError):  # a folder that can be written to and not read: the name is there anyhow
        folder = os.open(path.parent, os.O_RDONLY | _CLOEXEC)
        try:
            disk.sync(folder)
        finally:
            os.close(folder)


def _unwritable(path: Path, error: BaseException | None = None) -> NoVerdictError:
    why = reason_of(error)
    hint = "" if why else "Is it on a local disk?"
    return NoVerdictError(f"The journal {safe_text(str(path))} can't be opened{why}.", hint)


def _lost(error: OSError | None = None) -> NoVerdictError:
    why = reason_of(error)
    hint = "Make room." if why else "Is the disk full, or gone?"
    return NoVerdictError(f"The journal can't be written any more, so nothing more was sent{why}", hint)
