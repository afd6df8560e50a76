"""Reading a journal: a torn last line tells nothing, and whatever else doesn't fit is refused, never guessed at."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.revocation.history import read_history
from sfharden.revocation.records import Event, Planned, Recounted, State, encode, head_of

from .kit import NOW, WHO, handle, header_of, plan_of

PLAN = plan_of([1, 2])
HEADER = encode(header_of(plan_of([])).model_copy(update={"count": 2, "fingerprint": PLAN.fingerprint}))
PLANNED = [encode(Planned(token=one)) for one in PLAN.tokens]
WHOLE = head_of(header_of(PLAN))
SEALED = WHOLE.removeprefix(HEADER + b"".join(PLANNED))


def event(record: str, number: int = 1, seen: str = "answer") -> bytes:
    line = {"record": record, "handle": handle(number), "at": NOW, "seen": seen}
    return encode(Event.model_validate(line))


def test_a_plan_alone_leaves_all_to_do() -> None:
    history = read_history(WHOLE)
    assert history.plan.fingerprint == PLAN.fingerprint
    assert history.counts()[State.PLANNED] == 2
    assert history.open_handles() == (handle(1), handle(2))
    assert history.whole_bytes == len(WHOLE)


def test_the_last_word_on_a_token_counts() -> None:
    history = read_history(
        WHOLE + event("attempted") + event("failed") + event("attempted") + event("revoked")
    )
    assert history.state(handle(1)) is State.REVOKED
    assert history.open_handles() == (handle(2),)
    assert sum(history.counts().values()) == 2


@given(st.integers(1, len(event("attempted")) - 1))
def test_a_torn_last_line_is_left_out_and_where_it_begins_is_told(kept: int) -> None:
    torn = event("attempted")[:kept]
    history = read_history(WHOLE + torn)
    assert history.events == {}
    assert history.whole_bytes == len(WHOLE)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_plan_that_was_never_written_whole_revoked_nothing(kept: int) -> None:
    with pytest.raises(InputError) as refused:
        read_history(WHOLE[:kept])
    if kept >= len(b'{"record":"header"'):
        assert "no run revokes anything" in refused.value.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"not json\n",
        PLANNED[0] + HEADER,
        HEADER + PLANNED[0] + PLANNED[0],
        HEADER + PLANNED[0] + PLANNED[0] + SEALED,
        HEADER + PLANNED[1] + PLANNED[0] + SEALED,
        HEADER + b"".join(PLANNED) + event("attempted"),
        HEADER + b"".join(PLANNED) + PLANNED[0],
        HEADER.replace(b'"count":2', b'"count":-1') + SEALED,
        HEADER + b"".join(PLANNED) + SEALED.replace(b"sealed", b"Sealed"),
        WHOLE + SEALED,
        HEADER + PLANNED[0] + event("attempted"),
        HEADER + PLANNED[0] + encode(Planned(token=plan_of([3]).tokens[0])),
        WHOLE + PLANNED[0],
        WHOLE + HEADER,
        WHOLE + event("attempted", 3),
        WHOLE + b"\n",
        WHOLE + b"garbage\n" + event("attempted"),
    ],
)
def test_anything_else_that_does_not_fit_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        read_history(content)


@pytest.mark.parametrize(
    "lines",
    [
        [event("revoked")],  # no call was announced
        [event("failed")],
        [event("attempted"), event("revoked"), event("attempted")],
        [event("attempted"), event("revoked"), event("unknown")],
        [event("attempted"), event("revoked"), event("already-gone", seen="inventory")],
    ],
)
def test_an_order_that_no_run_writes_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(InputError, match="or it was changed"):
        read_history(WHOLE + b"".join(lines))


def test_a_recount_may_find_what_was_said_to_be_gone() -> None:
    lines = event("attempted") + event("revoked") + event("failed", seen="inventory")
    history = read_history(WHOLE + lines + encode(Recounted(at=NOW, survivors=(handle(1),))))
    assert history.state(handle(1)) is State.FAILED
    assert history.recounts[0].survivors == (handle(1),)


def test_another_plan_than_the_approved_one_is_refused() -> None:
    other = header_of(PLAN).model_copy(update={"fingerprint": plan_of([1, 3]).fingerprint})
    with pytest.raises(InputError, match="not the one that was approved"):
        read_history(head_of(other))


@pytest.mark.parametrize(
    "change", [{"approved": "by nobody"}, {"count": 3}, {"who": WHO.model_copy(update={"username": "x"})}]
)
def test_head_and_plan_are_as_they_were_written_or_refused(change: dict[str, object]) -> None:
    """Whatever is said in them, down to the names that no fingerprint covers."""
    bare = header_of(plan_of([])).model_copy(update={"count": 2, "fingerprint": PLAN.fingerprint, **change})
    with pytest.raises(InputError):
        read_history(encode(bare) + WHOLE.removeprefix(HEADER))


@pytest.mark.parametrize("seed", range(5))
def test_any_byte_of_head_and_plan_that_was_changed_is_found(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - made-up damage
    for _ in range(100):
        at = chance.randrange(len(WHOLE) - 1)
        changed = WHOLE[:at] + bytes([WHOLE[at] ^ chance.randrange(1, 256)]) + WHOLE[at + 1 :]
        with pytest.raises(InputError):
            read_history(changed)
