"""Parts of a JSON document by pointer (RFC 6901): read, changed, written as JSON Patch (RFC 6902) and as a JMESPath question."""

import copy
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sfharden.azure.objects import has
from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureEdit

_LAST_RULE: Final = 2147483647  # the priority of the rule that Azure itself puts last


def edit_of(resource: AzureResource, keys: Sequence[str], after: Any) -> AzureEdit:
    """Set what stands below these keys; what is missing on the way there is made along with it.

    Keys are taken as the document writes them, since names don't differ by case in Azure.
    """
    found: Any = resource.document
    path: list[str] = []
    for number, key in enumerate(keys):
        if not has(found, key):
            return _edit(resource, [*path, key], False, None, _nested(keys[number + 1 :], after))
        name = _as_written(found, key)
        path.append(name)
        found = found[name]
        if found is None:
            return _edit(resource, path, True, None, _nested(keys[number + 1 :], after))
    return _edit(resource, path, True, found, after)


def _edit(resource: AzureResource, path: Iterable[str], is_there: bool, before: Any, after: Any) -> AzureEdit:
    pointer = "".join(f"/{one.replace('~', '~0').replace('/', '~1')}" for one in path)
    return AzureEdit(
        resource=resource.id,
        pointer=pointer,
        is_there=is_there,
        before=copy.deepcopy(before),
        after=copy.deepcopy(after),
    )


def _as_written(holder: dict[str, Any], key: str) -> str:
    return key if key in holder else next(one for one in holder if one.casefold() == key.casefold())


def _nested(keys: Sequence[str], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def keys_of(pointer: str) -> list[str]:
    """The keys that a pointer goes down by."""
    return [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]]


def edited(document: dict[str, Any], edits: Iterable[AzureEdit]) -> dict[str, Any]:
    """A copy of a document with the edits made; what a shorter answer of the same resource leaves out is made on the way."""
    changed = copy.deepcopy(document)
    for one in edits:
        holder: Any = changed
        *path, last = keys_of(one.pointer)
        for key in path:
            if not isinstance(holder.get(key), dict):
                holder[key] = {}
            holder = holder[key]
        holder[last] = copy.deepcopy(one.after)
    return changed


def patch_of(edits: Iterable[AzureEdit]) -> Iterator[dict[str, Any]]:
    """The operations; what was there is tested first, so that a patch for another document is refused (RFC 6902, 4.6)."""
    for one in edits:
        if one.is_there:
            yield {"op": "test", "path": one.pointer, "value": one.before}
        yield {"op": "replace" if one.is_there else "add", "path": one.pointer, "value": one.after}


def body_of(edits: Iterable[AzureEdit]) -> dict[str, Any]:
    """The edits as the body of a PATCH: nothing but what they set."""
    whole: dict[str, Any] = {}
    for one in edits:
        _merge(whole, _nested(keys_of(one.pointer), one.after))
    return whole


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for key, found in other.items():
        if isinstance(found, dict) and isinstance(into.get(key), dict):
            _merge(into[key], found)
        else:
            into[key] = found


def one_line(value: Any) -> str:
    """JSON on one line, in printable ASCII, without a backtick: as a word of a command and a JMESPath literal may hold it."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    return text.replace("`", "\\u0060").replace("\x7f", "\\u007f")


def question(edit: AzureEdit) -> str:
    """Whether the part is as it was read. An absent one is null to JMESPath (its specification, Literal Expressions)."""
    return f"{_path(edit)} == `{one_line(edit.before)}`"


def question_after(edit: AzureEdit) -> str:
    """Whether the part is as the edit has left it.

    Of a list of rules App Service answers more than it was sent: a tag of each, and its own last rule (App Service, access restrictions).
    """
    rules = edit.after
    if not (isinstance(rules, list) and rules and all(isinstance(one, dict) for one in rules)):
        return f"{_path(edit)} == `{one_line(rules)}`"
    keys = sorted(rules[0])
    sent = [[one.get(key) for key in keys] for one in rules]
    return f"{_path(edit)}[?priority != `{_LAST_RULE}`].[{', '.join(keys)}] == `{one_line(sent)}`"


def _path(edit: AzureEdit) -> str:
    return ".".join(json.dumps(key) for key in keys_of(edit.pointer))
