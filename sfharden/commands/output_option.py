"""`-o FILE` and `-f FORMAT`: where a report goes and in which form; looked at before anything is read.

`-` and nothing mean standard output.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden.errors import UsageError
from sfharden.files.output_file import write_output
from sfharden.files.output_place import STDOUT, refuse_place, require_stdout
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Output:
    """One form, and the file that gets it; without one, standard output does."""

    form: str
    path: Path | None = None

    @property
    def terminal(self) -> Terminal:
        """What it is made for: a file is as wide as most terminals, and has no colour."""
        return Terminal() if self.path else terminal_of(sys.stdout)


def output_option(
    text: str = "Write the report there; - is standard output.", **how: Any
) -> Callable[[F], F]:
    """One output of one form; the command gets a path, or None for standard output."""
    how = {"type": click.Path(path_type=Path), "metavar": "FILE", "help": text, **how}
    # Eager: with nowhere to write to, nothing else matters.
    return click.option("-o", "--output", is_eager=True, callback=_looked_at, **how)


def output_options(*forms: str) -> Callable[[F], F]:
    """Any number of outputs, each in one of these forms; the command gets them as `outputs`, one at least."""

    def decorate(function: F) -> F:
        def wrapped(*args: Any, format_: str, paths: Sequence[Path | None], **kw: Any) -> Any:
            return function(*args, outputs=_outputs(forms, format_, paths), **kw)

        wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
        wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
        form = click.option("-f", "--format", "format_", type=click.Choice(forms), default=forms[0],
                            show_default=True, help="The form, where the ending of -o names none.")  # fmt: skip
        place = click.option("-o", "--output", "paths", multiple=True, is_eager=True, callback=_all_looked_at,
                             type=click.Path(path_type=Path), metavar="FILE",
                             help="Write it there; its ending names the form; may be repeated.")  # fmt: skip
        return form(place(wrapped))  # type: ignore[return-value]

    return decorate


def write_outputs(outputs: Sequence[Output], text_of: Callable[[Output], str]) -> None:
    """Every form is made before the first is written: either all is there to write, or nothing is."""
    texts = [text_of(one) for one in outputs]
    for one, text in zip(outputs, texts, strict=True):
        write_output(text, one.path)
        if one.path:
            click.echo(f"Wrote {safe_text(str(one.path))}.", err=True)


def _outputs(forms: Sequence[str], asked: str, paths: Sequence[Path | None]) -> tuple[Output, ...]:
    from sfharden.report.form_registry import form_of

    found = []
    for path in paths or (None,):
        form = form_of(path.name, asked) if path else asked
        if form not in forms:
            shown = safe_text(str(path))
            raise UsageError(
                f"This command has no form {form}, which {shown} ends in.", f"It has {', '.join(forms)}."
            )
        found.append(Output(form, path))
    return tuple(found)


def _looked_at(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is None or value == STDOUT:
        require_stdout()
        return None
    refuse_place(value)
    return value


def _all_looked_at(
    context: click.Context, parameter: click.Parameter, values: Sequence[Path]
) -> tuple[Path | None, ...]:
    """Every place can be written to, and no two are the same."""
    found = tuple(_looked_at(context, parameter, one) for one in values or (STDOUT,))
    real = [os.path.realpath(one) if one else "" for one in found]
    for at, one in enumerate(found):
        if real[at] in real[:at]:
            shown = safe_text(str(one)) if one else "standard output"
            raise UsageError(f"Two outputs go to {shown}.", "Give each -o another name.")
    return found
