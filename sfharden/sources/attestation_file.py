"""An attestation, read back: nothing of its statement is looked at before its signature holds."""

from pathlib import Path

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.files.digest import canonical_json
from sfharden.files.dsse import Envelope, parse_envelope
from sfharden.files.json_file import json_bytes, parse_json
from sfharden.model.attestation import SUMMARY, Statement
from sfharden.text.redact import safe_text

_WHAT = "attestation"


def load_envelope(path: Path) -> Envelope:
    """The envelope in a file, of which nothing is believed yet. Raises InputError."""
    return parse_envelope(json_bytes(path, _WHAT), _named(path))


def statement_in(envelope: Envelope, path: Path) -> Statement:
    """What is said in an envelope whose signature holds. Raises InputError for a statement of another kind."""
    what = _named(path)
    data = parse_json(envelope.payload, f"The statement of {what[0].lower()}{what[1:]}")
    kind = data.get("predicateType") if isinstance(data, dict) else None
    if kind != SUMMARY:
        shown = safe_text(str(kind), limit=80)
        raise InputError(f"{what} says something that this version doesn't read ({shown}).")
    try:
        found = Statement.model_validate(data)
    except ValidationError:
        raise InputError(f"{what} holds no statement that this version reads.") from None
    if canonical_json(found.model_dump(mode="json", by_alias=True)) != envelope.payload:
        raise InputError(f"{what} holds a statement that is not spelled as sfharden writes it.")
    return found


def _named(path: Path) -> str:
    return f"The {_WHAT} {safe_text(str(path))}"
