"""A unified diff of bytes that `git apply` and `patch` take, whatever the line ends and the file's name."""

from collections.abc import Container, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

_CONTEXT: Final = 3
_LONG: Final = 2000  # lines
_NO_END: Final = b"\n\\ No newline at end of file\n"
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class _Code(NamedTuple):
    """A stretch of old and new lines, as difflib gives them, counted from the file's beginning."""

    tag: str
    old_from: int
    old_to: int
    new_from: int
    new_to: int

    def cut(self, start: int, end: int) -> "_Code":
        """A part of an unchanged stretch, by its old lines."""
        shift = self.new_from - self.old_from
        return _Code(self.tag, start, end, start + shift, end + shift)


def unified_diff(before: bytes | None, after: bytes, path: str, hidden: Container[int] = ()) -> bytes:
    """The difference of one file; `before` is None for a file that is to be made. Empty if there's none.

    Without a `diff --git` line the paths count from the folder in which it's applied, also inside a
    repository. `hidden` are lines of `before`, from 0, that are kept out of the context: their text here is
    not the real one, and `git apply` would look for it in vain.
    """
    if before == after:
        return b""
    old, new = _lines(before or b""), _lines(after)
    source = b"/dev/null" if before is None else _name("a", path)
    head = b"--- " + source + b"\n+++ " + _name("b", path) + b"\n"
    return head + b"".join(_hunk(old, new, codes) for codes in _groups(old, new, hidden))


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


def _groups(old: Sequence[bytes], new: Sequence[bytes], hidden: Container[int]) -> Iterator[list[_Code]]:
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
        codes = [_Code(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in group]
        yield from _split(codes, hidden)


def _split(codes: list[_Code], hidden: Container[int]) -> Iterator[list[_Code]]:
    """Cut the context at hidden lines; what's left after a change must not be empty, or git takes it for the end."""
    current: list[_Code] = []
    for number, code in enumerate(codes):
        secret = [line for line in range(code.old_from, code.old_to) if line in hidden]
        if code.tag != "equal" or not secret or (number and secret[0] == code.old_from):
            current.append(code)
            continue
        if number:
            yield [*current, code.cut(code.old_from, secret[0])]
        rest = code.cut(secret[-1] + 1, code.old_to)
        current = [rest] if rest.old_from < rest.old_to else []
        if number == len(codes) - 1:
            return
    yield current


def _hunk(old: Sequence[bytes], new: Sequence[bytes], codes: Sequence[_Code]) -> bytes:
    first, last = codes[0], codes[-1]
    spans = _span(first.old_from, last.old_to), _span(first.new_from, last.new_to)
    lines = [b"@@ -%b +%b @@\n" % spans]
    for tag, old_from, old_to, new_from, new_to in codes:
        if tag == "equal":
            lines += _marked(b" ", old[old_from:old_to])
        else:
            lines += _marked(b"-", old[old_from:old_to])
            lines += _marked(b"+", new[new_from:new_to])
    return b"".join(lines)


def _marked(mark: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + _NO_END


def _span(start: int, end: int) -> bytes:
    """Lines count from 1; an empty span names the line before it."""
    length = end - start
    return b"%d,%d" % (start + 1 if length else start, length)
