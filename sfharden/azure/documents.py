"""What a JSON document of Azure is, by its shape, and the resources in it (reference azure-controls §2.1).

Its file's name tells nothing here, but how a definition without a name is called.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sfharden.azure.answers import error_code, is_answer, is_cut_graph, piece_of, rows_of_graph
from sfharden.azure.arm_ids import id_below, list_of
from sfharden.azure.flows import is_flow
from sfharden.azure.objects import get, has, kind, mapping, text
from sfharden.azure.pieces import AzurePiece, PieceList, Pieces
from sfharden.azure.template import is_template, pieces_of_template
from sfharden.azure.terraform import is_plan, is_terraform
from sfharden.azure.terraform_arm import pieces_of_terraform
from sfharden.model.azure import WORKFLOWS, AzureForm

EXPORT: Final = "`az resource show --ids ID -o json`"
_MOST_DEEP: Final = 400  # no export nests near as deep
_GALLERY: Final = "microsoft.logic/galleries/templates"
STANDARD_KINDS: Final = ("stateful", "stateless", "agent")


def too_deep(document: Any) -> bool:
    """Whether a document nests deeper than any export does."""
    level, depth = [document], 0
    while level and depth <= _MOST_DEEP:
        level = [inner for one in level for inner in _parts(one)]
        depth += 1
    return bool(level)


def _parts(value: Any) -> Iterator[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (part for part in parts if isinstance(part, dict | list))


def pieces_of(document: Any, base: str, given: Mapping[str, Any] | None = None) -> Pieces:
    """All that a document holds; `base` names it, `given` are the values of a parameters file that belongs to it."""
    if too_deep(document):
        return Pieces(notes=["it nests deeper than any export"])
    found = Pieces()
    waiting: list[tuple[Any, str]] = [(document, "")]
    while waiting:
        item, pointer = waiting.pop()
        inner = _whole(item, pointer, base, given or {}, found)
        waiting.extend(reversed(list(inner)))
    return found


def _whole(
    item: Any, pointer: str, base: str, given: Mapping[str, Any], found: Pieces
) -> Iterator[tuple[Any, str]]:
    """Take a document for what it is; of a list that isn't one of resources, its entries."""
    rows, is_whole, place = _rows(item)
    if rows is not None:
        yield from _listed(rows, f"{pointer}{place}", found, _form(item), is_whole=is_whole)
    elif is_terraform(item):
        found.add(pieces_of_terraform(item, base))
    elif is_template(item) or is_template(get(item, "template")):
        found.add(pieces_of_template(item if is_template(item) else get(item, "template"), given, base))
    elif _is_resource_of_template(item):
        found.add(pieces_of_template({"resources": [item]}, given, base))
    else:
        _single(item, pointer, base, found)


def _form(item: Any) -> AzureForm:
    return AzureForm.GRAPH if rows_of_graph(item) is not None else AzureForm.REST


def _rows(item: Any) -> tuple[list[Any] | None, bool, str]:
    """The rows of a list, whether they are all, and where they stand. A bare list may have been cut by a query."""
    if isinstance(item, list):
        return item, False, ""
    graph = rows_of_graph(item)
    if graph is not None:
        return graph, not is_cut_graph(item), "/data"
    listed = get(item, "value")
    if isinstance(listed, list) and not has(item, "type") and not has(item, "properties"):
        return listed, get(item, "nextLink") in (None, ""), "/value"
    return None, True, ""


def _listed(
    rows: list[Any], pointer: str, found: Pieces, form: AzureForm, *, is_whole: bool
) -> Iterator[tuple[Any, str]]:
    """Rows as resources; those of one parent as its list. What is no resource is looked at for itself."""
    if not rows:
        found.notes.append("an empty list, which doesn't tell what was asked")
    if not is_whole and pointer:
        found.is_page = True
        found.notes.append("one page of a longer list: the rest is not in it")
    pieces: list[AzurePiece] = []
    for index, row in enumerate(rows):
        if isinstance(row, dict) and is_answer(row):
            pieces.append(piece_of(row, f"{pointer}/{index}", form))
        elif isinstance(row, dict | list):
            yield row, f"{pointer}/{index}"
        else:
            found.notes.append("a list of something else than resources")
    _sorted_in(pieces, found, is_whole=is_whole and len(pieces) == len(rows) and form is AzureForm.REST)


