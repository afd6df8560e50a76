"""An answer is JSON, of a bounded size, or an error that names whom was asked."""

import pytest

from sfharden.errors import AnswerError
from sfharden.web.json_answer import MOST_VALUES, json_in
from sfharden.web.session import Answer


def answer(body: bytes, content_type: str = "application/json") -> Answer:
    return Answer(200, content_type, body)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(b"<html>", "text/html; charset=UTF-8"), "Azure answered with a web page"),
        (answer(b""), "Azure's answer is not JSON"),
        (answer(b'{"a": 1'), "Azure's answer is not JSON"),
        (answer(b"[" * 100_000), "Azure's answer is not JSON"),
        (answer(b"[" + b"," * MOST_VALUES), "Azure's answer holds more than"),
        (answer(b"\xff\xfe\xff"), "Azure's answer is not JSON"),
    ],
)
def test_what_is_no_json_is_told(given: Answer, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        json_in(given, "Asking", "Azure")


def test_a_byte_order_mark_does_no_harm() -> None:
    assert json_in(answer(b'\xef\xbb\xbf{"a": 1}'), "Asking") == {"a": 1}
