"""Azure from saved answers, templates, states and projects: everything by its shape (`--azure-exports DIR|FILE…`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sfharden.azure.arm_ids import ROLE_ASSIGNMENTS
from sfharden.azure.documents import pieces_of
from sfharden.azure.pieces import Pieces
from sfharden.errors import InputError
from sfharden.model.azure import (
    CONNECTIONS,
    SITES,
    WORKFLOWS,
    AzureEntry,
    AzureForm,
    AzureGap,
    AzureList,
    AzureResource,
    AzureSnapshot,
    key_of,
)
from sfharden.sources.azure.asked import AskedIndex, asked_of
from sfharden.sources.azure.border import list_of_pieces, resource_of
from sfharden.sources.azure.files import FilesRead, JsonFile, read_files
from sfharden.sources.azure.live import read_answers, slots_unread
from sfharden.sources.azure.live_rights import rows_at
from sfharden.sources.azure.parameters import Parameters, parameters_of
from sfharden.sources.azure.projects import projects_of
from sfharden.sources.azure.repository import repository_of
from sfharden.sources.azure.saved_arm import SavedArm
from sfharden.text.redact import safe_text

_WAY_ON: Final = (
    "Save one with `az resource show --ids ID -o json > FILE`, or all with `sfharden azure-exports --script`."
)
_MOST_TOLD: Final = 3
_OWNED: Final = (WORKFLOWS, CONNECTIONS, SITES)
_FORMS: Final = tuple(AzureForm)  # from the surest to the least


@dataclass(slots=True)
class _Reading:
    """The snapshot while it's put together."""

    resources: list[AzureResource] = field(default_factory=list)
    lists: list[AzureList] = field(default_factory=list)
    gaps: list[AzureGap] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def take(self, found: Pieces, file: str) -> None:
        """What one file holds; a page of a list is not the whole of it."""
        shown = safe_text(file)
        self.resources += [resource_of(one, shown) for one in found.resources]
        self.lists += [list_of_pieces(one, shown) for one in found.lists]
        self.warnings += [f"{shown}: {note}" for note in dict.fromkeys(found.notes)]
        if found.is_page:
            self.gaps.append(AzureGap(path="", what=shown, reason="it is one page of a longer list"))


def read_exports(paths: Iterable[Path], entries: Sequence[AzureEntry]) -> AzureSnapshot:
    """All that the files and folders tell. Raises InputError where none of them is an export of Azure's."""
    given = list(paths)
    files = read_files(given)
    reading = _Reading()
    asked = [found for one in files.json if (found := asked_of(one)) is not None]
    answered, used = _answered(files, asked, entries)
    reading.warnings += [told for name, told in files.problems.items() if name not in used]
    rest = [one for one in files.json if one.name not in used]
    projects, rest = projects_of(rest, is_whole=not files.incomplete)
    for project, file in projects:
        reading.take(project, file)
    parameters, rest = parameters_of(rest, files.problems)
    for one in rest:
        _take_document(one, parameters, reading)
    reading.warnings += parameters.warnings
    reading.gaps += [
        AzureGap(path="", what=one.partition(": ")[0], reason=one.partition(": ")[2])
        for one in files.incomplete
    ]
    if answered is None:
        _require_something(reading, given)
    return _snapshot(reading, given, entries, answered)


def _answered(
    files: FilesRead, asked: Sequence[AskedIndex], entries: Sequence[AzureEntry]
) -> tuple[AzureSnapshot | None, set[str]]:
    """What a script asked for and got, read as a running Azure is; and the files that it's in."""
    if not asked:
        return None, set()
    saved = SavedArm(asked, files)
    read = read_answers(saved, entries, saved.subscription, saved.now())
    return read.model_copy(update={"cloud": saved.cloud, "taken_at": saved.at}), saved.files


def _take_document(one: JsonFile, parameters: Parameters, reading: _Reading) -> None:
    given: Mapping[str, Any] = parameters.for_template(one)
    reading.take(pieces_of(one.content, one.name, given), one.name)


def _require_something(reading: _Reading, given: list[Path]) -> None:
    if reading.resources or reading.lists:
        return
    where = ", ".join(safe_text(str(one)) for one in given)
    told = [*reading.warnings, *(f"{gap.what}: {gap.reason}" for gap in reading.gaps)]
    if len(told) == 1:
        raise InputError(told[0] if told[0].endswith(".") else f"{told[0]}.", _WAY_ON)
    raise InputError(f"{where} holds no export of Azure's.", "; ".join(told[:_MOST_TOLD]) or _WAY_ON)


def _best_first(resources: Iterable[AzureResource]) -> tuple[AzureResource, ...]:
    """Of several readings of one resource the fullest comes first: whoever looks one up takes that."""
    return tuple(
        sorted(resources, key=lambda one: ("properties" in one.unknown_paths, _FORMS.index(one.form)))
    )


def _differing(resources: Iterable[AzureResource]) -> Iterator[str]:
    """Resources that two files tell differently, such as an export of today and one of last year."""
    seen: dict[tuple[str, AzureForm], AzureResource] = {}
    for one in resources:
        first = seen.setdefault((one.key, one.form), one)
        if first.document != one.document:
            name = safe_text(one.shown, limit=120)
            yield f"{name} is not the same in {first.file} and {one.file}; nothing passes by what differs"


def _roles_at(resources: Sequence[AzureResource], asked: Set[str]) -> Iterator[AzureList]:
    """Assignments of files that don't tell at which scope they were asked: rows of each resource that they hold at, never all."""
    rows = [one for one in resources if one.type == ROLE_ASSIGNMENTS]
    for one in resources if rows else ():
        path = f"{one.id}/providers/Microsoft.Authorization/roleAssignments"
        held = tuple(rows_at(one.id, rows)) if one.type in _OWNED and key_of(path) not in asked else ()
        if held:
            yield AzureList(path=path, rows=held, is_whole=False, file=held[0].file)


def _snapshot(
    reading: _Reading, given: list[Path], entries: Sequence[AzureEntry], answered: AzureSnapshot | None
) -> AzureSnapshot:
    """All together; what was asked for comes first, since it's known what it answers."""
    own = answered or AzureSnapshot(source="")
    lists = (*own.lists, *reading.lists)
    resources = (*own.resources, *_best_first(reading.resources))
    return own.model_copy(
        update={
            "source": ", ".join(safe_text(str(one)) for one in given),
            "resources": resources,
            "lists": (*lists, *_roles_at(resources, {one.key for one in lists})),
            "gaps": (*own.gaps, *reading.gaps),
            "repository": repository_of(entries),
            "warnings": tuple(
                dict.fromkeys(
                    [*own.warnings, *slots_unread(resources), *reading.warnings, *_differing(resources)]
                )
            ),
        }
    )
