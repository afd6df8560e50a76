"""Bytes, JSON and XML, changed at random. What is changed and how is a function of the chance that is handed in."""

import io
import json
import os
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

MORE: Final = "SFHARDEN_TEST_MUTANTS"
_JUNK: Final = (
    b"\0", b"<", b"&", b"]]>", b"\xff\xfe", b"\xed\xa0\x80", b"{", b"}", b'"', b"[", b",", b"\\u0000", b"\\ud800",
    b"1e999", b"NaN", b"-", b"\r\n\r\n", b"\x1b[2J", b"\xe2\x80\xae", b"<!DOCTYPE a>", b"&x;", b"<a/>", b": ", b"- ",
    b"'", b"#", b"!!python/name:os.system ", b"*a ", b"&a ", b"PK\x03\x04", b"=", b"\t", b"~", b"%",
)  # fmt: skip

_ODD_WORDS: Final = (
    "\ud800", "\0", "x" * 100_000, "https://evil.example/", "http://[::1", "true", "null", "*", "-", "0", "-1", "9" * 5000,
    "9999-99-99T99:99:99Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "0001-01-01", "99999999999d", "0d",
    "9999999999999999999h", "0.0.0.0/0", "::/0", "1.2.3.4/33", "255.255.255.255-0.0.0.0", "10.0.0.1-::2", "1.2.3.4%eth0",
    "\u0661.2.3.4", "specific_inactivity:9999999999:MONTHS", "specific_lifetime:-1:DAYS", "TwoHours", "\u202e", "a.b.c.d",
)  # fmt: skip

Bytes = Callable[[bytes, Random], bytes]


def mutants(in_the_suite: int) -> range:
    """The numbers of the mutants to try; the environment says how many, if more are wanted."""
    return range(int(os.environ.get(MORE, in_the_suite)))


def chance_of(*what: object) -> Random:
    """A chance of its own for anything that has a name."""
    return Random(" ".join(map(str, what)))  # noqa: S311 - mutations, not secrets


# Bytes -----------------------------------------------------------------------------------------


def flip(data: bytes, chance: Random) -> bytes:
    """Up to three bits turned."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3) if data else 0):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncate(data: bytes, chance: Random) -> bytes:
    """Cut off anywhere."""
    return data[: chance.randrange(len(data))] if data else data


def delete(data: bytes, chance: Random) -> bytes:
    """A piece is missing."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randint(1, 80) :]


def repeat(data: bytes, chance: Random) -> bytes:
    """A piece comes twice."""
    at = chance.randrange(len(data) + 1)
    return data[: at + chance.randint(1, 200)] + data[at:]


def insert(data: bytes, chance: Random) -> bytes:
    """Junk in between."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(_JUNK) + data[at:]


def recode(data: bytes, chance: Random) -> bytes:
    """The same text in another encoding."""
    return data.decode("utf-8", "replace").encode(
        chance.choice(["utf-16", "utf-32", "utf-8-sig", "cp037"]), "replace"
    )


def replace_all(_: bytes, chance: Random) -> bytes:
    """Something else altogether."""
    return chance.choice(
        [b"", b" ", b"\0" * 1000, b"null", b"[]", b"{}", b"<a/>", b"7", b'"a"', b"[" * 100_000]
    )


ANY_BYTES: Final[tuple[Bytes, ...]] = (flip, truncate, delete, repeat, insert, recode, replace_all)

# JSON ------------------------------------------------------------------------------------------

Place = tuple[Any, Any]  # a list or an object, and the index or key in it
AtPlace = Callable[[Any, Any, Random], None]


def places(value: Any) -> Iterator[Place]:
    """Everywhere that a value stands in a value."""
    if not isinstance(value, dict | list):
        return
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from places(value[key])


def remove(within: Any, key: Any, _: Random) -> None:
    """It is not there."""
    del within[key]


def rename(within: Any, key: Any, chance: Random) -> None:
    """It is there by another name; in a list, in another place."""
    value = within.pop(key)
    if isinstance(within, dict):
        within[chance.choice(["q", key + "q", key.swapcase(), key[1:] or "q", f"{key}\0"])] = value
    else:
        within.insert(chance.randrange(len(within) + 1), value)


def of_another_type(within: Any, key: Any, chance: Random) -> None:
    """It is of another type."""
    value = within[key]
    wanted = [
        [],
        {},
        "x",
        7,
        -1,
        1.5,
        10**400,
        True,
        [value],
        {"x": value},
        float("nan"),
        float("inf"),
        str(value),
    ]
    within[key] = chance.choice([one for one in wanted if type(one) is not type(value)])


def nested(within: Any, key: Any, chance: Random) -> None:
    """It stands deep within lists."""
    for _ in range(chance.choice([1, 2, 60, 400])):
        within[key] = [within[key]]


def to_nothing(within: Any, key: Any, _: Random) -> None:
    """It is null."""
    within[key] = None


def another_value(within: Any, key: Any, chance: Random) -> None:
    """It is of its type, and another."""
    value = within[key]
    if isinstance(value, bool):
        within[key] = not value
    elif isinstance(value, int | float):
        within[key] = chance.choice([0, 1, -1, value + 1, 2**63, 10**30])
    elif isinstance(value, str):
        near = ["", " ", value[1:], value + value, value.swapcase(), "\u202e" + value, "../" + value]
        within[key] = chance.choice([*near, *_ODD_WORDS])
    elif value:
        within[key] = type(value)()


def exchanged(within: Any, key: Any, chance: Random) -> None:
    """It and its neighbour have each other's value."""
    other = chance.choice(list(within) if isinstance(within, dict) else range(len(within)))
    within[key], within[other] = within[other], within[key]


