"""Where the elements of a metadata file begin and end, in bytes.

Expat tells the offset of each tag, so a file can be edited by splicing: whatever isn't touched stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sfharden.errors import InputError
from sfharden.text.hardened_xml import ASCII_ENCODINGS, HardenedXml, XmlRefusal
from sfharden.text.redact import safe_text

_OTHER_BOMS: Final = (b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")
_TAG_END: Final = re.compile(rb"""(?:[^"'>]|"[^"]*"|'[^']*')*>""")


@dataclass(slots=True)
class Element:
    """One element: `start` to `end` is all of it, `inner` to `close` what stands between its tags.

    For a self-closing one, `inner`, `close` and `end` are the same. `path` is dotted, below the root.
    """

    name: str
    path: str
    start: int
    inner: int
    nil: bool
    close: int = 0
    end: int = 0
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    attributes: tuple[tuple[str, str], ...] = ()  # but for namespaces and xsi:nil

    @property
    def value(self) -> str | None:
        """The text without spaces at its ends; None for `xsi:nil`."""
        return None if self.nil else self.text.strip()

    def child(self, name: str) -> str:
        """The text of the first child of that name; empty if there's none."""
        return next((one.value or "" for one in self.children if one.name == name), "")


@dataclass(frozen=True, slots=True)
class Document:
    """A file and its elements. `encoding` is a name that Python knows."""

    data: bytes = field(repr=False)
    root: Element
    encoding: str

    def find(self, path: str) -> list[Element]:
        """Every element at a dotted path below the root, in order; the root itself for the empty path."""
        found = [self.root]
        for step in path.split(".") if path else ():
            found = [child for one in found for child in one.children if child.name == step]
        return found

    def walk(self) -> Iterator[Element]:
        """Every element, in order."""
        pending = [self.root]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(reversed(element.children))


def parse(data: bytes, where: str) -> Document:
    """The elements of a file. Raises InputError for what can't be edited: a DTD, an entity, no UTF-8, no XML.

    `where` names the file in the error.
    """
    if data.startswith(_OTHER_BOMS):
        raise _refusal(where, "its encoding is not UTF-8")
    builder = _Builder(data, where)
    try:
        builder.xml.read(data)
    except XmlRefusal as refusal:
        line = f"line {refusal.line}: " if refusal.line else ""
        raise _refusal(where, line + refusal.reason) from None
    if builder.root is None:  # expat calls a file without an element not well-formed
        raise _refusal(where, "it is empty")
    return Document(data, builder.root, builder.xml.encoding)


def _refusal(where: str, reason: str) -> InputError:
    return InputError(f"{safe_text(where)} can't be edited: {reason}.")


class _Builder:
    """Expat's handlers, and the tree they build."""

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._where = data, where
        self.root: Element | None = None
        self._open: list[Element] = []
        # In these encodings, a byte below 128 is that ASCII character and nothing else: tags are found by bytes.
        self.xml = HardenedXml(encodings=ASCII_ENCODINGS)
        parser = self.parser = self.xml.parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        start = self.parser.CurrentByteIndex
        tag = _TAG_END.match(self._data, start)
        if tag is None:  # cannot be in well-formed XML
            raise _refusal(self._where, "a tag has no end")
        parent = self._open[-1] if self._open else None
        path = f"{parent.path}.{name}" if parent and parent.path else name if parent else ""
        element = Element(name, path, start, tag.end(), bool(attributes) and _is_nil(attributes))
        if attributes:
            element.attributes = tuple(one for one in attributes.items() if not _is_form(*one))
        if parent:
            parent.children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if self._data[element.inner - 2 : element.inner] == b"/>":
            element.close = element.end = element.inner
        else:
            element.close = self.parser.CurrentByteIndex
            element.end = self._data.index(b">", element.close) + 1

    def _text(self, text: str) -> None:
        self._open[-1].text += text


def _is_form(key: str, value: str) -> bool:
    """Whether an attribute says how the file is written, as all of them do in what Salesforce writes."""
    name = key.rpartition(":")[2]
    return (
        key.startswith("xmlns")
        or (name == "nil" and value in ("true", "false", "1", "0"))
        or (name == "type" and value.startswith("xsd:"))
    )


def _is_nil(attributes: dict[str, str]) -> bool:
    return any(
        key.rpartition(":")[2] == "nil" and value in ("true", "1") for key, value in attributes.items()
    )
