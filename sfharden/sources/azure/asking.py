"""Questions to Azure, side by side: what an answer leads to is asked as soon as it is there, and nothing twice.

What fails is a gap. Only a sign-in that has ended, and what is no answer of Azure's at all, ends the reading.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Any, Protocol, TypeAlias, TypeVar
from urllib.parse import parse_qsl

from sfharden.azure.answers import EVENTS, piece_of
from sfharden.azure.arm import WIDTH, Pages
from sfharden.azure.arm_ids import type_of
from sfharden.azure.objects import has
from sfharden.azure.pieces import AzurePiece
from sfharden.azure.questions import AzureQuestion
from sfharden.azure.refusals import ArmRefusalError
from sfharden.errors import AuthError, OrgError, UnreachableError
from sfharden.model.azure import AzureAbsent, AzureGap, AzureList, AzureResource, key_of
from sfharden.sources.azure.border import resource_of
from sfharden.text.redact import safe_text

T = TypeVar("T")
Then: TypeAlias = Callable[[T], None]


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
        """Whether Azure answered a question at all."""
        return bool(self.resources or self.lists or self.absent)

    @property
    def nobody(self) -> bool:
        """Whether every question met silence or trouble alone."""
        unreachable = all(isinstance(error, UnreachableError) for error in self.errors)
        return bool(self.errors) and unreachable and not self.anything

    @property
    def elsewhere(self) -> bool:
        """Whether all that was asked about is in another tenant."""
        elsewhere = all(isinstance(error, ArmRefusalError) and error.is_elsewhere for error in self.errors)
        return bool(self.errors) and elsewhere and not self.anything


class Answering(Protocol):
    """Whoever is asked: a running Azure, or the saved answers of one."""

    def get(
        self, path: str, version: str, what: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The resource at a path. Raises OrgError."""

    def pages(self, path: str, api_version: str, what: str, query: Mapping[str, str] | None = None) -> Pages:
        """All rows of the list at a path. Raises OrgError."""


