"""What was read beside what it would be: a unified diff of canonical JSON, and the same as JSON Patch. Secrets are `***` in both."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sfharden.model.azure import AzureResource, key_of
from sfharden.model.azure_plan import AzureChange, AzureEdit
from sfharden.plan.azure.pointers import edited, patch_of
from sfharden.plan.diff import unified_diff
from sfharden.text.redact import mask_credentials


def edits_by_resource(changes: Iterable[AzureChange]) -> Mapping[str, tuple[AzureEdit, ...]]:
    """The edits of each resource, by its id as first given."""
    found: dict[str, list[AzureEdit]] = {}
    names: dict[str, str] = {}
    for one in (edit for change in changes for edit in change.edits):
        name = names.setdefault(key_of(one.resource), one.resource)
        found.setdefault(name, []).append(one)
    return {name: tuple(edits) for name, edits in found.items()}


def definition_diff(changes: Iterable[AzureChange], resources: Mapping[str, AzureResource]) -> bytes:
    """One diff of all resources, each as `<id>.json`; `resources` by key."""
    return b"".join(
        _diff(resources[key_of(name)], edits)
        for name, edits in edits_by_resource(changes).items()
        if key_of(name) in resources
    )


def _diff(resource: AzureResource, edits: Iterable[AzureEdit]) -> bytes:
    before, after = _canonical(resource.document), _canonical(edited(resource.document, edits))
    return unified_diff(before, after, f"{resource.id.strip('/')}.json")


def _canonical(document: Any) -> bytes:
    """Sorted, a line a value, in ASCII: the same facts give the same bytes."""
    lines = json.dumps(document, indent=2, sort_keys=True).split("\n")
    return ("\n".join(map(mask_credentials, lines)) + "\n").encode()


def definition_patch(changes: Iterable[AzureChange]) -> str:
    """A list with the operations of each resource (RFC 6902); pointers count from the resource as REST answers it."""
    found = [_operations(name, edits) for name, edits in edits_by_resource(changes).items()]
    return json.dumps(found, indent=2) + "\n"


def _operations(name: str, edits: Iterable[AzureEdit]) -> dict[str, Any]:
    return {"resource": name, "patch": list(patch_of(edits))}
