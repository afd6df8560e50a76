"""The border of the Azure side: no secret of a document gets past `mask`, and of those that were there it tells the place.

More is masked than is told. In a workflow's definition a literal may be anything, so only what checks need stays: connections,
methods, hosts, what is known of a path, ways to sign in, and of expressions the calls and the names in them. Elsewhere a text
stays unless it's a secret by its shape, its name or its place (reference §1.8).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sfharden.azure.code_texts import TextPiece, constant_of, literals_of, pieces_of
from sfharden.azure.masked_texts import Keep, masked_text
from sfharden.azure.objects import get, kind, mapping, text, under
from sfharden.azure.secret_places import below, zone_of_document
from sfharden.azure.secret_shapes import (
    Suspect,
    is_placeholder,
    named_secret,
    names_a_secret,
    query_secret,
    shape_of,
    shape_of_key,
)
from sfharden.azure.secret_zones import Zone, keep_in
from sfharden.model.azure import MASK, AzureForm, FoundSecret

_DEEPEST: Final = 120  # what nests deeper is masked whole: definitions nest some thirty levels deep at most
_LONGEST_KEY: Final = 200
_LISTING: Final = ("listkeys(", "listcallbackurl(", "listsecrets(", "listconnectionstrings(")
_VALUE_KEYS: Final = frozenset(["value", "defaultvalue", "headervalue"])
_SIGN_IN: Final = frozenset(["value", "parameter", "secret", "password", "pfx", "key"])


def mask(
    resource_type: str, document: dict[str, Any], *, form: AzureForm = AzureForm.REST
) -> tuple[dict[str, Any], tuple[FoundSecret, ...]]:
    """The document without secrets, and where they were, as JSON pointers from the resource.

    `resource_type` is in any case; of a whole template it is `Microsoft.Resources/deployments`.
    """
    walk = _Walk(in_template=form is AzureForm.TEMPLATE, secure=_secure_parameters(document))
    masked = walk.visit(document, zone_of_document(document), resource_type.casefold())
    return masked, tuple(walk.found)


def _secure_parameters(document: Any) -> frozenset[str]:
    """The parameters that a workflow declares as secure: their values stand elsewhere."""
    declared = mapping(get(document, "properties", "definition", "parameters"))
    return frozenset(name.casefold() for name, one in declared.items() if kind(one).startswith("secure"))


def definition_digest(definition: Any) -> str:
    """SHA-256 of a definition as it was read, canonical: keys sorted, secrets masked, without what the service adds.

    Masked is what is or may be a secret by its shape, name or place, and no more: two definitions that differ elsewhere differ.
    Empty for one that nests too deep to be compared.
    """
    walk = _Walk(in_template=False)
    if is_cut(definition):
        return ""
    canonical = walk.visit(_without_additions(definition), Zone.COMPARED, "")
    return hashlib.sha256(json.dumps(canonical, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def is_cut(document: Any) -> bool:
    """Whether something of it nests so deep that it's masked whole: nobody looked at it."""
    level = [document]
    for _ in range(_DEEPEST + 1):
        level = [one for holder in level for one in _held(holder)]
    return any(one == MASK or isinstance(one, dict | list) for one in level)


def _held(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _without_additions(value: Any, depth: int = 0) -> Any:
    """Without `evaluatedRecurrence` and `metadata`, which the service and the designer add to steps."""
    if depth > _DEEPEST:
        return MASK
    if isinstance(value, list):
        return [_without_additions(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: one if key == "inputs" else _without_additions(one, depth + 1)
        for key, one in value.items()
        if key not in ("evaluatedRecurrence", "metadata")
    }


class _Walk:
    """One walk through a document; `found` fills on the way."""

    def __init__(self, *, in_template: bool, secure: frozenset[str] = frozenset()) -> None:
        self.found: list[FoundSecret] = []
        self._in_template = in_template
        self._secure = secure

    def visit(self, value: Any, zone: Zone, resource: str, name: str = "", at: str = "") -> Any:
        """The value masked; `name` is what it stands under, `resource` the type of the resource around it."""
        if isinstance(value, str):
            return self._text(value, zone, name, at)
        if isinstance(value, dict | list) and at.count("/") > _DEEPEST:
            return MASK
        if isinstance(value, dict):
            return self._object(value, zone, resource, name, at)
        if isinstance(value, list):
            return [self.visit(one, zone, resource, name, f"{at}/{index}") for index, one in enumerate(value)]
        if value is None or isinstance(value, bool):
            return value
        hidden = not (keep_in(zone) is Keep.OPEN or zone is Zone.FOREIGN) or names_a_secret(name)
        return MASK if hidden else value

    def _object(self, value: dict[str, Any], zone: Zone, resource: str, name: str, at: str) -> dict[str, Any]:
        masked: dict[str, Any] = {}
        label = text(value.get("name")) or text(value.get("headerName")) or name
        for key, one in value.items():
            shown = key if len(key) <= _LONGEST_KEY and not shape_of_key(key) else MASK
            inner, kind_of_it = below(zone, key, value, resource)
            if inner is Zone.PARAMETER and key.casefold() in self._secure:
                inner = Zone.SECURE_PARAMETER
            named = label if key.casefold() in _VALUE_KEYS and zone is not Zone.SIGN_IN else key
            masked[shown] = self.visit(one, inner, kind_of_it, named, under(at, shown))
        return masked

    def _text(self, value: str, zone: Zone, name: str, at: str) -> str:
        pieces = pieces_of(value, in_template=self._in_template)
        suspect = _suspect(pieces, zone, name)
        if suspect and (suspect.is_sure or zone is not Zone.ORIGIN):  # ids of the designer look like keys
            self.found.append(FoundSecret(pointer=at, kind=suspect.kind, is_sure=suspect.is_sure))
        keep = keep_in(zone)
        literal = not any(piece.is_code for piece in pieces)
        is_switch = value.casefold() in ("true", "false")
        if keep is Keep.OPEN and literal and names_a_secret(name) and value and not is_switch:
            return MASK
        return masked_text(value, keep, in_template=self._in_template)


def _suspect(pieces: list[TextPiece], zone: Zone, name: str) -> Suspect | None:
    """What kind of secret a text is or holds; None if nothing tells of one."""
    code = "".join(piece.text for piece in pieces if piece.is_code).casefold().replace(" ", "")
    if zone is Zone.OUTPUT and any(call in code for call in _LISTING):
        return Suspect("output of a deployment, which its history keeps")
    if (written := _written_out(pieces)) and (suspect := _by_place(written, zone, name)):
        return suspect
    suspects = [suspect for one in _literals(pieces) if (suspect := shape_of(one))]
    if suspects:
        return max(suspects, key=lambda one: one.is_sure)
    if "listkeys(" in code and "key=" in code:
        return Suspect("plain app setting from listKeys", is_sure=False)
    return None


def _written_out(pieces: list[TextPiece]) -> str:
    """All that a text is made of, if that is literals alone, also where calls put them together; else nothing."""
    listed = [constant_of(one.text) if one.is_code else one.text for one in pieces]
    return "" if None in listed else "".join(one or "" for one in listed)


def _literals(pieces: list[TextPiece]) -> Iterator[str]:
    for piece in pieces:
        if piece.is_code:
            yield from (one for one, names in literals_of(piece.text) if not names)
        else:
            yield piece.text


def _by_place(literal: str, zone: Zone, name: str) -> Suspect | None:
    if zone is Zone.SECURE and not is_placeholder(literal):
        return Suspect("literal where a secure value belongs")
    if zone is Zone.SIGN_IN and name.casefold() in _SIGN_IN and not is_placeholder(literal):
        return Suspect("credential in authentication")
    return query_secret(name, literal) if zone is Zone.QUERIES else named_secret(name, literal)
