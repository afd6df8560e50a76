"""Which triggers of a workflow can be called from outside, by a signed address.

Types: Microsoft Learn, Schema reference guide for trigger and action types. Access control of triggers governs requests
and webhooks (Secure access and data); what polls or runs by the clock can't be called so.
"""

from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.objects import kind
from sfharden.facts.values import CannotTell

_REQUEST: Final = "request"
_WEBHOOKS: Final = frozenset(
    {
        "httpwebhook", "apiconnectionwebhook", "openapiconnectionwebhook", "apiconnectionnotification",
        "openapiconnectionnotification",
    }
)  # fmt: skip
_NEVER: Final = frozenset(
    {"recurrence", "slidingwindow", "http", "apiconnection", "openapiconnection", "apimanagement"}
)


@dataclass(frozen=True, slots=True)
class Triggers:
    """The names of the triggers by how they are called; `others` have a type that isn't known here."""

    requests: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    uncalled: tuple[str, ...] = ()

    @property
    def callable(self) -> tuple[str, ...]:
        """Those that a signed address calls."""
        return (*self.requests, *self.webhooks)

    def __or__(self, other: "Triggers") -> "Triggers":
        return Triggers(
            (*self.requests, *other.requests),
            (*self.webhooks, *other.webhooks),
            (*self.others, *other.others),
            (*self.uncalled, *other.uncalled),
        )


def triggers_of(found: Any, where: str = "") -> Triggers:
    """Of the `triggers` of a definition. Raises CannotTell if that is no object."""
    if not isinstance(found, dict):
        raise CannotTell("its triggers are not in the answer", where)
    names: dict[str, list[str]] = {}
    for name, body in found.items():
        names.setdefault(_how(kind(body)), []).append(name)
    return Triggers(*(tuple(names.get(how, ())) for how in ("request", "webhook", "other", "uncalled")))


def _how(written: str) -> str:
    if written == _REQUEST:
        return "request"
    if written in _WEBHOOKS:
        return "webhook"
    return "uncalled" if written in _NEVER else "other"
