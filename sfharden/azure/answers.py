"""One object as Azure, its CLI, PowerShell or Resource Graph give it, brought into the shape of an answer of ARM.

Flattened forms have the properties beside `id` and `name`; a row of a generic list has none at all, which tells nothing of them
(reference azure-controls §2.1; `az resource list`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sfharden.azure.arm_ids import name_of, type_of
from sfharden.azure.objects import get, has, kind, text
from sfharden.azure.pieces import AzurePiece
from sfharden.model.azure import SITES, WORKFLOWS, AzureForm

# What stands beside `properties` in an answer (ARM common types, Resource).
_ENVELOPE: Final = frozenset(
    [
        "id", "name", "type", "location", "kind", "tags", "identity", "sku", "etag", "zones", "plan", "managedby",
        "systemdata", "extendedlocation", "apiversion", "resourcegroup", "properties", "odata.type",
        "resourceid", "resourcename", "resourcetype", "resourcegroupname", "subscriptionid", "tagstable", "tenantid",
        "parentresource", "extensionresourcename", "extensionresourcetype",
    ]
)  # fmt: skip
_TIMES: Final = frozenset(
    {"changedtime", "createdtime", "provisioningstate"}
)  # all that a generic list tells
_KEPT: Final = (
    "location",
    "kind",
    "tags",
    "identity",
    "sku",
    "zones",
    "managedBy",
    "systemData",
    "extendedLocation",
)
# What PowerShell writes in place of an object below its -Depth (ConvertTo-Json, Notes).
_CUT: Final = re.compile(r"@\{[\w$]+=|(?:System|Microsoft\.Azure)\.[\w.`\[\]]+$")
_DECIDING: Final = ("definition", "accessControl")
EVENTS: Final = "microsoft.insights/eventtypes/management/values"


def is_answer(item: Any) -> bool:
    """Whether an object is one resource by its id."""
    return bool(_id(item)) or _is_event(item)


def _id(item: Any) -> str:
    for key in ("ResourceId", "RoleAssignmentId", "id"):
        written = text(get(item, key))
        if type_of(written):
            return written
    return ""


def _is_event(item: Any) -> bool:
    return has(item, "eventTimestamp") and has(item, "operationName")


def piece_of(item: dict[str, Any], pointer: str, form: AzureForm = AzureForm.REST) -> AzurePiece:
    """The resource in the shape of ARM; what the form can't tell is named."""
    id_ = _id(item) or text(get(item, "id"))
    if (
        type_of(id_) == SITES and kind(item) == f"{SITES}/config"
    ):  # `az webapp config show` may name the app alone
        id_ = f"{id_}/config/web"
    form = AzureForm.POWERSHELL if _is_powershell(item) else form
    if _is_event(item):  # of the activity log: it has no properties around what it tells
        return AzurePiece(id_, EVENTS, name_of(id_), form, item, pointer)
    type_ = _full_type(item, id_)
    document: dict[str, Any] = {
        key: get(item, key) for key in _KEPT if has(item, key) and get(item, key) is not None
    }
    properties, is_told = _properties(item, type_)
    if is_told:
        document["properties"] = properties
    unknown = tuple(_unknown(type_, document, form, is_told=is_told))
    return AzurePiece(
        id_, type_, text(get(item, "name")) or name_of(id_), form, document, pointer, False, unknown
    )


def _is_powershell(item: Any) -> bool:
    return any(key in item for key in ("ResourceId", "RoleAssignmentId")) or ("Id" in item and "Name" in item)


def _full_type(item: Any, id_: str) -> str:
    """By the id: the word `type` is null for settings, and in any case elsewhere."""
    return type_of(id_) or text(get(item, "ResourceType")).casefold() or kind(item)


def _properties(item: dict[str, Any], type_: str) -> tuple[Any, bool]:
    own = get(item, "properties")
    if isinstance(own, str) and own.startswith("{"):
        own = _parsed(own)
    if isinstance(own, dict):
        return own, True
    beside = {_lowered(key): one for key, one in item.items() if key.casefold() not in _ENVELOPE}
    if has(item, "RoleAssignmentId"):
        return _assignment(item), True
    told = own is None and bool({key.casefold() for key in beside} - _TIMES)
    if _is_powershell(item):
        told = False  # a model of its own, which has not all that Azure answers
    if type_ == WORKFLOWS and not has(beside, "definition"):
        told = False  # columns that somebody chose
    return beside, told


def _parsed(written: str) -> Any:
    """Resource Graph's `tostring(properties)`."""
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


def _lowered(key: str) -> str:
    return key[:1].lower() + key[1:]


def _assignment(item: dict[str, Any]) -> dict[str, Any]:
    """`Get-AzRoleAssignment` has words of its own."""
    names = {
        "scope": "Scope",
        "principalId": "ObjectId",
        "principalType": "ObjectType",
        "condition": "Condition",
    }
    found = {ours: get(item, theirs) for ours, theirs in names.items()}
    role = text(get(item, "RoleDefinitionId"))
    return {
        **found,
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{name_of(role)}",
    }


def _unknown(type_: str, document: Mapping[str, Any], form: AzureForm, *, is_told: bool) -> Iterator[str]:
    properties = document.get("properties")
    if not is_told:
        yield "properties"
    elif type_ == WORKFLOWS and not has(properties, "definition"):
        # A workflow's answer always has its definition; where it's left out, other things are too.
        yield from (f"properties.{key}" for key in _DECIDING if not has(properties, key))
    if form is AzureForm.POWERSHELL:
        yield from _cut(document)
        if isinstance(get(document, "identity", "type"), int):
            yield "identity.type"


def _cut(document: Mapping[str, Any]) -> Iterator[str]:
    """The paths below which PowerShell wrote a text in place of an object."""
    waiting: list[tuple[str, Any]] = [(key, one) for key, one in document.items()]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{path}.{key}", one) for key, one in value.items())
        elif isinstance(value, list):
            waiting.extend((path, one) for one in value)
        elif isinstance(value, str) and _CUT.match(value):
            yield path


def rows_of_graph(document: Any) -> list[Any] | None:
    """The rows of an answer of Resource Graph; None if it's none."""
    data = get(document, "data")
    if not any(has(document, key) for key in ("totalRecords", "total_records", "resultTruncated", "count")):
        return None
    if isinstance(data, list):
        return data
    columns = get(data, "columns")
    rows = get(data, "rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    names = [text(get(one, "name")) for one in columns]
    return [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]


def is_cut_graph(document: Any) -> bool:
    """Whether more rows are on other pages."""
    total = get(document, "totalRecords") if has(document, "totalRecords") else get(document, "total_records")
    count = get(document, "count")
    token = get(document, "$skipToken") or get(document, "skip_token") or get(document, "skipToken")
    short = isinstance(total, int) and isinstance(count, int) and total > count
    return bool(token) or str(get(document, "resultTruncated")).casefold() == "true" or short


def error_code(document: Any) -> str:
    """The code of an answer that says no, in both of ARM's shapes; empty for any other document."""
    inner = get(document, "error")
    if isinstance(inner, dict) and has(inner, "code"):
        return text(get(inner, "code"))
    is_bare = has(document, "code") and has(document, "message") and not has(document, "id")
    return text(get(document, "code")) if is_bare else ""