class Asking:
    """Asks in threads of its own. `one` and `many` may be called from within what they lead to."""

    def __init__(self, arm: Answering, width: int = WIDTH) -> None:
        self.answered = Answered()
        self.gave_up = False
        self._arm = arm
        self._border = _Border()
        self._width = width
        self._change = threading.Condition()
        self._jobs: list[tuple[int, int, Callable[[], None]]] = []
        self._asked: set[str] = set()
        self._busy = 0
        self._stopped = False

    def one(
        self, question: AzureQuestion, about: str, then: Then[AzureResource] | None = None, *, rank: int = 1
    ) -> None:
        """Ask for a resource, if it wasn't yet; its answer leads to `then`. A lower rank goes first."""
        path = question.path(about)
        self._enqueue(path, rank, lambda: self._ask_one(question, about, path, then))

    def many(
        self,
        question: AzureQuestion,
        about: str,
        then: Then[AzureList] | None = None,
        *,
        rank: int = 1,
        query: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for a list; what came of it leads to `then`. `query` takes the place of the question's own."""
        sent = dict(parse_qsl(question.query)) if query is None else query
        self._enqueue(question.path(about), rank, lambda: self._ask_many(question, about, dict(sent), then))

    def gap(self, question: AzureQuestion, about: str, reason: str) -> None:
        """Note a question that can't even be asked."""
        path = question.path(about)
        with self._change:
            self.answered.gaps[key_of(path)] = AzureGap(path=path, what=label(question, about), reason=reason)

    def run(self) -> None:
        """Ask until nothing is left to ask. Raises AuthError, or what else ended the reading."""
        self._stopped = self.gave_up
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

    def _stop_if_nobody_answers(self) -> None:
        """Where as many questions as go side by side met nobody, and none met anybody, no other will."""
        errors = self.answered.errors
        if len(errors) >= self._width and self.answered.nobody:
            self.gave_up = self._stopped = True

    def _stop(self) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _ask_one(
        self, question: AzureQuestion, about: str, path: str, then: Then[AzureResource] | None
    ) -> None:
        what = label(question, about)
        try:
            made = self._border.resource_at(path, self._arm.get(path, question.version, what))
        except OrgError as error:
            self._failed(error, path, what)
            return
        with self._change:
            self.answered.resources[key_of(path)] = made
        if then:
            then(made)

    def _ask_many(
        self, question: AzureQuestion, about: str, query: dict[str, str], then: Then[AzureList] | None
    ) -> None:
        what, kept = label(question, about), question.path(about)
        path = kept.partition("?")[0]
        try:
            pages = self._arm.pages(path, question.version, what, query)
        except OrgError as error:
            self._failed(error, kept, what, of_list=True)
            return
        rows = tuple(self._border.row_of(path, row, number) for number, row in enumerate(pages.rows))
        made = AzureList(path=kept, rows=rows, is_whole=pages.stopped is None)
        with self._change:
            self.answered.lists[key_of(kept)] = made
        if pages.stopped:
            self._failed(pages.stopped, kept, what, of_list=True)
        if then:
            then(made)

    def _failed(self, error: OrgError, path: str, what: str, *, of_list: bool = False) -> None:
        """A gap, or an absence; never of a list: that nothing is in one, Azure says with an empty one."""
        if isinstance(error, AuthError):
            raise error
        with self._change:
            self.answered.errors.append(error)
            self._stop_if_nobody_answers()
            if isinstance(error, ArmRefusalError) and error.is_absence and not of_list:
                self.answered.absent[key_of(path)] = AzureAbsent(path=path, code=error.code)
                return
            code, action = (error.code, error.action) if isinstance(error, ArmRefusalError) else ("", "")
            reason = error.message.removeprefix(f"{what}: ")
            gap = AzureGap(path=path, what=what, reason=reason, code=code, action=action)
            self.answered.gaps[key_of(path)] = gap


def label(question: AzureQuestion, about: str) -> str:
    """What a question asks for, in words that can be shown."""
    return safe_text(question.what(about), limit=160)


class _Border:
    """Makes resources of answers, secrets masked. What is answered twice, as what scopes inherit, is looked through once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, bytes], AzureResource] = {}

    def resource_at(self, path: str, told: dict[str, Any]) -> AzureResource:
        """An answer as the resource that was asked for, whatever id it gives itself."""
        piece = _piece(told)
        if key_of(piece.id) != key_of(path):
            asked = _piece({**told, "id": path})  # what it must tell follows from what was asked for
            piece = replace(asked, id=path, type=type_of(path), name=path.rpartition("/")[2])
        return self._passed(piece)

    def row_of(self, path: str, told: dict[str, Any], number: int) -> AzureResource:
        """A row of the list at a path; one that has no id is told from others by its number."""
        piece = _piece(told)
        id_ = f"/{piece.id.strip('/')}" if piece.id else f"{path}/{piece.name or number}"
        return self._passed(replace(piece, id=id_, type=piece.type or type_of(f"{path}/{number}")))

    def _passed(self, piece: AzurePiece) -> AzureResource:
        digest = hashlib.sha256(json.dumps(piece.document).encode()).digest()
        key = (piece.id, piece.type, digest)
        if key not in self._made:
            self._made[key] = resource_of(piece, "")
        return self._made[key]


def _piece(told: dict[str, Any]) -> AzurePiece:
    """An object of ARM's own; what stands beside its id is no property, as it would be in the CLI's flattened form."""
    piece = piece_of(told, "")
    if has(told, "properties") or piece.type == EVENTS:
        return piece
    document = {key: one for key, one in piece.document.items() if key != "properties"}
    unknown = dict.fromkeys(("properties", *piece.unknown_paths))
    return replace(piece, document=document, unknown_paths=tuple(unknown))
