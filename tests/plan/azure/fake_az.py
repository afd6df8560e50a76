"""An `az` in small: the commands that a plan writes, done to documents in a file, as the Azure CLI does them.

`resource update` takes the document as it is, sets and removes parts by dotted paths, and fails where one on the way isn't there
(azure-cli-core, commands/arm.py); `rest --method patch` merges. It's run as a program: AZ_STATE names the file.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

_TYPES = "sort(values(not_null(properties.definition.parameters, `{}`))[].type)"
_COMPARED = re.compile(r"(.*?) == `([^`]*)`", re.S)
_RULES = re.compile(r"(.*)\[\?priority != `(\d+)`\]\.\[(.*)\]", re.S)
_KEY = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z]+')


def main(words: list[str]) -> int:
    """Do what the words say."""
    place = Path(os.environ["AZ_STATE"])
    state: dict[str, Any] = json.loads(place.read_text())
    command = " ".join(word for word in words[:4] if not word.startswith(("-", "/")))
    code = _rest(state, words) if command.startswith("rest") else _other(state, command, words)
    place.write_text(json.dumps(state))
    return code


def _given(words: list[str], option: str) -> str:
    return words[words.index(option) + 1] if option in words else ""


def _rest(state: dict[str, Any], words: list[str]) -> int:
    name, _, query = _given(words, "--url").partition("?")
    assert query.startswith("api-version=")
    method = _given(words, "--method")
    if method in ("get", "patch", "delete") and name not in state:
        sys.stderr.write(
            'ERROR: Not Found({"error": {"code": "ResourceNotFound", "message": "not there"}})\n'
        )
        return 3
    if method == "get":
        _show(state[name], words)
    elif method == "delete":
        del state[name]
    elif method == "put":
        state[name] = json.loads(_given(words, "--body"))
    else:
        _merge(state[name], json.loads(_given(words, "--body")))
    return 0


def _other(state: dict[str, Any], command: str, words: list[str]) -> int:
    if command.startswith("resource show"):
        _show(state[_given(words, "--ids")], words)
    elif command.startswith("resource update"):
        _update(state[_given(words, "--ids")], words)
    else:
        about = _given(words, "--resource") or f"/subscriptions/{_given(words, '--subscription')}"
        name = f"{about}/providers/Microsoft.Insights/diagnosticSettings/{_given(words, '--name')}"
        if "delete" in words:
            del state[name]
        else:
            logs = [*json.loads(_given(words, "--logs")), {"category": "Other", "enabled": False}]
            state[name] = {"properties": {"workspaceId": _given(words, "--workspace"), "logs": logs}}
    return 0


def _show(document: Any, words: list[str]) -> None:
    if asked := _given(words, "--query"):
        sys.stdout.write(json.dumps(_answer(document, asked)) + "\n")


def _answer(document: Any, asked: str) -> Any:
    if "` || " in asked:
        one, _, other = asked.partition("` || ")
        return _answer(document, f"{one}`") or _answer(document, other)
    found = _COMPARED.fullmatch(asked)
    if not found:
        return _at(document, asked)
    if rules := _RULES.fullmatch(found[1]):
        listed = [one for one in _at(document, rules[1]) or [] if one["priority"] != int(rules[2])]
        return [[one.get(key) for key in rules[3].split(", ")] for one in listed] == json.loads(found[2])
    if asked.startswith("[sort(properties.logs["):
        enabled = [one["category"] for one in document["properties"]["logs"] if one["enabled"]]
        return [sorted(enabled), len(enabled), 0, None, None] == json.loads(
            asked.rpartition(" == ")[2].strip("`")
        )
    if found[1] == _TYPES:
        declared = _at(document, "properties.definition.parameters") or {}
        return sorted(one["type"] for one in declared.values()) == json.loads(found[2])
    return _at(document, found[1]) == json.loads(found[2])


def _at(document: Any, path: str) -> Any:
    for key in _KEY.findall(path):
        name = json.loads(key) if key.startswith('"') else key
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _update(document: dict[str, Any], words: list[str]) -> None:
    rest = words[words.index("--api-version") + 2 :]
    mode = ""
    for word in rest:
        if word in ("--set", "--remove"):
            mode = word
            continue
        path, _, value = word.partition("=")
        *way, last = path.split(".")
        holder: Any = document
        for key in way:
            holder = holder[key]
        if mode == "--set":
            holder[last] = json.loads(value)
        else:
            del holder[last]


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
