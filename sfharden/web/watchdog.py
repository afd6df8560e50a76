"""Ends a call at its deadline from outside: a reader that waits for bytes can't look at a clock.

A timeout of a socket bounds each silence. A server that sends a byte now and then, in a header line, in a body or as
`100 Continue` again and again, never falls silent. So a thread of its own shuts the call's connection down, and
whatever waits for bytes gets the end of them.
"""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse, RemoteDisconnected
from typing import Any, ClassVar, Final

from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

_LONGEST_LINE: Final = 64 * 1024  # as http.client takes for header lines
_LONGEST_SLEEP: Final = 3600.0
_NEVER: Final = float("inf")


class Watch:
    """One call under way. `late` says that its connection was shut down, and that nothing it read is whole.

    `connecting` is how long a handshake may take, `answering` how long it may take from the request to the end of
    the answer's headers. Seconds. Before there is a connection there is nothing to end.
    """

    def __init__(self, connecting: float, answering: float) -> None:
        self.connecting = connecting
        self.answering = answering
        self.deadline = _NEVER
        self.late = False
        self._line: socket.socket | None = None

    def take(self, line: socket.socket | None) -> None:
        """Hold a line to the connection, of its own, in place of the one before."""
        if self._line:
            self._line.close()
        self._line = line
        if self.late:
            self._shut()

    def end(self) -> None:
        """Shut the connection down: it is late."""
        self.late = True
        self._shut()

    def _shut(self) -> None:
        if self._line:
            with suppress(OSError):  # the other side was first
                self._line.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """Watches the calls of a session. Safe to share between threads; its own ends when nothing is left to watch."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None
        self._wakes = _NEVER
        self._own = threading.local()

    @contextmanager
    def watch(self, connecting: float, answering: float) -> Iterator[Watch]:
        """Watch the call that this thread makes within the block."""
        watch = self._own.watch = Watch(connecting, answering)
        try:
            yield watch
        finally:
            self._own.watch = None
            with self._change:
                self._watches.discard(watch)
                watch.take(None)

    def connected(self, line: socket.socket) -> None:
        """Note that this thread's call has a connection, and goes on to its handshake."""
        self._hold(line, handshake=True)

    def asked(self, line: socket.socket) -> None:
        """Note that this thread's call goes out over this connection."""
        self._hold(line, handshake=False)

    def _hold(self, line: socket.socket, *, handshake: bool) -> None:
        watch: Watch | None = getattr(self._own, "watch", None)
        if watch is None:
            return
        with self._change:
            watch.take(line.dup())
        self.allow(watch, time.monotonic() + (watch.connecting if handshake else watch.answering))

    def allow(self, watch: Watch, until: float) -> None:
        """Let a call go on until that moment of time.monotonic(); for ever, if it waits for us and not for the org."""
        with self._change:
            watch.deadline = until
            if watch.late:
                return
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif watch.deadline < self._wakes:
                self._change.notify_all()

    def close(self) -> None:
        """Let the thread go, if nothing is watched any more."""
        with self._change:
            self._change.notify_all()

    def _run(self) -> None:
        with self._change:
            while self._watches:
                self._end_late(time.monotonic())
                self._wakes = min((watch.deadline for watch in self._watches), default=0.0)
                pause = self._wakes - time.monotonic()
                if self._watches and pause > 0:
                    self._change.wait(min(pause, _LONGEST_SLEEP))
            self._thread = None

    def _end_late(self, now: float) -> None:
        for watch in [watch for watch in self._watches if watch.deadline <= now]:
            self._watches.discard(watch)
            watch.end()


class _BoundedLines(io.BufferedReader):
    """Gives no line longer than a header's may be: urllib3 reads the lines between chunks without a bound."""

    last = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = super().readline(_LONGEST_LINE if size is None or size < 0 else size)
        return self.last


class _BoundedResponse(HTTPResponse):
    """An answer whose lines are bounded, those between chunks and after them too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.fp, io.BufferedReader):
            self.fp = _BoundedLines(self.fp.detach())

    def begin(self) -> None:
        """Read the head; one that ends before its empty line is no answer, though http.client takes it for one."""
        lines = self.fp
        super().begin()
        if isinstance(lines, _BoundedLines) and lines.last not in (b"\r\n", b"\n"):
            raise RemoteDisconnected("the head of an answer never ended")


class _Watched:
    """What a connection class of urllib3's gets to be one that the watchdog can end."""

    watchdog: ClassVar[Watchdog]
    response_class = _BoundedResponse
    # The bare line: TLS takes the socket away from whom it was given to, and can't be held twice itself.
    _bare: socket.socket | None = None
    _asking = False

    def _new_conn(self) -> socket.socket:
        line: socket.socket = super()._new_conn()  # type: ignore[misc] # of the class this is mixed into
        self._bare = line.dup()
        # Plain http connects while it asks; all else has a handshake before.
        note = self.watchdog.asked if self._asking else self.watchdog.connected
        note(self._bare)
        return line

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self._bare:
            self.watchdog.asked(self._bare)
        self._asking = True
        try:
            super().request(*args, **kwargs)  # type: ignore[misc] # as above
        finally:
            self._asking = False

    def close(self) -> None:
        try:
            super().close()  # type: ignore[misc] # as above
        finally:
            if self._bare:
                self._bare.close()
                self._bare = None


def watched(pool: type[HTTPConnectionPool], watchdog: Watchdog) -> type[HTTPConnectionPool]:
    """The same kind of pool, of connections that the watchdog can end."""
    connection: Any = type("WatchedConnection", (_Watched, pool.ConnectionCls), {"watchdog": watchdog})
    assert issubclass(connection, HTTPConnection)  # noqa: S101 - urllib3's pools hold nothing else
    return type("WatchedPool", (pool,), {"ConnectionCls": connection})
