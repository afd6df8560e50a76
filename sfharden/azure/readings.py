"""Several readings of one id: where they differ, none of them is known to be the right one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.expressions import is_template_expression
from sfharden.azure.objects import get, has
from sfharden.model.azure import AzureForm, AzureResource

_ANSWERS: Final = frozenset({AzureForm.REST, AzureForm.GRAPH})
_OWN_PROPERTIES: Final = (
    2  # `properties` and a name: a list leaves out the one or the other, and no part of it
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A reading, and whether it's a row of a list, which may leave out what the resource's own answer has."""

    resource: AzureResource
    is_row: bool

    def tells_nothing(self, path: tuple[str, ...], found: Any) -> bool:
        """Whether it says nothing of what is at a path, and so nothing against what another reading has there."""
        if found is None and self._may_leave_out(path):
            return True
        form, dotted = self.resource.form, ".".join(path)
        if form is AzureForm.TEMPLATE and isinstance(found, str) and is_template_expression(found):
            return True
        return any(f"{dotted}.".startswith(f"{one}.") for one in self.resource.unknown_paths)

    def _may_leave_out(self, path: tuple[str, ...]) -> bool:
        form = self.resource.form
        if form is AzureForm.GRAPH and path[0].casefold() != "properties":
            return True
        return (self.is_row or form not in _ANSWERS) and len(path) <= _OWN_PROPERTIES


def reconciled(alike: Sequence[AzureResource], singles: int) -> AzureResource:
    """The first of several readings of one id, which knows where another differs; so many of them are no rows of lists."""
    best, *others = [_Reading(one, at >= singles) for at, one in enumerate(alike)]
    found = {path for other in others for path in _differences(best, other)}
    return disputed(best.resource, *sorted(found)) if found else best.resource


def disputed(resource: AzureResource, *paths: str) -> AzureResource:
    """A resource of which these paths are not to be trusted."""
    return resource.model_copy(update={"disputed": tuple(dict.fromkeys((*resource.disputed, *paths)))})


def _differences(one: _Reading, other: _Reading) -> Iterator[str]:
    # A stack, not recursion: how deep a document nests is its author's choice.
    waiting: list[tuple[tuple[str, ...], Any, Any]] = [((), one.resource.document, other.resource.document)]
    while waiting:
        path, mine, theirs = waiting.pop()
        if isinstance(mine, dict) and isinstance(theirs, dict):
            names = (*mine, *(name for name in theirs if not has(mine, name)))
            waiting.extend(((*path, name), get(mine, name), get(theirs, name)) for name in names)
        elif _differ(mine, theirs) and not (
            one.tells_nothing(path, mine) or other.tells_nothing(path, theirs)
        ):
            yield ".".join(path)


def _differ(mine: Any, theirs: Any) -> bool:
    """Absent, null and an empty object all set nothing."""
    return bool(mine != theirs and ([mine, theirs] not in ([None, {}], [{}, None])))
