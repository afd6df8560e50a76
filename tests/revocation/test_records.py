"""The lines of a journal: one a record, in ASCII, read again as they were written, and none of another shape."""

import json

import pytest
from pydantic import ValidationError

from sfharden.model.base import Model
from sfharden.model.snapshot import Tool
from sfharden.revocation.plan import PlannedToken
from sfharden.revocation.records import (
    LINE,
    Event,
    Planned,
    Recounted,
    Resumed,
    Sealed,
    State,
    encode,
    seal,
)

from .kit import NOW, WHO, handle, header_of, plan_of, secret

TOKEN = PlannedToken(handle=handle(1), app="営業\x1b[2J\u2028", user="u", created=None)
RECORDS = [
    header_of(plan_of([1, 2])),
    Planned(token=TOKEN),
    Event(record="attempted", handle=handle(1), at=NOW),
    Event(record="unknown", handle=handle(1), at=NOW, code="HTTP_503", seen="inventory"),
    Sealed(sha256=seal(b"lines")),
    Resumed(at=NOW, tool=Tool(version="1"), who=WHO, approved="fingerprint typed", fingerprint="ABCDEFGH"),
    Recounted(at=NOW, gap="cut off", survivors=(handle(1),)),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: type(one).__name__)
def test_a_record_is_one_line_of_ascii_and_read_again_as_it_was(record: Model) -> None:
    line = encode(record)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert LINE.validate_json(line) == record


def test_the_first_line_names_the_schema() -> None:
    assert json.loads(encode(RECORDS[0]))["schema"] == "sfharden.journal/1"


def test_no_line_holds_what_revokes_a_token() -> None:
    assert not any(secret(1).reveal().encode() in encode(record) for record in RECORDS)


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        '{"record": "revokd", "handle": "x", "at": "2026-11-24T12:00:00Z"}',
        '{"record": "planned", "handle": "x", "at": "2026-11-24T12:00:00Z"}',
        '{"record": "revoked", "handle": "x"}',
        '{"record": "revoked", "handle": "x", "at": "2026-11-24T12:00:00Z", "more": 1}',
        '{"record": "revoked", "handle": "x", "at": "2026-11-24T12:00:00Z", "seen": "dream"}',
    ],
)
def test_a_line_of_another_shape_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_json(line)


def test_only_what_is_revoked_or_gone_is_settled() -> None:
    assert {one for one in State if one.is_settled} == {State.REVOKED, State.ALREADY_GONE}
