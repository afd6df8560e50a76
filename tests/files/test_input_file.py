"""Files that the user names: read whole, and nothing read that is no file, whatever its name says."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sfharden.files.input_file import NoFileError, TooLargeError, is_kernels, open_regular, read_regular
from tests.conftest import Run
from tests.orgs.reading import INTEGRATION_FILE

POSIX: Final = pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names, no devices")
LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="/proc and /sys are Linux's")
TELLTALE: Final = "hush-hush-of-the-environment"


def test_a_file_is_read_byte_by_byte_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(range(256)) + b"\r\n\x1a\n")
    assert read_regular(path, 260) == path.read_bytes()
    with pytest.raises(TooLargeError):
        read_regular(path, 259)
    path.write_bytes(b"")
    assert read_regular(path, 0) == b""


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    real = os.fstat

    def earlier(descriptor: int) -> os.stat_result:
        told = list(real(descriptor))
        told[stat.ST_SIZE] = 3
        return os.stat_result(told)

    monkeypatch.setattr(os, "fstat", earlier)
    assert read_regular(path, 100) == b"0123456789"
    with pytest.raises(TooLargeError):
        read_regular(path, 9)


@POSIX
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "link", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(NoFileError):
            read_regular(path, 100)


@POSIX
def test_a_link_is_followed_where_the_user_named_it_and_only_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", 10) == b"x"
    with pytest.raises(OSError, match=r"."):
        open_regular(tmp_path / "link", follow=False)
    open_regular(tmp_path / "file", follow=False).close()


@LINUX
@pytest.mark.parametrize(
    "name",
    ["/proc/self/environ", "/proc/kmsg", "/proc/self/../self/maps", "/sys/kernel/uevent_seqnum", "link"],
)
def test_what_the_kernel_makes_up_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/proc/self/environ")
    assert is_kernels(tmp_path / name)
    with pytest.raises(NoFileError):
        read_regular(tmp_path / name, 1_000_000)


@LINUX
def test_a_way_through_proc_to_a_file_is_a_way_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    descriptor = os.open(tmp_path / "x", os.O_RDONLY)
    try:
        assert read_regular(Path(f"/proc/self/fd/{descriptor}"), 10) == b"x"
        assert read_regular(Path(f"/dev/fd/{descriptor}"), 10) == b"x"
    finally:
        os.close(descriptor)
    assert not is_kernels(tmp_path / "proc" / "x")


Arguments = Callable[[str], tuple[str, ...]]
READERS: Final[dict[str, Arguments]] = {
    "logic app": lambda path: ("egress", "--logic-app", path),
    "service tags": lambda path: ("egress", "--service-tags", path, "--region", "westeurope"),
    "newer tags": lambda path: ("egress", "-i", "i.yaml", "--against", path),
    "integration": lambda path: ("check", "--demo", "-i", path),
    "policy": lambda path: ("controls", "--policy", str(Path(path).absolute())),
    "snapshot": lambda path: ("check", "--snapshot", path),
    "source": lambda path: ("check", "--source", path),
    "proposal": lambda path: ("simulate", "--source", ".", "-i", "i.yaml", "--with", path),
    "key": lambda path: ("check", "--instance-url", "https://acme.my.salesforce.com", "--client-id", "x",
                         "--username", "y", "--jwt-key-file", path),
    "journal": lambda path: ("revoke", "--demo", "--resume", path),
    "plan": lambda path: ("plan", "--demo", "--plan", path),
}  # fmt: skip


@LINUX
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("place", ["/proc/self/environ", "/dev/zero", "pipe", "link"])
def test_no_reader_takes_what_is_no_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELLTALE", TELLTALE)
    Path("i.yaml").write_text(INTEGRATION_FILE, "utf-8")
    os.mkfifo("pipe")
    Path("link").symlink_to("/proc/self/environ")
    code, out, err = run(*READERS[name](place))
    assert code in (2, 3)
    assert TELLTALE not in out + err


@LINUX
def test_an_export_that_is_no_file_is_a_gap_of_its_integration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELLTALE", TELLTALE)
    text = INTEGRATION_FILE.replace(
        "operator_ranges", "  - logic_app: /proc/self/environ\n    operator_ranges"
    )
    (tmp_path / "i.yaml").write_text(text, "utf-8")
    code, out, err = run("egress", "-i", tmp_path / "i.yaml")
    assert code == 4
    assert "is no regular file" in " ".join(out.split())
    assert TELLTALE not in out + err
