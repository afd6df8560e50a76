"""The names of an integration file that lead nowhere, each with the known name that is near."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model.integration import Integration


@dataclass(frozen=True, slots=True)
class LostName:
    """A name that nothing bears: the key of the integration file under which it stands, and what was told of it."""

    key: str
    reason: str


def lost_names(index: Index, integration: Integration) -> tuple[LostName, ...]:
    """Those of app, profile and users; what could not be read is not lost."""
    asked: list[tuple[str, Callable[[], object]]] = [
        ("app", lambda: index.app(integration.app)),
        ("profile", lambda: index.profile(integration.profile)),
        *(("users", lambda name=name: _user(index, integration, name)) for name in integration.users),
    ]
    return tuple(found for key, ask in asked for found in _lost(key, ask))


def _user(index: Index, integration: Integration, name: str) -> None:
    """Raise NoSuchName if nobody has the name; the others are asked for too, for nobody is meant twice."""
    named = index.directory.named_users((name, *integration.users), integration.profile)
    if name in named.missing:
        named.require_all()


def _lost(key: str, ask: Callable[[], object]) -> Iterator[LostName]:
    try:
        ask()
    except NoSuchName as reason:
        yield LostName(key, reason.reason)
    except CannotTell:
        return
