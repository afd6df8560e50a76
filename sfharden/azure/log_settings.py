"""Diagnostic settings: which logs one sends, and where to (ARM type Microsoft.Insights/diagnosticSettings, 2021-05-01-preview).

`retentionPolicy` in an answer is dead text, ignored by Azure since 2025-09-30, and not looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.index import is_expression, value
from sfharden.azure.objects import get, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

SETTINGS: Final = "providers/Microsoft.Insights/diagnosticSettings"
CATEGORIES: Final = "providers/Microsoft.Insights/diagnosticSettingsCategories"
ALL_LOGS: Final = "alllogs"
AUDIT: Final = "audit"
ELSEWHERE: Final = "?"  # a destination that is an expression


@dataclass(frozen=True, slots=True)
class LogSetting:
    """One setting. Names are without case; `maybe` are those of which it isn't told whether they are on.

    Destinations are ids, empty where there is none; `others` names those that nobody can ask how long they keep.
    """

    row: AzureResource
    categories: frozenset[str]
    groups: frozenset[str]
    maybe: frozenset[str]
    workspace: str
    storage: str
    others: tuple[str, ...]
    dedicated: bool

    @property
    def has_destination(self) -> bool:
        """True if it sends to anywhere."""
        return bool(self.workspace or self.storage or self.others)

    def sends(self, category: str, audit: bool) -> bool:
        """Whether it's known to send a category; `audit`: the group of that name is known to hold it."""
        named = category.casefold() in self.categories
        return self.has_destination and (named or ALL_LOGS in self.groups or (audit and AUDIT in self.groups))

    def may_send(self, category: str) -> bool:
        """Whether it may send a category: by a group whose members aren't known, or a switch that isn't told.

        `AllLogs` as a category is a mistake that templates make; what Azure does with it isn't known (reference §1.9).
        """
        folded = {category.casefold(), ALL_LOGS, AUDIT}
        return self.has_destination and bool(
            folded & self.maybe or AUDIT in self.groups or ALL_LOGS in self.categories
        )


def log_settings(rows: Iterable[AzureResource]) -> tuple[list[LogSetting], CannotTell | None]:
    """The settings that can be understood, and why there may be more."""
    found: list[LogSetting] = []
    unread: CannotTell | None = None
    for row in rows:
        try:
            found.append(log_setting(row))
        except CannotTell as reason:
            unread = unread or reason
    return found, unread


def log_setting(row: AzureResource) -> LogSetting:
    """A setting as it was read. Raises CannotTell where a part that decides is an expression."""
    logs = value(row, "properties.logs").value or []
    if not isinstance(logs, list):
        raise CannotTell("its logs are not a list", row.where("/properties/logs"))
    on = [entry for entry in logs if get(entry, "enabled") is True]
    open_ = [entry for entry in logs if not isinstance(get(entry, "enabled"), bool)]
    unsure = [
        *open_,
        *(
            entry
            for entry in on
            if any(map(_expressed(row), (get(entry, "category"), get(entry, "categoryGroup"))))
        ),
    ]
    return LogSetting(
        row,
        frozenset(_names(on, "category")),
        frozenset(_names(on, "categoryGroup")),
        frozenset(
            (*_names(unsure, "category"), *_names(unsure, "categoryGroup"), *([ALL_LOGS] if unsure else []))
        ),
        _id(row, "workspaceId"),
        _id(row, "storageAccountId"),
        tuple(key for key in ("eventHubAuthorizationRuleId", "marketplacePartnerId") if _id(row, key)),
        text(value(row, "properties.logAnalyticsDestinationType").value).casefold() == "dedicated",
    )


def _expressed(row: AzureResource) -> Any:
    return lambda found: is_expression(row, found)


def _names(entries: Iterable[Any], key: str) -> Iterator[str]:
    return (text(get(entry, key)).casefold() for entry in entries if text(get(entry, key)))


def _id(row: AzureResource, key: str) -> str:
    """A destination; one that's an expression is there, whatever it's called."""
    try:
        return text(value(row, f"properties.{key}").value)
    except CannotTell:
        return ELSEWHERE