def doubled(within: Any, key: Any, chance: Random) -> None:
    """It is there twice, or many times."""
    if isinstance(within, list):
        within[key:key] = [within[key]] * chance.choice([1, 2, 50])
    else:
        within[f"{key} "] = within[key]


POORER: Final[tuple[AtPlace, ...]] = (remove, rename, of_another_type, nested)
OTHER: Final[tuple[AtPlace, ...]] = (to_nothing, another_value, exchanged, doubled)


def in_json(data: bytes, chance: Random, ways: tuple[AtPlace, ...]) -> bytes:
    """A JSON document with one of the ways gone somewhere in it; as it was, if it's none."""
    try:
        whole = [json.loads(data)]
    except (ValueError, RecursionError):
        return data
    found = list(places(whole))
    # The upper floors are few and matter most: half of the chances are theirs.
    few = found[: max(8, len(found) // 50)]
    within, key = chance.choice(few if chance.random() < 0.5 else found)
    chance.choice(ways)(within, key, chance)
    return json.dumps(whole[0] if len(whole) == 1 else whole).encode()


def keys_twice(data: bytes, chance: Random) -> bytes:
    """A JSON object one of whose keys comes again with another value."""
    at = [place for place, byte in enumerate(data) if byte == ord("{")]
    key = chance.choice(
        [b'"done": true, ', b'"totalSize": 0, ', b'"records": [], ', b'"Id": 7, ', b'"result": {}, ']
    )
    where = chance.choice(at[:3]) + 1 if at else 0
    return data[:where] + key + data[where:] if at else data


# XML -------------------------------------------------------------------------------------------


def in_xml(data: bytes, chance: Random, *, poorer: bool) -> bytes:
    """An XML document with one element changed; as it was, if it's none."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - made above
    except (ET.ParseError, LookupError, ValueError):
        return data
    pairs = [(parent, child) for parent in root.iter() for child in parent]
    if not pairs:
        return data
    parent, child = chance.choice(pairs)
    (_poorer_element if poorer else _other_element)(parent, child, chance)
    return ET.tostring(root)


def _poorer_element(parent: ET.Element, child: ET.Element, chance: Random) -> None:
    if chance.random() < 0.5:
        child.tag = child.tag[:-1] + "q"
    else:
        ET.SubElement(child, "q").text = "q"


def _other_element(parent: ET.Element, child: ET.Element, chance: Random) -> None:
    way = chance.randrange(5)
    if way == 0:
        parent.remove(child)
    elif way == 1:
        parent.append(child)
    elif way == 2:
        child.text = chance.choice(["", "x", "false", "true", "0", "-1", "9" * 400, "\u202e", "a" * 70_000])
    elif way == 3:
        child.set("nil", "true")
    else:
        child.tag = child.tag.rpartition("}")[2]


# Zips ------------------------------------------------------------------------------------------


def in_zip(data: bytes, chance: Random, change: Bytes) -> bytes:
    """A zip with one of its files changed; as it was, if it's none."""
    files = unpacked(data)
    if not files:
        return data
    name = chance.choice(sorted(files))
    files[name] = change(files[name], chance)
    return packed(files)


def without_one(data: bytes, chance: Random) -> bytes:
    """A zip with one file fewer, or one under another name."""
    files = unpacked(data)
    if not files:
        return data
    name = chance.choice(sorted(files))
    content = files.pop(name)
    if chance.random() < 0.5:
        files[chance.choice(["../x", "/etc/x", "a\\b", name + "q", "x" * 300, "con.txt"])] = content
    return packed(files)


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip by name; none if it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return {}


def packed(files: dict[str, bytes]) -> bytes:
    """A zip of these files, with a time of its own for none."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()
