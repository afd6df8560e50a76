"""JSON files of others: Azure exports and service tags, bounded in size, and nothing in them read twice."""

import json
import re
from pathlib import Path
from typing import Any, Final, NoReturn

from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.text.redact import safe_text

MAX_BYTES: Final = 64_000_000
_START: Final = 20_000  # characters that a text is told by

_MARK: Final = re.compile(r'"|//|/\*')
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.S)
_LINE_END: Final = re.compile(r"[\r\n]|\Z")


class NotJson(InputError):
    """A text that is no JSON; `start` is its beginning, to tell what it is instead."""

    def __init__(self, message: str, hint: str = "", start: str = "") -> None:
        super().__init__(message, hint)
        self.start = start


def load_json(path: Path, what: str, *, comments: bool = False) -> Any:
    """The content of a JSON file in UTF-8 (with or without BOM) or UTF-16. Raises InputError, NotJson among them.

    With `comments`, `//` and `/* */` are skipped and texts may span lines, as Resource Manager allows in its
    templates (Understand the structure and syntax of ARM templates, Comments, Multi-line strings).
    An object that has a name twice is refused: readers differ in which they take.
    """
    return parse_json(json_bytes(path, what), f"the {what} {safe_text(str(path))}", comments=comments)


def parse_json(data: bytes, what: str, *, comments: bool = False) -> Any:
    """The content of JSON as bytes; `what` names it in messages. Raises NotJson, and InputError for a name given twice."""
    text = ""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        return _parse(without_comments(text) if comments else text, strict=not comments)
    except _TwiceError as error:
        raise InputError(f"{what} gives '{error}' twice in one object") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{what} is not JSON", f"Look at line {error.lineno}.", text[:_START]) from None
    except (ValueError, RecursionError):
        raise NotJson(f"{what} is not JSON", start=text[:_START]) from None


def json_bytes(path: Path, what: str) -> bytes:
    """The bytes of a JSON file, whatever they hold. Raises InputError."""
    shown = safe_text(str(path))
    try:
        return read_regular(path, MAX_BYTES)
    except FileNotFoundError:
        raise InputError(f"there is no {what} at {shown}") from None
    except TooLargeError:
        raise InputError(f"the {what} {shown} is larger than {MAX_BYTES // 1_000_000} MB") from None
    except NoFileError:
        raise InputError(f"the {what} {shown} is no regular file") from None
    except (OSError, ValueError):
        raise InputError(f"the {what} {shown} can't be read") from None


class _TwiceError(ValueError):
    """A name that an object has twice."""


def _parse(text: str, *, strict: bool) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, strict=strict)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(safe_text(name, limit=80))
        found[name] = value
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def without_comments(text: str) -> str:
    """The text with comments as spaces, so that lines stay where they are; what is in quotes is kept."""
    if "//" not in text and "/*" not in text:
        return text
    parts, at = [], 0
    while mark := _MARK.search(text, at):
        parts.append(text[at : mark.start()])
        end = _end(text, mark)
        token = text[mark.start() : end]
        parts.append(token if mark[0] == '"' else re.sub(r"[^\r\n]", " ", token))
        at = end
    return "".join([*parts, text[at:]])


def _end(text: str, mark: re.Match[str]) -> int:
    """Where the text or comment ends that begins here; the end of all if it's never closed."""
    if mark[0] == '"':
        string = _STRING.match(text, mark.start())
        return string.end() if string else len(text)
    if mark[0] == "//":
        line_end = _LINE_END.search(text, mark.end())
        return line_end.start() if line_end else len(text)
    closed = text.find("*/", mark.end())
    return closed + 2 if closed >= 0 else len(text)
