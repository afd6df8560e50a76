"""The answers to the script of questions: its index says what each file answers, and how the command ended.

*No lifecycle policy* and *forbidden* differ only in what a command wrote to standard error, so that is read too.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sfharden.azure.answers import is_answer, piece_of
from sfharden.azure.arm_ids import list_of
from sfharden.azure.objects import get, has, text
from sfharden.azure.pieces import Piece, PieceList
from sfharden.azure.questions import AzureQuestion, question_named
from sfharden.model.azure import AzureAbsent, AzureGap, key_of
from sfharden.sources.azure.files import FilesRead, JsonFile

INDEX: Final = "sfharden_azure_answers"
_BODY: Final = re.compile(r"\(?(\{.*\})\)?", re.S)
# What `az rest` writes before the body: the reason phrase of the status (azure-cli, send_raw_request).
_PHRASE: Final = re.compile(
    r"^(?:ERROR:\s*)?(Not Found|Forbidden|Unauthorized|Bad Request|Too Many Requests|Conflict)\b", re.M
)
_STATUS: Final = {
    "Not Found": 404,
    "Forbidden": 403,
    "Unauthorized": 401,
    "Bad Request": 400,
    "Too Many Requests": 429,
    "Conflict": 409,
}
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9._]{1,79}", re.ASCII)
_ACTION: Final = re.compile(
    r"perform action '([A-Za-z0-9.]{2,80}(?:/[A-Za-z0-9.$*_-]{1,80}){1,12})'", re.ASCII
)
_LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A line of the index: which question about what, and how the command ended; further pages have the same."""

    question: AzureQuestion
    about: str
    file: str
    stderr_file: str
    exit_status: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An index: which folder it's of, when it was asked and of which cloud."""

    name: str
    entries: tuple[AskedFile, ...]
    at: datetime | None
    cloud: str

    @property
    def folder(self) -> str:
        """What stands before the names of its files."""
        return self.name.rpartition("/")[0]

    def named(self, file: str) -> str:
        """The name of one of its files among all that were read."""
        return f"{self.folder}/{file}" if self.folder else file


@dataclass(slots=True)
class Answers:
    """What the files of an index tell."""

    resources: list[tuple[Piece, str]] = field(default_factory=list)
    lists: list[tuple[PieceList, str]] = field(default_factory=list)
    absent: list[AzureAbsent] = field(default_factory=list)
    gaps: list[AzureGap] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


def asked_of(file: JsonFile) -> Asked | None:
    """The index that a file is; None if it's none."""
    listed = get(file.content, "asked")
    if not has(file.content, INDEX) or not isinstance(listed, list):
        return None
    entries = tuple(entry for one in listed if (entry := _entry(one)) is not None)
    return Asked(file.name, entries, _moment(text(get(file.content, "at"))), text(get(file.content, "cloud")))


def _entry(one: Any) -> AskedFile | None:
    question = question_named(text(get(one, "question")))
    status = get(one, "exit_status")
    about, file = text(get(one, "about")), text(get(one, "file"))
    if question is None or not about or not file or not isinstance(status, int):
        return None
    return AskedFile(question, about, file, text(get(one, "stderr_file")), status)


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def answers_of(asked: Asked, files: FilesRead) -> Answers:
    """What was answered. Pages of one question are one list; it's whole if none of them names a next one."""
    by_name = {one.name: one for one in files.json}
    found = Answers(files={asked.name})
    pages: dict[str, list[AskedFile]] = {}
    for entry in asked.entries:
        found.files.add(asked.named(entry.file))
        pages.setdefault(key_of(entry.question.path(entry.about)), []).append(entry)
    for entries in pages.values():
        _take(asked, entries, by_name, files.texts, found)
    return found


def _take(
    asked: Asked,
    entries: list[AskedFile],
    by_name: dict[str, JsonFile],
    texts: dict[str, str],
    found: Answers,
) -> None:
    first, failed = entries[0], next((one for one in entries if one.exit_status != 0), None)
    path, contents = first.question.path(first.about), []
    for entry in entries:
        content = by_name.get(asked.named(entry.file))
        if entry.exit_status == 0 and content is not None:
            contents.append((content.content, content.name))
    if failed is not None and (failed is first or not contents):
        _refused(first, texts.get(asked.named(failed.stderr_file), ""), found)
    elif len(contents) < len(entries) and not contents:
        found.gaps.append(_gap(first, "the file of its answer is not there, or can't be read"))
    elif first.question.is_list:
        _rows(first, path, contents, is_whole=failed is None and len(contents) == len(entries), found=found)
    else:
        _single(first, *contents[0], found)


def _single(entry: AskedFile, content: Any, name: str, found: Answers) -> None:
    if not isinstance(content, dict) or not is_answer(content):
        found.gaps.append(_gap(entry, "Azure's answer has another shape than documented"))
        return
    piece = piece_of(content, "")
    if key_of(piece.id) != key_of(entry.question.path(entry.about)):
        found.gaps.append(_gap(entry, "its file answers another question"))
        return
    found.resources.append((piece, name))


def _rows(
    entry: AskedFile, path: str, contents: list[tuple[Any, str]], *, is_whole: bool, found: Answers
) -> None:
    rows: list[Piece] = []
    next_page = None
    for content, _ in contents:
        listed = content if isinstance(content, list) else get(content, "value")
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            found.gaps.append(_gap(entry, "Azure's answer has another shape than documented"))
            return
        next_page = get(content, "nextLink")
        rows += [piece_of(row, f"/value/{at}") for at, row in enumerate(listed)]
    if any(list_of(row.id) and key_of(list_of(row.id)) != key_of(path) for row in rows):
        found.gaps.append(_gap(entry, "its file answers another question"))
        return
    whole = is_whole and not next_page
    found.lists.append((PieceList(path, tuple(rows), is_whole=whole), contents[0][1]))
    if not whole:
        found.gaps.append(_gap(entry, "the list goes on, and the rest was not asked for"))


def _refused(entry: AskedFile, stderr: str, found: Answers) -> None:
    """Where a command failed: nothing is there, or why it can't be told."""
    status, code, action = refused(stderr)
    path = entry.question.path(entry.about)
    if status == 404 and code:
        found.absent.append(AzureAbsent(path=path, code=code))
    elif code or status:
        said = code or f"HTTP {status}"
        found.gaps.append(_gap(entry, f"Azure answered {said}", code, action))
    else:
        found.gaps.append(_gap(entry, f"the command ended with {entry.exit_status} and no answer of Azure's"))


def refused(stderr: str) -> tuple[int, str, str]:
    """Status, code and missing right out of what the CLI wrote; zero and empty where it doesn't tell."""
    written = stderr[:_LONGEST]
    phrase = _PHRASE.search(written)
    status = _STATUS[phrase[1]] if phrase else 0
    body = _parsed(written)
    code = next((text(one) for one in (get(body, "error", "code"), get(body, "code")) if text(one)), "")
    action = _ACTION.search(written)
    return status, code if _CODE.fullmatch(code) else "", action[1] if action else ""


def _parsed(written: str) -> Any:
    found = _BODY.search(written)
    try:
        return json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        return None


def _gap(entry: AskedFile, reason: str, code: str = "", action: str = "") -> AzureGap:
    path = entry.question.path(entry.about)
    return AzureGap(path=path, what=entry.question.what(entry.about), reason=reason, code=code, action=action)
