"""Changes one thing at a time in the modules that decide, and tells which changes no test of theirs notices.

`make mutate` runs it. A mutant is one change (`tools/mutations.py`); it's killed if the module's own tests fail or don't
end. `tools/mutate.toml` says which tests those are, and names the changes that make no difference, with the reason.
Own code, because mutmut leaves out constants, defaults of fields, and functions with a decorator, which decide here too.
"""

import argparse
import ast
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import re
import sys
import time
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Final

from tools.forked import forked
from tools.mutations import Mutant, mutants

ROOT: Final = Path(__file__).resolve().parent.parent
_LIST: Final = "tools/mutate.toml"
_MOST_SURVIVORS: Final = 5.0  # percent
_PYTEST: Final = ("-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=mutate")
_SURVIVES: Final = "  survives  "


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says of one module: its tests, and why some changes make no difference."""

    tests: Sequence[str]
    equivalents: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """How a module came out."""

    module: str
    tried: int
    killed: int
    late: int  # of those killed: the tests didn't end
    equivalents: int
    survivors: Sequence[str]
    stale: Sequence[str]  # named as equivalent, and no such change is possible any more
    seconds: float

    @property
    def percent(self) -> float:
        """Survivors, of all that were tried or named as equivalent."""
        return 100 * len(self.survivors) / max(1, self.tried + self.equivalents)

    @property
    def is_fine(self) -> bool:
        """True if few survive and the list is up to date."""
        return self.percent < _MOST_SURVIVORS and not self.stale


# What is tried -------------------------------------------------------------------------------


def read_list(text: str) -> dict[str, Listed]:
    """What the list says, by module."""
    listed = tomllib.loads(text)
    found: dict[str, dict[tuple[str, str], str]] = {module: {} for module in listed["tests"]}
    for one in listed.get("equivalent", ()):
        for change in one["changes"]:
            found[one["module"]][one["where"], change] = one["why"]
    return {module: Listed(listed["tests"][module], found[module]) for module in found}


def sorted_out(
    all_of: Sequence[Mutant], equivalents: Collection[tuple[str, str]]
) -> tuple[list[Mutant], list[str]]:
    """The mutants that aren't named as equivalent, and those named that there are none of."""
    keys = {one.key for one in all_of}
    stale = [f"{where}: {change}" for where, change in equivalents if (where, change) not in keys]
    return [one for one in all_of if one.key not in equivalents], stale


