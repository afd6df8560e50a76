"""Azure as a folder of answers: whoever reads a running one reads this the same way, and so comes to the same.

What a command wrote to standard error is the refusal that a running Azure would have given: *no lifecycle policy* and
*forbidden* differ only there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from sfharden.azure.arm import Pages, resource_in, rows_in
from sfharden.azure.objects import get
from sfharden.azure.refusals import refusal, says_error
from sfharden.errors import AnswerError, AuthError, OrgError, UnreachableError
from sfharden.model.azure import key_of
from sfharden.sources.azure.asked import AskedFile, AskedIndex
from sfharden.sources.azure.files import FilesRead
from sfharden.text.redact import safe_text

_BODY: Final = re.compile(r"\{.*\}", re.S)
# What `az rest` writes before the body: the reason phrase of the status (azure-cli, send_raw_request).
_PHRASE: Final = re.compile(r"^(?:ERROR:\s*)?([A-Z][A-Za-z ]{2,40}?)\s*\(", re.M)
_STATUS: Final = {
    "bad request": 400, "unauthorized": 401, "forbidden": 403, "not found": 404, "conflict": 409,
    "too many requests": 429, "internal server error": 500, "bad gateway": 502, "service unavailable": 503,
    "gateway timeout": 504,
}  # fmt: skip
_RESOURCE: Final = re.compile(r"resourceUri eq '([^']*)'", re.I)
_LONGEST: Final = 100_000
_LONGEST_SHOWN: Final = 160
# What may hold an answer or a token: ids, and addresses with what was asked in them.
_ANSWERED: Final = re.compile(r"[{}<>]|Bearer|https?://|eyJ", re.I)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer: its content, or what the command wrote in its place."""

    exit_status: int
    content: Any = field(default=None, repr=False)
    stderr: str = field(default="", repr=False)


class SavedArm:
    """The answers of one or more folders, by what was asked."""

    def __init__(self, asked: Iterable[AskedIndex], files: FilesRead) -> None:
        self._answers: dict[_Key, list[_Page]] = {}
        self._sources: dict[_Key, tuple[str, str, str]] = {}
        self.subscription = ""
        self.cloud = ""
        self.files: set[str] = set()
        contents = {one.name: one.content for one in files.json}
        moments = []
        for one in asked:
            self.files.add(one.name)
            self.cloud, self.subscription = self.cloud or one.cloud, self.subscription or one.subscription
            moments.append(one.at)
            for entry in one.entries:
                self._take(one, entry, contents, files.texts)
        self.at = min((at for at in moments if at), default=None) if None not in moments else None

    def _take(
        self, asked: AskedIndex, entry: AskedFile, contents: Mapping[str, Any], texts: Mapping[str, str]
    ) -> None:
        name = asked.named(entry.file)
        self.files.add(name)
        key = _key(entry.path, dict(parse_qsl(entry.query)))
        page = _Page(entry.exit_status, contents.get(name), texts.get(asked.named(entry.stderr_file), ""))
        # Further pages stand in the same folder below the same path; whatever else answers the same was asked once more.
        asked_as = (asked.name, entry.path, entry.query)
        if self._sources.setdefault(key, asked_as) == asked_as:
            self._answers.setdefault(key, []).append(page)

    def now(self) -> datetime:
        """When it was asked."""
        return self.at or datetime(1970, 1, 1, tzinfo=UTC)

    def get(
        self, path: str, _version: str, what: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The resource at a path. Raises OrgError as a running Azure would."""
        return resource_in(_object_of(self._asked(path, query or {}, what)[0], what), what)

    def pages(self, path: str, _version: str, what: str, query: Mapping[str, str] | None = None) -> Pages:
        """All rows of the list at a path; those of the pages before a failure count."""
        rows: list[dict[str, Any]] = []
        following: Any = None
        for number, page in enumerate(self._asked(path, query or {}, what)):
            try:
                told = _object_of(page, what)
                rows += rows_in(told, what)
            except OrgError as error:
                if number == 0:
                    raise
                return Pages(tuple(rows), error)
            following = get(told, "nextLink")
        if following not in (None, ""):
            return Pages(
                tuple(rows), AnswerError(f"{what}: the list goes on, and the rest was not asked for")
            )
        return Pages(tuple(rows))

    def _asked(self, path: str, query: Mapping[str, str], what: str) -> list[_Page]:
        found = self._answers.get(_key(path, query))
        if not found:
            raise AnswerError(f"{what}: {self._why_not()}")
        return found

    def _why_not(self) -> str:
        """Where nothing at all was answered, asking more would not help either."""
        failed = [page for pages in self._answers.values() for page in pages if page.exit_status]
        if not failed or len(failed) < sum(map(len, self._answers.values())):
            return "the script did not ask for it; make it again from this integration file"
        return f"the script got no answer at all; {_failure(failed[0], 'the first').message}"


def _key(path: str, query: Mapping[str, str]) -> _Key:
    """The path, and of its query what makes another question of it: whose events, and from which scope."""
    condition = query.get("$filter", "")
    if found := _RESOURCE.search(condition):
        return key_of(path), key_of(found[1])
    return key_of(path), condition.casefold()


def _object_of(page: _Page, what: str) -> dict[str, Any]:
    if page.exit_status != 0:
        raise _failure(page, what)
    if not isinstance(page.content, dict) or says_error(page.content):
        raise AnswerError(f"{what}: Azure's answer has another shape than documented")
    return page.content


def _failure(page: _Page, what: str) -> OrgError:
    """The error of a running Azure; where the sign-in ended on the way, what was asked after that is a gap alone."""
    written = page.stderr[:_LONGEST]
    body, phrase = _BODY.search(written), _PHRASE.search(written)
    status = _STATUS.get(phrase[1].casefold(), 0) if phrase else 0
    if not status:
        ended = f"{what}: the command ended with {page.exit_status} and no answer of Azure's"
        return UnreachableError(f"{ended}{_written(written)}")
    error = refusal(status, body[0].encode() if body else b"", what)
    return AnswerError(error.message) if isinstance(error, AuthError) else error


def _written(stderr: str) -> str:
    """What the command itself wrote, its first line; nothing where that may hold an answer."""
    line = next((one for one in stderr.splitlines() if one.strip()), "")
    shown = safe_text(line.strip(), limit=_LONGEST_SHOWN)
    return f" ({shown})" if shown and not _ANSWERED.search(stderr) else ""
