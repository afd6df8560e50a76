"""How many calls of which kind a run made: for the page that says what an org was asked."""

from collections import Counter
from dataclasses import dataclass, field

from sfharden.ports import CallLog, CallMade, no_log

Tally = tuple[tuple[str, str, str, int], ...]  # method, what it was for, how it came out, how many times


@dataclass(frozen=True, slots=True)
class CallTally:
    """A log of calls that counts them, and hands them on."""

    then: CallLog = no_log
    _made: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, made: CallMade) -> None:
        # Several threads may call: adding to a list is one step, counting in place is two.
        self._made.append((made.what, made.method, _outcome(made.status)))
        self.then(made)

    @property
    def counted(self) -> Tally:
        """In the order of what they were for."""
        return tuple(
            (method, what, came, n) for (what, method, came), n in sorted(Counter(self._made).items())
        )


def _outcome(status: int | None) -> str:
    return "no whole answer" if status is None else f"{status}"