def sampled(all_of: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """So many of them, the same ones for the same seed, in their order; all for 0."""
    if not 0 < number < len(all_of):
        return list(all_of)
    chosen = random.Random(seed).sample(range(len(all_of)), number)  # noqa: S311 - nothing secret
    return [all_of[n] for n in sorted(chosen)]


# A module put in place of another --------------------------------------------------------------


class _Altered(importlib.machinery.SourceFileLoader):
    """Loads a module from code that stands in no file."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - its name is given
        return self._code


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the altered module, or nothing of that name while there is no code for it."""

    def __init__(self, name: str, path: str, code: CodeType | None) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        if self._code is None:
            raise ImportError(fullname)
        loader = _Altered(fullname, self._path, self._code)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def _name_of(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def _warm_up(module: str, seen: Iterable[str]) -> None:
    """Import what the tests will, but nothing that rests on the module: its mutants must be imported by all of that."""
    block = _Finder(_name_of(module), module, None)
    sys.meta_path.insert(0, block)
    for name in seen:
        if not name.startswith(("tests", "__main__")):
            with suppress(ImportError, AttributeError):
                importlib.import_module(name)
    sys.meta_path.remove(block)
    gc.collect()
    gc.freeze()


# Runs in children --------------------------------------------------------------------------------


def _tests_fail(tests: Sequence[str]) -> bool:
    """Run tests in this process, which is fit for nothing else afterwards."""
    import pytest

    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    return bool(pytest.main([*_PYTEST, *tests]))


def _fails(one: Mutant, tree: ast.Module, module: str, tests: Sequence[str]) -> bool:
    one.apply()
    code = compile(ast.fix_missing_locations(tree), module, "exec")
    sys.meta_path.insert(0, _Finder(_name_of(module), str(ROOT / module), code))
    return _tests_fail(tests)


def _unaltered(tests: Sequence[str]) -> tuple[bool, list[str]]:
    return _tests_fail(tests), list(sys.modules)


def _judge(module: str, listed: Listed, options: argparse.Namespace) -> Row | None:
    """Try the mutants of one module; None if its tests fail without any."""
    began = time.monotonic()
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    found = mutants(tree)
    left, stale = sorted_out(found, listed.equivalents)
    if options.again:
        left = [one for one in left if _told(module, one) in options.again]
    chosen = sampled(left, options.sample, options.seed)
    _say(f"{module}: {len(chosen)} of {len(found)} changes")
    fails, seen = forked(lambda: _unaltered(listed.tests), 600) or (True, [])
    if fails:
        _say(f"{module}: its tests fail without any change")
        return None
    limit = 10 + 3 * (time.monotonic() - began)
    _warm_up(module, seen)
    survivors, late = [], 0
    for one in chosen:
        noticed = forked(lambda one=one: _fails(one, tree, module, listed.tests), limit)  # type: ignore[misc]
        late += noticed is None
        if noticed is False:
            survivors.append(_told(module, one))
            _say(f"{_SURVIVES}{module}:{one.line}: {one.where}: {one.change}")
    killed, named = len(chosen) - len(survivors), len(listed.equivalents) - len(stale)
    return Row(module, len(chosen), killed, late, named, survivors, stale, time.monotonic() - began)


def _told(module: str, one: Mutant) -> str:
    return f"{module}: {one.where}: {one.change}"


def survivors_in(output: str) -> set[str]:
    """What an earlier run said of survivors, without their lines, which may have moved."""
    told = (line.removeprefix(_SURVIVES) for line in output.splitlines() if line.startswith(_SURVIVES))
    return {re.sub(r":\d+:", ":", line, count=1) for line in told}


# The command -------------------------------------------------------------------------------------


def table(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each module, below a head; then what is out of date in the list."""
    yield f"{'module':34}{'tried':>7}{'killed':>8}{'late':>6}{'equivalent':>12}{'survive':>9}{'percent':>9}{'seconds':>9}"
    for row in rows:
        yield (
            f"{row.module:34}{row.tried:7}{row.killed:8}{row.late:6}{row.equivalents:12}{len(row.survivors):9}"
            f"{row.percent:9.1f}{row.seconds:9.0f}"
        )
    for row in rows:
        yield from (f"{_LIST}: {row.module} can't be changed so any more: {one}" for one in row.stale)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options(listed: Mapping[str, Listed]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"as in {_LIST}; all without")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try so many of each module only")
    parser.add_argument("--seed", type=int, default=0, help="another sample")
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="try those that survived in this output only"
    )
    options = parser.parse_args()
    if strangers := set(options.modules) - set(listed):
        parser.error(f"not in {_LIST}: {', '.join(sorted(strangers))}")
    options.again = survivors_in(options.again.read_text("utf-8")) if options.again else None
    return options


def main() -> int:
    """Try each module's mutants, print the survivors and a table; 1 if too many survive or the list is out of date."""
    from hypothesis import HealthCheck, Phase, settings

    # As the house's own profile (tests/conftest.py), but a first failure is enough.
    settings.register_profile(
        "mutate",
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    os.chdir(ROOT)
    listed = read_list((ROOT / _LIST).read_text("utf-8"))
    options = _options(listed)
    rows = []
    for module in options.modules or listed:
        row = forked(lambda m=module: _judge(m, listed[m], options))  # type: ignore[misc]
        if row is None:
            return 2
        rows.append(row)
    for line in table(rows):
        _say(line)
    return 0 if all(row.is_fine for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
