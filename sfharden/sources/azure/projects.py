"""Standard projects among the files: `<workflow>/workflow.json` beside `connections.json` and `parameters.json`."""

from collections.abc import Iterable

from sfharden.azure.documents import is_standard_workflow
from sfharden.azure.pieces import Pieces
from sfharden.azure.standard_project import BESIDE, StandardProject, pieces_of_project
from sfharden.sources.azure.files import JsonFile


def projects_of(
    files: Iterable[JsonFile], *, is_whole: bool
) -> tuple[list[tuple[Pieces, str]], list[JsonFile]]:
    """What each project holds, by its folder; and the files that belong to none. `is_whole`: nothing was left out.

    A workflow is told by its shape, what is beside it by its name: Standard finds it by that, too.
    """
    projects: dict[str, StandardProject] = {}
    rest: list[JsonFile] = []
    for one in files:
        if is_standard_workflow(one.content):
            folder, name = _place(one.name)
            project = projects.setdefault(folder, StandardProject(folder, is_whole=is_whole))
            project.workflows[name] = one.content
            project.is_whole = project.is_whole and one.name.count("/") > 1  # a file alone is no folder
        else:
            rest.append(one)
    left = []
    for one in rest:
        folder, _, name = one.name.rpartition("/")
        if folder in projects and name.casefold() in BESIDE:
            projects[folder].beside[name.casefold()] = one.content
        else:
            left.append(one)
    return [(pieces_of_project(projects[one]), one or "project") for one in sorted(projects)], left


def _place(path: str) -> tuple[str, str]:
    """The project's folder and the workflow's name; a file that was taken out of its folder has its own name."""
    parts = path.split("/")
    if parts[-1].casefold() == "workflow.json" and len(parts) > 1:
        return "/".join(parts[:-2]), parts[-2]
    return "/".join(parts[:-1]), parts[-1].removesuffix(".json")
