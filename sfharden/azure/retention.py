"""How long a destination keeps logs: days, for ever, or CannotTell (reference §1.9).

Tables: ARM type Microsoft.OperationalInsights/workspaces/tables (2022-10-01). Lifecycle: Microsoft.Storage/storageAccounts/
managementPolicies (2023-05-01).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.expressions import is_template_expression
from sfharden.azure.index import AzureIndex, given, value
from sfharden.azure.objects import get, has
from sfharden.facts.values import CannotTell
from sfharden.model.azure import MASK, AzureResource

FOR_EVER: Final = math.inf
_UNSET: Final = -1
_NO_POLICY: Final = "ManagementPolicyNotFound"
_AGES: Final = frozenset({"daysaftermodificationgreaterthan", "daysaftercreationgreaterthan"})


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days a destination keeps logs, and where that was read."""

    days: float
    where: str

    @property
    def shown(self) -> str:
        """The days in words."""
        return "for ever" if self.days == FOR_EVER else f"{self.days:g} days"


def table_kept(index: AzureIndex, workspace: str, wanted: str, *others: str) -> Kept:
    """How long a workspace keeps the table that logs go to, and any other that they may go to. Raises CannotTell.

    Of several the shortest counts; one that the workspace doesn't have (404) holds nothing.
    """
    there = [name for name in others if not index.absence(f"{workspace}/tables/{name}")]
    found = [_one_table(index, workspace, name) for name in (wanted, *there)]
    return min(found, key=lambda one: one.days)


def _one_table(index: AzureIndex, workspace: str, name: str) -> Kept:
    table = index.resource(
        f"{workspace}/tables/{name}", f"the table {name} of {workspace.rpartition('/')[2]}"
    )
    for key in ("totalRetentionInDays", "retentionInDays"):
        found = value(table, f"properties.{key}")
        if _is_days(found.value):
            return Kept(found.value, found.where)
    found = given(index.resource(workspace, "the workspace"), "properties.retentionInDays")
    if not _is_days(found.value):
        raise CannotTell("the workspace doesn't say how long it keeps", found.where)
    return Kept(found.value, found.where)


def _is_days(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and found > 0 and found != _UNSET


def storage_kept(index: AzureIndex, account: str, container: str) -> Kept:
    """How long an account keeps the append blobs of a log container. Raises CannotTell.

    `404 ManagementPolicyNotFound` is the answer where nothing deletes (reference §0.4).
    """
    path = f"{account}/managementPolicies/default"
    if index.absence(path) == _NO_POLICY:
        return Kept(FOR_EVER, path)
    policy = index.resource(path, f"the lifecycle policy of {account.rpartition('/')[2]}")
    rules = given(policy, "properties.policy.rules")
    if not isinstance(rules.value, list):
        raise CannotTell("its rules are not a list", rules.where)
    ages = [age for rule in rules.value for age in _deletes_after(rule, container, rules.where)]
    return Kept(min(ages, default=FOR_EVER), rules.where)


def _deletes_after(rule: Any, container: str, where: str) -> Iterable[float]:
    """After how many days a rule deletes logs of the container; nothing if it doesn't touch them.

    A part that is neither an object nor left out says something that isn't understood.
    """
    definition = _part(_object(rule, where), "definition", where)
    touches = _touches(_part(definition, "filters", where), container, where)
    if get(rule, "enabled") is False or not touches:
        return []
    if get(rule, "enabled") not in (True, None):
        raise CannotTell("whether a rule is enabled isn't told", where)
    blob = _part(_part(definition, "actions", where), "baseBlob", where)
    delete = _part(blob, "delete", where)
    ages = [_age(delete[name], name, where) for name in delete]
    if has(blob, "delete") and get(blob, "delete") is not None and not ages:
        raise CannotTell("a rule deletes, and after how long isn't told", where)
    return ages


def _object(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise CannotTell("a lifecycle rule isn't written out", where)
    return found


def _part(holder: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    found = get(holder, name)
    return {} if found is None else _object(found, where)


def _age(found: Any, name: str, where: str) -> float:
    """A rule may delete at once: 0 days. By anything else than age it may delete at any time."""
    is_number = isinstance(found, int | float) and not isinstance(found, bool) and found >= 0
    if name.casefold() not in _AGES or not is_number:
        raise CannotTell("a rule deletes by something else than age", where)
    return float(found)


def _touches(filters: dict[str, Any], container: str, where: str) -> bool:
    """Logs are append blobs; a rule for block blobs alone leaves them."""
    kinds = [one.casefold() for one in _texts(filters, "blobTypes", where)]
    if set(kinds) - {"blockblob", "appendblob"}:
        raise CannotTell("which blobs a lifecycle rule is about isn't told", where)
    if kinds and "appendblob" not in kinds:
        return False
    prefixes = _texts(filters, "prefixMatch", where)
    if any(is_template_expression(one) or MASK in one for one in prefixes):
        raise CannotTell("which blobs a lifecycle rule is about isn't told", where)
    covers = (one.startswith(container) or f"{container}/".startswith(one) for one in prefixes)
    return not prefixes or any(covers)


def _texts(filters: dict[str, Any], name: str, where: str) -> list[str]:
    found = get(filters, name)
    listed = [] if found is None else found
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise CannotTell("which blobs a lifecycle rule is about isn't told", where)
    return listed


def is_storage(resource: AzureResource) -> bool:
    """Whether it's a storage account."""
    return resource.type == "microsoft.storage/storageaccounts"
