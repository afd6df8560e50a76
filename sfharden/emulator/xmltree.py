"""XML as a small tree: read by expat, hardened, and written as the Metadata API does.

The embedded org imports nothing of sfharden but its errors, so its parser is hardened here by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

METADATA_NS: Final = "http://soap.sforce.com/2006/04/metadata"
NIL: Final = "xsi:nil"
_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1", "utf-16", "utf-16le", "utf-16be"})


class XmlError(ValueError):
    """Text that is not well-formed XML, has a document type declaration, or is in an encoding XML doesn't know."""


@dataclass(slots=True)
class Node:
    """One element: its name without prefix, its own text, its children and attributes as written."""

    name: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def all(self, name: str) -> Iterator["Node"]:
        """The children of that name, in order."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next(self.all(name), None)

    def value(self, path: str) -> str:
        """The text at a dotted path of first children, stripped; empty if there's none."""
        node: Node | None = self
        for step in path.split("."):
            node = node.first(step) if node else None
        return node.text.strip() if node else ""

    def values(self, name: str) -> list[str]:
        """The stripped text of every child of that name."""
        return [child.text.strip() for child in self.all(name)]

    def copy(self) -> "Node":
        """A tree of its own."""
        return Node(self.name, self.text, [child.copy() for child in self.children], dict(self.attributes))


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(name.rpartition(":")[2], attributes=attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def doctype(self, *_: object) -> int:
        raise XmlError("a document type declaration is not accepted")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise XmlError("its character encoding is unknown")


def parse(content: bytes) -> Node:
    """The root element. Raises XmlError, and nothing else, for what is not accepted."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.XmlDeclHandler = builder.declaration
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.doctype
    parser.ExternalEntityRefHandler = builder.doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        fault = expat.ErrorString(error.code)
        raise XmlError(f"line {error.lineno}, column {error.offset}: {fault}") from None
    except UnicodeError:
        raise XmlError("its character encoding is broken") from None
    if builder.root is None:
        raise XmlError("there is no element")
    return builder.root


def _lines(node: Node, indent: str) -> Iterator[str]:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    if node.children:
        yield f"{indent}<{node.name}{attributes}>"
        for child in node.children:
            yield from _lines(child, indent + "    ")
        yield f"{indent}</{node.name}>"
    elif node.text:
        yield f"{indent}<{node.name}{attributes}>{escape(node.text)}</{node.name}>"
    else:
        yield f"{indent}<{node.name}{attributes}/>"


def document(root: Node) -> bytes:
    """The tree as a metadata file: declaration, four-space indent, the default namespace on the root."""
    root.attributes.setdefault("xmlns", METADATA_NS)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, "")]
    return ("\n".join(lines) + "\n").encode()


def fragment(nodes: Iterable[Node]) -> str:
    """The nodes one after another, without declaration or indent, for a SOAP answer."""
    return "".join(line.lstrip(" ") for node in nodes for line in _lines(node, ""))


def leaf(name: str, value: object) -> Node:
    """An element with text; booleans are written as XML Schema has them."""
    return Node(name, str(value).lower() if isinstance(value, bool) else str(value))


def branch(name: str, *children: Node) -> Node:
    """An element with children."""
    return Node(name, children=list(children))
