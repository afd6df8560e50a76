"""Walking a folder: safe, in a fixed order, and nothing left out without a word."""

import os
import socket
from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.model.snapshot import Gap
from sfharden.sources.metadata_files import is_metadata_name, load_snapshot
from sfharden.sources.snapshot_file import load_snapshot_file, save_snapshot
from sfharden.sources.tree import Entry, walk
from tests.orgs.metadata import HEALTHY, PROFILE, loaded, write

TEXT = HEALTHY[PROFILE]


@pytest.fixture
def org(tmp_path: Path) -> Path:
    """A source folder with one profile, and room beside it for what lies outside."""
    return write({"profiles/A.profile": TEXT}, tmp_path / "org")


def outside(org: Path) -> Path:
    return write({"B.profile": TEXT}, org.parent / "outside")


def paths(org: Path) -> list[str]:
    return [found.path for found in walk(org, is_metadata_name) if isinstance(found, Entry)]


def gaps(org: Path) -> dict[str, Gap]:
    return {gap.what: gap for gap in loaded(org).gaps}


def test_a_pipe_is_a_gap_that_says_which_profile_it_hides(org: Path) -> None:
    os.mkfifo(org / "profiles" / "Custom%3A Sales.profile-meta.xml")
    gap = gaps(org)["profiles/Custom%3A Sales.profile-meta.xml"]
    assert (gap.kind, gap.name) == ("Profile", "Custom: Sales")
    assert "pipe" in gap.reason


def test_a_pipe_put_in_a_file_s_place_after_the_listing_does_not_hang(org: Path) -> None:
    (found,) = (one for one in walk(org, is_metadata_name) if isinstance(one, Entry))
    (org / "profiles" / "A.profile").unlink()
    os.mkfifo(org / "profiles" / "A.profile")
    with pytest.raises(OSError, match="not a regular file"), found.open():
        pass


def test_a_file_that_goes_away_after_the_listing_is_a_gap(org: Path) -> None:
    def vanish(count: int) -> None:
        for path in org.rglob("*.profile"):
            path.unlink()

    write({"profiles/B.profile": TEXT}, org)
    snapshot = load_snapshot(org, "0", progress=vanish)
    assert [one.name for one in snapshot.components] == ["A"]
    assert [(gap.name, gap.reason) for gap in snapshot.gaps] == [("B", "the file can't be read")]


