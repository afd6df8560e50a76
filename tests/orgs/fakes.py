"""Stand-ins for parts of an org: what happens in the middle of a reading, and answers that no org should give."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.errors import DeniedError
from sfharden.salesforce.rest import OrgClient, Page

Rows = list[dict[str, Any]]


class Event(Fault):
    """Something that happens in the org when a request of that look arrives; the request is answered as ever.

    `nth`: at which of these requests, from 1.
    """

    def __init__(self, path: str, action: Callable[[], object], *, nth: int = 1) -> None:
        super().__init__(FaultKind.STATUS, path=path)
        self._action = action
        self._countdown = nth

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class names it
        """Never: it only watches."""
        if re.search(self.path, label):
            self._countdown -= 1
            if self._countdown == 0:
                self._action()
        return False


class InTurn:
    """Does pieces of work one after the other, in place of threads."""

    def each(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        for item in items:
            work(item)


class ScriptedOrg(OrgClient):
    """Answers queries by a function instead of a wire, for what no org should do; `asked` are the queries."""

    def __init__(self, answer: Callable[[str], Page], counted: int = 0) -> None:
        self._answer = answer
        self._counted = counted
        self.asked: list[str] = []

    def query_page(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Page:  # noqa: ARG002
        self.asked.append(soql)
        assert len(self.asked) < 200, "it would go on for ever"
        return self._answer(soql)

    def next_page(self, next_path: str, *, batch_size: int = 2000) -> Page:  # noqa: ARG002
        self.asked.append(next_path)
        assert len(self.asked) < 200, "it would go on for ever"
        return self._answer(next_path)

    def count(self, soql: str, *, tooling: bool = False) -> int:  # noqa: ARG002
        return self._counted


class Queries(OrgClient):
    """An org that answers each query by a function of it, in one page; `fields` are what it describes."""

    def __init__(self, answer: Callable[[str], Rows], fields: tuple[str, ...] = ()) -> None:
        self._answer = answer
        self._fields = fields
        self.asked: list[str] = []

    def query(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Iterator[dict[str, Any]]:  # noqa: ARG002
        self.asked.append(soql)
        yield from self._answer(soql)

    def describe(self, sobject: str) -> dict[str, Any]:  # noqa: ARG002 - what the client has
        return {"fields": [{"name": name} for name in self._fields]}


def refusing(*fields: str, rows: Rows) -> Callable[[str], Rows]:
    """An org that refuses any query that names one of these."""

    def answer(soql: str) -> Rows:
        if any(field in soql for field in fields):
            raise DeniedError("no", code="INVALID_FIELD")
        return rows

    return answer
