"""Holds the house to the rules that no linter knows: a test by each module's name, one class a name, the words.

`make lint` runs it. Each rule is a function from what the house holds to complaints, one a line.
"""

import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
EXCEPTIONS: Final = "tools/house_exceptions.toml"
MOST_LISTED: Final = 25  # a longer list of modules without a test would be no list of exceptions

_TREES: Final = ("sfharden", "tests", "tools", "bench")
_TEST: Final = re.compile(r"^\s*(?:async )?def test_", re.M)
_DEFINES: Final = re.compile(r"^(?:async def|def|class) ", re.M)
_CLASS: Final = re.compile(r"^class ([A-Za-z]\w*)", re.M)
_PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Gap is what was not read, unknown is a verdict; these five stood for one or the other, nobody knew which.
_FORBIDDEN: Final = re.compile(r"holes?|doubts?|doubtful|untold|undecided|unsettle[sd]?|lacking")
_SUSPECT: Final = re.compile(r"(?i)(?<!w)hole|doubt|untold|undecided|unsettle|lacking")


@dataclass(frozen=True, slots=True)
class House:
    """The text of every Python file by its path, the commands, and what stands on the lists of exceptions."""

    files: Mapping[str, str]
    commands: Collection[str] = ()
    untested: Mapping[str, str] = field(default_factory=dict)
    shared_reports: Mapping[str, str] = field(default_factory=dict)


def complaints(house: House) -> Iterator[str]:
    """All that is not as the rules say."""
    for rule in (unmirrored, badly_listed, named_twice, forbidden_words, misnamed_reports):
        yield from rule(house)


# A test by each module's name ----------------------------------------------------------------


def own_test(module: str) -> str:
    """Where the test of a module stands."""
    path = PurePosixPath(module)
    return str(PurePosixPath("tests", *path.parts[1:-1], f"test_{path.name}"))


def unmirrored(house: House) -> Iterator[str]:
    """Modules without a test of their own name that don't stand on the list."""
    for module in _modules(house):
        wanted = own_test(module)
        if wanted in house.files and not _TEST.search(house.files[wanted]):
            yield f"{wanted}: holds no test, and {module} needs one"
        elif wanted not in house.files and module not in house.untested:
            yield f"{module}: has no test at {wanted}"


def badly_listed(house: House) -> Iterator[str]:
    """Entries of the list that nothing stands behind any more, or without a reason; and a list too long."""
    modules = set(_modules(house))
    for module, reason in house.untested.items():
        if module not in modules:
            yield f"{EXCEPTIONS}: {module} is listed, and there is no such module"
        elif own_test(module) in house.files:
            yield f"{EXCEPTIONS}: {module} is listed, and has a test"
        elif not reason.strip():
            yield f"{EXCEPTIONS}: {module} is listed without a reason"
    if len(house.untested) > MOST_LISTED:
        yield f"{EXCEPTIONS}: {len(house.untested)} modules without a test are more than {MOST_LISTED}"


def _modules(house: House) -> Iterator[str]:
    """Every module of the program; an `__init__` counts if it defines anything."""
    for path, text in house.files.items():
        if path.startswith("sfharden/") and (not path.endswith("/__init__.py") or _DEFINES.search(text)):
            yield path


# Names -----------------------------------------------------------------------------------------


def named_twice(house: House) -> Iterator[str]:
    """Public classes that share a name; the emulator is a program of its own."""
    places: dict[str, list[str]] = {}
    for path, text in house.files.items():
        if path.startswith("sfharden/") and not path.startswith("sfharden/emulator/"):
            for name in _CLASS.findall(text):
                places.setdefault(name, []).append(path)
    for name, paths in places.items():
        if len(paths) > 1:
            yield f"{paths[1]}: the class {name} is in {paths[0]} too"


def forbidden_words(house: House) -> Iterator[str]:
    """Identifiers and file names with a word that the house does not use."""
    for path, text in house.files.items():
        if is_forbidden(PurePosixPath(path).stem):
            yield f"{path}: its name has a word that the house does not use"
        if _SUSPECT.search(text):  # most files have none, and taking one apart is slow
            yield from _words_in(path, text)


def _words_in(path: str, text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and is_forbidden(token.string):
            yield f"{path}:{token.start[0]}: '{token.string}' has a word that the house does not use"


def is_forbidden(identifier: str) -> bool:
    """True if one of its words is; `whole` is another word than `hole`."""
    return any(_FORBIDDEN.fullmatch(part.lower()) for part in _PART.findall(identifier))


def misnamed_reports(house: House) -> Iterator[str]:
    """Modules of report/ that are neither `<command>_<form>` nor on the list of shared ones."""
    reports = [path for path in _modules(house) if path.startswith("sfharden/report/")]
    stems = {PurePosixPath(path).stem for path in reports}
    for stem in sorted(stems - set(house.shared_reports)):
        command, _, form = stem.partition("_")
        if command not in house.commands or not form.isalpha():
            yield f"sfharden/report/{stem}.py: is not named <command>_<form>"
    for stem in sorted(set(house.shared_reports) - stems):
        yield f"{EXCEPTIONS}: report/{stem}.py is listed, and there is no such module"


# Reading the house -----------------------------------------------------------------------------


def read_house(root: Path, commands: Iterable[str]) -> House:
    """What stands below a root."""
    paths = sorted(path for tree in _TREES for path in (root / tree).rglob("*.py"))
    files = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    listed = tomllib.loads((root / EXCEPTIONS).read_text("utf-8"))
    return House(files, frozenset(commands), listed["untested"], listed["shared_reports"])


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    from sfharden.cli import COMMANDS

    found = list(complaints(read_house(ROOT, COMMANDS)))
    for line in found:
        sys.stderr.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
