"""The locks: every file of a version by its hash, for every Python and system, and no word on who served them."""

import re
import tomllib

import pytest

from tools.lock import CONSTRAINTS, LOCKS, ROOT, BadLock, Pin, constraints_of, lock_path, pins

HASH = "ab" * 32


def locked(name: str) -> tuple[Pin, ...]:
    return pins(lock_path(name).read_text("utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_nothing_but_hashed_pins_and_their_reasons(name: str) -> None:
    assert locked(name)
    assert all(pin.hashes and pin.wanted_by for pin in locked(name))
    assert "://" not in lock_path(name).read_text("utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_for_every_python_that_is_promised(name: str) -> None:
    """No marker picks one of them, but where newer ones have in them what older ones install."""
    versions = [re.findall(r"python\w*version (<|>=|==) '([\d.]+)'", pin.marker) for pin in locked(name)]
    assert {sign for found in versions for sign, _ in found} <= {"<"}


def test_compiled_packages_list_the_files_of_all_systems_not_of_one() -> None:
    compiled = {"cryptography", "lxml", "pydantic-core", "pyyaml"}
    counts = {pin.name: len(pin.hashes) for pin in locked("run") if pin.name in compiled}
    assert set(counts) == compiled
    assert min(counts.values()) > 20


def test_the_locks_and_the_constraints_name_the_same_versions() -> None:
    assert constraints_of(locked("development")) == (ROOT / CONSTRAINTS).read_text("utf-8")
    versions = {(pin.name, pin.version) for pin in locked("development")}
    assert {(pin.name, pin.version) for name in ("run", "build") for pin in locked(name)} <= versions
    known = dict(versions)
    for name in ("release", "site"):
        assert all(known.get(pin.name, pin.version) == pin.version for pin in locked(name))


def test_all_that_the_project_asks_for_is_locked() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project, groups = written["project"], written["dependency-groups"]
    asked = {
        "run": project["dependencies"],
        "development": project["dependencies"] + project["optional-dependencies"]["dev"],
        "build": written["build-system"]["requires"] + groups["build"],
        "release": groups["release"],
        "site": groups["site"],
    }
    for name, lines in asked.items():
        wanted = {re.split(r"[>=\[]", line)[0].lower() for line in lines}
        assert wanted <= {pin.name for pin in locked(name)}, name


def test_a_lock_is_read_with_markers_hashes_and_reasons() -> None:
    text = (
        f"cffi==2.0 ; platform_python_implementation != 'PyPy' \\\n    --hash=sha256:{HASH} \\\n"
        f"    --hash=sha256:{HASH}\n    # via\n    #   cryptography\n    #   sfharden (pyproject.toml)\n"
    )
    marker = "platform_python_implementation != 'PyPy'"
    assert pins(text) == (Pin("cffi", "2.0", marker, (HASH, HASH), ("cryptography", "sfharden")),)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://index.example/simple",
        "--extra-index-url https://index.example/simple",
        "# from https://index.example/simple",
        "click @ https://index.example/click-8.whl",
        "click>=8",
        "click==8 \\\n    --hash=md5:00",
        "click==8\n    # from https://index.example/simple",
        "    --hash=sha256:00",
    ],
)
def test_whatever_else_stands_in_a_lock_is_refused(line: str) -> None:
    with pytest.raises(BadLock):
        pins(f"{line}\n")
