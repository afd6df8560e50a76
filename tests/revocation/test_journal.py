"""The journal as a file: private, locked, never rewritten, and read with suspicion."""

import json
import os
import stat
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError, NoVerdictError
from sfharden.revocation.history import read_history
from sfharden.revocation.journal import Disk, create_journal, resume_journal
from sfharden.revocation.records import State
from tests.test_project import ROOT

from .kit import NOW, Scene, handle, header_of, plan_of, scene, secret

DISK = Disk(lambda: NOW)


def finished(folder: Path) -> Scene:
    stage = scene(folder)
    stage.first_run()
    return stage


@pytest.fixture(scope="module", name="content")
def _content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return finished(tmp_path_factory.mktemp("journal")).path.read_bytes()


def test_it_is_readable_by_its_owner_only_and_follows_its_schema(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = finished(tmp_path).path
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    schema = json.loads((ROOT / "docs/schemas/journal-1.json").read_text("utf-8"))
    for line in path.read_text("ascii").splitlines():
        jsonschema.validate(json.loads(line), schema)


def test_its_owner_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    """A journal that can't be opened again can't be resumed."""
    old = os.umask(0o777)
    try:
        path = finished(tmp_path).path
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_files_have_no_modes_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a journal would be refused when it is taken up, and what it began could not be finished."""
    real = os.fchmod
    monkeypatch.setattr("os.fchmod", lambda descriptor, _: real(descriptor, 0o777))
    stage = scene(tmp_path)
    with pytest.raises(NoVerdictError, match="can't be opened"):
        stage.first_run()
    assert not stage.path.exists()
    assert stage.org.asked == []


def test_it_holds_no_secret(content: bytes) -> None:
    for number in range(1, 7):
        assert secret(number).reveal().encode() not in content


def test_it_accounts_for_each_token_exactly_once(content: bytes) -> None:
    history = read_history(content)
    assert sum(history.counts().values()) == len(history.plan.tokens) == 4
    assert history.plan == plan_of(range(1, 5))


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_text("precious")
    with pytest.raises(InputError, match="there already"):
        create_journal(path, header_of(plan_of([1])), DISK)
    assert path.read_text() == "precious"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError):
        create_journal(tmp_path / "link", header_of(plan_of([1])), DISK)


def test_a_place_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError):
        create_journal(tmp_path / "no" / "such" / "folder", header_of(plan_of([1])), DISK)

    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError

    with pytest.raises(NoVerdictError):
        create_journal(tmp_path / "j", header_of(plan_of([1])), Disk(lambda: NOW, full))
    assert not (tmp_path / "j").exists()


def test_two_runs_can_not_use_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = create_journal(path, header_of(plan_of([1])), DISK)
    with pytest.raises(NoVerdictError, match="Another run"):
        resume_journal(path, DISK)
    journal.close()
    again, _ = resume_journal(path, DISK)
    with pytest.raises(NoVerdictError):
        resume_journal(path, DISK)
    again.close()


def test_a_closed_journal_takes_no_more(tmp_path: Path) -> None:
    journal = create_journal(tmp_path / "j", header_of(plan_of([1])), DISK)
    journal.close()
    journal.close()
    with pytest.raises(NoVerdictError):
        journal.attempted(handle(1))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_journal_that_others_can_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    path = finished(tmp_path).path
    path.chmod(mode)
    with pytest.raises(InputError, match="changed by others"):
        resume_journal(path, DISK)


def test_a_journal_must_be_a_file(tmp_path: Path) -> None:
    path = finished(tmp_path).path
    (tmp_path / "link").symlink_to(path)
    for name in ("link", ".", "nothing"):
        with pytest.raises((InputError, NoVerdictError)):
            resume_journal(tmp_path / name, DISK)


def test_every_cut_is_read_or_said_to_end_within_its_plan(content: bytes) -> None:
    plan_ends = content.index(b'{"record":"attempted"')
    for cut in range(len(content)):
        part = content[:cut]
        if cut < plan_ends:
            with pytest.raises(InputError):
                read_history(part)
        else:
            history = read_history(part)
            assert part[: history.whole_bytes].endswith(b"\n")
            assert b"\n" not in part[history.whole_bytes :]


def test_a_torn_line_is_cut_off_before_the_next_one_is_written(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    journal = create_journal(stage.path, header_of(stage.plan), DISK)
    journal.attempted(handle(1))
    journal.close()
    for tail in (b'{"record":"revoked","hand', b"\x00" * 50, b'{"record":"revoked"}'):
        with stage.path.open("ab") as file:
            file.write(tail)
        journal, history = resume_journal(stage.path, DISK)
        assert history.state(handle(1)) is State.ATTEMPTED
        journal.close()
    assert b"\x00" not in stage.path.read_bytes()


@given(st.data())
def test_a_changed_journal_is_refused_or_says_nothing_else(content: bytes, data: st.DataObject) -> None:
    lines = content.splitlines(keepends=True)
    number = data.draw(st.integers(0, len(lines) - 2))
    way = data.draw(st.sampled_from(["drop", "twice", "garble", "foreign"]))
    changed = list(lines)
    if way == "drop":
        del changed[number]
    elif way == "twice":
        changed.insert(number, lines[number])
    elif way == "garble":
        spot = data.draw(st.integers(0, len(lines[number]) - 2))
        changed[number] = lines[number][:spot] + b"\xff" + lines[number][spot + 1 :]
    else:
        changed.insert(
            number, b'{"record":"attempted","handle":"aaaaaaaaaaaa","at":"2026-11-24T12:00:00Z"}\n'
        )
    try:
        history = read_history(b"".join(changed))
    except InputError:
        return
    assert history.plan == plan_of(range(1, 5))
    assert set(history.events) <= set(history.plan.handles)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}\n", b"[]\n", b"\x00", b"PK\x03\x04", b'{"record":"planned"}\n', b"[" * 9999 + b"\n"],
)
def test_what_is_no_journal_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        read_history(content)


def test_a_plan_that_was_added_to_is_refused(tmp_path: Path) -> None:
    stage = finished(tmp_path)
    text = stage.path.read_text("ascii")
    stage.path.write_text(text.replace(handle(4), handle(6)), "ascii")
    with pytest.raises(InputError, match="not as it was written"):
        stage.history()
    assert 6 in stage.org.alive


def test_results_come_only_after_attempts(content: bytes) -> None:
    planned = content[: content.index(b'{"record":"attempted"')]
    event = f'{{"record":"revoked","handle":"{handle(1)}","at":"2026-11-24T12:00:00Z"}}\n'.encode()
    with pytest.raises(InputError):
        read_history(planned + event)
    with pytest.raises(InputError):
        read_history(content + event)
