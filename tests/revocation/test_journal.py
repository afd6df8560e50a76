"""The journal: on the disk before a call leaves, readable after any crash, and never believed too much."""

import fcntl
import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError, NoVerdictError
from sfharden.revocation.journal import Journal, found_journal, to_disk
from sfharden.revocation.record import (
    ATTEMPTED,
    FAILED,
    GONE,
    PLANNED,
    REVOKED,
    UNKNOWN,
    counts_of,
    read_record,
)

from .kit import HOSTILE, NOW, again, begun, events, handle, lines, plan_of, read

PLAN = plan_of(4)
A, B, C, D = (one.handle for one in PLAN.tokens)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "revoke.jsonl"


def written(path: Path) -> bytes:
    """A journal with every kind of line."""
    with begun(path, PLAN) as journal:
        journal.note((A, ATTEMPTED), (B, ATTEMPTED), at=NOW)
        journal.note((A, REVOKED), (C, ATTEMPTED), at=NOW)
        journal.note((B, UNKNOWN), at=NOW)
        journal.note((C, FAILED), at=NOW)
    with again(path) as (journal, _):
        journal.note((B, GONE), (C, ATTEMPTED), at=NOW)
        journal.write({"event": "recounted", "at": "x", "survivors": 0})
    return path.read_bytes()


def test_a_journal_is_its_owners_alone_whatever_the_umask(path: Path) -> None:
    for umask in (0o000, 0o022, 0o777):
        before = os.umask(umask)
        try:
            with begun(path, PLAN):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
        finally:
            os.umask(before)
        assert read(path).plan == PLAN
        path.unlink()


def test_what_is_written_is_read_back(path: Path) -> None:
    with begun(path, PLAN) as journal:
        journal.note((A, ATTEMPTED), at=NOW)
        assert journal.states == {A: ATTEMPTED, B: PLANNED, C: PLANNED, D: PLANNED}
    record = read(path)
    assert (record.plan, record.fingerprint) == (PLAN, PLAN.fingerprint)
    assert (record.approved, record.by) == ("fingerprint typed", "admin@acme.example")
    assert record.states == {A: ATTEMPTED, B: PLANNED, C: PLANNED, D: PLANNED}


def test_hostile_names_stay_on_their_line(path: Path) -> None:
    plan = plan_of(2, app=HOSTILE, user="\u2028" + HOSTILE)
    with begun(path, plan):
        pass
    content = path.read_bytes()
    assert content.isascii()
    assert not set(content) & (set(range(32)) - {10})
    assert content.count(b"\n") == 3
    assert read(path).plan == plan


@pytest.mark.parametrize("what", ["file", "folder", "link", "dangling link"])
def test_nothing_that_is_there_is_written_over(tmp_path: Path, what: str) -> None:
    path, target = tmp_path / "j", tmp_path / "target"
    if what == "file":
        path.write_text("precious", "utf-8")
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to(target)
        if what == "link":
            target.write_text("precious", "utf-8")
    with pytest.raises(InputError, match="there already"), begun(path, PLAN):
        pass
    assert not target.exists() or target.read_text("utf-8") == "precious"


def test_a_folder_that_is_not_there_or_not_ones_own_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError), begun(tmp_path / "no" / "j", PLAN):
        pass


def test_a_symlink_is_not_gone_on_with(tmp_path: Path, path: Path) -> None:
    written(path)
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(InputError), again(link):
        pass


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_journal_that_others_could_have_changed_is_refused(path: Path, mode: int) -> None:
    """It is its own approval: whoever may write it may choose what is revoked."""
    before = written(path)
    path.chmod(mode)
    with pytest.raises(InputError, match="others than you"), again(path):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = Path("/dev/null")
    if kind == "fifo":
        path = tmp_path / "pipe"
        os.mkfifo(path)
    elif kind == "folder":
        path = tmp_path
    with pytest.raises(InputError), again(path):
        pass


def test_two_runs_cannot_use_one_journal(path: Path) -> None:
    with begun(path, PLAN), pytest.raises(NoVerdictError, match="Another run"), again(path):
        pass
    with found_journal(path), pytest.raises(NoVerdictError, match="Another run"), found_journal(path):
        pass
    assert read(path).plan == PLAN


