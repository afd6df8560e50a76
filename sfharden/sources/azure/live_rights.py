"""Who may do what to the resources of an integration: assignments, denials, rights that wait, and the roles they name.

Asked once a resource group: without a filter the answer holds what is inherited, what the group has and all below it
(reference §1.11), so no scope above is read twice. Where that isn't answered, each resource is asked by itself; but not for
rights that wait: whoever may not read those of a group may read none.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sfharden.azure.objects import get, text
from sfharden.azure.questions import AzureQuestion, question_called
from sfharden.model.azure import AzureList, AzureResource, key_of
from sfharden.sources.azure.asking import Answered, Asking
from sfharden.sources.azure.live_logs import LogQuestions

# Of one path below whatever they're asked about.
_ASSIGNMENTS: Final = question_called("workflow-roles")
_DENIALS: Final = question_called("workflow-denials")
_ELIGIBLE: Final = question_called("workflow-eligible")
_ROLE: Final = question_called("role")
_KINDS: Final = (_ASSIGNMENTS, _DENIALS, _ELIGIBLE)
_ALL: Final = dict[str, str]()  # no filter
_MANAGEMENT: Final = "/providers/microsoft.management/managementgroups/"


class RightQuestions:
    """Asks who may do what. `finish` asks what the first answers left open, `derive` sorts them by resource."""

    def __init__(self, asking: Asking, logs: LogQuestions) -> None:
        self._asking = asking
        self._logs = logs
        self._lock = threading.Lock()
        self._scopes: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._roles: dict[str, dict[str, str]] = {}  # by the last segment, then the ids by key

    def of(self, resource: str) -> None:
        """Of a resource of the integration."""
        group = group_of(resource)
        with self._lock:
            self._scopes.setdefault(key_of(resource), resource)
            self._groups.setdefault(key_of(group), group)
        for question in _KINDS:
            self._asking.many(question, group, self._naming(question, group), query=_ALL)

    def finish(self) -> None:
        """Ask each resource where its group's answer isn't whole, and for roles that only one resource needs."""
        for scope in self._scopes.values():
            for question in _KINDS:
                found = self._of_group(question, scope)
                if found is None and question is not _ELIGIBLE:
                    self._asking.many(question, scope, self._naming(question, scope))
                elif found and question is not _DENIALS:
                    self._name_roles(rows_at(scope, found.rows))

    def derive(self) -> None:
        """Give each resource and group what holds at it, in place of the groups' own answers.

        That rights which wait aren't told is said once a group.
        """
        answered, lists = self._asking.answered, list[AzureList]()
        for scope in (*self._scopes.values(), *self._groups.values()):
            for question in _KINDS:
                if found := self._of_group(question, scope):
                    rows = tuple(rows_at(scope, found.rows))
                    lists.append(AzureList(path=question.path(scope), rows=rows))
        for group in self._groups.values():
            for question in _KINDS:
                answered.lists.pop(key_of(question.path(group)), None)
                if question is not _ELIGIBLE:
                    answered.gaps.pop(key_of(question.path(group)), None)
                    answered.absent.pop(key_of(question.path(group)), None)
        answered.lists.update({one.key: one for one in lists})
        self._copy_roles(answered)

    def _naming(self, question: AzureQuestion, scope: str) -> Callable[[AzureList], None] | None:
        """Asks for the roles of the rows that hold at a scope; a denial names none."""
        if question is _DENIALS:
            return None
        return lambda found: self._name_roles(rows_at(scope, found.rows))

    def _of_group(self, question: AzureQuestion, scope: str) -> AzureList | None:
        """The whole answer of a resource's group."""
        found = self._asking.answered.lists.get(key_of(question.path(group_of(scope))))
        return found if found and found.is_whole else None

    def _name_roles(self, rows: Iterable[AzureResource]) -> None:
        """Ask for each role once, whichever subscription's prefix it has, and for the logs of management groups."""
        for row in rows:
            role = text(get(row.document, "properties", "roleDefinitionId"))
            scope = text(get(row.document, "properties", "scope"))
            if key_of(scope).startswith(_MANAGEMENT):
                self._logs.of_management_group(scope)
            if role and self._is_new(role):
                self._asking.one(_ROLE, role)

    def _is_new(self, role: str) -> bool:
        with self._lock:
            alike = self._roles.setdefault(key_of(role).rpartition("/")[2], {})
            is_first = not alike
            alike.setdefault(key_of(role), role)
            return is_first

    def _copy_roles(self, answered: Answered) -> None:
        """A role stands under each id that an assignment has for it."""
        for alike in self._roles.values():
            for read in [answered.resources[key] for key in alike if key in answered.resources]:
                copies = {key: read.model_copy(update={"id": role}) for key, role in alike.items()}
                answered.resources.update({**copies, read.key: read})


def group_of(path: str) -> str:
    """The scope of the resource group that an id is in."""
    return "/".join(path.split("/")[:5])


def rows_at(scope: str, rows: Iterable[AzureResource]) -> Iterator[AzureResource]:
    """The rows that hold at a scope: those of it and of all above. One that doesn't tell its scope may hold."""
    for row in rows:
        place = text(get(row.document, "properties", "scope"))
        above = key_of(place)
        if (
            not place
            or above == "/"
            or above.startswith(_MANAGEMENT)
            or f"{key_of(scope)}/".startswith(f"{above}/")
        ):
            yield row
