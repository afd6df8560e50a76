"""The resources of a template as a deployment would set them: nested, conditional, child and extension resources.

Shapes: `resources` as a list, or by symbolic name (language version 2.0); `existing` ones are deployed elsewhere (ARM templates
reference, Template structure; corpus `template-languageversion2-avm-workflow.json`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sfharden.azure.arm_ids import DEPLOYMENTS, DIAGNOSTICS, id_below, type_of
from sfharden.azure.calls import api_name
from sfharden.azure.expressions import UNKNOWN, is_template_expression, resource_path
from sfharden.azure.objects import get, has, kind, mapping, text
from sfharden.azure.pieces import AzurePiece, PieceList, Pieces
from sfharden.azure.template_scope import TemplateScope
from sfharden.model.azure import CONNECTIONS, WORKFLOWS, AzureForm

_PLACE: Final = "(not told)"  # for a part of a connector's id that only a deployment can tell
_OF_TEMPLATE: Final = frozenset(
    [
        "type",
        "name",
        "resources",
        "dependsOn",
        "condition",
        "copy",
        "apiVersion",
        "existing",
        "scope",
        "comments",
    ]
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource that waits: what it stands in, and what of the way there is certain."""

    item: Any
    scope: TemplateScope
    pointer: str
    parent_type: str = ""
    parent_name: str = ""
    is_conditional: bool = False


def is_template(document: Any) -> bool:
    """Whether a document is a template, by its shape."""
    if not isinstance(get(document, "resources"), list | dict) or kind(document):
        return False
    schema = text(get(document, "$schema")).casefold()
    return (
        "deploymenttemplate.json" in schema
        or has(document, "contentVersion")
        or has(document, "languageVersion")
    )


def pieces_of_template(document: Any, given: Mapping[str, Any], base: str) -> Pieces:
    """Its resources below `base`, which stands for the subscription and group; `given` are values of a parameters file."""
    scope = TemplateScope(
        given, mapping(get(document, "parameters")), mapping(get(document, "variables")), base
    )
    found = Pieces([_deployment(document, base)])
    waiting = list(reversed(list(_resources(document, scope, ""))))
    while waiting:
        place = _judged(waiting.pop())
        if place is None:
            continue
        inner = list(_inner(place, found))
        waiting.extend(reversed(inner))
        if kind(place.item) != DEPLOYMENTS:
            found.resources.append(_piece(place))
    found.resources = list(_told_apart(found.resources))
    found.lists += _settings_by_target(found.resources)
    return found


def _deployment(document: Any, base: str) -> AzurePiece:
    """The template itself: its parameters' defaults, variables and outputs may hold secrets."""
    parts = {key: get(document, key) for key in ("parameters", "variables", "outputs") if has(document, key)}
    properties = {"properties": {"template": parts}}
    return AzurePiece(
        f"{base}{id_below('', DEPLOYMENTS, 'this')}", DEPLOYMENTS, base, AzureForm.TEMPLATE, properties
    )


def _resources(
    template: Any, scope: TemplateScope, pointer: str, *, is_conditional: bool = False
) -> Iterator[_Place]:
    listed = get(template, "resources")
    entries = (
        listed.items() if isinstance(listed, dict) else enumerate(listed if isinstance(listed, list) else ())
    )
    for name, one in entries:
        yield _Place(one, scope, f"{pointer}/resources/{name}", is_conditional=is_conditional)


def _judged(place: _Place) -> _Place | None:
    """None for what is not deployed here; a condition that isn't certain, and a copy loop, make it conditional."""
    if not isinstance(place.item, dict) or get(place.item, "existing") is True:
        return None
    condition = place.scope.resolved(get(place.item, "condition")) if has(place.item, "condition") else True
    if condition is False:
        return None
    certain = condition is True and not has(place.item, "copy")
    return replace(place, is_conditional=place.is_conditional or not certain)


def _inner(place: _Place, found: Pieces) -> Iterator[_Place]:
    """The resources of a nested deployment, or the children of a resource."""
    if kind(place.item) == DEPLOYMENTS:
        yield from _nested(place, found)
        return
    type_, name = _type(place), _name(place)
    for child in _resources(place.item, place.scope, place.pointer, is_conditional=place.is_conditional):
        yield replace(child, parent_type=type_, parent_name=name)


def _nested(place: _Place, found: Pieces) -> Iterator[_Place]:
    properties = get(place.item, "properties")
    if has(properties, "templateLink"):
        found.notes.append("the template links to another, which is not in the file")
    template = get(properties, "template")
    scope = _scope_of_nested(place)
    if group := place.scope.named(get(place.item, "resourceGroup")):
        scope = replace(scope, base=f"{place.scope.base}/resourceGroups/{group}")
    pointer = f"{place.pointer}/properties/template"
    yield from _resources(template, scope, pointer, is_conditional=place.is_conditional)


