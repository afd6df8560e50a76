"""Fragments of Bicep: what to add to the template that deploys a resource, and resources that can be deployed beside it.

What is a property of a workflow or a site is a variable here, to be merged into that resource's own declaration: a deployment of a
resource replaces what it doesn't name.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange
from sfharden.text.redact import safe_text

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAME: Final = "ADDITION"  # where the name goes, once the change has a number
_NAMED: Final = re.compile(rf"^(var|resource) {NAME}\b", re.M)
_HEAD: Final = """\
// Additions by `sfharden plan`, for those who deploy by Bicep. Not a template to deploy alone:
// merge each variable into the declaration of the resource that its comment names, and drop the others.
// Then deploy your own template, with the values of its secure parameters.
"""


def addition(resource: AzureResource, part: str, found: Any, name: str = "") -> str:
    """What a part of a resource, such as its `properties`, would have; the variable's name is given later.

    `name` says whose it is where its own name doesn't, as that of a site's `config/web`.
    """
    about = safe_text(f"{name or resource.shown} ({resource.type})", limit=300)
    return f"// to be merged into `{part}` of {about}\nvar {NAME} = {literal(found)}\n"


def literal(found: Any, depth: int = 0) -> str:
    """A JSON value as Bicep writes it (Bicep data types; expressions)."""
    inner = "  " * (depth + 1)
    if isinstance(found, dict):
        lines = [f"{inner}{_key(key)}: {literal(one, depth + 1)}" for key, one in found.items()]
        return "\n".join(["{", *lines, f"{'  ' * depth}}}"]) if lines else "{}"
    if isinstance(found, list):
        lines = [f"{inner}{literal(one, depth + 1)}" for one in found]
        return "\n".join(["[", *lines, f"{'  ' * depth}]"]) if lines else "[]"
    if isinstance(found, bool) or found is None:
        return {True: "true", False: "false", None: "null"}[found]
    return str(found) if isinstance(found, int) else text_literal(str(found))


def _key(key: str) -> str:
    return key if _NAME.fullmatch(key) else text_literal(key)


def text_literal(found: str) -> str:
    """A text in Bicep's quotes; nothing in it is interpolated."""
    inner = "".join(map(_character, found)).replace("${", "\\${")
    return f"'{inner}'"


def _character(one: str) -> str:
    if one in "'\\":
        return f"\\{one}"
    return one if one.isprintable() else f"\\u{{{ord(one):x}}}"


def bicep_file(changes: Sequence[AzureChange]) -> str:
    """All fragments, each with the number of its change."""
    return "\n".join([_HEAD, *_fragments(changes)])


def _fragments(changes: Sequence[AzureChange]) -> Iterator[str]:
    for number, one in enumerate(changes, 1):
        if one.bicep:
            about = safe_text(f"{number}: {one.what} ({one.control})", limit=300)
            named = _NAMED.sub(rf"\g<1> addition{number}", one.bicep)
            yield f"// {about}\n{named}"
