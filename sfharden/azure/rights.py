"""What a role permits: actions with wildcards, what it takes away again, and what that lets somebody do here.

Semantics: Microsoft Learn, Understand Azure role definitions: `*` stands for any text, `notActions` subtract within one role
only. Names of actions: Learn, Azure permissions for Microsoft.Web, Microsoft.Logic and Microsoft.Authorization; what those of
connections lead to was tested live by a third party (CloudPEASS).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, key_of


class Power(StrEnum):
    """What somebody can do with an integration's resources, in words that follow `may`."""

    USE = "use the connection"
    REDIRECT = "redirect it"
    OPEN = "open it to another app"
    GIVE = "give rights"
    JOIN = "put it into a workflow"
    CHANGE = "change it"
    RUN = "run it"
    SIGN = "get its signed address or keys"
    BREAK = "stop or delete it"
    READ = "read the data of runs"


SEVERE: Final = frozenset({Power.USE, Power.REDIRECT, Power.OPEN, Power.GIVE})
_GIVE: Final = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/elevateAccess/action",
)
_OF_ROLES: Final = (
    "microsoft.authorization/role"  # roles, who has them, who may take them up (PIM), and the rules of that
)
_LOGIC: Final = "Microsoft.Logic/workflows"
_HOST: Final = "Microsoft.Web/sites/hostruntime"
# Any one of these lets whoever has it do that to a resource of the type.
_ACTIONS: Final[Mapping[str, Mapping[Power, tuple[str, ...]]]] = {
    CONNECTIONS: {
        # Both act in Salesforce without any workflow (reference azure-logic-apps 5.3).
        Power.USE: (
            "Microsoft.Web/connections/dynamicInvoke/action",
            "Microsoft.Web/connections/listConnectionKeys/action",
        ),
        # Whoever consents anew makes it somebody else's token.
        Power.REDIRECT: (
            "Microsoft.Web/connections/write",
            "Microsoft.Web/connections/confirmConsentCode/action",
        ),
        Power.OPEN: ("Microsoft.Web/connections/accessPolicies/write",),
        Power.GIVE: _GIVE,
        Power.JOIN: ("Microsoft.Web/connections/join/action",),
        Power.BREAK: (
            "Microsoft.Web/connections/delete",
            "Microsoft.Web/connections/revokeConnectionKeys/action",
        ),
    },
    WORKFLOWS: {
        Power.GIVE: _GIVE,
        Power.CHANGE: (f"{_LOGIC}/write",),
        Power.RUN: (
            f"{_LOGIC}/triggers/run/action",
            f"{_LOGIC}/run/action",
            f"{_LOGIC}/triggers/histories/resubmit/action",
        ),
        Power.SIGN: (
            f"{_LOGIC}/triggers/listCallbackUrl/action",
            f"{_LOGIC}/versions/triggers/listCallbackUrl/action",
            f"{_LOGIC}/listCallbackUrl/action",
            f"{_LOGIC}/accessKeys/list/action",
        ),
        Power.BREAK: (f"{_LOGIC}/delete", f"{_LOGIC}/disable/action", f"{_LOGIC}/runs/cancel/action"),
        Power.READ: (f"{_LOGIC}/runs/actions/read", f"{_LOGIC}/runs/actions/requestHistories/read"),
    },
    SITES: {
        # Whoever puts up code of a Standard app acts as the app, which has the connection by its access policy.
        Power.USE: (
            "Microsoft.Web/sites/write",
            "Microsoft.Web/sites/deployWorkflowArtifacts/action",
            "Microsoft.Web/sites/publish/action",
            "Microsoft.Web/sites/publishxml/action",
            "Microsoft.Web/sites/config/write",
            "Microsoft.Web/sites/extensions/write",
            "Microsoft.Web/sites/sourcecontrols/write",
            "Microsoft.Web/sites/slots/write",
            "Microsoft.Web/sites/slotsswap/action",
            f"{_HOST}/vfs/write",
        ),
        Power.GIVE: _GIVE,
        Power.RUN: (f"{_HOST}/host/action", f"{_HOST}/webhooks/api/workflows/triggers/run/action"),
        Power.SIGN: (
            f"{_HOST}/webhooks/api/workflows/triggers/listCallbackUrl/action",
            "Microsoft.Web/sites/host/listkeys/action",
            "Microsoft.Web/sites/config/list/action",
        ),
        Power.BREAK: (
            "Microsoft.Web/sites/delete",
            "Microsoft.Web/sites/stop/action",
            "Microsoft.Web/sites/start/action",
            "Microsoft.Web/sites/restart/action",
        ),
        Power.READ: (f"{_HOST}/webhooks/api/workflows/runs/read",),
    },
}
# Actions that tell and change nothing; any other one below a type than these and those above counts as changing it.
_HARMLESS: Final = (
    f"{_LOGIC}/validate/action",
    f"{_LOGIC}/move/validate/action",
    f"{_LOGIC}/listSwagger/action",
    "Microsoft.Web/connections/listConsentLinks/action",
)
_VERBS: Final = ("write", "action", "delete")
_ANY: Final = "any"  # what a star stands for in an example
# Where a workflow is made that uses a connection.
_MAKES_ONE: Final = (f"{_LOGIC}/write", "Microsoft.Web/sites/write")


