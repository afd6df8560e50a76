"""What the tests of plans share: files to a plan in one call, and another reader's view of the result."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.integration import Egress, Integration
from sfharden.model.org import OrgTables, PermissionSetRow, ProfileRow, User
from sfharden.model.plan import PlannedChange
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.plan.make import Drafted, Material, draw_up
from sfharden.plan.planner import Options, PlanResult
from sfharden.sources.metadata_files import kind_and_name, with_files
from sfharden.sources.metadata_xml import parse_component
from tests.orgs.constants import INTEGRATION, SERVICE_USER
from tests.orgs.constants import PROFILE_NAME as PROFILE_NAME
from tests.orgs.files import APP, HEALTHY, PROFILE, SECURITY

SERVICE = SERVICE_USER
HEALTHY_BYTES: Mapping[str, bytes] = {path: text.encode() for path, text in HEALTHY.items()}


@dataclass(frozen=True)
class Files:
    """Metadata files in memory, as a source."""

    content: Mapping[str, bytes]
    gaps: tuple[Gap, ...] = ()
    org: OrgTables | None = None

    def components(self) -> Iterator[Component]:
        for path, data in self.content.items():
            kind, name = kind_and_name(path)
            yield parse_component(BytesIO(data), name, path, max_bytes=10**8, expected=kind)

    def material(self) -> Material:
        components = tuple(sorted(self.components(), key=lambda one: (one.kind, one.name, one.file)))
        source = Source(
            kind="org" if self.org else "files", name="test", org_id="00Dxx0000000001" if self.org else None
        )
        snapshot = Snapshot(
            tool=Tool(version="0"), source=source, components=components, gaps=self.gaps, org=self.org
        )
        return Material(snapshot, self._raw, with_files)

    def _raw(self, wanted: Mapping[str, Component]) -> dict[str, RawFile]:
        return {path: RawFile(path, one.kind, one.name, self.content[path]) for path, one in wanted.items()}


def integration(**changes: object) -> Integration:
    """The healthy integration with something changed."""
    return INTEGRATION.model_copy(update=changes)


def outcome(files: Files, *integrations: Integration, **options: object) -> Drafted:
    """The plan for some files; the healthy integration unless others are given."""
    return draw_up(files.material(), integrations or (integration(),), Options(**options))  # type: ignore[arg-type]


def planned(content: Mapping[str, bytes], *integrations: Integration, **options: object) -> PlanResult:
    return outcome(Files(content), *integrations, **options).planned


def healthy(**replaced: bytes) -> dict[str, bytes]:
    """The healthy files; keyword `profile`, `app` or `security` gives another content."""
    names = {
        "profile": "profiles/Logic Apps Integration.profile",
        "app": "connectedApps/Azure_Logic_Apps.connectedApp",
        "security": "settings/Security.settings",
    }
    return {**HEALTHY_BYTES, **{names[key]: data for key, data in replaced.items()}}


def text(path: str) -> str:
    """One of the healthy files."""
    return healthy()[path].decode()


def on(path: str, old: str, new: str) -> dict[str, bytes]:
    """The healthy files with one text of one file replaced."""
    assert old in text(path)
    return {**healthy(), path: text(path).replace(old, new).encode()}


def only(result: PlanResult) -> PlannedChange:
    """The one change that is planned."""
    (change,) = result.plan.changes
    return change


def after(result: PlanResult, path: str) -> str:
    """A file as it would be."""
    return next(one.after for one in result.files if one.path == path).decode()


def addresses(*ranges: str) -> Egress:
    """Egress of these ranges."""
    return Egress(addresses=AddressSet.of(ranges))


def everything_bad() -> dict[str, bytes]:
    """Files of which every one needs a change."""
    files = healthy()
    files[PROFILE] = files[PROFILE].replace(b"192.0.2.15", b"192.0.2.99")
    files[APP] = files[APP].replace(b"ENFORCE", b"BYPASS").replace(b"Approved>true", b"Approved>false")
    files[SECURITY] = files[SECURITY].replace(b"Request>true", b"Request>false")
    return files


def user(name: str, profile_id: str = "00e1", *, active: bool = True) -> User:
    return User(f"005{name}", name, profile_id, active, "Standard", None)


def org(*users: User, profiles: tuple[ProfileRow, ...] = ()) -> OrgTables:
    """An org whose profile 00e1 is the integration's."""
    rows = (
        ProfileRow("00e1", PROFILE_NAME, PROFILE_NAME),
        ProfileRow("00e2", "System Administrator", "Admin"),
    )
    sets = tuple(
        PermissionSetRow(f"0PS{one.id}", f"X{one.id}", "", one.id, "", ()) for one in profiles or rows
    )
    return OrgTables(
        users=users, profiles=profiles or rows, permission_sets=sets, assignments=(), object_rights=()
    )


def flat(data: bytes) -> list[tuple[str, str, str]]:
    """Every element as another parser sees it: path, attributes, text; in order."""
    found: list[tuple[str, str, str]] = []

    def visit(element: ET.Element, path: str) -> None:
        text = (element.text or "").strip()
        found.append((path, repr(sorted(element.attrib.items())), text))
        for child in element:
            visit(child, f"{path}.{child.tag.rpartition('}')[2]}".lstrip("."))

    visit(ET.fromstring(data), "")  # noqa: S314 - a file of the tests
    return found


def rest(data: bytes, *touched: str) -> list[tuple[str, str, str]]:
    """`flat` without the touched paths and what is below them."""
    return [
        one
        for one in flat(data)
        if not any(one[0] == path or one[0].startswith(f"{path}.") for path in touched)
    ]


def git_apply(folder: Path, diff: bytes, *flags: str) -> None:
    """Apply a diff with git, outside of any repository; fails the test if git refuses, skips it without git."""
    git = shutil.which("git")
    if not git:
        pytest.skip("git is not here")
    done = subprocess.run(
        [git, "apply", "--whitespace=nowarn", *flags, "-"],
        cwd=folder, input=diff, capture_output=True, check=False,
        env={"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files on disk."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder
