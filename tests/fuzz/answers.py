"""What an org answers, changed at random.

LOSSES take something away that was told, or break it: whatever failed may then be unknown, never pass. LIES say
something else in the right shape, which nobody can see: of them holds only what holds for any answer.
"""

import base64
import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Final

from sfharden.emulator.wire import Reply

from .damage import (
    OTHER,
    POORER,
    Bytes,
    delete,
    flip,
    in_json,
    in_xml,
    in_zip,
    insert,
    keys_twice,
    recode,
    repeat,
    replace_all,
    truncate,
    without_one,
)

Answer = Callable[[Reply, Random], Reply]
_ZIP: Final = re.compile(rb"(<(?:\w+:)?zipFile>)([^<]*)(</)")
_STATUSES: Final = (
    201, 202, 204, 206, 300, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 413, 414, 420, 429, 431, 451, 500, 501,
    502, 503, 504, 520, 599, 999,
)  # fmt: skip
_TYPES: Final = (
    "text/html", "text/html; charset=utf-99", "application/xml", "application/octet-stream", "", "x", "text/plain",
    "application/json; charset=utf-16", "application/json; charset=zlib_codec", "multipart/form-data", "a/b; " * 500,
)  # fmt: skip
_HEADERS: Final = (
    ("Retry-After", "-1"), ("Retry-After", "soon"), ("Retry-After", "9" * 400), ("Sforce-Limit-Info", "api-usage=1/0"),
    ("Sforce-Limit-Info", "api-usage=99999999999999999999999/1"), ("Sforce-Limit-Info", "\xff\x1b[2J"),
    ("Sforce-Limit-Info", "api-usage=" + "9" * 5000 + "/1"), ("Location", "https://evil.example/"), ("Set-Cookie", "sid=a"),
    ("Content-Encoding", "gzip"), ("Content-Encoding", "br"), ("Content-Encoding", "deflate, gzip"), ("X-A", "b" * 9000),
    ("Content-Encoding", "nonsense"), ("Content-Type", "text/html"), ("Date", "yesterday"), ("X\x01", "\x7f"),
    ("Refresh", "0; url=https://evil.example/"), ("Connection", "close"), ("Content-Language", "\x85"),
)  # fmt: skip


def _body(change: Bytes) -> Answer:
    return lambda reply, chance: replace(reply, body=change(reply.body, chance))


def _is_xml(reply: Reply) -> bool:
    return reply.body.lstrip()[:1] == b"<"


def _shape(reply: Reply, chance: Random, *, poorer: bool) -> Reply:
    if _is_xml(reply):
        return replace(reply, body=in_xml(reply.body, chance, poorer=poorer))
    return replace(reply, body=in_json(reply.body, chance, POORER if poorer else OTHER))


def _zip(change: Bytes, reply: Reply, chance: Random) -> Reply:
    """The zip of a retrieve changed; an answer without one changed in its shape."""
    if not (found := _ZIP.search(reply.body)) or not found[2]:
        return _shape(reply, chance, poorer=True)
    changed = base64.b64encode(change(base64.b64decode(found[2]), chance))
    return replace(reply, body=reply.body[: found.start(2)] + changed + reply.body[found.end(2) :])


def _status(reply: Reply, chance: Random) -> Reply:
    return replace(reply, status=chance.choice(_STATUSES))


def _emptied(reply: Reply, chance: Random) -> Reply:
    return replace(reply, status=chance.choice([reply.status, 200, 204]), body=b"")


def _type(reply: Reply, chance: Random) -> Reply:
    return replace(reply, content_type=chance.choice(_TYPES))


def _header(reply: Reply, chance: Random) -> Reply:
    return replace(reply, headers=(*reply.headers, *chance.sample(_HEADERS, chance.randint(1, 3))))


def _zipped(reply: Reply, chance: Random) -> Reply:
    packed = chance.choice([gzip.compress, lambda body: truncate(gzip.compress(body), chance)])(reply.body)
    return replace(reply, body=packed, headers=(*reply.headers, ("Content-Encoding", "gzip")))


def _cut_file(data: bytes, chance: Random) -> bytes:
    return in_zip(data, chance, truncate)


def _odd_file(data: bytes, chance: Random) -> bytes:
    return in_zip(data, chance, partial(in_xml, poorer=True))


def _other_file(data: bytes, chance: Random) -> bytes:
    ways: tuple[Bytes, ...] = (flip, delete, insert, repeat, partial(in_xml, poorer=False))
    way = chance.choice(ways)
    return in_zip(data, chance, way)


LOSSES: Final[dict[str, Answer]] = {
    "cut off": _body(truncate),
    "in another encoding": _body(recode),
    "something else": _body(replace_all),
    "another status": _status,
    "empty": _emptied,
    "another type": _type,
    "odd headers": _header,
    "packed": _zipped,
    "poorer": partial(_shape, poorer=True),
    "poorer again": partial(_shape, poorer=True),
    "a zip cut off": partial(_zip, truncate),
    "a file cut off": partial(_zip, _cut_file),
    "a file with an odd element": partial(_zip, _odd_file),
    "a file missing": partial(_zip, without_one),
}
LIES: Final[dict[str, Answer]] = {
    "bits turned": _body(flip),
    "a piece missing": _body(delete),
    "a piece twice": _body(repeat),
    "junk": _body(insert),
    "keys twice": _body(keys_twice),
    "other": partial(_shape, poorer=False),
    "other again": partial(_shape, poorer=False),
    "bits of a zip turned": partial(_zip, flip),
    "another file": partial(_zip, _other_file),
}
