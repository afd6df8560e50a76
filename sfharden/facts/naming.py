"""What of an integration file has to be mended first: what `init` left to replace, and names that lead nowhere."""

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
    """Those of app, profile and users; what could not be read is not lost.

    Metadata files need not hold everything: there only a name counts that another is near.
    """
    asked: list[tuple[str, Callable[[], object]]] = [
        ("app", lambda: index.sides(integration.app, integration.app_kind)),
        ("profile", lambda: index.profile(integration.profile)),
        *(("users", lambda name=name: _user(index, integration, name)) for name in integration.users),
    ]
    return tuple(found for key, ask in asked for found in _lost(key, ask, surely=index.live))


def to_mend(index: Index, integration: Integration) -> tuple[str, ...]:
    """A sentence for each thing; with any of them, what rests on it can't be right."""
    left = (f"{one} still stands there as init wrote it" for one in integration.placeholders)
    lost = (
        f"{one.key}: {one.reason}" for one in lost_names(index, integration) if not _is_left(integration, one)
    )
    return tuple(f"{integration.name}, {text}" for text in (*left, *lost))


def _is_left(integration: Integration, lost: LostName) -> bool:
    return any(one.startswith(f"{lost.key}:") for one in integration.placeholders)


def _user(index: Index, integration: Integration, name: str) -> None:
    """Raise NoSuchName if nobody has the name; the others are asked for too, for nobody is meant twice."""
    index.directory.users.require_whole()
    named = index.directory.named_users((name, *integration.users), integration.profile)
    if name in named.missing:
        named.require_all()


def _lost(key: str, ask: Callable[[], object], *, surely: bool) -> Iterator[LostName]:
    try:
        ask()
    except NoSuchName as reason:
        if surely or reason.near:
            yield LostName(key, reason.reason)
    except CannotTell:
        return
