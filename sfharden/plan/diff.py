"""A unified diff of bytes that `git apply` and `patch` take, whatever the line ends and the file's name."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

_CONTEXT: Final = 3
_LONG: Final = 2000  # lines
_NO_END: Final = b"\n\\ No newline at end of file\n"
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def unified_diff(before: bytes | None, after: bytes, path: str) -> bytes:
    """The difference of one file; `before` is None for a file that is to be made. Empty if there's none.

    Without a `diff --git` line the paths count from the folder in which it's applied, also inside a
    repository.
    """
    if before == after:
        return b""
    old, new = _lines(before or b""), _lines(after)
    source = b"/dev/null" if before is None else _name("a", path)
    head = b"--- " + source + b"\n+++ " + _name("b", path) + b"\n"
    return head + b"".join(_hunks(old, new))


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _name(side: str, path: str) -> bytes:
    """A path as git writes it: quoted if it must be, and with a tab after a name with spaces."""
    plain = f"{side}/{path}"
    if any(character in _ESCAPES or ord(character) < 32 for character in plain):
        return f'"{"".join(map(_escaped, plain))}"'.encode()
    return plain.encode() + (b"\t" if " " in plain else b"")


def _escaped(character: str) -> str:
    return _ESCAPES.get(character) or (f"\\{ord(character):03o}" if ord(character) < 32 else character)


def _hunks(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[bytes]:
    """Only what lies between the common beginning and end is compared: profiles may be very long."""
    head = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    head = max(0, head - _CONTEXT)
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    tail = max(0, tail - _CONTEXT)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    # On long stretches of repeated lines the exact comparison takes minutes.
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=len(middle_old) > _LONG)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield b"@@ -%b +%b @@\n" % (
            _span(head + first[1], head + last[2]),
            _span(head + first[3], head + last[4]),
        )
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                yield from _marked(b" ", middle_old[old_from:old_to])
            else:
                yield from _marked(b"-", middle_old[old_from:old_to])
                yield from _marked(b"+", middle_new[new_from:new_to])


def _marked(mark: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + _NO_END


def _span(start: int, end: int) -> bytes:
    """Lines count from 1; an empty span names the line before it."""
    length = end - start
    return b"%d,%d" % (start + 1 if length else start, length)
