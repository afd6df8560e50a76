"""The tally of calls: each is counted once and handed on; how long it took is in neither."""

from sfharden.doors.call_tally import CallTally
from sfharden.ports import CallMade


def made(what: str, status: int | None = 200, milliseconds: int = 5) -> CallMade:
    return CallMade("GET", "/x", status, milliseconds, 1, what)


def test_each_call_is_counted_and_handed_on() -> None:
    seen: list[CallMade] = []
    tally = CallTally(seen.append)
    for one in (
        made("Users"),
        made("Apps"),
        made("Users", milliseconds=9),
        made("Users", 503),
        made("Apps", None),
    ):
        tally(one)
    assert len(seen) == 5
    assert tally.counted == (
        ("GET", "Apps", "200", 1), ("GET", "Apps", "no whole answer", 1),
        ("GET", "Users", "200", 2), ("GET", "Users", "503", 1),
    )  # fmt: skip


def test_no_calls_are_none() -> None:
    assert CallTally().counted == ()
