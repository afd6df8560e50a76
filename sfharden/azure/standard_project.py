"""A Standard project as a site and its workflows, in the shape of ARM: files are `properties.files` of each.

ARM's `sites/workflows` answer has them so (types of Microsoft.Web, WorkflowEnvelopeProperties). A project names no app, so its
folder stands for the site's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.azure.arm_ids import id_below
from sfharden.azure.pieces import AzurePiece, PieceList, Pieces
from sfharden.model.azure import SITES, AzureForm

WORKFLOW_FILE: Final = "workflow.json"
BESIDE: Final = ("connections.json", "parameters.json", "local.settings.json")
_SITE_WORKFLOWS: Final = f"{SITES}/workflows"


@dataclass(slots=True)
class StandardProject:
    """The files of a project: workflows by the names of their folders, and what stands beside these."""

    folder: str
    workflows: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = True  # every workflow of it was read


def pieces_of_project(project: StandardProject) -> Pieces:
    """The site, and its workflows as the rows of its list."""
    name = project.folder.strip("/").rpartition("/")[2] or "project"
    site_id = id_below(project.folder or "project", "Microsoft.Web/sites", name)
    site = AzurePiece(
        site_id,
        SITES,
        name,
        AzureForm.PROJECT,
        {"kind": "functionapp,workflowapp", "properties": {"files": dict(project.beside)}},
    )
    rows = tuple(
        _workflow(site_id, one, document, project.beside)
        for one, document in sorted(project.workflows.items())
    )
    return Pieces([site], [PieceList(f"{site_id}/workflows", rows, project.is_whole)])


def _workflow(site_id: str, name: str, document: Any, beside: Mapping[str, Any]) -> AzurePiece:
    shared = {key: one for key, one in beside.items() if key != BESIDE[2]}
    files = {WORKFLOW_FILE: document, **shared}
    return AzurePiece(
        f"{site_id}/workflows/{name}",
        _SITE_WORKFLOWS,
        name,
        AzureForm.PROJECT,
        {"properties": {"files": files}},
        "",
    )