def test_finding_a_journal_changes_nothing_and_going_on_cuts_the_torn_line(path: Path) -> None:
    whole = written(path)
    path.write_bytes(whole + b'{"event": "revo')
    with found_journal(path) as found:
        assert path.read_bytes() != whole
        found.go_on("me", NOW)
    assert path.read_bytes().startswith(whole + b'{"event": "resumed", "by": "me"')
    assert read(path).states == {A: REVOKED, B: GONE, C: ATTEMPTED, D: PLANNED}


def test_every_place_where_a_crash_can_tear_a_journal(tmp_path: Path, path: Path) -> None:
    """At every byte: either the plan is not whole, and no call was made; or all whole lines count."""
    content = written(path)
    plan_ends = content.index(b'"attempted"')
    plan_ends = content.rindex(b"\n", 0, plan_ends) + 1
    for length in range(len(content) + 1):
        torn = content[:length]
        if length < plan_ends:
            with pytest.raises(InputError):
                read_record(torn, "j")
            continue
        record = read_record(torn, "j")
        assert record.plan == PLAN
        assert torn[: record.whole_bytes] == content[: torn.rfind(b"\n") + 1]
        for line in content[plan_ends : record.whole_bytes].splitlines():
            told = json.loads(line)
            if "handle" in told:
                assert record.states[told["handle"]] in counts_of([])


@given(st.integers(0, 3000), st.binary(max_size=40).filter(lambda junk: b"\n" not in junk))
def test_junk_at_the_end_is_cut_off(length: int, junk: bytes) -> None:
    """A crash may leave zeros or another file's bytes behind the last line."""
    content = _content()
    cut = content[: content.rfind(b"\n", 0, max(length, _plan_end(content))) + 1]
    assert read_record(cut + junk, "j").whole_bytes == len(cut)


def _content() -> bytes:
    head = {
        "schema": "sfharden.journal/1", "organization": PLAN.organization.model_dump(mode="json"),
        "fingerprint": PLAN.fingerprint, "approved": "x", "by": "y", "started": "z", "tokens": 4, "tool": "t",
    }  # fmt: skip
    body: list[dict[str, Any]] = [{"event": PLANNED, **one.model_dump(mode="json")} for one in PLAN.tokens]
    body += [{"event": state, "handle": name, "at": "x"} for name in (A, B) for state in (ATTEMPTED, REVOKED)]
    return b"".join(json.dumps(line).encode() + b"\n" for line in (head, *body))


def _plan_end(content: bytes) -> int:
    return content.rindex(b"\n", 0, content.index(b'"attempted"')) + 1


def changed(number: int, **changes: Any) -> bytes:
    """The journal with one line changed; a value of None takes the key away."""
    told = [json.loads(line) for line in _content().splitlines()]
    told[number] = {key: value for key, value in {**told[number], **changes}.items() if value is not None}
    return b"".join(json.dumps(line).encode() + b"\n" for line in told)


def with_lines(*extra: Any, at: int = 9) -> bytes:
    told = _content().splitlines()
    told[at:at] = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in extra]
    return b"\n".join(told) + b"\n"


GARBLED: dict[str, bytes] = {
    "another schema": changed(0, schema="sfharden.journal/2"),
    "no schema": changed(0, schema=None),
    "no organisation": changed(0, organization=None),
    "an organisation of another shape": changed(0, organization={"id": 3}),
    "no fingerprint": changed(0, fingerprint=None),
    "a fingerprint that is no text": changed(0, fingerprint=["x"]),
    "a count that is no number": changed(0, tokens="4"),
    "a count that is true": changed(0, tokens=True),
    "a count too small": changed(0, tokens=3),
    "a plan too short for what was done": changed(0, tokens=5),
    "a handle outside the plan": with_lines({"event": REVOKED, "handle": handle("foreign"), "at": "x"}),
    "a handle that is no text": with_lines({"event": REVOKED, "handle": [A], "at": "x"}),
    "a state that isn't known": with_lines({"event": "exploded", "handle": A, "at": "x"}),
    "a token planned twice": with_lines({"event": PLANNED, **PLAN.tokens[0].model_dump(mode="json")}, at=5),
    "a token planned later": with_lines({"event": PLANNED, **plan_of(5).tokens[4].model_dump(mode="json")}),
    "a planned token of another shape": changed(1, handle="../../x"),
    "a planned token with more in it": changed(1, delete_token="x"),
    "an empty line": with_lines(b""),
    "half a line in the middle": with_lines(b'{"event": "rev'),
    "no object": with_lines([1, 2]),
    "a number": with_lines(7),
    "zeros": with_lines(b"\0" * 20),
    "no UTF-8": with_lines(b"\xff\xfe"),
    "deep": with_lines(b"[" * 100_000),
    "a carriage return": with_lines(b'{"event": "resumed"}\r{"event": "resumed"}'),
}  # fmt: skip


