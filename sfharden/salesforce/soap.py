"""Metadata API envelopes, out and in: written from escaped text, read without DTDs or entities.

By hand, because the zeep client that simple-salesforce brings works from a bundled WSDL (v63) and silently
drops what that doesn't know, and because it uses a transport of its own: no timeout, no proxy, no guard.
"""

import base64
import binascii
import io
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar
from xml.etree.ElementTree import Element, TreeBuilder
from xml.sax.saxutils import escape

from sfharden.errors import AnswerError, OrgError
from sfharden.salesforce.failures import clean_code, failure
from sfharden.salesforce.outgoing_bodies import METADATA_NAMESPACE, SOAP_NAMESPACE
from sfharden.salesforce.session import Wire
from sfharden.text.hardened_xml import HardenedXml, XmlRefusal
from sfharden.text.redact import Secret
from sfharden.web.concurrency import Rank
from sfharden.web.session import Answer, WireCall

T = TypeVar("T")
ZIP_ELEMENT: Final = "zipFile"
_TEXT_BUFFER: Final = 64 * 1024  # characters; a zip is one long text
# A retrieve tells eleven things of each file, and may have 10,000 (Limits Quick Reference, Metadata Limits).
_MOST_ELEMENTS: Final = 250_000
_DEEPEST: Final = 64
# What is told of 10,000 files, 2,000 characters each; one odd character makes four bytes of each in a text.
_MOST_TEXT: Final = 20_000_000

# Characters that XML 1.0 cannot carry, not even escaped.
_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, *content: str) -> str:
    """An element of the Metadata API's namespace around XML that is already escaped."""
    return f"<m:{name}>{''.join(content)}</m:{name}>"


def text(name: str, value: str) -> str:
    """An element that holds the value as text; raises AnswerError for characters XML can't carry."""
    if _UNFIT.search(value):
        raise AnswerError("A name from the org holds a character that no request can carry")
    return element(name, escape(value))


def texts(name: str, values: Iterable[str]) -> str:
    """One such element for each value."""
    return "".join(text(name, value) for value in values)


class SoapDoor:
    """Makes Metadata API calls that only read. The token is revealed for the moment an envelope is built."""

    def __init__(self, wire: Wire, token: Secret) -> None:
        self._wire = wire
        self._token = token

    def call(
        self, operation: str, content: str, version: str, what: str, made: "Callable[[SoapResult], T]"
    ) -> T:
        """What is made of the `result` elements of an operation's response; a fault becomes the error its code stands for.

        It is made while the answer has the turn of large ones: elements are many times what is made of them.
        """
        call = WireCall(
            "POST",
            f"/services/Soap/m/{version}",
            what,
            "soap",
            headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""', "Accept": "text/xml"},
            body=self._envelope(element(operation, content)),
            signed=False,
            rank=Rank.CHAIN,
        )
        return self._wire.take(call, lambda answer: made(read_response(answer, operation, what)))

    def _envelope(self, operation: str) -> bytes:
        header = element("SessionHeader", text("sessionId", self._token.reveal()))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<e:Envelope xmlns:e="{SOAP_NAMESPACE}" xmlns:m="{METADATA_NAMESPACE}">'
            f"<e:Header>{header}</e:Header><e:Body>{operation}</e:Body></e:Envelope>"
        ).encode()


class SoapResult:
    """What an operation gave: its `result` elements, and the decoded zip if there was one."""

    def __init__(self, results: list[Element], zip_bytes: bytes | None) -> None:
        self.results = results
        self.zip_bytes = zip_bytes


def read_response(answer: Answer, operation: str, what: str) -> SoapResult:
    """Read an envelope. Names lose their namespace; of attributes only `nil` and `type` are kept."""
    reader = _EnvelopeReader()
    try:
        reader.read(answer.body)
        zip_bytes = reader.zip_bytes()
    except (XmlRefusal, binascii.Error):
        if 200 <= answer.status < 300:
            raise AnswerError(f"{what}: the org's answer is not the XML promised, or was cut off") from None
        raise failure(answer.status, "", what) from None
    fault = reader.root.find("Body/Fault")
    if fault is not None or not 200 <= answer.status < 300:
        raise _fault(answer.status, fault, what)
    response = reader.root.find(f"Body/{operation}Response")
    # It holds results and nothing else (metadata.wsdl); another element may be one whose name was damaged.
    if response is None or any(one.tag != "result" for one in response):
        raise AnswerError(f"{what}: the org answered something else than it was asked")
    return SoapResult(response.findall("result"), zip_bytes)


def _fault(status: int, fault: Element | None, what: str) -> OrgError:
    code = clean_code(fault.findtext("faultcode")) if fault is not None else ""
    # Every fault comes with status 500; a code that names a reason is a refusal and no breakdown.
    refused = bool(code) and code != "UNKNOWN_EXCEPTION"
    return failure(400 if refused and status >= 500 else status if status >= 300 else 500, code, what)


class _EnvelopeReader:
    """Builds a tree, but decodes the zip on the way: its text would be the largest thing in memory."""

    def __init__(self) -> None:
        self.root = Element("nothing")
        self._builder = TreeBuilder()
        self._zip: _Base64Decoder | None = None
        self._in_zip = False
        self._depth = 0
        self._elements = 0
        self._text = 0

    def read(self, body: bytes) -> None:
        xml = HardenedXml(namespace_separator=" ")
        parser = xml.parser
        parser.buffer_size = _TEXT_BUFFER
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        xml.read(body)
        self.root = self._builder.close()

    def zip_bytes(self) -> bytes | None:
        return self._zip.finish() if self._zip else None

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise XmlRefusal("it has more elements than any real answer")
        name = tag.rpartition(" ")[2]
        kept = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._builder.start(name, {key: kept[key] for key in ("nil", "type") if key in kept})
        # Only in an answer of our own shape: Envelope, Body, response, result, zipFile.
        self._in_zip = name == ZIP_ELEMENT and self._depth == 5
        if self._in_zip:
            # Two texts would be joined into one, and which is meant nobody could say.
            if self._zip:
                raise XmlRefusal("it holds two zips")
            self._zip = _Base64Decoder()

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._in_zip = False
        self._builder.end(tag.rpartition(" ")[2])

    def _data(self, data: str) -> None:
        if self._in_zip and self._zip:
            self._zip.feed(data)
            return
        self._text += len(data)
        if self._text > _MOST_TEXT:
            raise XmlRefusal("it has more text than any real answer")
        self._builder.data(data)


class _Base64Decoder:
    """Decodes base 64 that arrives in pieces, line breaks allowed; anything else is a binascii.Error."""

    def __init__(self) -> None:
        self._decoded = io.BytesIO()
        self._rest = ""
        self._ended = False

    def feed(self, data: str) -> None:
        waiting = self._rest + "".join(data.split())
        whole = len(waiting) - len(waiting) % 4
        self._take(waiting[:whole])
        self._rest = waiting[whole:]

    def finish(self) -> bytes:
        if self._rest:
            raise binascii.Error("cut off")
        return self._decoded.getvalue()

    def _take(self, quads: str) -> None:
        if not quads:
            return
        # Some Pythons take four "=" after whole quads, but not if they come by themselves.
        if self._ended or not quads.isascii() or quads.endswith("==="):
            raise binascii.Error("more after the end")
        self._ended = quads.endswith("=")
        self._decoded.write(base64.b64decode(quads, validate=True))
