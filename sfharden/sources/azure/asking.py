"""Questions to Azure, side by side: what an answer leads to is asked as soon as it is there, and nothing twice.

What fails is a gap. Only a sign-in that has ended, and what is no answer of Azure's at all, ends the reading.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Final

from sfharden.azure.arm import WIDTH, Arm, Pages
from sfharden.azure.objects import get, text
from sfharden.azure.refusals import ArmRefusalError
from sfharden.errors import AuthError, OrgError
from sfharden.model.azure import AzureAbsent, AzureGap, AzureList, AzureResource, key_of, segment_after
from sfharden.sources.azure.questions import AzureQuestion
from sfharden.text.redact import safe_text

# What is masked and counted of a resource before it's kept: the document is an answer as it came.
Masking = Callable[[AzureResource], AzureResource]
Then = Callable[[Any], None]
_ENVELOPE: Final = frozenset({"id", "name", "type"})


@dataclass(slots=True)
class Answered:
    """What came of the questions, by the path of each, compared without case."""

    resources: dict[str, AzureResource] = field(default_factory=dict)
    lists: dict[str, AzureList] = field(default_factory=dict)
    absent: dict[str, AzureAbsent] = field(default_factory=dict)
    gaps: dict[str, AzureGap] = field(default_factory=dict)
    errors: list[OrgError] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether Azure answered at all."""
        return bool(self.resources or self.lists or self.absent)


class Asking:
    """Asks in threads of its own. `one` and `many` may be called from within what they lead to."""

    def __init__(self, arm: Arm, masked: Masking, width: int = WIDTH) -> None:
        self.answered = Answered()
        self._arm = arm
        self._masked = masked
        self._width = width
        self._change = threading.Condition()
        self._jobs: list[tuple[int, int, Callable[[], None]]] = []
        self._asked: set[str] = set()
        self._busy = 0
        self._stopped = False

    def one(self, question: AzureQuestion, about: str, then: Then | None = None, *, rank: int = 1) -> None:
        """Ask for a resource, if it wasn't yet; its answer leads to `then`. A lower rank goes first."""
        path = question.at(about)
        self._enqueue(path, rank, lambda: self._ask_one(question, path, then))

    def many(
        self,
        question: AzureQuestion,
        about: str,
        then: Then | None = None,
        *,
        rank: int = 1,
        query: dict[str, str] | None = None,
        key: str = "",
    ) -> None:
        """Ask for a list; its rows lead to `then`. `query` goes with it, `key` is the path that it's kept by."""
        path = question.at(about)
        kept = key or path
        self._enqueue(kept, rank, lambda: self._ask_many(question, path, kept, query or {}, then))

    def gap(self, path: str, question: AzureQuestion, reason: str) -> None:
        """Note a question that can't even be asked."""
        with self._change:
            self.answered.gaps[key_of(path)] = AzureGap(path=path, what=label(question, path), reason=reason)

    def run(self) -> None:
        """Ask until nothing is left to ask. Raises AuthError, or what else ended the reading."""
        self._stopped = False
        with ThreadPoolExecutor(self._width, thread_name_prefix="azure") as pool:
            workers = [pool.submit(self._work) for _ in range(self._width)]
            try:
                for worker in workers:
                    worker.result()
            finally:
                # Also where waiting ends in an interruption: what has not begun must not begin.
                self._stop()

    def _enqueue(self, key: str, rank: int, job: Callable[[], None]) -> None:
        with self._change:
            folded = key_of(key)
            if folded not in self._asked:
                self._asked.add(folded)
                heappush(self._jobs, (rank, len(self._asked), job))
                self._change.notify()

    def _work(self) -> None:
        while job := self._next():
            done = False
            try:
                job()
                done = True
            finally:
                if not done:
                    self._stop()
                with self._change:
                    self._busy -= 1
                    self._change.notify_all()

    def _next(self) -> Callable[[], None] | None:
        """The next job; None once no job can come any more."""
        with self._change:
            self._change.wait_for(lambda: self._jobs or not self._busy or self._stopped)
            if not self._jobs or self._stopped:
                return None
            self._busy += 1
            return heappop(self._jobs)[2]

    def _stop(self) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _ask_one(self, question: AzureQuestion, path: str, then: Then | None) -> None:
        what = label(question, path)
        try:
            told = self._arm.get(path, question.version, what, question.asked_with())
            made = self.made(told, path)
        except OrgError as error:
            self._failed(error, path, what)
            return
        with self._change:
            self.answered.resources[key_of(path)] = made
        if then:
            then(made)

    def _ask_many(
        self, question: AzureQuestion, path: str, kept: str, query: dict[str, str], then: Then | None
    ) -> None:
        what = label(question, path)
        try:
            pages = self._arm.pages(path, question.version, what, {**question.asked_with(), **query})
        except OrgError as error:
            self._failed(error, kept, what)
            return
        made = self._listed(pages, path, kept)
        with self._change:
            self.answered.lists[key_of(kept)] = made
        if pages.stopped:
            self._failed(pages.stopped, kept, what)
        if then:
            then(made)

    def _listed(self, pages: Pages, path: str, kept: str) -> AzureList:
        rows = tuple(self.made(row, path, at=number) for number, row in enumerate(pages.rows))
        return AzureList(path=kept, rows=rows, is_whole=pages.stopped is None)

    def made(self, told: dict[str, Any], path: str, at: int | None = None) -> AzureResource:
        """An answer, or the row of a list with this number, as a resource; its type is told by where it was asked.

        Its id is the path that was asked, in the answer's own letters where these are the same.
        """
        own = text(get(told, "id"))
        name = text(get(told, "name"))
        if at is None:
            id_ = own if key_of(own) == key_of(path) else path
        else:
            id_ = f"/{own.strip('/')}" if own.strip("/") else f"{path}/{name or at}"
        document = {key: value for key, value in told.items() if key.casefold() not in _ENVELOPE}
        return self._masked(
            AzureResource(
                id=id_,
                type=type_at(path),
                name=name.rpartition("/")[2] or id_.rpartition("/")[2],
                document=document,
            )
        )

    def _failed(self, error: OrgError, path: str, what: str) -> None:
        if isinstance(error, AuthError):
            raise error
        with self._change:
            self.answered.errors.append(error)
            if isinstance(error, ArmRefusalError) and error.is_absence:
                self.answered.absent[key_of(path)] = AzureAbsent(path=path, code=error.code)
                return
            code, action = (error.code, error.action) if isinstance(error, ArmRefusalError) else ("", "")
            reason = error.message.removeprefix(f"{what}: ")
            gap = AzureGap(path=path, what=what, reason=reason, code=code, action=action)
            self.answered.gaps[key_of(path)] = gap


def label(question: AzureQuestion, path: str) -> str:
    """What a question asks for, in words: `the diagnostic settings of crm-rg/crm-sync`."""
    about = path.removesuffix(question.below)
    group, name = segment_after(about, "resourcegroups"), about.rpartition("/")[2]
    shown = safe_text(f"{group}/{name}" if group and group != name else name, limit=120)
    return f"{question.words} of {shown}" if question.below else f"{question.words} {shown}"


def type_at(path: str) -> str:
    """The type of what a path asks for, one or, of a list, a row of it; lower-case."""
    parts = key_of(path).rpartition("/providers/")[2].split("/")
    return "/".join([parts[0], *parts[1::2]])
