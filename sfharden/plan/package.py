"""What a plan is written as: a package to deploy, the originals to go back, the plan itself, and a page to read."""

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final
from xml.sax.saxutils import escape

from sfharden.model import kinds
from sfharden.plan import secrets
from sfharden.plan.azure.papers import azure_files
from sfharden.plan.diff import unified_diff
from sfharden.plan.draft import FileChange
from sfharden.plan.planner import PlanResult
from sfharden.plan.readme import readme
from sfharden.plan.steps import Commands
from sfharden.text.build_log import json_without_orders

_NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"


def package_files(planned: PlanResult) -> dict[str, bytes]:
    """The package by path: package.xml and the changed files, in Metadata API format, without secrets and consumer keys."""
    files = {one.member: secrets.packaged(one.after, one.path) for one in planned.files}
    return {"package.xml": manifest(planned.files, planned.plan.api_version), **files}


def rollback_files(planned: PlanResult) -> dict[str, bytes]:
    """The originals of the changed files, byte for byte but for secrets and consumer keys, with a package.xml of their own."""
    old = [one for one in planned.files if one.before is not None]
    files = {one.member: secrets.packaged(one.before or b"", one.path) for one in old}
    return {"package.xml": manifest(old, planned.plan.api_version), **files}


def manifest(files: Iterable[FileChange], version: str) -> bytes:
    """A package.xml. Members are named as the files are, percent-encoded (Metadata API Guide, package.xml)."""
    members: dict[str, list[str]] = {}
    for file in files:
        kind = "Settings" if file.kind == kinds.SECURITY else file.kind
        members.setdefault(kind, []).append(PurePosixPath(file.member).stem)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<Package xmlns="{_NAMESPACE}">']
    for kind, names in sorted(members.items()):
        lines.append("    <types>")
        lines += [f"        <members>{escape(name)}</members>" for name in sorted(names)]
        lines += [f"        <name>{kind}</name>", "    </types>"]
    lines += [f"    <version>{escape(version)}</version>", "</Package>"]
    return ("\n".join(lines) + "\n").encode()


def diff(planned: PlanResult) -> bytes:
    """One unified diff of all files in the source's own paths, and of what was read of Azure; secrets in it are `***`."""
    return b"".join((*map(_diff, planned.files), planned.azure_diff))


def _diff(file: FileChange) -> bytes:
    after = secrets.masked(file.after, file.path)
    if file.before is None:
        return unified_diff(None, after, file.path)
    before = secrets.masked(file.before, file.path)
    lines = zip(file.before.split(b"\n"), before.split(b"\n"), strict=True)
    hidden = {number for number, (real, shown) in enumerate(lines) if real != shown}
    return unified_diff(before, after, file.path, hidden)


def plan_json(planned: PlanResult) -> str:
    """The plan itself. The same facts give the same bytes: it holds no time."""
    content = planned.plan.model_dump(mode="json", by_alias=True)
    return json_without_orders(json.dumps(content, indent=2)) + "\n"


def all_files(planned: PlanResult, commands: Commands) -> Mapping[str, bytes]:
    """Everything that is written, by path below the folder; `commands` stand in README.md."""
    written = {
        "README.md": readme(planned.plan, commands).encode(),
        "plan.json": plan_json(planned).encode(),
        **azure_files(planned.plan.azure, planned.azure_diff),
    }
    if planned.plan.azure and not planned.plan.changes:
        return written
    return {
        **written,
        **{f"package/{path}": data for path, data in package_files(planned).items()},
        **{f"rollback/{path}": data for path, data in rollback_files(planned).items()},
    }
