"""One metadata file, as a stream of bytes, to one component.

The file is read in blocks and only what we keep is built, so memory stays flat however large the file is.
Whatever is not as Salesforce writes it raises BadMetadata: a DTD, an entity, foreign namespaces, stray text.
"""

from dataclasses import replace
from typing import BinaryIO, Final

from sfharden.model.kinds import ACCESS_SECTIONS
from sfharden.model.snapshot import WITHDRAWN, Component, Group, PartGap, Value
from sfharden.sources.metadata_names import damaged_forms, kept_below, kept_text
from sfharden.sources.metadata_types import (
    BY_KIND,
    DROPPED_ELEMENTS,
    ENTRY_NAMES,
    KNOWN_SECTIONS,
    MetadataType,
)
from sfharden.text.hardened_xml import MONSTER, HardenedXml, XmlRefusal, blocks
from sfharden.text.redact import safe_text

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"

MAX_KEPT: Final = 200_000  # elements kept of one file
MAX_DEPTH: Final = 32
MAX_TEXT: Final = 100_000  # characters in one element
MAX_PARTS: Final = 100  # children of one list element

# In well-formed XML, and where the parser stopped in what is none.
_MERGE_MARKS: Final = (b"\n=======\n", b"\n=======\r\n", b"\n>>>>>>> ", b"\n||||||| ")
_CONFLICT_MARKS: Final = (b"<<<<<<< ", b">>>>>>> ")
_LONGEST_MARK: Final = 2 * 10  # in UTF-16
_CONFLICT: Final = "it holds git conflict markers"
_TOO_MUCH_TEXT: Final = "it has an element with more text than any real file"


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
    stream: BinaryIO,
    name: str,
    file: str,
    *,
    max_bytes: int,
    expected: str | None = None,
    proposed: bool = False,
) -> Component:
    """The component that a file holds.

    `name` is the API name from the file's path; `expected` the type its suffix promises. Of a file that is `proposed`
    it's kept, too, in which sections it withholds something of what an integration may call for.
    Raises BadMetadata, or NotOurs for a root of another type when nothing was expected.
    """
    reader, marks = _Reader(expected, proposed), _MergeMarks()
    size = 0
    for block in blocks(stream):
        size += len(block)
        if size > max_bytes:
            raise BadMetadata(f"it is larger than {max_bytes // 1_000_000} MB")
        marks.look_at(block)
        try:
            reader.feed(block)
        except XmlRefusal as refusal:
            raise _explained(refusal, marks, stream, size) from None
        if reader.hears_no_text and marks.found:
            raise BadMetadata(_CONFLICT)
    return reader.component(name, file)


def _explained(refusal: XmlRefusal, marks: "_MergeMarks", stream: BinaryIO, size: int) -> BadMetadata:
    if not size:
        return BadMetadata("it is empty", refusal.line)
    if refusal.at is not None and marks.stand_before(size - refusal.at, stream.read(_LONGEST_MARK)):
        return BadMetadata(_CONFLICT, refusal.line)
    return BadMetadata(refusal.reason, refusal.line)


class _MergeMarks:
    """What is left of a merge, searched in the bytes themselves: what the parser has told so far says nothing."""

    def __init__(self) -> None:
        self.found = False
        self._recent = b""

    def look_at(self, block: bytes) -> None:
        """The next block; what stands across its border with the last one is found too."""
        self._recent = self._recent[-_LONGEST_MARK:] + block
        self.found = self.found or _holds(self._recent, _MERGE_MARKS)

    def stand_before(self, back: int, ahead: bytes) -> bool:
        """Whether a mark stands where the parser stopped, so many bytes before the end, or earlier in this block."""
        upto = max(len(self._recent) - back + _LONGEST_MARK, 0)
        return _holds((self._recent + ahead)[:upto], _CONFLICT_MARKS)


def _holds(data: bytes, marks: tuple[bytes, ...]) -> bool:
    if b"\0" in data:  # UTF-16: without its zeros, the marks look as they do in UTF-8
        data = data.replace(b"\0", b"")
    return any(mark in data for mark in marks)


