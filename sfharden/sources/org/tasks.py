"""Two pools of threads: one for the parts of a reading, one for the small pieces that parts split into.

Two, so that a part that waits for its pieces never holds the place one of them needs. How many calls are
under way at once is bounded elsewhere, by the wire's concurrency limit.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

from sfharden.errors import OrgError

T = TypeVar("T")
_PIECES: Final = 12


class TaskPools:
    """Parts run side by side, and so do their pieces."""

    def __init__(self, parts: ThreadPoolExecutor, pieces: ThreadPoolExecutor) -> None:
        self._parts = parts
        self._pieces = pieces

    def start(self, work: Callable[[], T]) -> "Future[T]":
        """Begin a part."""
        return self._parts.submit(_light, work)

    def each(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        """Do a piece of work for every item; raises the first error, once all have ended."""
        futures = [self._pieces.submit(_light, work, item) for item in items]
        errors = [error for error in (future.exception() for future in futures) if error]
        if errors:
            raise errors[0]


def _light(work: Callable[..., T], *items: str) -> T:
    """Do it; an error comes without the frames it came through: a future keeps it, and they hold an answer's rows."""
    try:
        return work(*items)
    except OrgError as error:
        error.__context__ = None
        raise error.with_traceback(None) from None


@contextmanager
def task_pools(parts: int) -> Iterator[TaskPools]:
    """Pools that end with the block; what has not begun when it ends in an error never begins."""
    first = ThreadPoolExecutor(parts, thread_name_prefix="part")
    second = ThreadPoolExecutor(_PIECES, thread_name_prefix="piece")
    done = False
    try:
        yield TaskPools(first, second)
        done = True
    finally:
        for pool in (second, first):
            pool.shutdown(wait=done, cancel_futures=True)
