"""Walks a folder or a zip and hands out the files of interest, safely and in a fixed order.

Nothing is ever written to disk. What can't be opened, or shouldn't be, is a gap that names it.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from sfharden.errors import InputError
from sfharden.files.input_file import is_kernels, open_regular
from sfharden.model.snapshot import Gap
from sfharden.text.redact import safe_text

MAX_FILE_BYTES: Final = 256_000_000
MAX_ZIP_BYTES: Final = 1_000_000_000  # unpacked; a retrieve holds at most about 600 MB (Metadata API Guide)
MAX_ZIP_RATIO: Final = 200  # unpacked to packed; metadata XML packs at most about 60 to 1
MAX_ZIP_ENTRIES: Final = 200_000
_END_BYTES: Final = 22  # of the record that ends every zip; the number of entries is at byte 10
_SMALL: Final = 1_000_000  # below this, a high ratio does no harm
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", "__MACOSX"})

Wanted = Callable[[str], bool]  # of a path below the source, with `/`


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that can be opened once, for reading; `path` is relative to the source, with `/`."""

    path: str
    opener: Callable[[], BinaryIO]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes of the file. Raises OSError or ValueError when they can't be read to the end."""
        with self.opener() as stream:
            yield stream


Found = Entry | Gap


def walk(source: Path, wanted: Wanted) -> Iterator[Found]:
    """The wanted files below `source` (a folder, a zip, or one file) in order of path, and the gaps met.

    Raises InputError if `source` itself is none of these.
    """
    try:
        mode, made_up = source.stat().st_mode, is_kernels(source)
    except (OSError, ValueError):
        raise InputError(f"There is no folder, zip or file at {safe_text(str(source))}.") from None
    if stat.S_ISDIR(mode) and not made_up:
        yield from _walk_folder(source, wanted)
    elif not stat.S_ISREG(mode) or made_up:
        raise InputError(f"{safe_text(str(source))} is neither a folder nor a file.")
    elif _is_zip(source):
        yield from _walk_zip(source, wanted)
    else:
        yield Entry(printable_path(source.name), _file_opener(source, follow=True))


def _is_zip(source: Path) -> bool:
    if source.suffix.lower() == ".zip":
        return True
    try:
        with source.open("rb") as stream:
            return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


# Folders --------------------------------------------------------------------------------------


def _walk_folder(root: Path, wanted: Wanted) -> Iterator[Found]:
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError:
            yield Gap(what=_relative(folder, root) or ".", reason="the folder can't be listed")
            continue
        folders: list[Path] = []
        for item in items:
            if _is_hidden(item.name):
                continue
            if item.is_symlink():
                yield from _judge_link(Path(item.path), root, wanted)
            elif item.is_dir(follow_symlinks=False):
                folders.append(Path(item.path))
            elif wanted(_relative(Path(item.path), root)):
                yield _regular(item, root)
        pending.extend(reversed(folders))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED_FOLDERS


def _regular(item: os.DirEntry[str], root: Path) -> Found:
    path = _relative(Path(item.path), root)
    if not item.is_file(follow_symlinks=False):
        return Gap(what=path, reason="it is not a regular file (a pipe, socket or device)")
    return Entry(path, _file_opener(Path(item.path)))


def _judge_link(link: Path, root: Path, wanted: Wanted) -> Iterator[Gap]:
    """A link into the source adds nothing: its target is read where it is. Any other may hide something."""
    folder = False
    try:
        folder = link.is_dir()
        target = link.resolve(strict=True)
        inside = target.relative_to(root.resolve())
        # A target under a name that isn't wanted is not read where it is.
        reached = (folder or wanted(inside.as_posix())) and not any(map(_is_hidden, inside.parts))
    except (OSError, RuntimeError, ValueError):
        reached = False
    if not reached and (folder or wanted(_relative(link, root))):
        yield Gap(
            what=_relative(link, root),
            reason="it is a link to what is not read elsewhere, and links are not followed",
        )


