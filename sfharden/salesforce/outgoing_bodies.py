"""Reads what a request's body would do, from the bytes themselves and not from what its builder says."""

import json
import re
from typing import Final

from sfharden.text.hardened_xml import HardenedXml, XmlRefusal

SOAP_NAMESPACE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
METADATA_NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"

_BOUNDARY: Final = re.compile(
    r'multipart/form-data; *boundary="?([A-Za-z0-9\'()+_,./:=?-]{8,70})"?', re.ASCII
)
_JSON_PART: Final = re.compile(rb'(?i)content-disposition: form-data; name="json"\r\n')
_FILE_PART: Final = re.compile(rb'(?i)content-disposition: form-data; name="file"; filename="[\w.-]+"\r\n')


class _ForeignBodyError(Exception):
    """The body is not what a request of ours looks like."""


def soap_operation(body: bytes) -> str:
    """The one operation in a Metadata API envelope; empty if the body is anything else."""
    reader = _OperationReader()
    try:
        reader.read(body)
    except XmlRefusal:
        return ""
    return reader.operations[0] if len(reader.operations) == 1 else ""


class _OperationReader:
    """Collects the children of `Envelope/Body`, without building a tree."""

    def __init__(self) -> None:
        self.operations: list[str] = []
        self._open: list[str] = []

    def read(self, body: bytes) -> None:
        xml = HardenedXml(namespace_separator=" ")
        xml.parser.StartElementHandler = self._start
        xml.parser.EndElementHandler = self._end
        xml.read(body)

    def _start(self, tag: str, _: object) -> None:
        if self._open == [f"{SOAP_NAMESPACE} Envelope", f"{SOAP_NAMESPACE} Body"]:
            namespace, _separator, name = tag.rpartition(" ")
            self.operations.append(name if namespace == METADATA_NAMESPACE else "")
        self._open.append(tag)

    def _end(self, _: str) -> None:
        self._open.pop()


def is_check_only(content_type: str, body: bytes) -> bool:
    """Whether a multipart body asks for a check-only deployment and for nothing else.

    It must hold exactly two parts, `json` and `file`, and the options must say `checkOnly: true` once.
    """
    found = _BOUNDARY.fullmatch(content_type)
    if not found:
        return False
    line = b"--" + found[1].encode()
    # The zip may hold any bytes, but not the boundary: then a server would see other parts than we do.
    if (
        not body.startswith(line + b"\r\n")
        or body.count(line) != 3
        or not body.endswith(b"\r\n" + line + b"--\r\n")
    ):
        return False
    second = body.index(b"\r\n" + line, len(line))
    options = body[len(line) + 2 : second]
    if not _FILE_PART.match(body, second + len(line) + 4):
        return False
    return bool(_JSON_PART.match(options)) and _says_check_only(options.partition(b"\r\n\r\n")[2])


def _says_check_only(options: bytes) -> bool:
    try:
        told = json.loads(options, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError, _ForeignBodyError):
        return False
    # Beside the options only `validatedDeployRequestId` is known, and it starts a real deployment.
    if not isinstance(told, dict) or set(told) != {"deployOptions"}:
        return False
    inner = told["deployOptions"]
    return isinstance(inner, dict) and inner.get("checkOnly") is True


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Which of two equal keys counts is the server's choice, so neither may be there.
    if len({name for name, _ in pairs}) != len(pairs):
        raise _ForeignBodyError
    return dict(pairs)
