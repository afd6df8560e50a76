"""Questions to what was read of Azure: an answer that is known for sure, or CannotTell.

What was not asked, not answered or answered in part raises; only a row that is there may make something fail.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.expressions import is_template_expression
from sfharden.azure.objects import get, has
from sfharden.azure.readings import disputed, reconciled
from sfharden.facts.values import CannotTell
from sfharden.model.azure import MASK, AzureForm, AzureGap, AzureList, AzureResource, AzureSnapshot, key_of

# In these an absent property is as good as null: ARM leaves out what isn't set, and a deployment sets what it names.
# "Code view" hides access control even where it is set (reference §0.2); Resource Graph copies ARM's answers.
_ABSENT_IS_NULL: Final = frozenset(
    {AzureForm.REST, AzureForm.GRAPH, AzureForm.POWERSHELL, AzureForm.TEMPLATE, AzureForm.TERRAFORM}
)


@dataclass(frozen=True, slots=True)
class AzureValue:
    """A value, None where it's absent or null and that is known, and where it was read."""

    value: Any
    where: str

    @property
    def is_absent(self) -> bool:
        """True if the resource sets nothing there."""
        return self.value is None


class AzureIndex:
    """A snapshot of Azure by path. Ids are compared without case."""

    def __init__(self, snapshot: AzureSnapshot) -> None:
        self.snapshot = snapshot
        self._gaps: dict[str, AzureGap] = {key_of(gap.path): gap for gap in snapshot.gaps}
        self._lists: dict[str, list[AzureList]] = {}
        for one in snapshot.lists:
            self._lists.setdefault(one.key, []).append(one)
        self._absent = {key_of(one.path): one.code for one in snapshot.absent}
        self._resources: dict[str, list[AzureResource]] = {}
        self._keys: dict[str, set[str]] = {}  # by type
        for resource in snapshot.every_resource():
            key = resource.key
            self._resources.setdefault(key, []).append(resource)
            self._keys.setdefault(resource.type, set()).add(key)
        self._singles = Counter(one.key for one in snapshot.resources)
        self._reconciled: dict[str, AzureResource] = {}

    def of_type(self, kind: str) -> tuple[AzureResource, ...]:
        """Each resource of a type, once, in the order of their ids; what was asked for singly wins over a row of a list."""
        return tuple(self._best(key) for key in sorted(self._keys.get(kind, ())))

    def _best(self, key: str) -> AzureResource:
        """Of several readings of one id the single one before a row of a list; it knows where another differs."""
        if key not in self._reconciled:
            # They are given in that order.
            found = reconciled(self._resources[key], self._singles[key])
            self._reconciled[key] = disputed(found, "properties") if key in self._absent else found
        return self._reconciled[key]

    def _marked(self, row: AzureResource) -> AzureResource:
        """A row of a list that knows where another reading of its id differs."""
        best = self._best(row.key)
        return disputed(row, *best.disputed) if best.disputed else row

    def find(self, path: str) -> AzureResource | None:
        """The resource of that id if it was read, else None; nothing follows from None."""
        key = key_of(path)
        return self._best(key) if key in self._resources else None

    def resource(self, path: str, what: str = "") -> AzureResource:
        """The resource of that id. Raises CannotTell."""
        if found := self.find(path):
            return found
        raise CannotTell(self._why_not(path, what))

    def absence(self, path: str) -> str:
        """ARM's code where it answered that nothing is at that path; empty where it didn't, or something was read there too."""
        key = key_of(path)
        return self._absent.get(key, "") if key not in self._resources else ""

    def rows(self, path: str) -> tuple[AzureResource, ...]:
        """Whatever was read of a list; it may fail what it shows, and what isn't in it tells nothing."""
        return tuple(self._marked(row) for one in self._lists.get(key_of(path), ()) for row in one.rows)

    def whole(self, path: str, what: str = "") -> tuple[AzureResource, ...]:
        """All rows of a list. Raises CannotTell unless it was asked and read to its end, and each time the same rows were."""
        lists = self._lists.get(key_of(path), [])
        whole = [one for one in lists if one.is_whole]
        if whole:
            known = {row.key for row in whole[0].rows}
            if any({row.key for row in one.rows} != known for one in whole[1:]) or any(
                row.key not in known for one in lists for row in one.rows
            ):
                raise CannotTell(f"{what or path} was read twice, with different rows", whole[0].file)
            return tuple(map(self._marked, whole[0].rows))
        if lists:
            raise CannotTell(f"{what or path} was read in part only", lists[0].file)
        raise CannotTell(self._why_not(path, what))

    def _why_not(self, path: str, what: str) -> str:
        gap = self._gaps.get(key_of(path))
        if gap:
            missing = f" (missing right: {gap.action})" if gap.action else ""
            return f"{gap.what} can't be read: {gap.reason}{missing}"
        code = self.absence(path)
        said = f"Azure says that it isn't there ({code})" if code else "it was not read"
        return f"{what or path}: {said}"


def value(resource: AzureResource, path: str) -> AzureValue:
    """What a resource has at a dotted path, such as `properties.accessControl.triggers`.

    None in it means that the document is known to set nothing there. Raises CannotTell where the value, or one above it, is
    masked, an expression or known only after a deployment, or where the document's form doesn't carry it.
    """
    where = resource.where(pointer_to(path))
    require_agreed(resource, path)
    for unknown in resource.unknown_paths:
        if _touch(path, unknown):
            raise CannotTell(f"the value of {unknown} isn't told by the file", where)
    found: Any = resource.document
    for part in path.split("."):
        _require_told(resource, found, path, where)
        if not has(found, part):
            return _absent(resource, path, where)
        found = get(found, part)
    _require_told(resource, found, path, where)
    if resource.is_conditional:
        raise CannotTell("the template deploys it only under a condition", where)
    return AzureValue(found, where)


def require_agreed(resource: AzureResource, path: str) -> None:
    """Raise CannotTell where another reading of the same resource differs at a dotted path, or below or above it."""
    for one in resource.disputed:
        if _touch(path, one):
            said = f"it was read more than once, and what was read differs at {one}"
            raise CannotTell(said, resource.where(pointer_to(path)))


def _touch(path: str, other: str) -> bool:
    return f"{path}.".startswith(f"{other}.") or other.startswith(f"{path}.")


def _require_told(resource: AzureResource, found: Any, path: str, where: str) -> None:
    if is_expression(resource, found):
        raise CannotTell(f"{path} is an expression, whose value the file doesn't tell", where)
    if found == MASK:
        raise CannotTell(f"{path} is masked, as what may be a secret is", where)


def _absent(resource: AzureResource, path: str, where: str) -> AzureValue:
    if resource.form not in _ABSENT_IS_NULL:
        raise CannotTell(f"{path} is not in this kind of file ({resource.form.value})", where)
    if resource.is_conditional:
        raise CannotTell("the template deploys it only under a condition", where)
    return AzureValue(None, where)


def given(resource: AzureResource, path: str) -> AzureValue:
    """The same, for what only a call that returns it tells. Raises CannotTell where it's absent or null."""
    found = value(resource, path)
    if found.is_absent:
        raise CannotTell(f"{path} is not in the answer", found.where)
    return found


def is_expression(resource: AzureResource, found: Any) -> bool:
    """Whether a text of a template is evaluated when it's deployed."""
    return resource.form is AzureForm.TEMPLATE and isinstance(found, str) and is_template_expression(found)


def pointer_to(path: str) -> str:
    """A dotted path as JSON pointer."""
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path.split("."))
