"""What `plan` was asked for, where it may write, and what to type next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sfharden.commands.source import SourceOptions, source_words
from sfharden.errors import InputError, NoVerdictError, UsageError
from sfharden.files.output_place import STDOUT
from sfharden.model.integration import Integration
from sfharden.plan.planner import DEFAULT_API_VERSION
from sfharden.plan.steps import Commands, quoted, wrapped
from sfharden.plan.wording import YOUR_ORG
from sfharden.sources.plan_folder import is_former_plan
from sfharden.text.redact import safe_text
from sfharden.text.wrapping import wrap

_INDENT = 2  # columns before each step on the screen


@dataclass(frozen=True, slots=True)
class PlanCommand:
    """What was asked of the plan. `former` is the folder of a plan that is to be looked at again."""

    integration: Path
    api_version: str
    output: Path | None
    fit: int | None
    accept_lockout_risk: bool
    my_address: str | None
    validate: bool
    former: Path | None
    format_: str

    @property
    def folder(self) -> Path | None:
        """Where the plan to deploy stands: just written, or looked at again."""
        return self.output or self.former


def refuse_output(path: Path) -> None:
    """Raise InputError unless a folder is absent, empty or a former plan; NoVerdictError if it can't be made.

    `-`, standard output, can't hold a folder: UsageError.
    """
    if path == STDOUT:
        raise UsageError(
            "A plan is a folder, which standard output can't take.", "-f diff prints the change."
        )
    try:
        if not path.parent.is_dir():
            raise NoVerdictError(f"{safe_text(str(path))} can't be written: its folder isn't there.")
        if not path.is_symlink() and not path.exists():
            return
        foreign = path.is_symlink() or not path.is_dir() or (any(path.iterdir()) and not is_former_plan(path))
    except (OSError, ValueError):
        raise NoVerdictError(f"{safe_text(str(path))} can't be written.") from None
    if foreign:
        raise InputError(
            f"{safe_text(str(path))} is there already, and is no former plan.", "Give another folder with -o."
        )


def commands_of(
    given: SourceOptions, request: PlanCommand, integrations: Sequence[Integration], folder: Path
) -> Commands:
    """The commands around a plan. Files don't tell which org gets them: that's for the reader to fill in."""
    words = source_words(given)
    return Commands(
        str(folder),
        source=words,
        live=words if given.live.is_given else f"--org {YOUR_ORG}",
        integration=str(request.integration),
        org=given.live.org or YOUR_ORG,
        apps=tuple(dict.fromkeys(one.app for one in integrations)),
    )


def next_steps(
    given: SourceOptions, request: PlanCommand, integrations: Sequence[Integration], width: int
) -> Iterator[str]:
    """The lines below "Next:", each short enough for the screen."""
    if request.folder is None:
        yield from _lines(wrapped(_again(given, request), width - _INDENT))
        told = "  writes package/, rollback/, plan.json and README.md, which has the steps in their order"
    else:
        commands = commands_of(given, request, integrations, request.folder)
        for one in (commands.simulate(), *commands.deploy()):
            yield from _lines(wrapped(one, width - _INDENT))
        told = f"  sfharden doesn't deploy; read {safe_text(str(request.folder))}/README.md first"
    yield from _lines(wrap(told, width - _INDENT, "  "))


def _again(given: SourceOptions, request: PlanCommand) -> str:
    """The same plan, written this time."""
    words = [f"sfharden plan {source_words(given)} -i {quoted(str(request.integration))}"]
    if request.fit is not None:
        words.append(f"--fit {request.fit}")
    if request.accept_lockout_risk:
        words.append("--accept-lockout-risk")
    if request.my_address:
        words.append(f"--my-address {quoted(request.my_address)}")
    if request.api_version != DEFAULT_API_VERSION:
        words.append(f"--api-version {request.api_version}")
    return " ".join([*words, "-o change"])


def _lines(text: str) -> list[str]:
    return text.split("\n")
