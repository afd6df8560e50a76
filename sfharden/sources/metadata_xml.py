"""One metadata file, as a stream of bytes, to one component.

The file is read in pieces and only what we keep is built, so memory stays flat however large the file is.
Whatever is not as Salesforce writes it raises BadMetadata: a DTD, an entity, foreign namespaces, stray text.
"""

from collections.abc import Callable
from typing import BinaryIO, Final
from xml.parsers import expat

from sfharden.model.snapshot import WITHDRAWN, Component, Group, PartGap, Value
from sfharden.sources.metadata_names import damaged_forms, kept_text
from sfharden.sources.metadata_types import (
    BY_KIND,
    DROPPED_ELEMENTS,
    KNOWN_SECTIONS,
    MetadataType,
)
from sfharden.text.redact import safe_text

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"

PIECE_BYTES: Final = 256 * 1024
MAX_KEPT: Final = 200_000  # elements kept of one file
MAX_DEPTH: Final = 32
MAX_TEXT: Final = 100_000  # characters in one element
MAX_PARTS: Final = 100  # children of one list element
# Bytes of one tag or comment, which expat keeps whole, and elements of one section that is passed over,
# of which it keeps the open ones.
MAX_TOKEN: Final = 2_000_000
MAX_PASSED: Final = 10_000

_MERGE_MARKS: Final = (b"\n=======\n", b"\n=======\r\n", b"\n>>>>>>> ", b"\n||||||| ")
_CONFLICT_MARKS: Final = (b"<<<<<<< ", b">>>>>>> ")


class BadMetadata(Exception):
    """A file that cannot be read as metadata. `reason` is one plain phrase."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NotOurs(Exception):
    """The root element is a type that sfharden doesn't read."""


class _Node:
    """An element under construction; `text` is None for `xsi:nil`."""

    __slots__ = ("children", "line", "name", "nil", "path", "text")

    def __init__(self, name: str, path: str, line: int, nil: bool) -> None:
        self.name = name
        self.path = path
        self.line = line
        self.nil = nil
        self.text = ""
        self.children = 0


def parse_component(
    stream: BinaryIO, name: str, file: str, *, max_bytes: int, expected: str | None = None
) -> Component:
    """The component that a file holds.

    `name` is the API name from the file's path; `expected` the type its suffix promises.
    Raises BadMetadata, or NotOurs for a root of another type when nothing was expected.
    """
    reader = _Reader(expected)
    recent = b""
    try:
        size = 0
        while piece := stream.read(PIECE_BYTES):
            size += len(piece)
            if size > max_bytes:
                raise BadMetadata(f"it is larger than {max_bytes // 1_000_000} MB")
            recent = recent[-16:] + piece
            reader.feed(piece, last=False)
        reader.feed(b"", last=True)
    except expat.ExpatError as error:
        raise BadMetadata(_explain(error, recent), error.lineno) from None
    except (LookupError, ValueError, UnicodeError):
        raise BadMetadata("its character encoding is unknown or broken", 1) from None
    return reader.component(name, file)


def _explain(error: expat.ExpatError, recent: bytes) -> str:
    if not recent:
        return "it is empty"
    if any(mark in recent.replace(b"\0", b"") for mark in _CONFLICT_MARKS):
        return "it holds git conflict markers"
    return f"it is not well-formed XML ({safe_text(expat.ErrorString(error.code) or 'unknown error')})"