def _sorted_in(pieces: list[AzurePiece], found: Pieces, *, is_whole: bool) -> None:
    by_list: dict[str, list[AzurePiece]] = {}
    for one in pieces:
        by_list.setdefault(list_of(one.id), []).append(one)
    found.resources += by_list.pop("", [])
    for path, rows in by_list.items():
        alone = is_whole and len(rows) == len(pieces)
        found.lists.append(PieceList(path, tuple(rows), is_whole=alone))


def _is_resource_of_template(item: Any) -> bool:
    """One resource out of a template, or out of the portal's view of one."""
    return "/" in kind(item) and not is_answer(item) and has(item, "apiVersion")


def _single(item: Any, pointer: str, base: str, found: Pieces) -> None:
    if not isinstance(item, dict):
        found.notes.append("no object and no list of Azure's")
    elif is_flow_document(item):
        found.notes.append("a flow of Power Automate, which is no Logic App")
    elif kind(item) == _GALLERY or is_code_view(item):
        found.resources.append(_code_view(item, pointer, base))
    elif is_answer(item):
        found.resources.append(piece_of(item, pointer))
    elif code := error_code(item):
        found.notes.append(f"an error of Azure's ({code}), which doesn't tell what was asked")
    else:
        found.notes.append(other_document(item))


def is_flow_document(item: Any) -> bool:
    """Whether an object is a flow of Power Automate."""
    body = get(item, "properties") if has(item, "properties") else item
    if kind(item) == "microsoft.flow/flows" or has(item, "clientdata"):
        return True
    if not has(body, "definition"):
        return False
    connections = get(body, "connectionReferences") or get(body, "parameters", "$connections", "value")
    return is_flow(get(body, "definition"), connections)


def is_code_view(item: Any) -> bool:
    """Whether an object is a definition alone, or with its parameters, as the portal's code view has it."""
    if is_answer(item) or kind(item):
        return False
    return isinstance(get(item, "definition"), dict) or (has(item, "triggers") and has(item, "actions"))


def is_standard_workflow(item: Any) -> bool:
    """Whether an object is a `workflow.json` of a Standard project."""
    return isinstance(get(item, "definition"), dict) and text(get(item, "kind")).casefold() in STANDARD_KINDS


def _code_view(item: Any, pointer: str, base: str) -> AzurePiece:
    holder = get(item, "properties") if has(item, "properties") else item
    definition = get(holder, "definition") if has(holder, "definition") else item
    parameters = get(holder, "parameters") if has(holder, "definition") else None
    properties = {"definition": definition, "parameters": mapping(parameters)}
    stem = base.rpartition("/")[2].removesuffix(".json") or "workflow"
    name = text(get(item, "name")) or stem
    id_ = id_below(base, "Microsoft.Logic/workflows", name.replace("/", " "))
    return AzurePiece(id_, WORKFLOWS, name, AzureForm.CODE_VIEW, {"properties": properties}, pointer)


def other_document(item: Any) -> str:
    """What an object is that holds nothing of Azure's resources, in words, with what to give instead."""
    if has(item, "cloud") and has(item, "values"):
        return "a file of service tags; give it to `sfharden egress --service-tags`"
    if "deploymentparameters.json" in text(get(item, "$schema")).casefold():
        return "parameters of a deployment whose template is not among the files"
    if any(has(item, key) for key in ("managedApiConnections", "serviceProviderConnections")):
        return "connections of a Standard project; give the project's folder"
    if is_plan(item):
        return "a plan without its changes; use `terraform show -json PLAN > plan.json`"
    if has(item, "IsEncrypted") and has(item, "Values"):
        return "local settings of a Standard project; give the project's folder"
    if has(item, "slotSetting"):
        return "settings of an app that don't name it; they may be secrets, so delete the file and give the app's template"
    if has(item, "accessToken"):
        return "an access token, which is a secret: delete the file"
    if has(item, "results") and has(item, "summary"):
        return "a report of sfharden, not an export of Azure"
    if has(item, "environmentName") or (has(item, "tenantId") and has(item, "user")):
        return "the account of the Azure CLI, not a resource"
    return f"none of the forms of Azure's exports; use {EXPORT}"
