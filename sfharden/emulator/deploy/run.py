"""Deploying a zip: every component is validated; only if all pass, and it's no check, the org changes."""

import io
import zipfile
import zlib
from typing import Any, Final

from sfharden.emulator import kinds
from sfharden.emulator.backend import DeployJob
from sfharden.emulator.deploy.apply import apply
from sfharden.emulator.deploy.check import check
from sfharden.emulator.deploy.types import Component, Package, Problem
from sfharden.emulator.derive import sync
from sfharden.emulator.files import record_id
from sfharden.emulator.records import AuditEntry
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import XmlError, parse

_DESTRUCTIVE: Final = ("destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml")


def run(org: DemoOrg, job: DeployJob) -> dict[str, Any]:
    """The `deployResult` of a job; with `checkOnly` nothing is saved."""
    try:
        package = read_package(job.content)
    except PackageError as error:
        return _failed(str(error))
    problems = check(org, package)
    if not problems and not job.check_only:
        _save(org, package, job.user_id)
    return _result(org, job, package, problems)


class PackageError(ValueError):
    """The zip as a whole can't be deployed."""


def read_package(content: bytes) -> Package:
    """Manifest and components of a zip. Raises PackageError."""
    files = _unzipped(content)
    manifests = [path for path in files if path.rpartition("/")[2] == "package.xml" and path.count("/") <= 1]
    if not manifests:
        raise PackageError("No package.xml found")
    root = min(manifests, key=len).removesuffix("package.xml")
    inside = {path.removeprefix(root): text for path, text in files.items() if path.startswith(root)}
    version, members = _manifest(inside.pop("package.xml"))
    deleted = [member for name in _DESTRUCTIVE if name in inside for member in _manifest(inside.pop(name))[1]]
    components = [Component(path, text) for path, text in sorted(inside.items()) if path and path[-1] != "/"]
    return Package(version, members, components, deleted)


def _unzipped(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one: archive.read(one) for one in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):  # an encrypted one is a RuntimeError
        raise PackageError("The zip file can't be read") from None


def _manifest(content: bytes) -> tuple[float, list[tuple[str, str]]]:
    try:
        tree = parse(content)
    except XmlError as error:
        raise PackageError(f"Error parsing file: package.xml: {error}") from None
    version = tree.value("version")
    if tree.name != "Package" or (version and not version.replace(".", "", 1).isdecimal()):
        raise PackageError("Error parsing file: package.xml")
    members = [(types.value("name"), one) for types in tree.all("types") for one in types.values("members")]
    return float(version or 0), members


def _save(org: DemoOrg, package: Package, user_id: str) -> None:
    for component in package.components:
        apply(org, component, package.version)
    for kind, name in package.deleted:
        # An empty file tells `sync` that the component is gone.
        org.metadata[kinds.path_of(kinds.KINDS[kind], name)] = b""
    sync(org)
    names = ", ".join(component.path for component in package.components)
    entry = AuditEntry(
        org.new_id("0Ym"), "deployedMetadata", "Deploy", f"Deployed {names}", org.clock(), user_id
    )
    org.audit_trail.append(entry)


def _failed(message: str) -> dict[str, Any]:
    counts = dict.fromkeys(("numberComponentErrors", "numberComponentsDeployed", "numberComponentsTotal"), 0)
    details: dict[str, Any] = {"componentFailures": [], "componentSuccesses": []}
    return {"status": "Failed", "done": True, "errorMessage": message, **counts, "details": details}


def _result(org: DemoOrg, job: DeployJob, package: Package, problems: list[Problem]) -> dict[str, Any]:
    bad = {one.path for one in problems}
    good = [] if problems else [_success(org, one) for one in package.components]
    return {
        "status": "Failed" if problems else "Succeeded",
        "done": True,
        "success": not problems,
        "checkOnly": job.check_only,
        "rollbackOnError": job.options.get("rollbackOnError", True),
        "numberComponentErrors": len(bad),
        "numberComponentsDeployed": len(good),
        "numberComponentsTotal": len(package.components),
        "numberTestErrors": 0,
        "details": {"componentFailures": [_failure(one) for one in problems], "componentSuccesses": good},
    }


def _failure(problem: Problem) -> dict[str, Any]:
    known = kinds.kind_of(problem.path)
    return {
        "componentType": known[0].name if known else "",
        "fileName": problem.path,
        "fullName": known[1] if known else problem.path,
        "problem": problem.text,
        "problemType": "Error",
        "success": False,
    }


def _success(org: DemoOrg, component: Component) -> dict[str, Any]:
    known = kinds.kind_of(component.path)
    kind, name = known if known else (kinds.KINDS["Settings"], component.path)
    return {
        "componentType": kind.name,
        "fileName": component.path,
        "fullName": name,
        "id": record_id(org, kind, name),
        "changed": True,
        "success": True,
    }
