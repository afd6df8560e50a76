"""Paths of ARM: scopes, resource ids, and what a request asks for. Compared without regard to case (reference 2.1)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_SUBSCRIPTIONS = "subscriptions"


class Target(NamedTuple):
    """What a path asks for: `kind` in lower case with its namespace, of `scope`; `single` unless it is a list."""

    scope: str
    kind: str
    names: tuple[str, ...]
    single: bool
    path: str


def key(path: str) -> str:
    """An id as it is compared: in lower case, with a leading slash and none at the end."""
    return "/" + path.strip("/").lower()


def covers(scope: str, path: str) -> bool:
    """True if a scope is the other one or stands above it; management groups are another question."""
    above, below = key(scope), key(path)
    return above == "/" or below == above or below.startswith(above + "/")


def subscription_of(path: str) -> str:
    """The subscription's id in a path, in lower case; empty if there is none."""
    parts = key(path).split("/")[1:]
    return parts[1] if len(parts) > 1 and parts[0] == _SUBSCRIPTIONS else ""


def group_of(path: str) -> str:
    """The scope of the resource group in a path, in lower case; empty if there is none."""
    parts = key(path).split("/")[1:]
    if len(parts) > 3 and parts[0] == _SUBSCRIPTIONS and parts[2] == "resourcegroups":
        return "/" + "/".join(parts[:4])
    return ""


@lru_cache(maxsize=8192)
def resource_kind(path: str) -> str:
    """The type of the resource that an id names, in lower case; empty for a scope."""
    found = target_of(path.strip("/").split("/"))
    return found.kind if found and found.single and "/" in found.kind else ""


def target_of(segments: Sequence[str]) -> Target | None:
    """What a path asks for; None if no call of ARM looks like it."""
    parts = [one for one in segments if one]
    path = "/" + "/".join(parts)
    lowered = [one.lower() for one in parts]
    if "providers" not in lowered:
        return _plain(path, parts, lowered)
    at = len(parts) - 1 - lowered[::-1].index("providers")
    rest = parts[at + 1 :]
    if len(rest) < 2 or not (at == 0 or _is_scope(lowered[:at])):
        return None
    kind = "/".join([rest[0], *rest[1::2]]).lower()
    scope = "/" + "/".join(parts[:at])
    return Target(scope, kind, tuple(rest[2::2]), len(rest) % 2 == 1, path)


def _plain(path: str, parts: list[str], lowered: list[str]) -> Target | None:
    """Subscriptions and resource groups, which have no provider in their paths."""
    if lowered[:1] != [_SUBSCRIPTIONS]:
        return None
    if len(parts) <= 2:
        return Target("/", _SUBSCRIPTIONS, tuple(parts[1:]), len(parts) == 2, path)
    scope = "/" + "/".join(parts[:2])
    if lowered[2:] == ["resources"] or lowered[2::2] == ["resourcegroups", "resources"]:
        return Target("/" + "/".join(parts[:-1]), "resources", (), False, path)
    if lowered[2] == "resourcegroups" and len(parts) <= 4:
        return Target(scope, "resourcegroups", tuple(parts[3:]), len(parts) == 4, path)
    return None


def _is_scope(lowered: list[str]) -> bool:
    return "providers" in lowered or (lowered[0] == _SUBSCRIPTIONS and len(lowered) in (2, 4))
