"""What may leave a wire: a request that no rule here lets out is never sent.

The guard sits in the HTTP adapter, below everything that builds requests, so a fault above it (or in
a library) cannot change anything, call a path with side effects, or carry a token to another host.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from sfharden.errors import NoVerdictError
from sfharden.web.origin import WebOrigin, origin_of


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request just before it is sent: what a rule may look at."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes


Rule = Callable[[Outgoing], bool]

# A path that two servers could read differently: dot segments, encoded separators, matrix parameters.
_AMBIGUOUS: Final = re.compile(r"(?i)//|/\.\.?(?:/|$)|%2e|%2f|%5c|%25|[\\;\x00-\x20]")
_TELLTALE: Final = frozenset({"token", "access_token", "refresh_token", "sid", "_httpmethod", "assertion"})


class OutgoingGuard:
    """Lets out only requests to one origin that one of its rules knows. `owner` is whose origin that is, in words."""

    def __init__(self, origin: WebOrigin, rules: tuple[Rule, ...], owner: str = "the org") -> None:
        self.origin = origin
        self.owner = owner
        self._rules = rules

    def check(self, method: str, url: str, content_type: str, body: bytes) -> None:
        """Raise NoVerdictError unless this request may be sent.

        It is no OrgError on purpose: nobody refused anything, so this must not be taken for a gap.
        """
        if origin_of(url) != self.origin:
            raise NoVerdictError(
                f"A request to another host than {self.owner}'s was stopped before it was sent"
            )
        parts = urlsplit(url)
        outgoing = Outgoing(method, parts.path, parts.query, content_type, body)
        if is_ambiguous(parts.path, parts.query) or not any(rule(outgoing) for rule in self._rules):
            raise NoVerdictError("A request that this run may not make was stopped before it was sent")


def is_ambiguous(path: str, query: str) -> bool:
    """Whether two servers could read it differently, or a secret seems to stand in the query."""
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return bool(_AMBIGUOUS.search(path) or names & _TELLTALE)
