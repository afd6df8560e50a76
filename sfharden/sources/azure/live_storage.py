"""The storage accounts that workflows use: by name out of what was read, then what each logs of its use."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sfharden.azure.index import AzureIndex
from sfharden.azure.objects import get
from sfharden.azure.questions import SITE_WORKFLOW, question_called
from sfharden.azure.storage_use import storage_uses
from sfharden.facts.values import CannotTell
from sfharden.model.azure import WORKFLOWS, AzureList, AzureResource, AzureSnapshot, key_of
from sfharden.sources.azure.asking import Answered, Asking
from sfharden.sources.azure.live_logs import LogQuestions

_ACCOUNTS: Final = question_called("subscription-storage")


class StorageQuestions:
    """Asks where accounts are that are known by name; of all others nothing is kept."""

    def __init__(self, asking: Asking, logs: LogQuestions) -> None:
        self._asking = asking
        self._logs = logs

    def begin(self, subscriptions: Iterable[str]) -> None:
        """Look for what the workflows use, in these subscriptions."""
        names = set(account_names(self._asking.answered))
        for subscription in subscriptions if names else ():
            self._asking.many(_ACCOUNTS, subscription, lambda found: self._found(names, found))

    def forget(self, subscriptions: Iterable[str]) -> None:
        """Take the lists of all accounts away again."""
        for subscription in subscriptions:
            self._asking.answered.lists.pop(key_of(_ACCOUNTS.path(subscription)), None)

    def _found(self, names: set[str], found: AzureList) -> None:
        for row in found.rows:
            if row.name.casefold() in names:
                self._asking.one(question_called("storage"), row.id)
                self._logs.of_account(row.id)


def account_names(answered: Answered) -> Iterator[str]:
    """The names of the accounts that workflows are known to use, in lower case."""
    read = AzureSnapshot(
        source="live", resources=tuple(answered.resources.values()), lists=tuple(answered.lists.values())
    )
    index = AzureIndex(read)
    for flow in answered.resources.values():
        if flow.type in (WORKFLOWS, SITE_WORKFLOW):
            yield from _used(index, flow)


def _used(index: AzureIndex, flow: AzureResource) -> Iterator[str]:
    try:
        for use in storage_uses(index, flow, _definition(flow)):
            if use.account:
                yield use.account.casefold()
    except CannotTell:
        return  # the control says so


def _definition(flow: AzureResource) -> Any:
    if flow.type == WORKFLOWS:
        return get(flow.document, "properties", "definition")
    return get(flow.document, "properties", "files", "workflow.json", "definition")
