"""Terraform's JSON: the resources of a state (`show -json`, or the file itself) and of a plan, as attributes.

Shapes: `values.root_module` with `child_modules`; `resources[].instances[].attributes`; `resource_changes[].change`
(Terraform documentation, JSON Output Format; state files of version 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.azure.objects import get, mapping, text
from sfharden.model.azure import MASK

_MOST_MODULES: Final = 10_000


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """A resource by its address, with its attributes; `unknown` mirrors them with true for what apply will tell."""

    address: str
    type: str
    values: dict[str, Any]
    unknown: Any = field(default_factory=dict)
    is_data: bool = False  # read by Terraform, not made by it: many attributes are left out
    pointer: str = ""


def is_terraform(document: Any) -> bool:
    """Whether a document is a state or a plan, by its shape."""
    if not isinstance(document, dict):
        return False
    if "terraform_version" in document or "format_version" in document:
        return any(key in document for key in ("values", "resource_changes", "planned_values", "resources"))
    return isinstance(get(document, "values", "root_module"), dict)


def is_plan(document: Any) -> bool:
    """Whether it tells what would be, not what is."""
    return isinstance(document, dict) and any(
        key in document for key in ("resource_changes", "planned_values")
    )


def terraform_resources(document: Any) -> Iterator[TerraformResource]:
    """Every resource in the order of the document; of a plan what will be there after it."""
    if isinstance(get(document, "resource_changes"), list):
        yield from _changes(document["resource_changes"])
    elif isinstance(get(document, "resources"), list):
        yield from _state_file(document["resources"])
    else:
        yield from _modules(get(document, "values", "root_module"), "/values/root_module")


def _modules(root: Any, pointer: str) -> Iterator[TerraformResource]:
    waiting, seen = [(root, pointer)], 0
    while waiting and seen < _MOST_MODULES:
        module, place = waiting.pop()
        seen += 1
        for index, one in enumerate(_list(get(module, "resources"))):
            values, sensitive = mapping(get(one, "values")), get(one, "sensitive_values")
            yield _resource(one, values, f"{place}/resources/{index}", sensitive=sensitive)
        children = enumerate(_list(get(module, "child_modules")))
        waiting.extend(reversed([(child, f"{place}/child_modules/{index}") for index, child in children]))


def _state_file(resources: list[Any]) -> Iterator[TerraformResource]:
    for at, one in enumerate(resources):
        for index, instance in enumerate(_list(get(one, "instances"))):
            values = mapping(get(instance, "attributes"))
            sensitive = _named_sensitive(get(instance, "sensitive_attributes"))
            yield _resource(one, values, f"/resources/{at}/instances/{index}", sensitive=sensitive)


def _changes(changes: list[Any]) -> Iterator[TerraformResource]:
    """What stays or will be; what a plan deletes has no `after`."""
    for index, one in enumerate(changes):
        after = get(one, "change", "after")
        if isinstance(after, dict):
            unknown, sensitive = (get(one, "change", key) for key in ("after_unknown", "after_sensitive"))
            yield _resource(one, after, f"/resource_changes/{index}", unknown, sensitive)


def _resource(
    one: Any, values: dict[str, Any], pointer: str, unknown: Any = None, sensitive: Any = None
) -> TerraformResource:
    own = f"{text(get(one, 'type'))}.{text(get(one, 'name'))}"
    module = text(get(one, "module"))
    return TerraformResource(
        address=text(get(one, "address")) or (f"{module}.{own}" if module else own),
        type=text(get(one, "type")).casefold(),
        values=mapping(_without(values, sensitive)),
        unknown=unknown if unknown is not None else {},
        is_data=text(get(one, "mode")) == "data",
        pointer=pointer,
    )


def _named_sensitive(paths: Any) -> dict[str, bool]:
    """Of a state file: paths of steps, of which the first names the attribute."""
    return {text(get(path[0], "value")): True for path in _list(paths) if isinstance(path, list) and path}


def _without(value: Any, sensitive: Any) -> Any:
    """The values with MASK in place of those that Terraform itself never shows."""
    if sensitive is True:
        return MASK
    if isinstance(value, dict) and isinstance(sensitive, dict):
        return {key: _without(one, sensitive.get(key)) for key, one in value.items()}
    if isinstance(value, list) and isinstance(sensitive, list):
        marks = [*sensitive, *[None] * len(value)]
        return [_without(one, mark) for one, mark in zip(value, marks, strict=False)]
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def workflow_addresses(values: dict[str, Any]) -> dict[str, Any]:
    """The outgoing lists of `azurerm_logic_app_workflow`, as `endpointsConfiguration` has them."""
    return {
        kind: {"outgoingIpAddresses": [{"address": one} for one in listed]}
        for kind in ("connector", "workflow")
        if isinstance(listed := values.get(f"{kind}_outbound_ip_addresses"), list)
    }
