"""Another vendor's command line, asked for what it knows: run without a shell, in the root folder, and bounded."""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sfharden.errors import AuthError
from sfharden.files.programs import PassedOverError, Surroundings

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended. Its output may hold a token, so no repr shows it."""

    code: int
    output: str = field(repr=False)

    def told(self) -> dict[str, Any] | None:
        """The object that it printed as JSON; None if it printed none.

        Some versions print warnings before the JSON, and colour it where they take us for a terminal.
        """
        output = _COLOUR.sub("", self.output)
        try:
            told, _ = json.JSONDecoder().raw_decode(output, output.index("{"))
        except (ValueError, RecursionError):
            return None
        return told if isinstance(told, dict) else None


class Runner(Protocol):
    """Runs a program without a shell.

    Raises FileNotFoundError if there is none (PassedOverError: none that may be taken), TimeoutError if it
    doesn't end, OSError if it can't run.
    """

    def __call__(self, arguments: Sequence[str], seconds: float) -> Finished: ...


def run_command(arguments: Sequence[str], seconds: float) -> Finished:
    """The real Runner: no shell, no standard input, standard error dropped, no secret of ours.

    It runs in the root folder: in another, a CLI could read a stranger's project configuration.
    """
    around = Surroundings.of_process()
    program = around.find(arguments[0])
    try:
        ended = subprocess.run(  # noqa: S603 - no shell, and no argument can be an option that wasn't meant
            [program, *arguments[1:]],
            cwd=program.anchor,
            env=around.for_child(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # Its own text and its output may hold the token.
        raise TimeoutError from None
    return Finished(ended.returncode, ended.stdout.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class CliProgram:
    """A vendor's command line. `title` begins a sentence; `instead` is the way without it, `trial` what to type by hand."""

    command: str
    title: str
    instead: str
    trial: str
    seconds: float

    def ask(self, run: Runner, *arguments: str) -> Finished:
        """Run a command of it. Raises AuthError."""
        try:
            return run([self.command, *arguments], self.seconds)
        except PassedOverError:
            raise AuthError(
                f"The one `{self.command}` in PATH is in the folder you stand in, or in one without a full path: "
                "it was not run",
                f"Give PATH the full path of the folder where the {self._name} is, or stand elsewhere.",
            ) from None
        except FileNotFoundError:
            raise AuthError(
                f"{self.title} is not installed, or not in PATH", f"Install it, or {self.instead}"
            ) from None
        except TimeoutError:
            raise AuthError(f"{self.title} did not answer in time", f"Try `{self.trial}` by hand.") from None
        except OSError:
            raise AuthError(
                f"{self.title} can't be run", f"Try `{self.command} --version` by hand."
            ) from None

    @property
    def _name(self) -> str:
        return self.title.removeprefix("The ")
