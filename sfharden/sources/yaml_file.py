"""YAML files of the user's: safe, bounded, and every complaint with its line.

Only the plain core of YAML is accepted: no tags, no anchors, no duplicate keys, and none of YAML 1.1's
surprises (`no` is a word, not false; `1:30` is a text, not a number).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from sfharden.errors import InputError
from sfharden.names import suggestion
from sfharden.redact import safe_text

MAX_BYTES: Final = 2_000_000

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


def load_model(path: Path, model: type[M], what: str) -> M:
    """The file as a validated model. Raises InputError with file, line and a suggestion."""
    return parse_model(read_text(path, what), model, what, str(path))


def parse_model(text: str, model: type[M], what: str, name: str) -> M:
    """The YAML text as a validated model; `name` stands for the file in messages."""
    data, lines = parse_yaml(text, what, name)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _complaint(error, model, lines, what, name) from None


def read_text(path: Path, what: str) -> str:
    """The text of a small UTF-8 file. Raises InputError."""
    shown = safe_text(str(path))
    try:
        if not path.is_file():
            raise InputError(f"There is no {what} at {shown}.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InputError(f"The {what} {shown} is larger than {MAX_BYTES // 1_000_000} MB.")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The {what} {shown} is not UTF-8 text.") from None
    except OSError:
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
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            f"The {what} {safe_text(name)} is not plain YAML (line {line}).",
            "Check indentation and quotes; anchors, aliases and tags are not accepted.",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise InputError(f"The {what} {safe_text(name)} is not plain YAML.") from None


def _note_lines(
    node: yaml.Node, path: Path_, lines: dict[Path_, int], where: str, key: yaml.Node | None = None
) -> None:
    line = (key or node).start_mark.line + 1
    if path in lines:
        raise InputError(f"The {where} gives {_dotted(path)} twice (line {line}).")
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


def _complaint(
    error: ValidationError, model: type[BaseModel], lines: Mapping[Path_, int], what: str, name: str
) -> InputError:
    # A mistyped key is also a missing one; the mistyped one helps more.
    first = min(
        error.errors(include_url=False, include_context=False, include_input=False),
        key=lambda one: one["type"] != "extra_forbidden",
    )
    path: Path_ = tuple(first["loc"])
    line = _line_of(path, lines)
    hint = ""
    if first["type"] == "extra_forbidden":
        key = str(path[-1])
        message = f"unknown key '{safe_text(key, limit=80)}'"
        hint = suggestion(key, _known_keys(model)).strip()
    elif first["type"] == "missing":
        message = f"'{_dotted(path)}' is missing"
    else:
        message = (
            f"'{_dotted(path)}': {safe_text(str(first['msg']).removeprefix('Value error, '), limit=200)}"
        )
    more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return InputError(f"The {what} {safe_text(name)}, line {line}: {message}.{more}", hint)


def _line_of(path: Path_, lines: Mapping[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _known_keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> set[str]:
    """All keys of a model and the models in it."""
    keys: set[str] = set()
    for field_name, field in model.model_fields.items():
        keys.add(field.alias or field_name)
        for inner in _inner_models(field.annotation):
            if inner not in seen:
                keys |= _known_keys(inner, seen | {model, inner})
    return keys


def _inner_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in getattr(annotation, "__args__", ()) for inner in _inner_models(part)]


def _dotted(path: Path_) -> str:
    return safe_text(".".join(str(part) for part in path) or "the file", limit=120)
