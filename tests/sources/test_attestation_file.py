"""Attestations read back: a statement of another kind or spelling is refused, though its signature holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from sfharden.errors import InputError
from sfharden.files.digest import canonical_json
from sfharden.files.dsse import IN_TOTO, Envelope, envelope_text
from sfharden.report.check_attestation import statement_bytes
from sfharden.sources.attestation_file import load_envelope, statement_in
from tests.report.forms_kit import every_state
from tests.report.test_check_attestation import said

GOOD = statement_bytes(said(every_state()))
PLACE = Path("a.json")


def refusal(payload: bytes) -> str:
    with pytest.raises(InputError) as refused:
        statement_in(Envelope(IN_TOTO, payload, "", b""), PLACE)
    return refused.value.message


def changed(**keys: Any) -> bytes:
    return canonical_json({**json.loads(GOOD), **keys})


def test_a_statement_is_read_back(tmp_path: Path) -> None:
    envelope = Envelope(IN_TOTO, GOOD, "k", b"s")
    (tmp_path / "a.json").write_text(envelope_text(envelope))
    assert load_envelope(tmp_path / "a.json") == envelope
    assert statement_in(envelope, PLACE) == said(every_state())


def test_other_kinds_and_spellings_are_refused_in_one_line() -> None:
    assert "doesn't read (https://slsa.dev/x)" in refusal(changed(predicateType="https://slsa.dev/x"))
    assert "doesn't read (None)" in refusal(b"[]")
    assert "is not JSON" in refusal(b"{")
    assert "twice" in refusal(GOOD[:-1] + b',"_type":""}')
    assert "no statement that this version reads" in refusal(changed(more=1))
    assert "no statement that this version reads" in refusal(changed(subject=[]))
    assert "not spelled" in refusal(GOOD + b"\n")
    summary = json.loads(GOOD)["predicate"]
    lax = summary["counts"] | {"pass": str(summary["counts"]["pass"])}  # a number written as a text
    assert "not spelled" in refusal(changed(predicate=summary | {"counts": lax}))


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfharden.files.json_file.MAX_BYTES", 100)
    (tmp_path / "a.json").write_bytes(b" " * 101)
    with pytest.raises(InputError, match="is larger than"):
        load_envelope(tmp_path / "a.json")
