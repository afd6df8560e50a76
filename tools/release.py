"""Builds what is published: sdist, wheel, bill of materials, lock and SHA256SUMS; the same commit gives the same bytes.

`make dist`. The wheel is built twice, from this folder and from the unpacked sdist, and nothing is written unless both are
the same. A checkout that differs from its commit is refused: its files would be nobody's. The time in the files is that
of the commit, or SOURCE_DATE_EPOCH.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tools.lock import ROOT, lock_path, pins
from tools.sbom import NAME, sbom

EPOCH: Final = "SOURCE_DATE_EPOCH"
SUMS: Final = "SHA256SUMS"


class NoRelease(Exception):
    """Why nothing was built."""


def release(root: Path, target: Path, environment: Mapping[str, str]) -> list[Path]:
    """Build all files into a folder that may hold an earlier release, and nothing else."""
    epoch = epoch_of(root, environment)
    _clear(target)
    with tempfile.TemporaryDirectory() as made:
        built = sdist, wheel = [_built(kind, root, Path(made), epoch) for kind in ("sdist", "wheel")]
        _compare(sdist, wheel, epoch)
        version = sdist.name.removeprefix(f"{NAME}-").removesuffix(".tar.gz")
        bill = Path(made, f"{NAME}-{version}.cdx.json")
        lock = Path(made, f"{NAME}-{version}-requirements.txt")
        lock.write_bytes(lock_path("run").read_bytes())
        locked = pins(lock.read_text("utf-8"))
        bill.write_text(sbom(version, epoch, locked, {one.name: digest(one) for one in built}), "utf-8")
        sums = Path(made, SUMS)
        sums.write_text(sums_of([*built, bill, lock]), "utf-8")
        return [Path(shutil.copy(one, target / one.name)) for one in (*built, bill, lock, sums)]


def epoch_of(root: Path, environment: Mapping[str, str]) -> int:
    """The time that the files bear; outside of a checkout it must be given."""
    if given := environment.get(EPOCH):
        return int(given)
    if not (root / ".git").exists():
        raise NoRelease(f"There is no commit here to take the time from: set {EPOCH}.")
    if _git(root, "status", "--porcelain"):
        raise NoRelease("The checkout differs from its commit: commit or put away what `git status` lists.")
    return int(_git(root, "log", "-1", "--format=%ct"))


def _git(root: Path, *words: str) -> str:
    git = shutil.which("git")
    if not git:
        raise NoRelease(f"git is not here: set {EPOCH}.")
    done = subprocess.run([git, "-C", str(root), *words], capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


def _built(kind: str, root: Path, target: Path, epoch: int) -> Path:
    """One file, built in a process of its own: hatchling reads the time from the environment."""
    words = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    environment = {**os.environ, EPOCH: str(epoch)}
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoRelease(f"hatchling failed:\n{done.stderr}")
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def _compare(sdist: Path, wheel: Path, epoch: int) -> None:
    """The sdist must hold all that its wheel is made of."""
    with tempfile.TemporaryDirectory() as place:
        again = _built("wheel", unpacked(sdist, Path(place)), Path(place), epoch)
        if digest(again) != digest(wheel):
            raise NoRelease("The wheel of the sdist isn't the wheel of this folder.")


def unpacked(sdist: Path, place: Path) -> Path:
    """The folder that an sdist of ours is unpacked to."""
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(place, filter="data")
        else:  # Python 3.11 before .4, as Debian 12 has it
            archive.extractall(place)  # noqa: S202 - it was built a moment ago
    return place / sdist.name.removesuffix(".tar.gz")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sums_of(files: Iterable[Path]) -> str:
    """What `sha256sum --check` reads."""
    return "".join(f"{digest(one)}  {one.name}\n" for one in sorted(files))


def _clear(target: Path) -> None:
    """Take away an earlier release; anything else in the folder is somebody's."""
    target.mkdir(exist_ok=True)
    found = list(target.iterdir())
    foreign = [one.name for one in found if not one.name.startswith(f"{NAME}-") and one.name != SUMS]
    if foreign:
        raise NoRelease(f"{target} holds what is no release of {NAME}: {', '.join(sorted(foreign))}.")
    for one in found:
        one.unlink()


def main(arguments: list[str]) -> int:
    """Build into the folder that is named; 1 with the reason if nothing was built."""
    try:
        for path in release(ROOT, Path(*arguments or ["dist"]), os.environ):
            sys.stdout.write(f"{path}\n")
    except NoRelease as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
