"""A running Azure to what a snapshot has of it: the workflows, Standard apps and connections of integrations, and all about them.

What is asked follows from what is answered; what depends on nothing else is asked side by side. What can't be read is a gap
with its reason and the right that is missing.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sfharden.azure.arm import Arm
from sfharden.azure.arm_ids import type_of
from sfharden.azure.objects import get, text
from sfharden.azure.questions import AzureQuestion, question_called
from sfharden.azure.side import (
    is_called,
    is_logic_app,
    is_salesforce_connection,
    references_of,
    uses_salesforce,
)
from sfharden.errors import UsageError
from sfharden.model.azure import (
    SITES,
    WORKFLOWS,
    AzureEntry,
    AzureList,
    AzureResource,
    AzureSnapshot,
    key_of,
    segment_after,
)
from sfharden.sources.azure.asking import Answered, Answering, Asking
from sfharden.sources.azure.live_logs import LogQuestions
from sfharden.sources.azure.live_rights import RightQuestions, group_of
from sfharden.sources.azure.live_storage import StorageQuestions

T = TypeVar("T")
_OF_SITE: Final = ("site", "site-config", "site-sign-in", "site-publishing-scm", "site-publishing-ftp")
_LISTS: Final = ("workflows", "sites", "connections")
_SUBSCRIPTIONS: Final = ("/subscriptions", "2022-12-01", "the subscriptions")
_FIRST: Final = 0  # what more is asked after goes before what is not
_OF_RESOURCE: Final = 8  # slashes of the id of a resource in a group
_DRAFTS: Final = "Drafts of workflows are not read."
_SLOTS: Final = "Deployment slots of Standard apps are not read."


def read_azure(arm: Arm, entries: Sequence[AzureEntry]) -> AzureSnapshot:
    """Read what integrations say of Azure; without any workflow or connection named, all that uses Salesforce.

    Raises AuthError where the sign-in doesn't hold, ArmRefusalError where it is for another tenant, UnreachableError where
    nothing answers, UsageError where no subscription is to be seen.
    """
    session = arm.session
    read = read_answers(arm, entries, session.subscription, arm.timing.now())
    return read.model_copy(update={"cloud": session.cloud.name, "calls": arm.calls().total})


def read_answers(
    answering: Answering, entries: Sequence[AzureEntry], subscription: str, now: datetime
) -> AzureSnapshot:
    """The same of whoever answers; `subscription` is looked through where none is named."""
    answered = LivePlan(answering, entries, subscription, now).read()
    if answered.nobody or answered.elsewhere:
        raise answered.errors[0]
    return AzureSnapshot(
        source="live",
        taken_at=now,
        resources=_sorted(answered.resources),
        lists=_sorted(answered.lists),
        absent=_sorted(answered.absent),
        gaps=_sorted(answered.gaps),
        warnings=(_DRAFTS, *slots_unread(answered.resources.values())),
    )


def slots_unread(read: Iterable[AzureResource]) -> tuple[str, ...]:
    """What is said where there is a Standard app: a slot has its own address, settings and keys."""
    return (_SLOTS,) if any(one.type == SITES and is_logic_app(one) for one in read) else ()


def _sorted(found: dict[str, T]) -> tuple[T, ...]:
    return tuple(found[key] for key in sorted(found))


class LivePlan:
    """Which questions are asked, and what each answer leads to."""

    def __init__(
        self, arm: Answering, entries: Sequence[AzureEntry], subscription: str, now: datetime
    ) -> None:
        self._arm = arm
        self._subscription_of_login = subscription
        self._asking = Asking(arm)
        self._logs = LogQuestions(self._asking, now)
        self._rights = RightQuestions(self._asking, self._logs)
        self._storage = StorageQuestions(self._asking, self._logs)
        self._named = [name for entry in entries for name in (*entry.workflows, *entry.connections)]
        self._by_use = not entries or any(not (one.workflows or one.connections) for one in entries)
        self._searched = self._to_search(entries)
        self._lock = threading.Lock()
        self._own: dict[str, str] = {}

    def read(self) -> Answered:
        """Ask all there is to ask."""
        for subscription in self._searched:
            self._subscription(subscription)
        for name in self._named:
            if name.startswith("/"):
                self._by_id(name)
        self._asking.run()
        if self._asking.gave_up:
            return self._asking.answered
        self._second()
        self._asking.run()
        self._rights.derive()
        self._derive_lists()
        return self._asking.answered

    def _to_search(self, entries: Sequence[AzureEntry]) -> tuple[str, ...]:
        """The subscriptions in which names are looked for: those given, else the CLI's, else all that this login sees."""
        ids = [name for name in self._named if name.startswith("/")]
        told = [one.subscription.rpartition("/")[2] for one in entries if one.subscription]
        told += [segment_after(name, "subscriptions") for name in ids]
        if not self._by_use and len(ids) == len(self._named):
            return _each_once(told)
        known = told or [self._subscription_of_login]
        return _each_once(known) or self._visible()

    def _visible(self) -> tuple[str, ...]:
        listed = self._arm.pages(*_SUBSCRIPTIONS)
        if listed.stopped:  # what uses Salesforce may be in one of the others
            raise listed.stopped
        found = _each_once(text(get(row, "subscriptionId")) for row in listed.rows)
        if not found:
            raise UsageError(
                "This login sees no subscription",
                "Name one: azure: {subscription: …} in the integration file.",
            )
        return found

    def _subscription(self, subscription: str) -> None:
        """Its workflows, apps and connections, and what becomes of its activity log."""
        scope = f"/subscriptions/{subscription}"
        self._asking.many(
            question_called("subscription-workflows"), scope, self._found_workflows, rank=_FIRST
        )
        self._asking.many(question_called("subscription-sites"), scope, self._found_sites, rank=_FIRST)
        self._asking.many(
            question_called("subscription-connections"), scope, self._found_connections, rank=_FIRST
        )
        self._logs.of_subscription(scope)

    def _by_id(self, path: str) -> None:
        kind = type_of(path)
        if kind == WORKFLOWS:
            self._workflow(path)
        elif kind.startswith(SITES):
            self._site(_site_of(path))
        else:
            self._connection(path)

    def _found_workflows(self, found: AzureList) -> None:
        for row in found.rows:
            if self._is_wanted(row, uses_salesforce):
                self._workflow(row.id)

    def _found_sites(self, found: AzureList) -> None:
        for row in filter(is_logic_app, found.rows):
            if self._is_wanted(row, is_logic_app):
                self._site(row.id)

    def _found_connections(self, found: AzureList) -> None:
        for row in found.rows:
            if self._is_wanted(row, is_salesforce_connection):
                self._connection(row.id)

    def _is_wanted(self, row: AzureResource, used: Callable[[AzureResource], bool]) -> bool:
        if row.subscription.casefold() not in (one.casefold() for one in self._searched):
            return False
        return (self._by_use and used(row)) or any(is_called(row, name) for name in self._named)

    def _workflow(self, path: str) -> None:
        if not self._take(question_called("workflow"), path):
            return
        self._asking.one(question_called("workflow"), path, self._connections_of, rank=_FIRST)
        self._logs.of_app(path)
        self._logs.events_of(path)

    def _connections_of(self, flow: AzureResource) -> None:
        """Of a Standard app's workflow, a connection may be named by a setting of the app, which a Reader can't see."""
        for reference in references_of(flow):
            if reference.connection.startswith("/"):
                self._connection(reference.connection)

    def _connection(self, path: str) -> None:
        if not self._take(question_called("connection"), path):
            return
        self._asking.one(question_called("connection"), path, rank=_FIRST)
        self._asking.many(question_called("connection-access"), path)

    def _site(self, path: str) -> None:
        if not self._take(question_called("site"), path):
            return
        self._asking.many(
            question_called("site-workflows"), path, lambda found: self._codes(path, found), rank=_FIRST
        )
        for name in _OF_SITE:
            self._asking.one(question_called(name), path)
        self._logs.of_app(path)

    def _codes(self, site: str, found: AzureList) -> None:
        """The list has names alone; the files come with each workflow."""
        for row in found.rows:
            path = f"{site}/workflows/{row.name.rpartition('/')[2]}"
            self._asking.one(question_called("site-workflow"), path, self._connections_of, rank=_FIRST)

    def _take(self, question: AzureQuestion, path: str) -> bool:
        """Note a resource of an integration: who may do what to it, and what else is in its group and subscription.

        False for an id that names none; ids come from answers and from people.
        """
        if not (segment_after(path, "resourcegroups") and path.count("/") >= _OF_RESOURCE):
            self._asking.gap(question, path, "that is no id of a resource")
            return False
        with self._lock:
            self._own.setdefault(key_of(path), path)
        self._rights.of(path)
        self._subscription(segment_after(path, "subscriptions"))
        return True

    def _second(self) -> None:
        """What follows from all of the first answers together."""
        self._rights.finish()
        for group in self._groups():
            for name in _LISTS:
                if self._whole(name, group) is None:
                    self._asking.many(question_called(f"group-{name}"), group)
        self._storage.begin(self._subscriptions())

    def _whole(self, name: str, group: str) -> AzureList | None:
        """The list of a group's subscription, if it's whole."""
        path = question_called(f"subscription-{name}").path(_subscription_of(group))
        found = self._asking.answered.lists.get(key_of(path))
        return found if found and found.is_whole else None

    def _groups(self) -> tuple[str, ...]:
        return tuple({key_of(group_of(path)): group_of(path) for path in self._own.values()}.values())

    def _subscriptions(self) -> tuple[str, ...]:
        return _each_once(map(_subscription_of, self._own.values()))

    def _derive_lists(self) -> None:
        """What is in a group, out of what is in its subscription."""
        lists = self._asking.answered.lists
        for group in self._groups():
            for name in _LISTS:
                path = question_called(f"group-{name}").path(group)
                if above := self._whole(name, group):
                    rows = tuple(row for row in above.rows if row.key.startswith(f"{key_of(group)}/"))
                    lists[key_of(path)] = AzureList(path=path, rows=rows)
        self._storage.forget(self._subscriptions())


def _subscription_of(path: str) -> str:
    return f"/subscriptions/{segment_after(path, 'subscriptions')}"


def _site_of(path: str) -> str:
    """The site of an id, which may be of a workflow in it."""
    return "/".join(path.rstrip("/").split("/")[:9])


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.casefold(): name for name in names if name}.values())
