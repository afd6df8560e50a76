"""From an answer's bytes to JSON of the shape that was promised; anything else is an AnswerError."""

from collections.abc import Callable
from typing import Any

from sfharden.errors import AnswerError
from sfharden.salesforce.failures import error_code, failure
from sfharden.web.json_answer import json_in
from sfharden.web.session import Answer


def json_of(answer: Answer, what: str) -> Any:
    """The JSON of a successful answer. Raises the error that the answer's status and code stand for."""
    if not 200 <= answer.status < 300:
        raise failure(answer.status, error_code(answer.body), what)
    return json_in(answer, what)


def json_reader(what: str) -> Callable[[Answer], Any]:
    """A reader of such JSON, for `Wire.take`."""
    return lambda answer: json_of(answer, what)


def object_of(value: Any, what: str) -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(value, dict):
        raise misshapen(what)
    return value


def list_of(value: Any, what: str) -> list[dict[str, Any]]:
    """The value, which must be a list of JSON objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise misshapen(what)
    return value


def text_at(value: dict[str, Any], name: str, what: str) -> str:
    """The member with this name, which must be a text and not empty."""
    text = value.get(name)
    if not isinstance(text, str) or not text:
        raise misshapen(what)
    return text


def number_at(value: dict[str, Any], name: str, what: str) -> int:
    """The member with this name, which must be a whole number, 0 or more (and `true` is none)."""
    number = value.get(name)
    if type(number) is not int or number < 0:
        raise misshapen(what)
    return number


def misshapen(what: str) -> AnswerError:
    """The error for JSON that is not what the interface promises."""
    return AnswerError(f"{what}: the org's answer has another shape than documented")