@pytest.mark.parametrize("name", GARBLED)
def test_a_garbled_or_foreign_journal_is_refused_whole(name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_record(GARBLED[name], "j")
    assert "nothing was revoked" not in caught.value.hint


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"hello\n", b"\x7fELF\0\0\n", b'{"schema": 1}\n', b"[]\n"]
)
def test_any_other_file_is_no_journal(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InputError), again(path):
        pass
    assert path.read_bytes() == content


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(InputError):
        read_record(content, "j")


def test_a_plan_that_was_not_written_to_its_end_is_said_to_have_done_nothing() -> None:
    content = _content()
    cut = content[: content.index(b"\n", content.index(b'"planned"')) + 1]
    with pytest.raises(InputError, match="no call was made"):
        read_record(cut, "j")


def test_writers_side_by_side_are_all_on_disk_and_each_in_order(path: Path) -> None:
    plan = plan_of(400)
    names = [one.handle for one in plan.tokens]
    with begun(path, plan) as journal:

        def work(mine: list[str]) -> None:
            for name in mine:
                journal.note((name, ATTEMPTED), at=NOW)
                journal.note((name, REVOKED), at=NOW)

        threads = [threading.Thread(target=work, args=(names[n::8],)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(journal.states.values()) == {REVOKED}
    found = events(path)
    assert len(found) == 800
    for name in names:
        assert [state for one, state in found if one == name] == [ATTEMPTED, REVOKED]


class Disk:
    """A disk that counts its trips, and breaks at one of them after some bytes."""

    def __init__(
        self, breaks_at: int = 0, after_bytes: int = 0, error: type[BaseException] = OSError
    ) -> None:
        self.trips = 0
        self._breaks_at = breaks_at
        self._after = after_bytes
        self._error = error

    def __call__(self, descriptor: int, data: bytes) -> None:
        self.trips += 1
        if self.trips == self._breaks_at:
            os.write(descriptor, data[: self._after])
            raise self._error
        to_disk(descriptor, data)


def with_disk(path: Path, disk: Callable[[int, bytes], None], work: Callable[[Journal], None]) -> Journal:
    with begun(path, PLAN):
        pass
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        journal = Journal(descriptor, dict.fromkeys((A, B, C, D), PLANNED), disk)
        work(journal)
    finally:
        os.close(descriptor)
    return journal


@pytest.mark.parametrize("after", [0, 1, 30, 200])
def test_after_a_failed_write_nothing_is_ever_written_behind_it(path: Path, after: int) -> None:
    """Half a line with another behind it could never be read again; and what was lost must not look written."""

    def work(journal: Journal) -> None:
        journal.note((A, ATTEMPTED), at=NOW)
        for _ in range(3):
            with pytest.raises(NoVerdictError, match="can't be written"):
                journal.note((A, REVOKED), (B, ATTEMPTED), at=NOW)
        with pytest.raises(NoVerdictError):
            journal.write({"event": "recounted"})

    disk = Disk(breaks_at=2, after_bytes=after)
    journal = with_disk(path, disk, work)
    assert journal.broken
    assert disk.trips == 2
    assert journal.states[A] == ATTEMPTED  # what isn't on the disk isn't so
    assert read(path).states[A] in (ATTEMPTED, REVOKED)
    with again(path) as (whole, _):
        whole.note((A, GONE), at=NOW)
    assert read(path).states[A] == GONE


def test_a_write_that_is_interrupted_breaks_the_journal_too(path: Path) -> None:
    def work(journal: Journal) -> None:
        with pytest.raises(KeyboardInterrupt):
            journal.note((A, ATTEMPTED), at=NOW)
        with pytest.raises(NoVerdictError):
            journal.note((B, ATTEMPTED), at=NOW)

    with_disk(path, Disk(1, 7, KeyboardInterrupt), work)
    assert set(read(path).states.values()) == {PLANNED}


def test_whoever_waits_for_a_failing_disk_is_told(path: Path) -> None:
    """One thread's lines are on their way when the disk fails; another's wait behind them."""
    arrived, failing = threading.Event(), threading.Event()
    told: list[str] = []

    def disk(descriptor: int, data: bytes) -> None:
        arrived.set()
        assert failing.wait(10)
        raise OSError

    def write(journal: Journal, name: str) -> None:
        try:
            journal.note((name, ATTEMPTED), at=NOW)
        except NoVerdictError:
            told.append(name)

    def work(journal: Journal) -> None:
        first = threading.Thread(target=write, args=(journal, A))
        first.start()
        assert arrived.wait(10)
        rest = [threading.Thread(target=write, args=(journal, name)) for name in (B, C)]
        for thread in rest:
            thread.start()
        while journal._given < 3:
            os.sched_yield()
        failing.set()
        for thread in (first, *rest):
            thread.join()

    with_disk(path, disk, work)
    assert sorted(told) == sorted((A, B, C))


def test_lines_that_wait_share_one_trip_to_the_disk(path: Path) -> None:
    arrived, going = threading.Event(), threading.Event()
    counting = Disk()

    def disk(descriptor: int, data: bytes) -> None:
        arrived.set()
        assert going.wait(10)
        counting(descriptor, data)

    def work(journal: Journal) -> None:
        threads = [
            threading.Thread(target=journal.note, args=((name, ATTEMPTED),), kwargs={"at": NOW})
            for name in (A, B, C, D)
        ]
        threads[0].start()
        assert arrived.wait(10)
        for thread in threads[1:]:
            thread.start()
        while journal._given < 4:
            os.sched_yield()
        going.set()
        for thread in threads:
            thread.join()

    with_disk(path, disk, work)
    assert counting.trips == 2
    assert len(events(path)) == 4


def test_a_line_that_did_not_reach_the_disk_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written is not enough: the disk has to say so."""

    def lost(_: int) -> None:
        raise OSError

    with begun(path, PLAN) as journal:
        monkeypatch.setattr("os.fsync", lost)
        with pytest.raises(NoVerdictError):
            journal.note((A, ATTEMPTED), at=NOW)
        assert journal.states[A] == PLANNED


def test_a_full_disk_at_the_start_leaves_no_half_journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NoVerdictError), begun(path, PLAN):
        pass
    assert not path.exists()


def test_a_full_disk_on_going_on_is_told_before_any_call(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(path)

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("os.ftruncate", refuse)
    with pytest.raises(NoVerdictError), again(path):
        pass
    assert path.read_bytes() == content


def test_the_lock_goes_with_the_run(path: Path) -> None:
    with begun(path, PLAN):
        pass
    with path.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_is_locked_is_what_is_read(path: Path, tmp_path: Path) -> None:
    """A journal that is put in the other's place between opening and reading is not mixed up with it."""
    written(path)
    with found_journal(path) as found:
        (tmp_path / "other").write_bytes(b"evil")
        (tmp_path / "other").replace(path)
        found.go_on("me", NOW)
        assert found.record.plan == PLAN
    assert path.read_bytes() == b"evil"


def test_times_are_written_in_utc(path: Path) -> None:
    from datetime import timedelta, timezone

    with begun(path, PLAN) as journal:
        journal.note((A, ATTEMPTED), at=NOW.astimezone(timezone(timedelta(hours=9))))
    assert lines(path)[-1]["at"] == "2026-11-24T12:00:00Z"
