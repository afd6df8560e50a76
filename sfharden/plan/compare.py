"""A plan's folder beside the plan as it is drawn up now: the same bytes in the same files, or refused.

Nothing in the folder is believed, its hashes least of all: whoever changes a file can put them right.
"""

from collections.abc import Mapping
from typing import Final

from sfharden.errors import NoVerdictError
from sfharden.model.plan import Plan
from sfharden.plan.refusal import refused

_AGAIN: Final = "Plan again."
_SAME_WORDS: Final = "Type SOURCE, -i, the folder and the options as they were typed then, or plan again."


def refuse_other_options(old: Plan, fit: int | None) -> None:
    """Raise NoVerdictError for a plan that was made with another --fit: the folder's own word doesn't count."""
    if old.fit != fit:
        made = f"with --fit {old.fit}" if old.fit else "without --fit"
        raise refused(f"The plan says that it was made {made}.", "If that is meant, type it again.")


def refuse_difference(found: Mapping[str, bytes], fresh: Mapping[str, bytes]) -> None:
    """Raise NoVerdictError unless the files found in a folder are those that would be written there now."""
    for name in sorted(found.keys() | fresh.keys()):
        if name not in fresh:
            raise refused(f"The plan was changed: {name} is not of it.", _AGAIN)
        if name not in found:
            raise refused(f"The plan was changed: {name} is gone.", _AGAIN)
        if found[name] != fresh[name]:
            raise _differs(name, found[name], fresh[name])


def _differs(name: str, found: bytes, fresh: bytes) -> NoVerdictError:
    pairs = zip(found.split(b"\n"), fresh.split(b"\n"), strict=False)
    same = 0
    for one, other in pairs:
        if one != other:
            break
        same += 1
    return refused(
        f"The plan was changed, or what it's drawn from: {name}, line {same + 1}, is not as it's drawn up now.",
        _SAME_WORDS if name == "README.md" else _AGAIN,
    )
