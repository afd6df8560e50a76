"""What the tests of commands on a running org share."""

from collections.abc import Callable

from sfharden.text.wrapping import display_width

Outcome = tuple[int, str, str]
Run = Callable[..., Outcome]

# The commands that only read a running org, with nothing else to be said.
LIVE = ("check", "snapshot", "tokens", "doctor", "init")


def widest(text: str) -> int:
    return max(display_width(line) for line in text.splitlines())


def words(text: str) -> str:
    return " ".join(text.split())
