"""Secrets in metadata files: a plan neither shows nor writes them.

Salesforce never returns a consumer secret (Metadata API Guide, ConnectedApp), but files of a source tree
may hold one.
"""

import re
from typing import Final

from sfharden.plan import xml_edit
from sfharden.plan.xml_tree import Element, parse
from sfharden.text.redact import MASK

_NAMES: Final = frozenset({"password", "privateKey"})
# What a credential looks like wherever it stands. Stricter than the mask for logs: a plan with one is
# refused, and a description such as "JWT bearer app" must not be.
_CREDENTIAL: Final = re.compile(
    rb"""(?x)
      00D[A-Za-z0-9]{12,15}(?:!|%21)[^\s<]+ | 5Aep[A-Za-z0-9._!-]{20,}
    | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[\w-]* | -----BEGIN[\ A-Z]*PRIVATE\ KEY
    """
)


# Most files have no such element, and profiles are too long to be parsed for nothing.
_SUSPECT: Final = re.compile(rb"(?i)<[^<>\s]*(?:secret|password|privatekey)")


def is_secret(element: Element) -> bool:
    """True for an element that holds a secret; switches such as isConsumerSecretOptional hold none."""
    named = element.name in _NAMES or "secret" in element.name.lower()
    return named and bool(element.value) and element.value not in ("true", "false", "0", "1")


def secret_names(data: bytes, where: str) -> tuple[str, ...]:
    """The names of the elements that hold a secret, sorted."""
    if not _SUSPECT.search(data):
        return ()
    return tuple(sorted({one.name for one in parse(data, where).walk() if is_secret(one)}))


def without_secrets(data: bytes, where: str) -> bytes:
    """The file without the elements that hold a secret."""
    return xml_edit.remove(data, is_secret, where) if _SUSPECT.search(data) else data


def masked(data: bytes, where: str) -> bytes:
    """The file with `***` for each secret, for diffs."""
    return xml_edit.mask(data, is_secret, MASK.encode(), where) if _SUSPECT.search(data) else data


def credential_line(data: bytes) -> int:
    """The line of the first thing that looks like a credential; 0 if there's none."""
    found = _CREDENTIAL.search(data)
    return data.count(b"\n", 0, found.start()) + 1 if found else 0
