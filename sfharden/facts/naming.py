"""What of an integration file has to be mended first: what `init` left to replace, and names that lead nowhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.facts.index import Index
from sfharden.facts.rows import NamedUsers
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model.integration import Integration

_MOST_NEAR: Final = 20


@dataclass(frozen=True, slots=True)
class LostName:
    """A name that nothing bears: the key of the integration file under which it stands, and what was told of it."""

    key: str
    reason: str


def lost_names(index: Index, integration: Integration) -> tuple[LostName, ...]:
    """Those of app, profile and users; what could not be read is not lost.

    Metadata files need not hold everything: there only a name counts that another is near.
    """
    lost = _lost("app", lambda: index.sides(integration.app, integration.app_kind), surely=index.live)
    profile = _lost("profile", lambda: index.profile(integration.profile), surely=index.live)
    return (*lost, *profile, *_lost_users(index, integration))


def to_mend(index: Index, integration: Integration) -> tuple[str, ...]:
    """A sentence for each thing; with any of them, what rests on it can't be right."""
    left = (f"{one} still stands there as init wrote it" for one in integration.placeholders)
    lost = (
        f"{one.key}: {one.reason}" for one in lost_names(index, integration) if not _is_left(integration, one)
    )
    return tuple(f"{integration.name}, {text}" for text in (*left, *lost))


def _is_left(integration: Integration, lost: LostName) -> bool:
    return any(one.startswith(f"{lost.key}:") for one in integration.placeholders)


def _lost_users(index: Index, integration: Integration) -> Iterator[LostName]:
    """The users whom nobody is; nobody is meant who is named already."""
    try:
        index.directory.users.require_whole()
        named = index.directory.named_users(integration.users, integration.profile)
    except CannotTell:
        return
    for number, name in enumerate(named.missing):
        # Each name is compared with every user, so of many only the first are.
        near = (
            index.directory.who_is_near(name, named.found, integration.profile) if number < _MOST_NEAR else ""
        )
        one = NamedUsers(named.found, (name,), near)
        yield from _lost("users", one.require_all, surely=index.live)


def _lost(key: str, ask: Callable[[], object], *, surely: bool) -> Iterator[LostName]:
    try:
        ask()
    except NoSuchName as reason:
        if surely or reason.near:
            yield LostName(key, reason.reason)
    except CannotTell:
        return