class _Reader:
    """Expat's handlers and what they gather."""

    def __init__(self, expected: str | None) -> None:
        self._expected = expected
        self._type: MetadataType | None = None
        self._sectioned = False
        self._start_section = self._start
        self._tail = b""
        self._fed = 0
        self._passed = 0  # elements of a section that is passed over, from a piece's border on
        self._pieces: list[str] = []  # the text of a list element's part, while it lasts
        self._stack: list[_Node] = []
        self._kept = 0
        self._values: dict[str, list[Value]] = {}
        self._groups: dict[str, list[Group]] = {}
        self._gaps: list[PartGap] = []
        self._permissions: dict[str, int] = {}
        self._unknown = 0
        self._parser = self._new_parser()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse("it declares a document type (DTD)")
        parser.EntityDeclHandler = _refuse("it declares an entity")
        parser.ExternalEntityRefHandler = _refuse("it refers to an external entity")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._listen(parser)
        return parser

    def _listen(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _listen_between_sections(self) -> None:
        """For profiles: nine of ten elements are sections that we never look at, so pass them quickly.

        While a section lasts, only ends are heard. If it holds an element of its own name, its own end
        comes as one that doesn't fit the stack, and `_end` refuses the file. Text between sections isn't
        heard either; `feed` looks for the marks of a merge instead.
        """
        parser, sections, start = self._parser, KNOWN_SECTIONS, self._start
        section = ""

        def start_section(name: str, attributes: dict[str, str]) -> None:
            nonlocal section
            if name not in sections:
                start(name, attributes)
                return
            section = name
            parser.StartElementHandler = None
            parser.EndElementHandler = end_section

        def end_section(name: str) -> None:
            if name == section:
                parser.StartElementHandler = start_section
                parser.EndElementHandler = self._end

        parser.StartElementHandler = self._start_section = start_section
        parser.CharacterDataHandler = None

    def feed(self, piece: bytes, *, last: bool) -> None:
        self._parser.Parse(piece, last)
        self._refuse_monsters(len(piece))
        if self._sectioned:
            if b"\0" in piece:  # UTF-16: without its zeros, the marks look as they do in UTF-8
                piece = piece.replace(b"\0", b"")
            border = self._tail + piece[:16]
            if any(mark in piece or mark in border for mark in _MERGE_MARKS):
                raise BadMetadata("it holds git conflict markers")
            self._tail = border[-16:] if len(piece) <= 16 else piece[-16:]

    def _refuse_monsters(self, size: int) -> None:
        """Between two events nothing counts what expat gathers, so it's counted once a piece."""
        parser = self._parser
        self._fed += size
        if self._fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
            raise BadMetadata("it has markup larger than any real file", parser.CurrentLineNumber)
        if sum(map(len, self._pieces)) > MAX_TEXT:
            raise BadMetadata("it has an element with more text than any real file", parser.CurrentLineNumber)
        if self._stack and parser.StartElementHandler is None:
            # Only a section across a border is counted: that costs nothing, and one within a piece is small.
            self._passed = 0
            parser.StartElementHandler = self._count_passed

    def _count_passed(self, _: str, __: dict[str, str]) -> None:
        self._passed += 1
        if self._passed > MAX_PASSED:
            raise BadMetadata("it has markup larger than any real file", self._parser.CurrentLineNumber)

    # The handlers -----------------------------------------------------------------------------

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        kind = self._type
        if kind is None:
            self._start_root(name, attributes, line)
            return
        if ":" in name or "xmlns" in attributes:
            raise BadMetadata("it mixes in elements of another XML namespace", line)
        depth = len(self._stack)
        if depth == 1 and not self._wanted(kind, name, line):
            self._skip(name)
            return
        parent = self._stack[-1]
        parent.children += 1
        self._kept += 1
        if self._kept > MAX_KEPT or depth > MAX_DEPTH:
            raise BadMetadata("it has more elements than any real file of its type", line)
        path = f"{parent.path}.{name}" if parent.path else name
        self._stack.append(_Node(name, path, line, bool(attributes) and _is_nil(attributes)))
        if path in kind.lists:
            self._listen_in_group(path, line)
            return
        if self._sectioned and depth == 1:
            self._listen(self._parser)
        if kind.decisive and name not in kind.decisive:
            self._notice_near_miss(kind, name, path, line)

    def _start_root(self, name: str, attributes: dict[str, str], line: int) -> None:
        if self._expected and name != self._expected:
            raise BadMetadata(f"its root element is {safe_text(name, limit=60)}, not {self._expected}", line)
        self._type = BY_KIND.get(name)
        if self._type is None:
            if name.rpartition(":")[2] in BY_KIND:
                raise BadMetadata("it mixes in elements of another XML namespace", line)
            raise NotOurs
        self._sectioned = self._type.kept is not None
        if attributes.get("xmlns", NAMESPACE) != NAMESPACE:
            raise BadMetadata("its XML namespace is not that of Salesforce metadata", line)
        self._stack.append(_Node(name, "", line, _is_nil(attributes)))
        if self._sectioned:
            self._listen_between_sections()

    def _wanted(self, kind: MetadataType, name: str, line: int) -> bool:
        if name in DROPPED_ELEMENTS:
            return False
        if kind.kept is None or name in kind.kept:
            return True
        self._unknown += 1
        self._notice_near_miss(kind, name, name, line)
        return False

    def _skip(self, name: str) -> None:
        """Stop listening until this element ends; the same guard as between sections holds."""
        parser = self._parser
        if name == self._stack[0].name:
            raise BadMetadata(f"{safe_text(name, limit=60)} is nested in itself", parser.CurrentLineNumber)

        def end_skipped(ended: str) -> None:
            if ended == name:
                self._listen(parser)
                self._resume_sections()

        parser.StartElementHandler = parser.CharacterDataHandler = None
        parser.EndElementHandler = end_skipped

    def _resume_sections(self) -> None:
        if self._sectioned and len(self._stack) == 1:
            self._parser.StartElementHandler = self._start_section
            self._parser.CharacterDataHandler = None

    def _characters(self, text: str) -> None:
        node = self._stack[-1]
        if not node.text and text.isspace():
            return
        if len(node.text) + len(text) > MAX_TEXT:
            raise BadMetadata("it has an element with more text than any real file", node.line)
        node.text += text

    def _end(self, name: str) -> None:
        node = self._stack.pop()
        if name != node.name:
            raise BadMetadata(
                f"{safe_text(name, limit=60)} is nested in itself", self._parser.CurrentLineNumber
            )
        text = node.text.strip()
        if node.nil and (node.children or text):
            raise BadMetadata("it has an element that is nil and not empty", self._parser.CurrentLineNumber)
        if node.children or not self._stack:
            if text:
                raise BadMetadata("it has stray text between its elements", self._parser.CurrentLineNumber)
        else:
            self._keep(node, text)
        self._resume_sections()

    # What is kept -----------------------------------------------------------------------------

    def _keep(self, node: _Node, text: str) -> None:
        kept = None if node.nil else kept_text(node.name, text)
        self._values.setdefault(node.path, []).append(Value(text=kept, line=node.line))

    def _listen_in_group(self, path: str, line: int) -> None:
        """Gather the simple children of one list element, such as a login range, until it ends."""
        parser, values, name, depth, parts = self._parser, dict[str, str | None](), "", 0, 0
        pieces, faults = self._pieces, set[str]()
        pieces.clear()

        def start(child: str, attributes: dict[str, str]) -> None:
            nonlocal name, depth, parts
            depth += 1
            parts += 1
            if parts > MAX_PARTS:
                raise BadMetadata("it has more elements than any real file of its type", line)
            if "".join(pieces).strip():
                faults.add(f"{path} has text where its parts should be")
            name = child
            pieces.clear()
            if depth > 1 or child in values:
                faults.add(f"{path} has a part that is nested or given twice")
            if attributes:
                values[child] = None if _is_nil(attributes) else ""
                faults.add(f"{path} has a part without a value")

        def end(child: str) -> None:
            nonlocal depth
            if depth:
                depth -= 1
                values[child] = "".join(pieces).strip() if child == name else None
                pieces.clear()
                return
            if "".join(pieces).strip():
                faults.add(f"{path} has text where its parts should be")
            pieces.clear()
            self._stack.pop()
            if self._sectioned:
                parser.StartElementHandler, parser.EndElementHandler = self._start_section, self._end
                parser.CharacterDataHandler = None
            else:
                self._listen(parser)
            self._close_group(path, line, values, faults)

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = pieces.append

    def _close_group(self, path: str, line: int, values: dict[str, str | None], faults: set[str]) -> None:
        self._kept += 1
        if self._kept > MAX_KEPT or sum(map(len, filter(None, values.values()))) > MAX_TEXT:
            raise BadMetadata("it has more elements or text than any real file of its type", line)
        if faults:
            self._gaps.append(PartGap(path=path, reason=min(faults), line=line))
        if path == "userPermissions":
            self._grant(line, values)
        elif values:  # <loginIpRanges/> says nothing
            kept = {name: text and kept_text(name, text) for name, text in values.items()}
            self._groups.setdefault(path, []).append(Group(line=line, values=kept))

    def _grant(self, line: int, values: dict[str, str | None]) -> None:
        """A user permission. Only enabled ones are retrieved, but files may spell out false ones."""
        name, enabled = values.get("name"), values.get("enabled")
        if not (name and name.isidentifier()) or enabled not in ("true", "false") or len(values) != 2:
            reason = "a user permission is incomplete or damaged"
            self._gaps.append(PartGap(path="userPermissions", reason=reason, line=line))
        elif enabled == "true":
            self._permissions[name] = line
        else:
            self._values.setdefault(WITHDRAWN, []).append(Value(text=name, line=line))
        if "userPermissions" not in self._values:
            self._values["userPermissions"] = [Value(text="present", line=line)]

    def _notice_near_miss(self, kind: MetadataType, name: str, path: str, line: int) -> None:
        """An unknown name that is nearly a decisive one is more likely damage than a new element."""
        for decisive in damaged_forms(name, kind.decisive):
            where = path.removesuffix(name) + decisive
            reason = f"an element named {safe_text(name, limit=60)} looks like a damaged {decisive}"
            self._gaps.append(PartGap(path=where, reason=reason, line=line))

    def component(self, name: str, file: str) -> Component:
        """What was gathered, frozen."""
        if self._type is None:
            raise BadMetadata("it has no root element", 1)
        return Component.model_construct(
            kind=self._type.kind,
            name=name,
            file=file,
            values={path: tuple(found) for path, found in sorted(self._values.items())},
            groups={path: tuple(found) for path, found in sorted(self._groups.items())},
            permissions=dict(sorted(self._permissions.items())),
            gaps=tuple(self._gaps),
            unknown_elements=self._unknown,
        )


def _refuse(reason: str) -> Callable[..., int]:
    def handler(*_: object) -> int:
        raise BadMetadata(reason)

    return handler


def _is_nil(attributes: dict[str, str]) -> bool:
    return any(
        key.rpartition(":")[2] == "nil" and value in ("true", "1") for key, value in attributes.items()
    )
