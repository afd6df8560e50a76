"""Foreign XML through expat, hardened once for all who read it.

No document type, no entity, no encoding that XML itself doesn't know; and nothing leaves but XmlRefusal.

What is read must not rest on when expat calls back, and that differs: a newer expat waits until what it left
over has doubled (reparse deferral; Debian's patched 2.5 does too, and there Python can't switch it off). So
a document is fed in blocks of one size, however it arrives, and markup that holds a whole block is refused.
Then less than a block is ever left over, each further block doubles it, and no expat waits.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

BLOCK_BYTES: Final = 256 * 1024
ASCII_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
# What expat reads by itself. Any other name is looked up among Python's codecs, which are many and odd.
ENCODINGS: Final = ASCII_ENCODINGS | {"utf-16", "utf-16le", "utf-16be"}

MONSTER: Final = "it has markup larger than any real file"
_BAD_ENCODING: Final = "its character encoding is unknown or broken"


class XmlRefusal(Exception):
    """XML that can't be read or isn't accepted. `reason` is one plain phrase; `at` the byte of an error in it."""

    def __init__(self, reason: str, line: int = 0, at: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.at = at


class HardenedXml:
    """An expat parser to hang handlers on, and the only way to feed it."""

    def __init__(
        self, *, encodings: frozenset[str] = ENCODINGS, namespace_separator: str | None = None
    ) -> None:
        self.parser = parser = expat.ParserCreate(namespace_separator=namespace_separator)
        self.encoding = "utf-8"  # once the document's head is read, in a name that Python knows too
        self._encodings = encodings
        self._fed = 0
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._refuse_type
        # Only a document type could bring these. They're refused all the same: expat's order is not ours.
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_entity
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def feed(self, block: bytes | memoryview) -> None:
        """One of `blocks`. Raises XmlRefusal, and what the handlers raise; one that is shorter ends the document."""
        last = len(block) < BLOCK_BYTES
        try:
            self.parser.Parse(block, last)
        except expat.ExpatError as error:
            fault = expat.ErrorString(error.code) or "unknown error"
            reason = f"it is not well-formed XML ({fault})"
            raise XmlRefusal(reason, error.lineno, self.parser.ErrorByteIndex) from None
        except UnicodeError:
            raise XmlRefusal(_BAD_ENCODING, 1) from None
        self._fed += len(block)
        if not last and self._fed - self.parser.CurrentByteIndex >= BLOCK_BYTES:
            raise XmlRefusal(MONSTER, self.parser.CurrentLineNumber)

    def read(self, document: bytes) -> None:
        """All of a document. Raises XmlRefusal, and what the handlers raise."""
        view = memoryview(document)
        for begin in range(0, len(view) + 1, BLOCK_BYTES):
            self.feed(view[begin : begin + BLOCK_BYTES])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or "utf-8").lower()
        if self.encoding not in self._encodings:
            raise XmlRefusal(_BAD_ENCODING, 1)

    def _refuse_type(self, *_: object) -> None:
        raise XmlRefusal("it declares a document type (DTD)")

    def _refuse_entity(self, *_: object) -> int:
        raise XmlRefusal("it declares an entity")


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks of one size and a last one that is shorter, perhaps empty, however it hands them out."""
    while True:
        block = _filled(stream, BLOCK_BYTES)
        yield block
        if len(block) < BLOCK_BYTES:
            return


def _filled(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
