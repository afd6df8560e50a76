"""DSSE envelopes (github.com/secure-systems-lab/dsse, protocol.md and envelope.md, v1.0), of one signature.

The standard lets base64 and JSON be spelled in many ways. Here one spelling is written and none else is taken, so that no
byte of a file can be changed unseen.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, Final

from sfharden.errors import InputError
from sfharden.files.json_file import parse_json
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

IN_TOTO: Final = "application/vnd.in-toto+json"
_KEYS: Final = {"payload", "payloadType", "signatures"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is signed, of which type, by which key, and the signature itself."""

    payload_type: str
    payload: bytes
    keyid: str
    signature: bytes


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed (protocol.md, Signature Definition): type and payload, each with its length."""
    kind = payload_type.encode()
    return b" ".join((b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(payload), payload))


def envelope_text(envelope: Envelope) -> str:
    """The envelope as JSON."""
    signature = {"keyid": envelope.keyid, "sig": _encoded(envelope.signature)}
    document = {
        "payload": _encoded(envelope.payload),
        "payloadType": envelope.payload_type,
        "signatures": [signature],
    }
    return json.dumps(document, indent=2) + "\n"


def parse_envelope(data: bytes, what: str) -> Envelope:
    """The envelope in a file's bytes; `what` names it in messages. Nothing is verified here. Raises InputError."""
    document = parse_json(data, what)
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise _none(what)
    payload_type, signatures = document["payloadType"], document["signatures"]
    if not isinstance(payload_type, str) or not isinstance(signatures, list):
        raise _none(what)
    if payload_type != IN_TOTO:
        shown = safe_text(payload_type, limit=80)
        raise InputError(f"{what} holds '{shown}', and not an in-toto statement ({IN_TOTO}).")
    if len(signatures) != 1:
        raise InputError(
            f"{what} has {count(len(signatures), 'signature')}; sfharden writes one, and verifies one."
        )
    keyid, signature = _signature(signatures[0], what)
    found = Envelope(payload_type, _decoded(document["payload"], what), keyid, signature)
    if envelope_text(found).encode() != data:
        raise InputError(
            f"{what} is not spelled as sfharden writes it, so a byte of it may have been changed.",
            "Take the file as it was written, without another program's changes.",
        )
    return found


def _signature(found: Any, what: str) -> tuple[str, bytes]:
    if not isinstance(found, dict) or found.keys() != {"keyid", "sig"} or not isinstance(found["keyid"], str):
        raise _none(what)
    return found["keyid"], _decoded(found["sig"], what)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: Any, what: str) -> bytes:
    if not isinstance(text, str):
        raise _none(what)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise InputError(f"{what} holds base64 that is damaged.") from None


def _none(what: str) -> InputError:
    return InputError(f"{what} is no DSSE envelope of one payload, its type and its signature.")