def _file_opener(path: Path, *, follow: bool = False) -> Callable[[], BinaryIO]:
    """A link that was put in a file's place since the listing is not followed."""
    return lambda: open_regular(path, follow=follow)


def _relative(path: Path, root: Path) -> str:
    return "" if path == root else printable_path(path.relative_to(root).as_posix())


def printable_path(path: str) -> str:
    """A path whose undecodable bytes are shown as escapes, so that it can be written anywhere."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


# Zips -----------------------------------------------------------------------------------------


def _walk_zip(source: Path, wanted: Wanted) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error):
        raise _no_zip(source) from None
    with archive:
        entries = sorted(archive.infolist(), key=_entry_path)
        _refuse_damage(archive, source)
        _refuse_bomb(entries, source)
        for info in entries:
            path = printable_path(_entry_path(info))
            fault = _entry_fault(info)
            if fault:
                yield Gap(what=safe_text(path), reason=fault)
            elif not path.endswith("/") and wanted(path) and not _in_hidden(path):
                yield Entry(path, _zip_opener(archive, info))


def _no_zip(source: Path) -> InputError:
    return InputError(
        f"{safe_text(str(source))} is not a zip that can be opened.", "It may be cut off. Make it again."
    )


def _refuse_damage(archive: zipfile.ZipFile, source: Path) -> None:
    """A directory whose size is damaged would end early, and what it leaves out would be missed by nobody."""
    with source.open("rb") as stream:
        stream.seek(-_END_BYTES - len(archive.comment), os.SEEK_END)
        told = int.from_bytes(stream.read(_END_BYTES)[10:12], "little")
    if told not in (0xFFFF, len(archive.infolist())):  # 65535 says that the number stands elsewhere
        raise _no_zip(source)


def _refuse_bomb(entries: list[zipfile.ZipInfo], source: Path) -> None:
    unpacked = sum(info.file_size for info in entries)
    packed = sum(info.compress_size for info in entries)
    too_dense = unpacked > _SMALL and unpacked > MAX_ZIP_RATIO * max(packed, 1)
    if len(entries) > MAX_ZIP_ENTRIES or unpacked > MAX_ZIP_BYTES or too_dense:
        raise InputError(
            f"{safe_text(str(source))} unpacks to more than any real metadata package.",
            "Unpack it with a tool you trust and give the folder as the source.",
        )


def _entry_path(info: zipfile.ZipInfo) -> str:
    """The path in the zip, with `/`: Windows PowerShell 5 writes backslashes, which no name in a source holds."""
    return info.filename.replace("\\", "/")


def _entry_fault(info: zipfile.ZipInfo) -> str:
    name = _entry_path(info)
    if not name:
        return "the zip entry has no name"
    if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
        return "the zip entry has a path that leaves the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "the zip entry is a link, and links are not followed"
    if info.flag_bits & 0x1:
        return "the zip entry is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "the zip entry is packed in a way that metadata zips never are"
    if name.lower().endswith(".zip"):
        return "it is a zip inside the zip, and is not opened"
    if info.file_size > _SMALL and info.file_size > MAX_ZIP_RATIO * max(info.compress_size, 1):
        return "the zip entry unpacks to far more than it holds"
    return ""


def _in_hidden(path: str) -> bool:
    return any(map(_is_hidden, PurePosixPath(path).parts))


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opener() -> BinaryIO:
        try:
            return cast(BinaryIO, _BoundedStream(archive.open(info)))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            raise OSError("zip entry") from error

    return opener


class _BoundedStream:
    """A zip entry's bytes, with every fault of the archive turned into OSError."""

    def __init__(self, stream: "zipfile.ZipExtFile | object") -> None:
        self._stream = cast(BinaryIO, stream)

    def read(self, size: int) -> bytes:
        """At most `size` bytes. zipfile itself never gives more than the entry's declared size."""
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise OSError("zip entry") from error

    def __enter__(self) -> "_BoundedStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
