"""Diffs that git applies: any line ends, any name, no end of line at the end, and back again."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.plan.diff import unified_diff

from .kit import git_apply

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"a\r", b"\xff", b"--- x", b"+++ y"]), max_size=12)


@pytest.mark.parametrize(
    "name",
    [
        "plain.xml",
        "with space.xml",
        'a"quote.xml',
        "back\\slash.xml",
        "tab\there.xml",
        "営業 %28x%29.xml",
        "line\nbreak.xml",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_names_and_line_ends(tmp_path: Path, name: str, end: bytes) -> None:
    before = end.join([b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8"])
    after = before.replace(b"4", b"four" + end + b"and more") + end
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(before)
    diff = unified_diff(before, after, f"in/{name}")
    git_apply(tmp_path, diff)
    assert (tmp_path / "in" / name).read_bytes() == after
    git_apply(tmp_path, diff, "-R")
    assert (tmp_path / "in" / name).read_bytes() == before


def test_a_new_file(tmp_path: Path) -> None:
    git_apply(tmp_path, unified_diff(None, b"<a/>\n<b/>", "new folder/new file"))
    assert (tmp_path / "new folder/new file").read_bytes() == b"<a/>\n<b/>"


def test_no_difference_is_no_diff() -> None:
    assert unified_diff(b"x", b"x", "a") == b""


def test_two_places_are_two_hunks_with_three_lines_around() -> None:
    before = b"".join(b"%d\n" % number for number in range(40))
    after = before.replace(b"\n5\n", b"\nfive\n").replace(b"\n30\n", b"\nthirty\n")
    diff = unified_diff(before, after, "n")
    assert [line for line in diff.splitlines() if line.startswith(b"@@")] == [
        b"@@ -3,7 +3,7 @@",
        b"@@ -28,7 +28,7 @@",
    ]
    assert diff.count(b"\n ") == 12


@pytest.mark.parametrize("hidden", [{2}, {4}, {7}, {2, 3, 7}, {3, 4}, {0, 3, 8}, {6}])
def test_hidden_lines_are_no_context(tmp_path: Path, hidden: set[int]) -> None:
    real = [b"%d\n" % number for number in range(10)]
    changes = {1: b"one\n", 5: b"five\n"}
    shown = [b"***\n" if number in hidden else line for number, line in enumerate(real)]
    new = [changes.get(number, line) for number, line in enumerate(shown)]
    diff = unified_diff(b"".join(shown), b"".join(new), "n", hidden)
    if not hidden & {2, 6}:  # directly after a change, a line can't be left out
        assert b"***" not in diff
        (tmp_path / "n").write_bytes(b"".join(real))
        git_apply(tmp_path, diff)
        assert (tmp_path / "n").read_bytes() == b"".join(changes.get(n, line) for n, line in enumerate(real))


@settings(max_examples=40)
@given(LINES, LINES, st.booleans(), st.booleans())
def test_any_two_files(
    tmp_path_factory: pytest.TempPathFactory, old: list[bytes], new: list[bytes], end: bool, also: bool
) -> None:
    before, after = b"\n".join(old) + b"\n" * end, b"\n".join(new) + b"\n" * also
    if before == after or not before or not after:
        return
    folder = tmp_path_factory.mktemp("any")
    (folder / "f").write_bytes(before)
    git_apply(folder, unified_diff(before, after, "f"))
    assert (folder / "f").read_bytes() == after
