"""A tenant as data: what the answers are made of, and what the caller may read of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sfharden.emulator.azure.kinds import SERVICES
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.paths import covers, group_of, key, resource_kind, subscription_of

Body = dict[str, Any]
TENANT_ID: Final = guid("tenant")
CALLER_ID: Final = guid("caller")
READER: Final = ("*/read",)
_BEGIN: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
_MANAGEMENT: Final = "/providers/microsoft.management/managementgroups/"


class Right(NamedTuple):
    """Actions that the caller may do at a scope and below; wildcards as in a role (reference 1.11)."""

    scope: str
    actions: tuple[str, ...] = READER
    not_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """True if an action is among them."""
        return _any(self.actions, action) and not _any(self.not_actions, action)


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(_matches(one, action) for one in patterns)


def _matches(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.I) is not None


@dataclass
class Tenant:
    """Everything that the loopback ARM knows. Bodies are whole answers of a GET; `rights` are the caller's.

    `management_groups`: of a subscription's lower-case id, the groups above it, nearest first.
    `diagnostics`: by the `key` of a scope. `pim_readable`: eligible assignments are refused unless it is set.
    `hide_code`: a Standard app's workflows come without their files. `lower_ids`: ids come in lower case.
    """

    clock: Callable[[], datetime] = lambda: _BEGIN
    subscriptions: dict[str, Body] = field(default_factory=dict)
    groups: dict[str, Body] = field(default_factory=dict)
    resources: dict[str, Body] = field(default_factory=dict)
    diagnostics: dict[str, list[Body]] = field(default_factory=dict)
    categories: dict[str, list[Body]] = field(default_factory=dict)
    assignments: list[Body] = field(default_factory=list)
    role_definitions: list[Body] = field(default_factory=list)
    deny_assignments: list[Body] = field(default_factory=list)
    eligible: list[Body] = field(default_factory=list)
    events: list[Body] = field(default_factory=list)
    service_tags: dict[str, Body] = field(default_factory=dict)
    management_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rights: list[Right] = field(default_factory=list)
    caller: str = CALLER_ID
    tenant_id: str = TENANT_ID
    page_size: int = 100
    pim_readable: bool = False
    hide_code: bool = False
    lower_ids: bool = False

    def add_subscription(self, name: str, *above: str) -> str:
        """A subscription below management groups, nearest first; its scope."""
        self.subscriptions[name.lower()] = _subscription(name, self.tenant_id)
        self.management_groups[name.lower()] = above
        return f"/subscriptions/{name}"

    def add_group(self, subscription: str, name: str, location: str = "westeurope") -> str:
        """A resource group; its scope."""
        scope = f"/subscriptions/{subscription}/resourceGroups/{name}"
        self.groups[key(scope)] = _group(scope, name, location)
        return scope

    def add(self, body: Body) -> str:
        """A resource, by its id; replaces the one that had it."""
        self.resources[key(body["id"])] = body
        return str(body["id"])

    def find(self, path: str) -> Body | None:
        """A resource by its id, in any case."""
        return self.resources.get(key(path))

    def remove(self, path: str) -> None:
        """Take a resource away, with all below it."""
        for one in [one for one in self.resources if covers(path, one)]:
            del self.resources[one]

    def of_kind(self, kind: str, scope: str = "/") -> Iterator[Body]:
        """The resources of a type at a scope and below, in the order they were added."""
        for path, body in self.resources.items():
            if covers(scope, path) and resource_kind(path) == kind.lower():
                yield body

    def exists(self, scope: str) -> bool:
        """True for a scope that something can be asked of: also the services of a storage account."""
        wanted = key(scope)
        if wanted == "/" or wanted.startswith(_MANAGEMENT):
            return True
        if wanted in self.resources or wanted in self.groups:
            return True
        if wanted.removeprefix("/subscriptions/") in self.subscriptions:
            return True
        account, _, service = wanted.removesuffix("/default").rpartition("/")
        return account in self.resources and service in [one.lower() for one in SERVICES]

    def set_diagnostics(self, scope: str, *settings: Body) -> None:
        """The diagnostic settings of a scope."""
        self.diagnostics[key(scope)] = list(settings)

    def above(self, scope: str) -> list[str]:
        """A scope and all scopes that it inherits from, nearest first, in lower case."""
        wanted = key(scope)
        found = [wanted]
        for one in (group_of(wanted), f"/subscriptions/{subscription_of(wanted)}"):
            if one and covers(one, wanted) and one not in found:
                found.append(one)
        groups = self.management_groups.get(subscription_of(wanted), ())
        return [*found, *(_MANAGEMENT + one.lower() for one in groups), "/"]

    def may(self, action: str, scope: str) -> bool:
        """True if the caller may do an action at a scope."""
        above = self.above(scope)
        return any(
            (key(one.scope) in above or covers(one.scope, scope)) and one.allows(action)
            for one in self.rights
        )

    def sees(self, scope: str) -> bool:
        """True if the caller has any right at a scope, above it or below it."""
        above = self.above(scope)
        return any(key(one.scope) in above or covers(scope, one.scope) for one in self.rights)


def _subscription(name: str, tenant: str) -> Body:
    return {
        "id": f"/subscriptions/{name}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": name,
        "tenantId": tenant,
        "displayName": f"Subscription {name[-4:]}",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def _group(scope: str, name: str, location: str) -> Body:
    return {
        "id": scope,
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    }
