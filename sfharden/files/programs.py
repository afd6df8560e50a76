"""Other programs: found by a full path that the folder one stands in can't lend, and started without our secrets."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A program that only tells where an org is needs none of these, whoever's they are.
_SECRETS: Final = re.compile(
    r"(?i)TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|(?:PRIVATE|ACCESS|API)_?KEY|AUTH_?URL|CONNECTION_?STRING"
)
_WINDOWS_ENDINGS: Final = ".COM;.EXE;.BAT;.CMD"


class PassedOverError(FileNotFoundError):
    """A program of that name is there, where none may be taken from."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a program is looked for in: the environment, the folder one stands in, and the user's own folder.

    Below the folder one stands in nothing is taken, since it may be a stranger's repository; unless it's the
    user's own folder or above that, where a program of theirs may well be.
    """

    environment: Mapping[str, str]
    here: Path
    home: Path
    windows: bool = False

    @classmethod
    def of_process(cls) -> "Surroundings":
        """Those of this process. Raises OSError if the folder is gone."""
        home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
        return cls(os.environ, Path.cwd(), home, os.name == "nt")

    def find(self, name: str) -> Path:
        """The full path of a program. Raises FileNotFoundError, PassedOverError."""
        passed_over = False
        for folder in self._entries():
            for program in (folder / f"{name}{ending}" for ending in self._endings()):
                if program.is_file() and os.access(program, os.X_OK):
                    if self._is_trusted(folder) and not self._is_strange(
                        Path(os.path.realpath(program)).parent
                    ):
                        return program
                    passed_over = True
        raise (PassedOverError if passed_over else FileNotFoundError)(name)

    def for_child(self) -> dict[str, str]:
        """An environment without secrets, in which the child finds its own programs as carefully."""
        kept = {
            name: value
            for name, value in self.environment.items()
            if not _SECRETS.search(name) and name.upper() not in ("PWD", "OLDPWD", "PATH")
        }
        folders = [str(folder) for folder in self._entries() if self._is_trusted(folder)]
        # The last: Windows' own way not to look into the current folder first (NeedCurrentDirectoryForExePath).
        return {**kept, "PATH": os.pathsep.join(folders), "NoDefaultCurrentDirectoryInExePath": "1"}

    def _entries(self) -> Iterator[Path]:
        """The folders that PATH names; an empty entry is the current folder (POSIX, Environment Variables)."""
        return (Path(entry) for entry in self._path.split(os.pathsep))

    @property
    def _path(self) -> str:
        names = [name for name in self.environment if name.upper() == "PATH"] if self.windows else ["PATH"]
        return next((self.environment.get(name, "") for name in names), "")

    def _endings(self) -> list[str]:
        if not self.windows:
            return [""]
        return (self.environment.get("PATHEXT") or _WINDOWS_ENDINGS).split(";")

    def _is_trusted(self, folder: Path) -> bool:
        return folder.is_absolute() and not self._is_strange(folder)

    def _is_strange(self, folder: Path) -> bool:
        here, real = Path(os.path.realpath(self.here)), Path(os.path.realpath(folder))
        if self.home.is_absolute() and Path(os.path.realpath(self.home)).is_relative_to(here):
            return real == here
        return real.is_relative_to(here)
