"""Asks for known vulnerabilities of what tools/locked pins: by pip-audit, in the environment of releases.

Its data lie outside. Where they can't be had that is one plain line, and never "none found": nobody looked. With --must, as
`make audit` and the forge ask, it is a failure.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, Final

from tools.lock import LOCKS, ROOT, lock_path, pins

DATA: Final = "https://api.osv.dev/v1/query"
_PROBE: Final = b'{"package": {"name": "requests", "ecosystem": "PyPI"}, "version": "2.5.0"}'
_PATIENCE: Final = 10
_READY: Final = ".venv-release/.ready"  # the target in the Makefile
_PYTHON: Final = ROOT / ".venv-release" / "bin" / "python"


class NotAsked(Exception):
    """Why nobody could look."""


def asked(url: str = DATA) -> None:
    """See that the data can be had: an old release that is known to be vulnerable must be told as such."""
    request = urllib.request.Request(url, _PROBE, {"Content-Type": "application/json"})  # noqa: S310 - https, or a test's
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            found = json.loads(answer.read(1 << 20))
    except (OSError, ValueError) as error:
        raise NotAsked(f"the vulnerability data can't be had here ({type(error).__name__})") from None
    if not isinstance(found, dict) or not found.get("vulns"):
        raise NotAsked("the vulnerability data don't know a release that is known to be vulnerable")


def pip_audit(lock: str) -> str:
    """What pip-audit says of a lock, as JSON."""
    if not _PYTHON.exists():
        done = subprocess.run(["make", _READY], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603, S607 - our own words
        if done.returncode:
            raise NotAsked("pip-audit can't be installed here")
    words = [
        *(str(_PYTHON), "-m", "pip_audit", "--vulnerability-service", "osv", "--format", "json"),
        *("--progress-spinner", "off", "--disable-pip", "--require-hashes", "-r", str(lock_path(lock))),
    ]
    return subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout  # noqa: S603


def found_in(text: str, wanted: Iterable[str]) -> list[str]:
    """One line for each known vulnerability in an answer of pip-audit; an answer that leaves a package out is none."""
    try:
        listed: list[dict[str, Any]] = json.loads(text)["dependencies"]
        missed = sorted(set(wanted) - {one["name"] for one in listed if "vulns" in one})
        lines = [
            f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or '?'}"
            for one in listed
            for known in one.get("vulns", ())
        ]
    except (ValueError, KeyError, TypeError):
        raise NotAsked("pip-audit gave no answer") from None
    if missed:
        raise NotAsked(f"pip-audit didn't judge {', '.join(missed)}")
    return lines


def everywhere(lock: str) -> set[str]:
    """The packages of a lock that are installed on any system: those that pip-audit can judge on this one."""
    return {pin.name for pin in pins(lock_path(lock).read_text("utf-8")) if not pin.marker}


def audit(must: bool, reach: Callable[[], None] = asked, ask: Callable[[str], str] = pip_audit) -> int:
    """1 with anything found, or with nobody asked though it must be."""
    try:
        reach()
        found = sorted({line for lock in LOCKS for line in found_in(ask(lock), everywhere(lock))})
    except NotAsked as reason:
        sys.stdout.write(f"Not checked for known vulnerabilities: {reason}.\n")
        return 1 if must else 0
    sys.stdout.writelines(
        f"{line}\n" for line in found or ["No known vulnerability in what tools/locked pins."]
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(audit("--must" in sys.argv[1:]))
