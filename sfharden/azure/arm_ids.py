"""Ids of Azure Resource Manager: put together from types and names, and taken apart again."""

from typing import Final

DIAGNOSTICS: Final = "microsoft.insights/diagnosticsettings"
ROLE_ASSIGNMENTS: Final = "microsoft.authorization/roleassignments"
ROLE_DEFINITIONS: Final = "microsoft.authorization/roledefinitions"
DEPLOYMENTS: Final = "microsoft.resources/deployments"
_PROVIDERS: Final = "providers"
# Where a type stands below one parent alone, and its list is asked at that parent without any filter.
_LISTED_BELOW: Final = frozenset(
    {
        DIAGNOSTICS,
        "microsoft.insights/diagnosticsettingscategories",
        "microsoft.web/connections/accesspolicies",
        "microsoft.web/sites/basicpublishingcredentialspolicies",
        "microsoft.web/sites/workflows",
        "microsoft.operationalinsights/workspaces/tables",
    }
)


def id_below(base: str, kind: str, name: str) -> str:
    """The id of a type and its names (`a/b` and `x/y`) below a base, which may be empty."""
    space, _, types = kind.partition("/")
    names = name.split("/")
    pairs = [f"{one}/{names[at] if at < len(names) else ''}" for at, one in enumerate(types.split("/"))]
    return f"{base}/{_PROVIDERS}/{space}/{'/'.join(pairs)}".rstrip("/")


def type_of(path: str) -> str:
    """The type of what an id names, lower-case; empty for what has no provider."""
    parts = _after_provider(path)
    return "/".join([parts[0], *parts[1::2]]).casefold() if len(parts) > 1 else _type_without_provider(path)


def _after_provider(path: str) -> list[str]:
    parts = path.strip().strip("/").split("/")
    at = next((index for index in reversed(range(len(parts))) if parts[index].casefold() == _PROVIDERS), None)
    return [] if at is None else parts[at + 1 :]


def _type_without_provider(path: str) -> str:
    parts = [part.casefold() for part in path.strip().strip("/").split("/")]
    shapes = {
        ("subscriptions",): "microsoft.resources/subscriptions",
        ("subscriptions", "resourcegroups"): "microsoft.resources/resourcegroups",
    }
    return shapes.get(tuple(parts[::2]), "") if len(parts) % 2 == 0 else ""


def is_list_path(path: str) -> bool:
    """Whether a path ends with a type, so that it asks for all of it, not for one."""
    parts = _after_provider(path)
    return len(parts) > 1 and len(parts) % 2 == 0


def name_of(path: str) -> str:
    """The last segment."""
    return path.rstrip("/").rpartition("/")[2]


def list_of(path: str) -> str:
    """The path at which the list is asked that holds this id, where no other list could; else empty."""
    return path.rstrip("/").rpartition("/")[0] if type_of(path) in _LISTED_BELOW else ""
