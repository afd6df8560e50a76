"""What is wrong with the integration file itself, before anything that rests on it."""

from collections.abc import Iterable

from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import bullet, wrap


def mend_first(to_mend: Iterable[str], terminal: Terminal) -> str:
    """What is wrong with the integration file itself; empty if nothing is."""
    lines = [bullet(one, terminal.width) for one in to_mend]
    title = "MEND THE INTEGRATION FILE FIRST (what rests on this can't be right)"
    return "\n".join([wrap(title, terminal.width), *lines]) if lines else ""
