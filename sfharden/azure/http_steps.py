"""The HTTP calls that a workflow's steps make: where to, and how they sign in (reference §1.7)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.calls import calls_salesforce, text_parameters
from sfharden.azure.expressions import certain_start
from sfharden.azure.flow_code import FlowCode
from sfharden.azure.objects import get, kind, text

_SCHEME: Final = re.compile(r"\s*(https?)://(?P<host>[^/?#:]*)(?P<end>[/?#:])?", re.I)
_HTTP: Final = frozenset(["http", "httpwebhook"])


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One address that a step calls. `sign_in` is the type of its authentication: empty for none, None where it isn't told."""

    step: str
    pointer: str  # from the definition
    scheme: str  # `http`, `https`, or empty where only a run tells
    host: str  # empty where only a run tells
    sign_in: str | None
    method: str
    is_salesforce: bool | None


def http_calls(code: FlowCode) -> Iterator[HttpCall]:
    """Every call by HTTP; of webhooks both subscribing and unsubscribing."""
    values = text_parameters(code.workflow)
    for step in code.steps:
        if kind(step.body) not in _HTTP:
            continue
        at = f"{step.pointer}/inputs"
        inputs = get(step.body, "inputs")
        if kind(step.body) == "httpwebhook":
            parts = [(part, get(inputs, part)) for part in ("subscribe", "unsubscribe") if get(inputs, part)]
            for part, holder in parts or [("subscribe", None)]:
                yield _call(step.path, f"{at}/{part}", holder, values)
        else:
            yield _call(step.path, at, inputs, values)
        described = get(step.body, "metadata", "apiDefinitionUrl")
        if isinstance(described, str):
            yield _described(step.path, f"{step.pointer}/metadata", described, values)


def _call(step: str, at: str, holder: Any, values: Mapping[str, str]) -> HttpCall:
    address = text(get(holder, "uri"))
    return HttpCall(
        step,
        at,
        *_place(address, values),
        _sign_in(get(holder, "authentication")),
        text(get(holder, "method")).casefold(),
        calls_salesforce(address, values),
    )


def _described(step: str, at: str, address: str, values: Mapping[str, str]) -> HttpCall:
    """The description that a step was made from is read without signing in; only its address counts."""
    return HttpCall(step, at, *_place(address, values), "description", "get", None)


def _place(address: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Scheme and host, as far as they are the same in every run."""
    start = certain_start(address, values)
    found = _SCHEME.match(start.text)
    if not found:
        return "", ""
    is_host = start.whole or bool(found["end"])
    return found[1].lower(), found["host"].rpartition("@")[2].lower() if is_host else ""


def _sign_in(authentication: Any) -> str | None:
    if authentication is None or authentication == {}:
        return ""
    written = text(get(authentication, "type")).casefold()
    return None if not written or written.startswith(("@", "[", "*")) else written
