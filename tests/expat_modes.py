"""Expat as other machines have it: some call back at once, some wait until what they left over has doubled.

Newer versions wait (reparse deferral), and distributions patched that into older ones. A Python as new can
switch it; for the others, a parser here waits by the same rule.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from xml.parsers import expat

SWITCH: Final = (
    "SFHARDEN_TEST_EXPAT"  # "other": the whole run with the opposite of what this Python's expat does
)
_create: Final[Callable[..., Any]] = expat.ParserCreate


class LateParser:
    """An expat parser that keeps what it's given until that has doubled what the last try left over."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        vars(self).update(_real=_create(*arguments, **named), _waiting=b"", _left=0, _fed=0)

    def __getattr__(self, name: str) -> Any:
        # While expat waits, it may not know any more where it stands.
        return -1 if name == "CurrentByteIndex" and self._waiting else getattr(self._real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._real, name, value)

    def Parse(self, data: Any, final: bool = False) -> int:  # noqa: N802 - expat's name
        """Tries only if there's enough, as expat does."""
        waiting = self._waiting + bytes(data)
        if not final and len(waiting) < self._left:
            vars(self).update(_waiting=waiting)
            return 1
        vars(self).update(_waiting=b"", _fed=self._fed + len(waiting))
        result: int = self._real.Parse(waiting, final)
        vars(self).update(_left=self._fed - self._real.CurrentByteIndex)
        return result


def _switched(on: bool) -> Callable[..., Any]:
    def create(*arguments: Any, **named: Any) -> Any:
        parser = _create(*arguments, **named)
        parser.SetReparseDeferralEnabled(on)
        return parser

    return create


@cache
def waits() -> bool:
    """Whether this Python's expat waits by itself."""
    heard: list[str] = []
    parser = _create()
    parser.StartElementHandler = lambda name, _: heard.append(name)
    parser.Parse(b"<tagged", False)
    parser.Parse(b">", False)
    return not heard


def _modes() -> dict[str, Callable[..., Any]]:
    modes = {"own": _create, "late": LateParser}
    if hasattr(_create(), "SetReparseDeferralEnabled"):
        modes |= {"on": _switched(True), "off": _switched(False)}
    return modes


MODES: Final = _modes()


@contextmanager
def expat_as(mode: str) -> Iterator[None]:
    """Every parser made in here is of that mode."""
    before = expat.ParserCreate
    _install(MODES[mode])
    try:
        yield
    finally:
        _install(before)


def obey_switch() -> str:
    """What the environment asks for, for the whole run; says what the run's expat does."""
    mode = "own"
    if os.environ.get(SWITCH) == "other":
        mode = ("off" if waits() else "on") if "on" in MODES else "late"
    _install(MODES[mode])
    return f"{expat.EXPAT_VERSION}, by itself it {'waits' if waits() else 'calls back at once'}, mode {mode}"


def _install(create: Callable[..., Any]) -> None:
    expat.ParserCreate = create
