"""Who holds which role at which scope, as `roleAssignments` and `roleEligibilityScheduleInstances` answer it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.index import AzureIndex, require_agreed, value
from sfharden.azure.objects import get, has, text
from sfharden.azure.rights import KNOWN_ROLES, Permission, Role, covers
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

ASSIGNMENTS: Final = "providers/Microsoft.Authorization/roleAssignments"
ELIGIBLE: Final = "providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
DENIED: Final = "providers/Microsoft.Authorization/denyAssignments"
_DEFINITIONS: Final = "microsoft.authorization/roledefinitions"
_OWN_PART: Final = "/providers/microsoft.authorization/"


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role of a principal at a scope. `kind` is the principal's as written; new kinds appear."""

    principal: str
    kind: str
    role: str  # the path of its definition
    scope: str
    is_conditional: bool
    where: str
    id: str = ""

    @property
    def holder(self) -> str:
        """Whose it is: `User f647…`."""
        return f"{self.kind or 'principal'} {self.principal}"

    @property
    def role_key(self) -> str:
        """The role's own id: the path before it differs by subscription."""
        return self.role.rstrip("/").rpartition("/")[2].casefold()


@dataclass(frozen=True, slots=True)
class Assigned:
    """The assignments in force at a resource, and why one of them couldn't be understood."""

    rows: tuple[RoleAssignment, ...]
    broken: tuple[CannotTell, ...]


def assigned(rows: Iterable[AzureResource], resource: str) -> Assigned:
    """Of the rows those whose scope covers the resource."""
    found: list[RoleAssignment] = []
    broken: list[CannotTell] = []
    for row in rows:
        try:
            one = _assignment(row)
        except CannotTell as reason:
            broken.append(reason)
            continue
        if covers(one.scope, resource):
            found.append(one)
    return Assigned(tuple(found), tuple(broken))


def _assignment(row: AzureResource) -> RoleAssignment:
    require_agreed(row, "properties.scope")
    principal, role = _text(row, "principalId"), _text(row, "roleDefinitionId")
    scope = text(get(row.document, "properties", "scope")) or _scope_of_id(row)
    condition = value(row, "properties.condition").value
    kind = text(value(row, "properties.principalType").value)
    return RoleAssignment(principal, kind, role, scope, bool(condition), row.where(), row.id)


def _text(row: AzureResource, name: str) -> str:
    found = value(row, f"properties.{name}")
    if not isinstance(found.value, str) or not found.value.strip():
        raise CannotTell(f"a role assignment has no {name}", found.where)
    return found.value.strip()


def _scope_of_id(row: AzureResource) -> str:
    """An assignment's id stands below its scope; `/` where nothing stands before."""
    before, found, _ = row.id.casefold().rpartition(_OWN_PART)
    if not found:
        raise CannotTell("a role assignment has no scope", row.where())
    return row.id[: len(before)] or "/"


class Roles:
    """The role definitions that were read, by the end of their id."""

    def __init__(self, index: AzureIndex) -> None:
        self._read = {one.key.rpartition("/")[2]: one for one in index.of_type(_DEFINITIONS)}
        self._index = index
        self._understood: dict[str, Role] = {}

    def read(self, assignment: RoleAssignment) -> Role:
        """The role as its definition says. Raises CannotTell."""
        if understood := self._understood.get(assignment.role_key):
            return understood
        found = self._read.get(assignment.role_key) or self._index.find(assignment.role)
        if found is None:
            name = self.name_of(assignment)
            found = self._index.resource(assignment.role, f"the role definition {name}")
        return self._understood.setdefault(assignment.role_key, role_of(found))

    def known(self, assignment: RoleAssignment) -> Role | None:
        """A built-in role by its id alone: good for a failure, never for a pass."""
        return KNOWN_ROLES.get(assignment.role_key)

    def name_of(self, assignment: RoleAssignment) -> str:
        """What to call it."""
        known = self.known(assignment)
        return known.name if known else assignment.role_key


def role_of(definition: AzureResource) -> Role:
    """A role of its definition. Raises CannotTell where its actions aren't understood."""
    parts = value(definition, "properties.permissions")
    if not isinstance(parts.value, list):
        raise CannotTell("a role definition has no permissions that were read", parts.where)
    name = text(get(definition.document, "properties", "roleName")) or definition.name
    is_conditional = any(get(one, "condition") for one in parts.value)
    permissions = tuple(_permission(one, parts.where) for one in parts.value)
    return Role(name, permissions, is_conditional)


def _permission(part: Any, where: str) -> Permission:
    if not has(part, "actions"):
        raise CannotTell("a role definition doesn't name its actions", where)
    return Permission(
        tuple(_actions(get(part, "actions"), where)), tuple(_actions(get(part, "notActions"), where))
    )


def _actions(found: Any, where: str) -> Iterator[str]:
    if found is None:
        return
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise CannotTell("the actions of a role are not a list of texts", where)
    yield from found
