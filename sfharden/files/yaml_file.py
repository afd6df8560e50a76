"""YAML files of the user's: safe, bounded, and every complaint with its line.

Only the plain core of YAML is accepted: no tags, no anchors, no duplicate keys, and none of YAML 1.1's
surprises (`no` is a word, not false; `1:30` is a text, not a number).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sfharden.errors import InputError
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.text.names import nearest
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

MAX_BYTES: Final = 2_000_000
MOST_SHOWN: Final = 3  # problems told at once
_MOST_COMPARED: Final = 100  # unknown keys

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """SafeLoader with a resolver for booleans, whole numbers and null only; no anchor, alias or tag."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # the published types leave it out
        # Composed nodes don't tell; and aliases of aliases would be walked once for each way to them.
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise yaml.composer.ComposerError(problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def load_model(path: Path, model: type[M], what: str, absent: str = "") -> M:
    """The file as a validated model; `absent` is the hint where there is none. Raises InputError."""
    return parse_model(read_text(path, what, absent), model, what, str(path))


def parse_model(text: str, model: type[M], what: str, name: str) -> M:
    """The YAML text as a validated model; `name` stands for the file in messages."""
    data, lines = parse_yaml(text, what, name)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _complaint(error, model, lines, what, name) from None


def read_text(path: Path, what: str, absent: str = "") -> str:
    """The text of a small UTF-8 file. Raises InputError, with the hint `absent` where there is none."""
    shown = safe_text(str(path))
    try:
        if path.is_dir():
            raise InputError(f"The {what} '{shown}' is a folder.")
        return read_regular(path, MAX_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no {what} at '{shown}'.", absent) from None
    except TooLargeError:
        raise InputError(f"The {what} {shown} is larger than {MAX_BYTES // 1_000_000} MB.") from None
    except NoFileError:
        raise InputError(f"The {what} '{shown}' is no regular file.") from None
    except UnicodeDecodeError:
        raise InputError(f"The {what} {shown} is not UTF-8 text.") from None
    except (OSError, ValueError):
        raise InputError(f"The {what} {shown} can't be read.") from None


def parse_yaml(text: str, what: str, name: str) -> tuple[Any, Mapping[Path_, int]]:
    """The data, and the line of each value by its path. Raises InputError."""
    lines: dict[Path_, int] = {}
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise InputError(f"The {what} {safe_text(name)} is empty.")
            _note_lines(node, (), lines, f"{what} {safe_text(name)}")
            return loader.construct_document(node), lines
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        line = at.line + 1 if at else 1
        if at and _is_tab(text, at):
            raise InputError(
                f"The {what} {safe_text(name)} has a tab where YAML takes none (line {line}).",
                "Put spaces for it; two for each step of indentation.",
            ) from None
        raise InputError(
            f"The {what} {safe_text(name)} is not plain YAML (line {line}).",
            "Check indentation and quotes; anchors, aliases and tags are not accepted.",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise InputError(f"The {what} {safe_text(name)} is not plain YAML.") from None


def _is_tab(text: str, at: yaml.Mark) -> bool:
    """True if a tab stands where the text couldn't be read on, or in that line's indentation."""
    line = text.splitlines()[at.line : at.line + 1]
    return any(
        "\t" in one[: at.column + 1][-1:] or "\t" in one[: len(one) - len(one.lstrip())] for one in line
    )


def _note_lines(
    node: yaml.Node, path: Path_, lines: dict[Path_, int], where: str, key: yaml.Node | None = None
) -> None:
    line = (key or node).start_mark.line + 1
    if path in lines:
        raise InputError(f"The {where} gives '{_place(path)}' twice (line {line}).")
    lines[path] = line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise InputError(
                    f"The {where} has a key that is not a word (line {key.start_mark.line + 1})."
                )
            _note_lines(value, (*path, str(key.value)), lines, where, key)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, (*path, index), lines, where)


@dataclass(frozen=True, slots=True)
class _Problem:
    """One thing that is wrong: where, what, and the known key that was probably meant."""

    line: int
    text: str
    hint: str = ""

    @property
    def told(self) -> str:
        """All of it in one piece, without the line."""
        return f"{self.text} ({self.hint[0].lower()}{self.hint[1:]})" if self.hint else self.text


def _complaint(
    error: ValidationError, model: type[BaseModel], lines: Mapping[Path_, int], what: str, name: str
) -> InputError:
    where = f"The {what} {safe_text(name)}"
    problems = _problems(error, model, lines)
    if len(problems) == 1:
        return InputError(f"{where}, line {problems[0].line}: {problems[0].text}.", problems[0].hint)
    told = "; ".join(f"line {one.line}: {one.told}" for one in problems[:MOST_SHOWN])
    more = len(problems) - MOST_SHOWN
    rest = f"; and {count(more, 'more problem')}" if more > 0 else ""
    return InputError(f"{where}, {told}{rest}.")


def _problems(
    error: ValidationError, model: type[BaseModel], lines: Mapping[Path_, int]
) -> tuple[_Problem, ...]:
    """What is really wrong, by line: one for each key, and nothing that only follows from another."""
    found = error.errors(include_url=False)
    odd = [tuple(one["loc"]) for one in found if one["type"] == "extra_forbidden"]
    # Each is compared with every known key, so of many only the first are.
    likely = {path: _meant(str(path[-1]), model) for path in odd[:_MOST_COMPARED]}
    meant = {(*path[:-1], key) for path, key in likely.items()}
    around = {place[:size] for place in (tuple(one["loc"]) for one in found) for size in range(len(place))}
    problems: dict[tuple[Path_, int], _Problem] = {}
    for one in found:
        path: Path_ = tuple(one["loc"])
        # A mistyped key is also a missing one, and a list with a wrong item also too short.
        if (one["type"] == "missing" and path in meant) or (one["type"] == "too_short" and path in around):
            continue
        line = _line_of(path, lines)
        problems.setdefault((_key_of(path), line), _problem(one, line, model, likely.get(path, "")))
    return tuple(sorted(problems.values(), key=lambda one: one.line))


def _problem(one: ErrorDetails, line: int, model: type[BaseModel], meant: str) -> _Problem:
    path: Path_ = tuple(one["loc"])
    if one["type"] == "extra_forbidden":
        return _unknown_key(path, line, model, meant)
    if one["type"] == "missing":
        place = f"{_place(path[:-1])}: " if path[:-1] else ""
        return _Problem(line, f"{place}'{_place(path[-1:])}' is missing")
    place = f"{_place(path)}: " if path else ""
    return _Problem(line, place + safe_text(_reason(one), limit=200))


def _unknown_key(path: Path_, line: int, model: type[BaseModel], meant: str) -> _Problem:
    text = f"unknown key '{safe_text(str(path[-1]), limit=80)}'"
    if len(path) > 1 and meant in _known_keys(model) - _inner_keys(model):
        return _Problem(line, f"{text}: {meant} stands at the top level")
    return _Problem(line, text, f"Did you mean '{meant}'?" if meant else "")


def _meant(key: str, model: type[BaseModel]) -> str:
    """The known key nearest to this one, or nothing."""
    return nearest(key.replace("-", "_"), _known_keys(model))


def _reason(one: ErrorDetails) -> str:
    """Why a value was refused, in words of ours where pydantic speaks of its types."""
    say = _REASONS.get(one["type"])
    key = next((part for part in reversed(one["loc"]) if isinstance(part, str)), "")
    return say(key, one) if say else str(one["msg"]).removeprefix("Value error, ")


def _no_list(key: str, one: ErrorDetails) -> str:
    value = one["input"]
    if isinstance(value, dict):
        return "write a list, with '- ' before each item"
    shown = safe_text(value, limit=60) if isinstance(value, str) and value.strip() else "..."
    return f"write a list: {key}: [{shown}]"


def _no_text(_: str, one: ErrorDetails) -> str:
    if one["input"] is None:
        return "has no value"
    return "write one text" if isinstance(one["input"], list | dict) else "write a text, in quotes"


def _wanted(one: ErrorDetails, name: str) -> str:
    return str(one.get("ctx", {}).get(name, ""))


_REASONS: Final[Mapping[str, Callable[[str, ErrorDetails], str]]] = {
    "too_short": lambda *_: "needs at least one",
    "tuple_type": _no_list,
    "list_type": _no_list,
    "string_type": _no_text,
    "string_too_short": lambda *_: "is empty",
    "string_too_long": lambda _, one: f"is longer than {_wanted(one, 'max_length')} characters",
    "string_pattern_mismatch": lambda *_: "write small letters and digits, with single hyphens between",
    "model_type": lambda *_: "write keys with values, such as key: value",
    "dict_type": lambda *_: "write keys with values, such as key: value",
    "enum": lambda _, one: f"write {_wanted(one, 'expected')}",
    "literal_error": lambda _, one: f"write {_wanted(one, 'expected')}",
}


def _line_of(path: Path_, lines: Mapping[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


@cache
def _known_keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> frozenset[str]:
    """All keys of a model and the models in it."""
    own = frozenset(field.alias or name for name, field in model.model_fields.items())
    return own | _inner_keys(model, seen)


@cache
def _inner_keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> frozenset[str]:
    """All keys of the models in a model."""
    keys: frozenset[str] = frozenset()
    for field in model.model_fields.values():
        for inner in _inner_models(field.annotation):
            if inner not in seen:
                keys |= _known_keys(inner, seen | {model, inner})
    return keys


def _inner_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in getattr(annotation, "__args__", ()) for inner in _inner_models(part)]


def _key_of(path: Path_) -> Path_:
    """The path without the numbers at its end."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _place(path: Path_) -> str:
    """`integration 1, egress 2, logic_app`: a path for a person, who counts from one."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int) and words:
            words[-1] = f"{_singular(words[-1])} {part + 1}"
        else:
            words.append(str(part))
    return safe_text(", ".join(words) or "the file", limit=120)


def _singular(word: str) -> str:
    return word.removesuffix("s") if "_" not in word and not word.endswith("ss") else word
