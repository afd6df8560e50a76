"""Secrets in metadata files: a plan neither shows nor writes them. Consumer keys are no secrets, but one org's alone.

Salesforce never returns a consumer secret (Metadata API Guide, ConnectedApp), but files of a source tree
may hold one. A consumer key is unique and can't be changed: a file with the key of another org is refused, often
even one with the org's own, and an app that is there keeps its key when the file names none (Gearset, Connected apps
must have a unique consumerKey; forcedotcom/cli#336, trailheadapps/ready-to-fly#29). So no package holds one.
"""

import re
from collections.abc import Callable
from typing import Final

from sfharden.plan import xml_edit
from sfharden.plan.xml_tree import Element, parse
from sfharden.text.redact import MASK, searchable

_NAMES: Final = frozenset({"password", "privateKey"})
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
_SUSPECT: Final = re.compile(rb"(?i)<[^<>\s]*(?:secret|password|privatekey|consumerkey)")


def is_secret(element: Element) -> bool:
    """True for an element that holds a secret; switches such as isConsumerSecretOptional hold none."""
    named = element.name in _NAMES or "secret" in element.name.lower()
    return named and bool(element.value) and element.value not in ("true", "false", "0", "1")


def is_left_out(element: Element) -> bool:
    """True for what no package holds: a secret, or a consumer key."""
    return is_secret(element) or (element.name.lower() == _KEY and bool(element.value))


def left_out_names(data: bytes, where: str) -> tuple[str, ...]:
    """The names of the elements that no package holds, sorted."""
    if not _SUSPECT.search(data):
        return ()
    return tuple(sorted({one.name for one in parse(data, where).walk() if is_left_out(one)}))


def packaged(data: bytes, where: str) -> bytes:
    """The file as a package holds it: without secrets and consumer keys."""
    return xml_edit.remove(data, is_left_out, where) if _SUSPECT.search(data) else data


def masked(data: bytes, where: str) -> bytes:
    """The file with `***` for each secret, for diffs."""
    return _masked(data, is_secret, where)


def kept(data: bytes, where: str) -> bytes:
    """The file as a snapshot may hold it: `***` for each secret and consumer key. `packaged` gives the same of both."""
    return _masked(data, is_left_out, where)


def _masked(data: bytes, hidden: Callable[[Element], bool], where: str) -> bytes:
    return xml_edit.mask(data, hidden, MASK.encode(), where) if _SUSPECT.search(data) else data


def credential_line(data: bytes) -> int:
    """The line of the first thing that looks like a credential; 0 if there's none."""
    found = _CREDENTIAL.search(searchable(data.decode("latin-1")))
    return data.count(b"\n", 0, found.start()) + 1 if found else 0
