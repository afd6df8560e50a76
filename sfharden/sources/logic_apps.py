"""Exports of Azure Logic Apps: which steps call Salesforce, and the addresses they call from.

The managed Salesforce connector calls from the *connector* outgoing addresses, not from the workflow's own;
an HTTP step calls from the workflow's own (Azure Logic Apps documentation, Limits and configuration; ARM type
Microsoft.Logic/workflows 2019-05-01). Of a Standard Logic App neither is in its project.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sfharden.azure.objects import get, mapping
from sfharden.azure.text_forms import text_form
from sfharden.azure.workflows import Found, Hosting, Workflow, find_workflows
from sfharden.errors import InputError
from sfharden.files.json_file import NotJson, load_json
from sfharden.model.egress import EgressGap, Reading
from sfharden.sources.egress_lists import read_site, read_workflow
from sfharden.text.redact import safe_text

_WHAT: Final = "Logic App export"
_MOST_WORKFLOWS: Final = 500


def read_logic_app(path: Path, name: str = "") -> Reading:
    """One export, or the folder of a Standard project; `name` stands for it in what a person reads.

    Raises InputError for a file that can't be read or holds no Logic App. What the file doesn't tell is a gap.
    """
    shown = name or str(path)
    found = _project(path) if _is_project(path) else find_workflows(_document(path, shown))
    if not found.workflows and not found.sites:
        raise InputError(
            f"{safe_text(shown)} holds no Logic App (export one with `az resource show --ids ID`)",
            "Of a Standard Logic App, give the project's folder.",
        )
    return reading_of(shown, found)


def files_of_logic_app(path: Path) -> tuple[Path, ...]:
    """The files that are read of what `read_logic_app` takes, whether or not they can be read."""
    if not _is_project(path):
        return (path,)
    root, workflows = _workflows(path)
    beside = (root / "connections.json", root / "parameters.json")
    return (*(file for file in beside if file.is_file()), *workflows[:_MOST_WORKFLOWS])


def _document(path: Path, shown: str) -> Any:
    """The JSON of a file; another form is called by its name, with the way to an export."""
    try:
        return load_json(path, _WHAT, comments=True)
    except NotJson as error:
        form = text_form(error.start)
        if form is None:
            raise
        raise InputError(f"{safe_text(shown)} is {form.name}", form.hint) from None


def reading_of(name: str, found: Found) -> Reading:
    """All that the workflows and sites of one source tell; `name` stands for it in what a person reads."""
    parts = [read_workflow(workflow, name) for workflow in found.workflows]
    parts += [read_site(site, name) for site in found.sites]
    gaps = [*chain.from_iterable(part.gaps for part in parts), *_missing(found)]
    if not gaps and not any(part.calls for part in parts):
        gaps.append(
            EgressGap(reason="no step in it calls Salesforce, so no address in it is known to matter")
        )
    return Reading(
        file=name,
        origins=tuple(chain.from_iterable(part.origins for part in parts)),
        spare=tuple(chain.from_iterable(part.spare for part in parts)),
        unused=tuple(chain.from_iterable(part.unused for part in parts)),
        gaps=tuple(dict.fromkeys(gaps)),
        warnings=tuple(dict.fromkeys(chain.from_iterable(part.warnings for part in parts))),
        calls=tuple(chain.from_iterable(part.calls for part in parts)),
        wanted_tags=tuple(dict.fromkeys(chain.from_iterable(part.wanted_tags for part in parts))),
        provides=tuple(dict.fromkeys(chain.from_iterable(part.provides for part in parts))),
    )


def _missing(found: Found) -> Iterator[EgressGap]:
    return (EgressGap(reason=reason) for reason in dict.fromkeys(found.missing))


def _is_project(path: Path) -> bool:
    """A folder, or the `workflow.json` in one: its connections are beside it, not in it."""
    try:
        return path.is_dir() or (
            path.name == "workflow.json" and (path.parent.parent / "host.json").is_file()
        )
    except OSError:  # too long a name, a folder that may not be searched: whoever reads it says so
        return False


def _project(path: Path) -> Found:
    """A Standard project: `<workflow>/workflow.json` beside `connections.json` and `parameters.json`."""
    root, files = _workflows(path)
    found = Found()
    if len(files) > _MOST_WORKFLOWS:
        found.missing.append(f"the folder has more than {_MOST_WORKFLOWS} workflows; the rest was not read")
    connections = get(_beside(root, "connections.json", found), "managedApiConnections")
    parameters = mapping(_beside(root, "parameters.json", found))
    for file in files[:_MOST_WORKFLOWS]:
        document = load_json(file, _WHAT, comments=True)
        definition = get(document, "definition")
        found.workflows.append(
            Workflow(file.parent.name, Hosting.STANDARD, "", definition, connections, parameters)
        )
    return found


def _workflows(path: Path) -> tuple[Path, list[Path]]:
    """The folder of a project, and its workflows that are meant; one more than are ever read tells that there are more."""
    if not path.is_dir():
        return path.parent.parent, [path]
    return path, sorted(path.glob("*/workflow.json"))[: _MOST_WORKFLOWS + 1]


def _beside(root: Path, name: str, found: Found) -> Any:
    """A file of the project that need not be there; one that can't be read is missing."""
    try:
        return load_json(root / name, name, comments=True) if (root / name).is_file() else None
    except InputError as error:
        found.missing.append(error.message)
    except OSError:
        found.missing.append(f"the {name} of the project can't be read")
    return None
