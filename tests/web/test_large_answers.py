"""Of large answers one is in memory at a time, and what parsing would make of one is counted first."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, UnreachableError
from sfharden.salesforce.answers import json_of, json_reader
from sfharden.web.json_answer import MOST_VALUES
from sfharden.web.large_answers import SMALL_BYTES, SMALL_VALUES, LargeAnswers, values_in
from sfharden.web.session import Answer
from sfharden.web.transport import Bounds
from tests.salesforce.kit import LIMITS, loopback_org, make_wire, reply

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def count(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, inner))


@given(JSON, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_no_value_goes_uncounted(value: object, encoding: str) -> None:
    assert values_in(json.dumps(value).encode(encoding)) + 1 >= count(value)


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"1,", b'{"a":"b"},'])
def test_an_answer_of_too_many_values_is_refused_before_it_is_parsed(piece: bytes) -> None:
    body = b"[" + piece * (MOST_VALUES + 1) + piece[:-1] + b"]"
    with pytest.raises(AnswerError, match="more than 250,000 values"):
        json_of(Answer(200, "application/json", body), "Asking")


@pytest.mark.parametrize(
    "body",
    [b'["' + b"x" * (SMALL_BYTES + 1) + b'"]', b"[" + b"1," * (SMALL_VALUES + 1) + b"1]"],
    ids=["bytes", "values"],
)
def test_of_large_answers_one_is_made_something_of_at_a_time(body: bytes) -> None:
    busy = threading.Lock()

    def read(answer: Answer) -> int:
        assert busy.acquire(blocking=False), "two at a time"
        try:
            return len(json_of(answer, "Asking"))
        finally:
            busy.release()

    with loopback_org(reply(200, body)) as org:
        wire = make_wire(org.url)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: wire.take(LIMITS, read), range(8)))
        wire.close()
    assert found == [len(json.loads(body))] * 8


def test_a_turn_is_given_back_whatever_happens() -> None:
    cut = reply(
        200, b" " * (SMALL_BYTES + 200_000), Content_Length=str(SMALL_BYTES + 300_000), Connection="close"
    )
    with loopback_org(cut) as org:
        wire = make_wire(org.url)
        with pytest.raises((AnswerError, UnreachableError)):
            wire.take(LIMITS, json_reader("Asking"))
        with ThreadPoolExecutor(1) as other:  # would wait for ever for a turn that nobody gives back
            other.submit(_take_and_leave, wire.large).result(timeout=30)
        wire.close()


def _take_and_leave(large: LargeAnswers) -> None:
    with large.answer():
        large.take_turn()


def test_a_turn_lasts_until_the_outermost_block_ends() -> None:
    large = LargeAnswers()
    with large.answer():
        with large.answer():
            large.take_turn()
            large.take_turn()
        inside = large.has_turn
    assert (inside, large.has_turn) == (True, False)
    large.leave()


@pytest.mark.parametrize("body", [b"[" * 300_000, b"x" * 300_000, b"[" + b"1," * MOST_VALUES + b"1]"])
def test_an_error_that_is_kept_keeps_no_answer(body: bytes) -> None:
    with loopback_org(reply(200, body)) as org:
        wire = make_wire(org.url)
        with pytest.raises(AnswerError) as caught:
            wire.take(LIMITS, json_reader("Asking"))
        with pytest.raises(AnswerError) as cut:
            make_wire(org.url, bounds=Bounds(json_bytes=200_000)).send(LIMITS)
        wire.close()
    for error in (caught.value, cut.value):
        assert not [size for size in _sizes(error) if size > 100_000]


def _sizes(error: BaseException | None) -> Iterator[int]:
    """How large are the bytes and texts that an error keeps alive by its frames, and by the errors before it."""
    while error:
        frame = error.__traceback__
        while frame:
            for value in frame.tb_frame.f_locals.values():
                held = getattr(
                    value,
                    "body",
                    getattr(value, "getbuffer", bytes)() if hasattr(value, "getbuffer") else value,
                )
                if (
                    isinstance(held, bytes | str | memoryview)
                    and "test_" not in frame.tb_frame.f_code.co_name
                ):
                    yield len(held)
            frame = frame.tb_next
        error = error.__context__
