"""Writes the locks of tools/locked and constraints.txt: what development, building and releasing install, by hash.

`make lock` keeps the versions of constraints.txt, `make lock UPGRADE=1` takes the newest that the index has. One lock
holds for every Python and system that is promised: uv resolves for all of them, and each version lists the hashes of all
its files. Which index answered stays out of the files; where packages come from is each machine's own affair.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CONSTRAINTS: Final = "constraints.txt"
LOCKS: Final[Mapping[str, tuple[str, ...]]] = {  # each lock, and what uv resolves for it
    "development": ("pyproject.toml", "--extra", "dev"),
    "run": ("pyproject.toml",),
    "build": ("--group", "pyproject.toml:build"),
    "release": ("--group", "pyproject.toml:release"),
    "site": ("--group", "pyproject.toml:site"),
}

_HEAD: Final = (
    "# Made by `make lock`; don't edit. For `pip install --require-hashes -r`, on every supported Python.\n"
)
_CONSTRAINTS_HEAD: Final = "# Versions that development and the tests use, for `pip install -c`; made by `make lock`, with tools/locked.\n"
_PIN: Final = re.compile(r"([a-z0-9][a-z0-9.-]*)==([\w.+!-]+)( ; [\w .'\"=<>()!]+)?( \\)?")
_HASH: Final = re.compile(r"    --hash=sha256:([0-9a-f]{64})( \\)?")
_VIA: Final = re.compile(r"    # +(?:via)?(?: *([\w.-]+)(?: \(.*\))?)?")


class BadLock(Exception):
    """A lock holds a line that is neither pin, hash nor reason."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one package: the hashes of its files, where it's wanted, and what wants it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def lock_path(name: str) -> Path:
    """Where a lock stands."""
    return ROOT / "tools" / "locked" / f"{name}.txt"


def pins(text: str) -> tuple[Pin, ...]:
    """What a lock pins; anything else in it, such as where an index is, is refused."""
    return tuple(_pin(block) for block in _blocks(text))


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            if block:
                yield block
            block = [line]
        elif line.startswith(" ") and block:
            block.append(line)
        elif line and line + "\n" != _HEAD:
            raise BadLock(f"not a line of a lock: {line}")
    if block:
        yield block


def _pin(block: list[str]) -> Pin:
    head = _PIN.fullmatch(block[0])
    if not head:
        raise BadLock(f"not a pin: {block[0]}")
    hashes, reasons = [], []
    for line in block[1:]:
        if found := _HASH.fullmatch(line):
            hashes.append(found[1])
        elif found := _VIA.fullmatch(line):
            reasons.append(found[1])
        else:
            raise BadLock(f"neither hash nor reason: {line.strip()}")
    return Pin(head[1], head[2], (head[3] or "")[3:], tuple(hashes), tuple(filter(None, reasons)))


def constraints_of(locked: Iterable[Pin]) -> str:
    """The same versions as constraints, for where hashes can't be used."""
    return _CONSTRAINTS_HEAD + "".join(f"{pin.name}=={pin.version}\n" for pin in locked)


def main(arguments: list[str]) -> int:
    """Write the locks and the constraints, or with --check say whether the index still answers the same."""
    upgrade, check = "--upgrade" in arguments, "--check" in arguments
    written: dict[Path, str] = {}
    for name, wanted in LOCKS.items():
        constraints = written.get(ROOT / CONSTRAINTS, (ROOT / CONSTRAINTS).read_text("utf-8"))
        text = _resolved(wanted, _kept(name, constraints, upgrade))
        written[lock_path(name)] = text
        if name == "development":
            written[ROOT / CONSTRAINTS] = constraints_of(pins(text))
    stale = [path for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        sys.stderr.write(f"{path.relative_to(ROOT)} {'would change' if check else 'is written'}.\n")
        if not check:
            path.write_text(written[path], "utf-8")
    return 1 if check and stale else 0


def _kept(name: str, constraints: str, upgrade: bool) -> str:
    """What a lock must agree with: the constraints, and its own versions of what isn't among them."""
    if upgrade:
        return "" if name == "development" else constraints
    named = {line.partition("==")[0].lower() for line in constraints.splitlines()}
    locked = pins(lock_path(name).read_text("utf-8")) if lock_path(name).exists() else ()
    return constraints + "".join(f"{pin.name}=={pin.version}\n" for pin in locked if pin.name not in named)


def _resolved(wanted: tuple[str, ...], constraints: str) -> str:
    """What uv makes of it, looked through line by line."""
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    words = [
        *(sys.executable, "-m", "uv", "--no-config", "--quiet", "pip", "compile", *wanted),
        *("--universal", "--python-version", oldest.removeprefix(">="), "--generate-hashes", "--no-header"),
        *("--annotation-style", "split", "--no-emit-index-url", "--no-emit-find-links"),
        *("--constraint", "-"),
    ]
    done = subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, env=_environment(), input=constraints, stdout=subprocess.PIPE, text=True, check=True
    )
    text = _HEAD + done.stdout.replace("    # via -c -\n", "    # via\n").replace("    #   -c -\n", "")
    pins(text)
    return text


def _environment() -> dict[str, str]:
    """uv doesn't read pip's settings; the index and the certificates are the same ones."""
    given = dict(os.environ)
    for ours, its in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if ours in given:
            given.setdefault(its, given[ours])
    return given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
