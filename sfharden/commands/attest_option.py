"""`--attest FILE`: what was judged and how it came out, signed, so that a stranger can verify it."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from sfharden.checks.policy import Policy, policy_files
from sfharden.commands.output_option import Output
from sfharden.doors.typed_secret import secret_of
from sfharden.errors import Exit, NoVerdictError, UsageError
from sfharden.files.output_file import write_output
from sfharden.files.output_place import STDOUT, refuse_place
from sfharden.model.results import Report, Severity
from sfharden.model.snapshot import Snapshot
from sfharden.sources.attested_inputs import AttestedFiles, inputs_of
from sfharden.text.redact import safe_text
from sfharden.text.terminal import aside

if TYPE_CHECKING:  # the signing library is loaded where something is signed
    from sfharden.files.ed25519 import SigningKey
    from sfharden.model.attestation import AttestedInput

F = TypeVar("F", bound=Callable[..., Any])
KEY_FILE: Final = "SFHARDEN_ATTEST_KEY_FILE"
PASSPHRASE: Final = "SFHARDEN_ATTEST_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_CHANGED: Final = "A file that the verdict rests on was changed while it was judged, so nothing is attested."


@dataclass(frozen=True, slots=True)
class AttestOption:
    """Where the attestation goes, and the key; without a place none is made."""

    place: Path | None = None
    key: Path | None = None

    def begin(self, files: AttestedFiles, policies: Iterable[str], outputs: Sequence[Output]) -> "Attesting":
        """Before anything is read: the key, and the digests of all that is given. Raises InputError, UsageError."""
        if self.place is None:
            return Attesting()
        real = os.path.realpath(self.place)
        if any(one.path and os.path.realpath(one.path) == real for one in outputs):
            raise UsageError(
                f"Two outputs go to {safe_text(str(self.place))}.", "Give --attest another name."
            )
        given = replace(files, policies=policy_files(tuple(policies)))
        return Attesting(self.place, given, _signing_key(self.key), inputs_of(given))


@dataclass(frozen=True, slots=True)
class Attesting:
    """An attestation that is to be made; one without a place never is."""

    place: Path | None = None
    files: AttestedFiles = field(default_factory=AttestedFiles)
    key: "SigningKey | None" = None
    before: "tuple[AttestedInput, ...]" = ()

    def signed(
        self, report: Report, judged: Snapshot, policies: Iterable[Policy], fail_on: Severity, code: Exit
    ) -> "Attested":
        """The text to be written. Raises NoVerdictError if what was judged may not be what is there now."""
        if self.place is None or self.key is None:
            return Attested()
        from sfharden.files.dsse import IN_TOTO, envelope_text
        from sfharden.report.check_attestation import statement_bytes, statement_of

        # Which shipped policies are judged is only known after reading.
        shipped = () if self.files.policies else policy_files([one.name for one in policies])
        inputs = inputs_of(replace(self.files, policies=(*self.files.policies, *shipped)))
        if not set(self.before) <= set(inputs):
            raise NoVerdictError(_CHANGED, "Run it again.")
        statement = statement_of(report, judged, inputs, fail_on, code)
        return Attested(self.place, envelope_text(self.key.sign(IN_TOTO, statement_bytes(statement))))


@dataclass(frozen=True, slots=True)
class Attested:
    """What is to be written, if anything is."""

    place: Path | None = None
    text: str = ""

    def write(self) -> None:
        """Write it, and say so. Raises NoVerdictError."""
        if self.place is not None:
            write_output(self.text, self.place)
            click.echo(f"Wrote {safe_text(str(self.place))}.", err=True)


def attest_options(function: F) -> F:
    """Adds `--attest` and `--attest-key`, and hands them over as one AttestOption named `attest`."""

    def wrapped(*args: Any, attest: Path | None, attest_key: Path | None, **kw: Any) -> Any:
        return function(*args, attest=_checked(attest, attest_key), **kw)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    place = click.option("--attest", type=click.Path(path_type=Path), metavar="FILE", is_eager=True, callback=_looked_at,
                         help="Write there what was judged and how it came out, signed (see verify-attestation).")  # fmt: skip
    key = click.option("--attest-key", type=click.Path(path_type=Path), metavar="FILE",
                       help=f"The private key for that (Ed25519, PEM); or name its file in {KEY_FILE}.")  # fmt: skip
    return place(key(wrapped))  # type: ignore[return-value]


def _looked_at(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    if value == STDOUT:
        raise UsageError("--attest takes a file, not standard output.")
    if value is not None:
        refuse_place(value)
    return value


def _checked(place: Path | None, key: Path | None) -> AttestOption:
    """Raise UsageError for one without the other; a variable that nothing uses is no fault."""
    if place is None:
        if key is not None:
            raise UsageError("--attest-key goes with --attest.")
        return AttestOption()
    named = os.environ.get(KEY_FILE)
    if key is None and not named:
        raise UsageError(
            "--attest needs a key: give --attest-key FILE.",
            f"Or name its file in {KEY_FILE}. `openssl genpkey -algorithm ed25519 -out FILE` makes one.",
        )
    return AttestOption(place, key or Path(named or ""))


def _signing_key(path: Path | None) -> "SigningKey":
    from sfharden.files.ed25519 import load_signing_key, others_may_read

    if path is None:  # cannot be: `_checked` refused it
        raise UsageError("--attest needs a key.")
    asked = partial(secret_of, os.environ, PASSPHRASE, "passphrase of the attestation's key")
    key = load_signing_key(path, asked)
    if others_may_read(path):
        shown = safe_text(str(path))
        told = f"Warning: others on this machine may read or write the key {shown}; `chmod 600` ends that."
        click.echo(aside(told, sys.stderr), err=True)
    return key