@dataclass(frozen=True, slots=True)
class Permission:
    """One part of a role: actions, and what is taken from them."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()

    def permits(self, action: str) -> bool:
        """Whether that action is among its own."""
        return any(matches(one, action) for one in self.actions) and not self.takes_away(action)

    def takes_away(self, action: str) -> bool:
        """Whether that action is taken from its own."""
        return any(matches(one, action) for one in self.not_actions)


@dataclass(frozen=True, slots=True)
class Role:
    """A role by name. `is_conditional`: a part of it holds only under a condition, which isn't evaluated."""

    name: str
    permissions: tuple[Permission, ...]
    is_conditional: bool = False

    def permits(self, action: str) -> bool:
        """Whether any part of it permits the action."""
        return any(one.permits(action) for one in self.permissions)


def matches(pattern: str, action: str) -> bool:
    """Whether a pattern with `*` fits an action; case makes no difference. Takes no longer for many stars."""
    first, *rest = pattern.strip().casefold().split("*")
    text = action.casefold()
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=4_096)
def powers_of(role: Role, kind: str) -> frozenset[Power]:
    """What a role lets somebody do to a resource of that type, whose scope its assignment covers.

    Whatever it permits below the type beyond reading is at least changing or breaking it, also where no list here names it.
    """
    table = _ACTIONS.get(kind)
    if table is None:
        return frozenset()
    named = frozenset(power for power, actions in table.items() if any(map(role.permits, actions)))
    known = {one.casefold() for actions in (*table.values(), _HARMLESS) for one in actions}
    others = {_least_of(one) for one in _permitted(role, f"{kind}/") if one not in known}
    gives = any(one.endswith("/write") for one in _permitted(role, _OF_ROLES))
    return named | others | ({Power.GIVE} if gives else frozenset())


def _least_of(action: str) -> Power:
    return Power.BREAK if action.endswith("/delete") else Power.CHANGE


def _permitted(role: Role, beginning: str) -> Iterator[str]:
    """Actions of a role that begin so and do more than read: those it names, and an example of each that a star stands for."""
    for part in role.permissions:
        for pattern in part.actions:
            for action in _examples(pattern.strip().casefold(), beginning):
                if not action.endswith("/read") and not part.takes_away(action):
                    yield action


def _examples(pattern: str, beginning: str) -> Iterator[str]:
    """Actions that fit a pattern and begin so."""
    first, star, rest = pattern.partition("*")
    if first.startswith(beginning):
        yield from _filled(pattern)
    elif star and beginning.startswith(first):
        for tail in _filled(f"{'' if rest else '*'}{rest}"):
            ends = range(len(first), len(beginning) + 1)
            yield next(one for end in ends if (one := f"{beginning[:end]}{tail}").startswith(beginning))


def _filled(pattern: str) -> Iterator[str]:
    """A pattern with words for its stars; one at its end stands for whatever may be done."""
    if not pattern.endswith("*"):
        yield pattern.replace("*", _ANY)
        return
    for verb in _VERBS:
        yield f"{pattern.removesuffix('*').replace('*', _ANY)}{_ANY}/{verb}"


def makes_workflows(role: Role) -> bool:
    """Whether a role lets somebody make a workflow, or app, that uses a connection."""
    return any(map(role.permits, _MAKES_ONE))


def covers(scope: str, resource: str) -> bool:
    """Whether an assignment at a scope is in force at a resource that answered it.

    `/` and management groups stand above every subscription; that they are this one's is why the answer lists them.
    """
    above, below = key_of(scope), key_of(resource)
    return _is_above_subscriptions(above) or below == above or below.startswith(f"{above}/")


def _is_above_subscriptions(scope: str) -> bool:
    return scope == "/" or scope.startswith("/providers/microsoft.management/managementgroups/")


def is_group_or_above(scope: str) -> bool:
    """Whether a scope is a resource group, or holds some."""
    key = key_of(scope)
    return _is_above_subscriptions(key) or "/providers/" not in key


def _known(name: str, *actions: str, but: tuple[str, ...] = ()) -> Role:
    return Role(name, (Permission(actions, but),))


# Built-in roles by the end of their id (Learn, Azure built-in roles). They name a role whose definition was not read, and may
# make something fail; nothing passes by them.
KNOWN_ROLES: Final[Mapping[str, Role]] = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": _known("Owner", "*"),
    "b24988ac-6180-42a0-ab88-20f7382dd24c": _known(
        "Contributor",
        "*",
        but=(
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ),
    ),
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": _known(
        "User Access Administrator", "*/read", "Microsoft.Authorization/*"
    ),
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": _known("Reader", "*/read"),
    "87a39d53-fc1b-424a-814c-f7e04687dc9e": _known(
        "Logic App Contributor", "Microsoft.Logic/*", "Microsoft.Web/connections/*"
    ),
    "515c2055-d9d4-4321-b1b9-bd0c9a0f79fe": _known("Logic App Operator", "Microsoft.Logic/*/read"),
}
