"""Walks a workflow's definition: every trigger and every action, however deep it's nested.

Actions nest in scopes, conditions, switches and loops: below `actions`, `else`, `default`, `cases` and, for
agents, `tools` (Azure Logic Apps documentation, Schema reference for trigger and action types).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.azure.objects import get, has, under

_LONGEST_PATH: Final = 300  # characters; names are foreign and may be of any length


@dataclass(frozen=True, slots=True)
class Step:
    """A trigger or an action with the names of what it's nested in, or a place that can't be understood.

    `pointer` is its JSON pointer from the definition.
    """

    path: str
    body: dict[str, Any] | None
    pointer: str = field(default="", compare=False)


def steps_of(definition: Any) -> Iterator[Step]:
    """All steps in the order of the definition. A step that is no object has `body` None."""
    # A stack, not recursion: a file may nest deeper than Python likes.
    waiting = list(
        reversed([*_named(definition, "triggers", "", ""), *_named(definition, "actions", "", "")])
    )
    while waiting:
        step = waiting.pop()
        yield step
        if step.body is not None:
            waiting.extend(reversed(list(_children(step.body, step))))


def _named(holder: Any, key: str, path: str, pointer: str) -> Iterator[Step]:
    """The steps of one object of steps by name; anything else there is a step that can't be understood."""
    steps, place = get(holder, key), f"{pointer}/{key}"
    if isinstance(steps, dict):
        for name, body in steps.items():
            yield Step(_joined(path, name), body if isinstance(body, dict) else None, under(place, name))
    elif steps is not None:
        yield Step(_joined(path, key), None, place)


def _children(body: dict[str, Any], step: Step) -> Iterator[Step]:
    path, pointer = step.path, step.pointer
    yield from _named(body, "actions", path, pointer)
    for key in ("else", "default"):
        yield from _branch(get(body, key), _joined(path, key), f"{pointer}/{key}")
    for key in ("cases", "tools"):
        branches = get(body, key)
        if isinstance(branches, dict):
            for name, branch in branches.items():
                yield from _branch(branch, _joined(path, name), under(f"{pointer}/{key}", name))
        elif branches is not None:
            yield Step(_joined(path, key), None, f"{pointer}/{key}")


def _branch(branch: Any, path: str, pointer: str) -> Iterator[Step]:
    if has(branch, "actions") or branch is None or branch == {}:
        yield from _named(branch, "actions", path, pointer)
    else:
        yield Step(path, None, pointer)


def _joined(path: str, name: str) -> str:
    joined = f"{path} / {name}" if path else name
    return joined if len(joined) <= _LONGEST_PATH else f"…{joined[-_LONGEST_PATH:]}"
