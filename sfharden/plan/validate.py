"""`plan --validate`: the org checks the package and saves nothing."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping

from sfharden.ports import ComponentProblem, DeployReport

# All zips of the same files are the same: this is the earliest time that a zip can hold.
_TIME = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip with package.xml at its top."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _TIME), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def validate(deploy: Callable[[bytes], DeployReport], files: Mapping[str, bytes]) -> tuple[bool, list[str]]:
    """Have the org check a package. Gives whether it may be deployed, and what it has against each component.

    `deploy` sends a zip to the org for a check-only deployment. The lines hold foreign text: make it safe to show.
    """
    report = deploy(zipped(files))
    lines = [_line(one) for one in report.problems]
    if report.success:
        return True, lines
    return False, lines or [f"The org says {report.status} {report.error_code}".rstrip() + ", and no more."]


def _line(problem: ComponentProblem) -> str:
    return ": ".join(_parts(problem))


def _parts(problem: ComponentProblem) -> Iterator[str]:
    place = problem.file_name or problem.full_name
    yield f"{problem.type} '{problem.full_name}'".strip()
    yield f"{place}:{problem.line}" if problem.line else place
    yield f"{problem.problem} ({problem.problem_type})" if problem.problem_type else problem.problem