def test_a_socket_and_a_device_are_gaps(org: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(org)  # a socket's address holds about a hundred characters
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("S.connectedApp")
        (org / "null.profile").symlink_to("/dev/null")
        found = gaps(org)
    assert found["S.connectedApp"].kind == "ConnectedApp"
    assert found["null.profile"].kind == "Profile"


@pytest.mark.parametrize("target", [".", "..", "profiles", "loop"])
def test_a_loop_of_links_ends_and_nothing_is_read_twice(org: Path, target: str) -> None:
    (org / "loop").symlink_to(target)
    (org / "profiles" / "back").symlink_to("../loop")
    assert paths(org) == ["profiles/A.profile"]


@pytest.mark.parametrize(
    ("link", "target", "told"),
    [
        ("x.profile", "{outside}/B.profile", True),
        ("x", "{outside}", True),
        ("x.txt", "{outside}/B.profile", False),
        ("x.profile", "nothing-there", True),
        ("x.txt", "nothing-there", False),
        ("x.profile", "profiles/A.profile", False),
        ("x", "profiles", False),
        ("x.profile", "plain.xml", True),
        ("x.profile", ".hidden/C.profile", True),
        ("x", "node_modules", True),
        ("x.profile", "x.profile", True),
        ("x.settings", "/proc/self/mem", True),
    ],
)
def test_a_link_is_told_exactly_when_it_may_hide_something(
    org: Path, link: str, target: str, told: bool
) -> None:
    write({"plain.xml": TEXT, ".hidden/C.profile": TEXT, "node_modules/D.profile": TEXT}, org)
    (org / link).symlink_to(target.format(outside=outside(org)))
    assert set(gaps(org)) == ({link} if told else set())
    assert paths(org) == ["profiles/A.profile"]


def test_the_source_itself_may_be_a_link(org: Path) -> None:
    (org.parent / "link").symlink_to(org)
    assert loaded(org.parent / "link").components == loaded(org).components


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_may_not_be_listed_is_a_gap(org: Path) -> None:
    (org / "profiles").chmod(0)
    try:
        assert "listed" in gaps(org)["profiles"].reason
    finally:
        (org / "profiles").chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_a_gap(org: Path) -> None:
    (org / "profiles" / "A.profile").chmod(0)
    assert gaps(org)["profiles/A.profile"].name == "A"


def test_hidden_folders_and_those_of_tools_are_passed_over(org: Path) -> None:
    write({f"{folder}/X.profile": TEXT for folder in (".sfdx", ".git/a", "node_modules/b", "__MACOSX")}, org)
    write({".A.profile": TEXT, "profiles/._A.profile": TEXT}, org)
    assert paths(org) == ["profiles/A.profile"]


def test_a_folder_named_like_a_profile_is_a_folder(org: Path) -> None:
    write({"x.profile/Inner.profile": TEXT}, org)
    assert paths(org) == ["profiles/A.profile", "x.profile/Inner.profile"]


def test_the_order_does_not_depend_on_how_the_files_came_to_be(tmp_path: Path) -> None:
    names = [
        "b/2.profile",
        "a/1.profile",
        "B/3.profile",
        "a/c/0.profile",
        "0.profile",
        "é.profile",
        "a.profile",
    ]
    one = write(dict.fromkeys(names, TEXT), tmp_path / "one")
    other = write(dict.fromkeys(reversed(names), TEXT), tmp_path / "other")
    assert paths(one) == paths(other)
    assert loaded(one).components == loaded(other).components
    assert sorted(paths(one)) == sorted(names)


ODD = b"profiles/\xff\xfeodd\n\x1b[31m.profile"


@pytest.mark.parametrize("alone", [False, True])
def test_names_that_are_no_text_can_be_written_down(org: Path, alone: bool) -> None:
    odd = Path(os.fsdecode(os.fsencode(org) + b"/" + ODD))
    odd.write_text(TEXT)
    snapshot = loaded(odd if alone else org)
    assert not snapshot.gaps
    assert "\\udcff\\udcfeodd" in snapshot.components[-1].file
    assert snapshot.model_dump_json(by_alias=True).encode()
    save_snapshot(snapshot, org.parent / "snapshot.json")
    assert load_snapshot_file(org.parent / "snapshot.json") == snapshot


def test_a_source_whose_own_name_is_no_text_can_be_written_down(org: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(org.parent) + b"/\xff"))
    org.rename(odd)
    assert loaded(odd).model_dump_json(by_alias=True).encode()


def test_names_in_any_script_are_kept(org: Path) -> None:
    write({"profiles/営業 Ünïcode 🚀.profile": TEXT}, org)
    assert [one.name for one in loaded(org).components] == ["A", "営業 Ünïcode 🚀"]


def test_a_path_longer_than_the_system_takes_is_a_gap_or_read(org: Path) -> None:
    deep, descriptor = "d" * 200, os.open(org, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(deep, dir_fd=descriptor)
        inner = os.open(deep, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    (gap,) = gaps(org).values()
    assert "listed" in gap.reason
    assert paths(org) == ["profiles/A.profile"]


@pytest.mark.parametrize(("bound", "read"), [(len(TEXT), True), (len(TEXT) - 1, False)])
def test_a_file_of_just_the_bound_is_read_and_a_larger_one_is_a_gap(
    org: Path, bound: int, read: bool
) -> None:
    snapshot = load_snapshot(org, "0", max_file_bytes=bound)
    assert len(snapshot.components) == read
    assert [(gap.name, gap.kind) for gap in snapshot.gaps] == ([] if read else [("A", "Profile")])


@pytest.mark.parametrize("name", ["nowhere", "pipe", "\0", "x" * 5000, "A.profile/inside"])
def test_a_source_that_is_nothing_readable_is_refused(org: Path, name: str) -> None:
    os.mkfifo(org / "pipe")
    write({"A.profile": TEXT}, org)
    with pytest.raises(InputError):
        loaded(org / name)


def test_an_empty_folder_gives_an_empty_snapshot(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path)
    assert (snapshot.components, snapshot.gaps, snapshot.source.files_read) == ((), (), 0)


def test_progress_counts_what_was_read(org: Path) -> None:
    write({"profiles/B.profile": TEXT, "readme.txt": "no"}, org)
    told: list[int] = []
    snapshot = load_snapshot(org, "0", progress=told.append)
    assert told == [1, 2]
    assert snapshot.source.files_read == 2
