"""Secrets in metadata files: a plan neither shows nor writes them. Consumer keys are no secrets, but one org's alone.

Salesforce never returns a consumer secret (Metadata API Guide, ConnectedApp), but files of a source tree
may hold one, and a token or a password may stand in an address or a description: a package holds that as it is, and the
plan says so. A consumer key is unique and can't be changed: a file with the key of another org is refused, often even one with the org's own, and an app that is there keeps its key when the file names none (Gearset, Connected apps
must have a unique consumerKey; forcedotcom/cli#336, trailheadapps/ready-to-fly#29). So no package holds one.
"""

import re
from collections.abc import Iterator
from typing import Final

from sfharden.errors import InputError
from sfharden.plan import xml_edit
from sfharden.plan.xml_tree import Element, parse
from sfharden.text.redact import (
    MASK,
    may_hold_secret,
    names_secret,
    safe_text,
    searchable,
)

_KEY: Final = "consumerkey"  # without case
# What a credential looks like wherever it stands. Stricter than the mask for logs: a plan with one is
# refused, and a description such as "JWT bearer app" must not be.
_CREDENTIAL: Final = re.compile(
    r"""(?xa)
      00D[A-Za-z0-9]{12,15}(?:!|%21)[^\s<]+ | 5Aep[A-Za-z0-9._!-]{20,}
    | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[\w-]* | -----BEGIN[\ A-Z]*PRIVATE\ KEY
    """
)


# Most files have no such element, and profiles are too long to be parsed for nothing.
_SUSPECT: Final = re.compile(rb"(?i)<[^<>\s]*(?:secret|passw|privatekey|consumerkey|token|apikey)")
# Nor has a profile an address, a description, or what may spell one in another way.
_MAY_HOLD: Final = re.compile(
    rb"""(?xi)
      <description | <customattributes | url[\s/>] | &\# | <! | <\?(?!xml\s) | ://(?!soap\.sforce\.com/2006/04/metadata|www\.w3\.org/)
    | 00d | 5aep | eyj | -----begin
    | \s(?!xmlns|xsi:|version|encoding|standalone)[\w:.-]+\s*=\s*["']
    """
)
_SWITCHES: Final = ("true", "false", "0", "1")


def is_secret(element: Element) -> bool:
    """True for an element that holds a secret; switches such as isConsumerSecretOptional hold none."""
    return names_secret(element.name) and _tells(element)


def is_left_out(element: Element) -> bool:
    """True for what no package holds: a secret, or a consumer key."""
    return is_secret(element) or (element.name.lower() == _KEY and _tells(element))


def _tells(element: Element) -> bool:
    """Whether it holds more than a switch: itself, in an attribute, or below it."""
    told = bool(element.value) and element.value not in _SWITCHES
    return told or bool(element.attributes) or any(map(_tells, element.children))


def left_out_names(data: bytes, where: str) -> tuple[str, ...]:
    """The names of the elements that no package holds, sorted."""
    if not _SUSPECT.search(data):
        return ()
    return tuple(sorted({one.name for one in parse(data, where).walk() if is_left_out(one)}))


def packaged(data: bytes, where: str) -> bytes:
    """The file as a package holds it: without secrets and consumer keys."""
    return xml_edit.remove(data, is_left_out, where) if _SUSPECT.search(data) else data


def masked(data: bytes, where: str) -> bytes:
    """The file with `***` for each secret and for all that may hold one, for diffs."""
    named = named_masked(data, where)
    if not _MAY_HOLD.search(named):
        return named
    return _without_comments(xml_edit.mask(named, _may_hold, MASK.encode(), where))


def named_masked(data: bytes, where: str) -> bytes:
    """The file with `***` for each element that is a secret by its name."""
    return xml_edit.mask(data, is_secret, MASK.encode(), where) if _SUSPECT.search(data) else data


def kept(data: bytes, where: str) -> bytes:
    """The file as a snapshot may hold it: `***` for each secret and consumer key. `packaged` gives the same of both.

    Raises InputError for one that is more than a text: what was read of it would be another than what is kept.
    """
    if not _SUSPECT.search(data):
        return data
    for one in parse(data, where).walk():
        if is_left_out(one) and (one.attributes or one.children):
            raise InputError(f"its {safe_text(one.name, limit=60)} holds more than a text")
    return xml_edit.mask(data, is_left_out, MASK.encode(), where)


def may_hold(data: bytes, where: str) -> tuple[str, ...]:
    """What a package holds though a secret may stand in it, as `description (line 4)`: what a snapshot would mask."""
    if not _MAY_HOLD.search(data):
        return ()
    elements = (one for one in parse(data, where).walk() if not is_left_out(one) and _may_hold(one))
    found = [(one.start, safe_text(one.name, limit=60)) for one in elements]
    found += [(start, "a comment") for marks in _MARKS for start, _ in _telling(data, marks)]
    return tuple(f"{name} (line {_line(data, start)})" for start, name in sorted(found))


def _may_hold(element: Element) -> bool:
    told = element.value or ""
    return may_hold_secret(element.name, told) or in_attributes(element) or in_formula(element)


def in_formula(element: Element) -> bool:
    """Whether it is an app's own attribute by the name of a secret: what it is, stands in another element."""
    return element.name == "customAttributes" and names_secret(element.child("key"))


def in_attributes(element: Element) -> bool:
    """Whether an attribute has the name of a secret, or what looks like one."""
    return any(
        names_secret(name) or may_hold_secret("description", value) for name, value in element.attributes
    )


# Comments, which no parser tells of ---------------------------------------------------------------

_MARKS: Final = ((b"<!--", b"-->"), (b"<?", b"?>"))
_NAMED: Final = re.compile(r"(?i)(?:secret|passw|private.?key|consumer.?key|api.?key)\w*\W{0,3}[:=]")


def comments(data: bytes, marks: tuple[bytes, bytes]) -> Iterator[tuple[int, int, str]]:
    """Where each comment begins and ends, and its text; also of what only looks like one."""
    opening, closing = marks
    start = data.find(opening)
    while start >= 0 and (end := data.find(closing, start)) >= 0:
        end += len(closing)
        yield start, end, data[start:end].decode("utf-8", "replace")
        start = data.find(opening, end)


def all_comments(data: bytes) -> Iterator[str]:
    """The text of each comment and processing instruction."""
    return (text for marks in _MARKS for _, _, text in comments(data, marks))


def comment_tells(text: str) -> bool:
    """Whether a comment holds what looks like a credential, or names one and gives it."""
    return may_hold_secret("description", text) or bool(_NAMED.search(text))


def _telling(data: bytes, marks: tuple[bytes, bytes]) -> list[tuple[int, int]]:
    return [(start, end) for start, end, text in comments(data, marks) if comment_tells(text)]


def _without_comments(data: bytes) -> bytes:
    for marks in _MARKS:
        for start, end in reversed(_telling(data, marks)):
            new = b"<!-- %b -->" % MASK.encode() + b"\n" * data.count(b"\n", start, end)
            data = data[:start] + new + data[end:]
    return data


def credential_line(data: bytes) -> int:
    """The line of the first thing that looks like a credential; 0 if there's none."""
    found = _CREDENTIAL.search(searchable(data.decode("latin-1")))
    return _line(data, found.start()) if found else 0


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
