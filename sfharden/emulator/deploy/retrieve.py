"""retrieve(): a package's members to a zip, with messages for what isn't there."""

import base64
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from sfharden.emulator import kinds
from sfharden.emulator.backend import RetrieveJob
from sfharden.emulator.files import (
    Properties,
    file_properties,
    listed,
    may_read,
    properties_xml,
    read_component,
    without,
)
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import METADATA_NS, parse

_WHEN: Final = (2026, 1, 1, 0, 0, 0)
Member = tuple[kinds.Kind, str]


def finish(org: DemoOrg, caller: Caller, job: RetrieveJob) -> None:
    """Make the zip and the part of the answer that goes with it, once."""
    if job.content is not None:
        return
    root = "" if job.single_package else "unpackaged/"
    members, problems = _members(org, caller, job)
    wanted = {name for one in job.package.all("types") for name in one.values("name")}
    files = {
        root + kinds.path_of(kind, name): _content(org, kind, name, job, wanted) for kind, name in members
    }
    files[f"{root}package.xml"] = _manifest(members, job.version)
    job.content = make_zip(files)
    properties = [file_properties(org, kind, name, root) for kind, name in members]
    job.answer = "".join(_answer(properties, problems, f"{root}package.xml"))


def encoded(job: RetrieveJob) -> str:
    """The zip as the answer carries it."""
    return base64.b64encode(job.content or b"").decode()


def make_zip(files: dict[str, bytes]) -> bytes:
    """A zip with the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _WHEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _members(org: DemoOrg, caller: Caller, job: RetrieveJob) -> tuple[list[Member], list[str]]:
    members: dict[Member, None] = {}
    problems = []
    for types in job.package.all("types"):
        type_name = types.value("name")
        kind = kinds.KINDS.get(type_name)
        if kind is None or job.version < kind.since:
            if type_name not in kinds.PROFILE_PART_NEEDS.values():
                problems.append(f"Entity type: '{type_name}' is unknown")
            continue
        visible = listed(org, kind, str(job.version), caller)
        known = frozenset(visible)
        for asked in types.values("members"):
            if asked == "*":
                members.update(dict.fromkeys((kind, name) for name in visible))
            elif asked in known:
                members[(kind, asked)] = None
            else:
                problems.append(_missing(org, caller, kind, asked))
    return list(members), problems


def _missing(org: DemoOrg, caller: Caller, kind: kinds.Kind, name: str) -> str:
    if not may_read(org, kind, caller):
        return f"You do not have the proper permissions to access {kind.name}: {name}"
    return f"Entity of type '{kind.name}' named '{name}' cannot be found"


def _content(org: DemoOrg, kind: kinds.Kind, name: str, job: RetrieveJob, wanted: set[str]) -> bytes:
    content = read_component(org, kind, name, job.version) or b""
    return _profile_parts(content, wanted) if kind.name == "Profile" else content


def _profile_parts(content: bytes, wanted: set[str]) -> bytes:
    """A profile without the parts whose components the package doesn't name."""
    dropped = {
        element
        for element, needs in kinds.PROFILE_PART_NEEDS.items()
        if needs not in wanted and f"<{element}>".encode() in content
    }
    if not dropped:
        return content
    return without(parse(content), sorted(dropped))


def _manifest(members: Iterable[Member], version: float) -> bytes:
    by_kind: dict[str, list[str]] = {}
    for kind, name in members:
        by_kind.setdefault(kind.name, []).append(name)
    types = "".join(
        f"    <types>\n{''.join(map(_member, sorted(names)))}        <name>{kind}</name>\n    </types>\n"
        for kind, names in sorted(by_kind.items())
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="{METADATA_NS}">\n'
    return f"{head}{types}    <version>{version}</version>\n</Package>\n".encode()


def _member(name: str) -> str:
    return f"        <members>{escape(name)}</members>\n"


def _answer(properties: list[Properties], problems: list[str], manifest: str) -> Iterator[str]:
    for one in properties:
        yield properties_xml("fileProperties", one)
    yield properties_xml(
        "fileProperties", {"fileName": manifest, "fullName": manifest, "id": "", "type": "Package"}
    )
    yield "<!--id-->"
    for problem in problems:
        yield properties_xml("messages", {"fileName": manifest, "problem": problem})