class _Reader:
    """Expat's handlers and what they gather."""

    def __init__(self, expected: str | None, proposed: bool) -> None:
        self._expected, self._proposed = expected, proposed
        self._type: MetadataType | None = None
        self._sectioned = False
        self._start_section = self._start
        # Of a list element, while it lasts: the text since its last tag, how long all before it was, the line.
        self._pieces: list[str] = []
        self._length = 0
        self._list_line = 0
        self._stack: list[_Node] = []
        self._kept = 0
        self._values: dict[str, list[Value]] = {}
        self._groups: dict[str, list[Group]] = {}
        self._gaps: list[PartGap] = []
        self._permissions: dict[str, int] = {}
        self._unknown = 0
        self._xml = HardenedXml()
        self._parser = self._xml.parser
        self._listen()

    def _listen(self) -> None:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _listen_between_sections(self) -> None:
        """For profiles: nine of ten elements are sections that we never look at, so pass them quickly.

        While a section lasts, only ends are heard. If it holds an element of its own name, its own end
        comes as one that doesn't fit the stack, and `_end` refuses the file. Text between sections isn't
        heard either; the marks of a merge are looked for instead.
        """
        passed = KNOWN_SECTIONS - ACCESS_SECTIONS if self._proposed else KNOWN_SECTIONS
        parser, sections, start = self._parser, passed, self._start
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

    @property
    def hears_no_text(self) -> bool:
        """Whether text between the sections goes by unheard."""
        return self._sectioned

    def feed(self, block: bytes) -> None:
        """One block of the file, and between two of them a look at what grows without an event."""
        self._xml.feed(block)
        parser = self._parser
        if self._length + sum(map(len, self._pieces)) > MAX_TEXT:
            raise BadMetadata(_TOO_MUCH_TEXT, self._list_line)
        # Expat keeps the open elements of what is passed over. An element that lasts a whole block is too much.
        if parser.StartElementHandler is _pass_over:
            raise BadMetadata(MONSTER, parser.CurrentLineNumber)
        if self._stack and parser.StartElementHandler is None:
            parser.StartElementHandler = _pass_over

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
            self._listen()
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
        if self._proposed:
            self._type = _with_access(self._type)
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
                self._listen()
                self._resume_sections()

        parser.StartElementHandler = parser.CharacterDataHandler = None
        parser.EndElementHandler = end_skipped

    def _resume_sections(self) -> None:
        if self._sectioned and len(self._stack) == 1:
            self._parser.StartElementHandler = self._start_section
            self._parser.CharacterDataHandler = None

    def _characters(self, text: str) -> None:
        node = self._stack[-1]
        if not node.text:  # what counts must be the same however the text is cut
            text = text.lstrip()
        if len(node.text) + len(text) > MAX_TEXT:
            raise BadMetadata(_TOO_MUCH_TEXT, node.line)
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
        kept = None if node.nil else kept_below(node.path, text)
        self._values.setdefault(node.path, []).append(Value(text=kept, line=node.line))

    def _listen_in_group(self, path: str, line: int) -> None:
        """Gather the simple children of one list element, such as a login range, until it ends."""
        parser, values, name, depth, parts = self._parser, dict[str, str | None](), "", 0, 0
        faults, taken = set[str](), self._taken
        self._pieces.clear()
        self._length, self._list_line = 0, line

        def start(child: str, attributes: dict[str, str]) -> None:
            nonlocal name, depth, parts
            depth += 1
            parts += 1
            if parts > MAX_PARTS:
                raise BadMetadata("it has more elements than any real file of its type", line)
            if taken():
                faults.add(f"{path} has text where its parts should be")
            name = child
            if depth > 1 or child in values:
                faults.add(f"{path} has a part that is nested or given twice")
            if attributes:
                values[child] = None if _is_nil(attributes) else ""
                faults.add(f"{path} has a part without a value")

        def end(child: str) -> None:
            nonlocal depth
            text = taken()
            if depth:
                depth -= 1
                values[child] = text if child == name else None
                return
            if text:
                faults.add(f"{path} has text where its parts should be")
            self._stack.pop()
            if self._sectioned:
                parser.StartElementHandler, parser.EndElementHandler = self._start_section, self._end
                parser.CharacterDataHandler = None
            else:
                self._listen()
            self._close_group(path, line, values, faults)

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = self._pieces.append

    def _taken(self) -> str:
        """The text of a list element since the last tag. All of it counts, so its cuts don't matter."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise BadMetadata(_TOO_MUCH_TEXT, self._list_line)
        return text.strip()

    def _close_group(self, path: str, line: int, values: dict[str, str | None], faults: set[str]) -> None:
        self._kept += 1
        if self._kept > MAX_KEPT:
            raise BadMetadata("it has more elements than any real file of its type", line)
        if faults:
            self._gaps.append(PartGap(path=path, reason=min(faults), line=line))
        if path == "userPermissions":
            self._grant(line, values)
        elif path in ACCESS_SECTIONS:
            self._withhold(path, line, values)
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

    def _withhold(self, path: str, line: int, values: dict[str, str | None]) -> None:
        """An entry that doesn't permit everything; the first one stands for its section."""
        name = next((text for key, text in values.items() if key in ENTRY_NAMES and text), "")
        withheld = any(text != "true" for key, text in values.items() if key not in ENTRY_NAMES)
        if withheld and path not in self._values:
            self._values[path] = [Value(text=name, line=line)]

    def _contradictions(self) -> list[PartGap]:
        """Permissions that one file gives and takes: which one a deployment goes by is not documented."""
        taken = {one.text for one in self._values.get(WITHDRAWN, ())}
        lines = [line for name, line in self._permissions.items() if name in taken]
        reason = "a user permission is given and taken in one file"
        return [PartGap(path="userPermissions", reason=reason, line=line) for line in sorted(lines)]

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
            gaps=(*self._gaps, *self._contradictions()),
            unknown_elements=self._unknown,
        )


def _with_access(kind: MetadataType) -> MetadataType:
    """The type with the sections that permit what an integration calls for."""
    if kind.kept is None:
        return kind
    return replace(kind, kept=kind.kept | ACCESS_SECTIONS, lists=kind.lists | ACCESS_SECTIONS)


def _pass_over(_: str, __: dict[str, str]) -> None:
    """Hears the elements of what is passed over across a border, and thereby marks it as such."""


def _is_nil(attributes: dict[str, str]) -> bool:
    return any(
        key.rpartition(":")[2] == "nil" and value in ("true", "1") for key, value in attributes.items()
    )
