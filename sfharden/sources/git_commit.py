"""Which commit is checked out around some files: by git's own files, without running git.

gitrepository-layout(5), gitformat: `.git` is a folder, or a file that names one; `HEAD` holds a commit or names a
branch; that stands in a file of its own, or in `packed-refs`. Whether the files differ from the commit isn't looked at.
"""

import re
from pathlib import Path
from typing import Final

from sfharden.files.input_file import read_regular

_HASH: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH: Final = re.compile(r"ref: (refs/[^\x00-\x20\x7f~^:?*\[\\]{1,400})")
_SMALL: Final = 4096
_PACKED: Final = 50_000_000


def commit_of(source: Path) -> str | None:
    """The commit's hash; None where there is none, or it can't be told."""
    try:
        start = source.resolve(strict=True)
        if not start.is_dir() and start.suffix.lower() == ".zip":
            return None  # a zip is not what is checked out
        for folder in (start, *start.parents):
            if (folder / ".git").exists():
                return _commit(_git_folder(folder / ".git"))
    except (OSError, ValueError, RuntimeError):
        return None
    return None


def _git_folder(place: Path) -> Path:
    """The folder itself, or where a worktree's or a submodule's file says it is."""
    if place.is_dir():
        return place
    found = _text(place).removeprefix("gitdir: ")
    return place.parent / found


def _commit(folder: Path) -> str | None:
    head = _text(folder / "HEAD")
    branch = _BRANCH.fullmatch(head)
    if not branch:
        return head if _HASH.fullmatch(head) else None
    name = branch[1]
    if ".." in name:
        return None
    for place in dict.fromkeys((folder, _common(folder))):
        if (place / name).is_file():
            found = _text(place / name)
            return found if _HASH.fullmatch(found) else None
        if packed := _packed(place / "packed-refs", name):
            return packed
    return None


def _common(folder: Path) -> Path:
    """Where a worktree keeps what it shares with others."""
    return folder / _text(folder / "commondir") if (folder / "commondir").is_file() else folder


def _packed(path: Path, name: str) -> str | None:
    if not path.is_file():
        return None
    for line in read_regular(path, _PACKED).decode("utf-8", "replace").splitlines():
        found, _, ref = line.partition(" ")
        if ref == name and _HASH.fullmatch(found):
            return found
    return None


def _text(path: Path) -> str:
    return read_regular(path, _SMALL).decode("utf-8").strip()