def _scope_of_nested(place: _Place) -> TemplateScope:
    """By its `scope`: inner, or outer, which is the default; where that isn't certain, nothing is (Learn, Linked templates)."""
    written = place.scope.resolved(get(place.item, "properties", "expressionEvaluationOptions", "scope"))
    found = "outer" if written is None else text(written).casefold()
    if found == "inner":
        return place.scope.inner(place.item)
    if found in ("outer", "notspecified"):
        return place.scope
    return TemplateScope(base=place.scope.base, budget=place.scope.budget)


def _type(place: _Place) -> str:
    own = text(get(place.item, "type"))
    return f"{place.parent_type}/{own}" if place.parent_type and not _is_full(own) else own


def _is_full(type_: str) -> bool:
    return "." in type_.partition("/")[0]


def _name(place: _Place) -> str:
    own = place.scope.named(get(place.item, "name"))
    return (
        f"{place.parent_name}/{own}"
        if place.parent_name and not _is_full(text(get(place.item, "type")))
        else own
    )


def _piece(place: _Place) -> AzurePiece:
    id_ = _id(place)
    type_ = type_of(id_)
    own = {key: one for key, one in place.item.items() if key not in _OF_TEMPLATE}
    document = _linked(type_, place.scope.resolved(own), place.scope)
    return AzurePiece(
        id=id_,
        type=type_,
        name=id_.rpartition("/")[2],
        form=AzureForm.TEMPLATE,
        document=document,
        pointer=place.pointer,
        is_conditional=place.is_conditional,
        unknown_paths=tuple(dict.fromkeys(_looped(document))),
    )


def _looped(document: dict[str, Any]) -> Iterator[str]:
    """The paths of properties that a loop makes: `copy` beside them names each (ARM templates, Property iteration)."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend((path, one) for one in value)
        elif isinstance(value, dict):
            loops = value.get("copy")
            for loop in loops if isinstance(loops, list) else ():
                if has(loop, "count"):
                    yield f"{path}{text(get(loop, 'name'))}"
            waiting.extend((f"{path}{key}.", one) for key, one in value.items())


def _id(place: _Place) -> str:
    type_, name, scope = _type(place), _name(place), place.scope
    if has(place.item, "scope"):
        return id_below(_target(get(place.item, "scope"), scope), type_, name)
    if place.parent_type and _is_full(
        text(get(place.item, "type"))
    ):  # an extension that stands in what it extends
        return id_below(id_below(scope.base, place.parent_type, place.parent_name), type_, name)
    return id_below(scope.base, type_, name)


def _target(written: Any, scope: TemplateScope) -> str:
    """The id of what an extension resource extends."""
    if found := scope.reference(written):
        return found
    named = scope.named(written)
    if named.startswith("/") or not _is_full(named):
        return named
    parts = named.split("/")  # `Microsoft.Logic/workflows/name`, without what is above
    return id_below(scope.base, "/".join([parts[0], *parts[1::2]]), "/".join(parts[2::2]))


def _linked(type_: str, document: dict[str, Any], scope: TemplateScope) -> dict[str, Any]:
    """References within the deployment as the ids that its resources have here, and connectors by their names."""
    properties = get(document, "properties")
    if type_ == WORKFLOWS:
        for entry in mapping(get(properties, "parameters", "$connections", "value")).values():
            if isinstance(entry, dict):
                _link(entry, "connectionId", scope)
                _name_api(entry)
    if type_ == CONNECTIONS and isinstance(api := get(properties, "api"), dict):
        _name_api(api)
    return document


def _link(entry: dict[str, Any], key: str, scope: TemplateScope) -> None:
    if found := scope.reference(get(entry, key)):
        entry[key] = found


def _name_api(entry: dict[str, Any]) -> None:
    written = text(get(entry, "id"))
    path = resource_path(written)
    if is_template_expression(written) and api_name(path):
        entry["id"] = path.replace(UNKNOWN, _PLACE)


def _told_apart(resources: list[AzurePiece]) -> Iterator[AzurePiece]:
    """Two names that only a deployment can tell may look the same here; nothing may hide behind the other."""
    seen: dict[str, int] = {}
    for one in resources:
        number = seen[one.id.casefold()] = seen.get(one.id.casefold(), 0) + 1
        yield one if number == 1 else replace(one, id=f"{one.id} ({number})")


def _settings_by_target(resources: list[AzurePiece]) -> Iterator[PieceList]:
    """What is set at a resource, as the rows that are known of its list; others may be set elsewhere."""
    rows: dict[str, list[AzurePiece]] = {}
    for one in resources:
        if one.type == DIAGNOSTICS or "/providers/" in one.id.rpartition("/providers/")[0]:
            rows.setdefault(one.id.rpartition("/")[0], []).append(one)
    return (PieceList(path, tuple(listed), is_whole=False) for path, listed in rows.items())
