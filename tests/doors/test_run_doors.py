"""The doors of a run: what the entry point was given counts, else the system's own."""

import threading
from dataclasses import replace
from io import StringIO

from sfharden.doors.run_doors import RunDoors, beating, doors_of, logging_to
from sfharden.ports import CallMade, no_log
from tests.orgs.reading import doors


def test_what_was_given_counts_and_nothing_else_does() -> None:
    given = doors()
    assert doors_of(given) is given
    assert doors_of(None) == doors_of("a context of somebody else's") == RunDoors()


def test_a_log_is_added_and_all_else_stays() -> None:
    given, tape = doors(), StringIO()
    logging = logging_to(tape, given)
    assert replace(logging, log=no_log) == replace(given, log=no_log)
    logging.log(CallMade("GET", "/x", 200, 1, 1, "Asking"))
    assert tape.getvalue() == "GET /x 200 1 ms attempt 1 (Asking)\n"


def test_a_beat_goes_on_beside_the_block_and_ends_with_it() -> None:
    first, second = threading.Event(), threading.Event()

    def act() -> None:
        (second if first.is_set() else first).set()

    with beating(act):
        assert second.wait(60)
    for thread in threading.enumerate():
        if thread.name == "beat":
            thread.join(60)
    assert not any(thread.name == "beat" for thread in threading.enumerate())
