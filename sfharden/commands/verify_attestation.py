"""`sfharden verify-attestation`: does an attestation hold, and of these files; without any connection."""

from dataclasses import replace
from pathlib import Path

import click

from sfharden.checks.attested import GivenParts, compare, same_integration
from sfharden.checks.policy import policy_file
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.errors import Exit
from sfharden.files.digest import sha256_of
from sfharden.files.dsse import Envelope
from sfharden.files.ed25519 import VerifyingKey, load_verifying_key
from sfharden.model.attestation import Statement
from sfharden.report.verify_attestation import Verified, render_verified, render_verified_json
from sfharden.sources.attestation_file import load_envelope, statement_in
from sfharden.sources.attested_inputs import AttestedFiles, attested, egress_inputs, inputs_of

_FILE = click.Path(path_type=Path)


@click.command("verify-attestation")
@click.argument("attestation", type=_FILE, metavar="FILE")
@click.option("--key", type=_FILE, required=True, metavar="PUB.pem", help="The public key (Ed25519, PEM).")
@click.option("--report", type=_FILE, metavar="REPORT.json", help="The report that was attested.")
@click.option("--snapshot", type=_FILE, metavar="FILE", help="The snapshot that was judged.")
@click.option("--policy", "policies", multiple=True, metavar="NAME|FILE", help="A policy; may be repeated.")
@click.option(
    "-i", "--integration", type=_FILE, metavar="FILE",
    help="The integration file; the egress files that it names are looked for beside it.",
)  # fmt: skip
@click.option(
    "--events", type=_FILE, multiple=True, metavar="FILE", help="A file of events; may be repeated."
)
@click.option("--baseline", type=_FILE, metavar="REPORT.json", help="The earlier report that was given.")
@output_options("table", "json")
def command(
    attestation: Path,
    key: Path,
    report: Path | None,
    snapshot: Path | None,
    policies: tuple[str, ...],
    integration: Path | None,
    events: tuple[Path, ...],
    baseline: Path | None,
    outputs: tuple[Output, ...],
) -> int:
    """Tell whether an attestation of `check --attest` holds, and of which files; offline.

    It verifies the attestation, not the org: 0 is also given for one that says FAILED. What isn't given is
    not compared, and said to be so.

    \b
    Example:
      sfharden verify-attestation attestation.json --key pub.pem --report report.json
      sfharden verify-attestation attestation.json --key pub.pem --snapshot s.json -i integration.yaml

    \b
    Exit codes: 0 the signature holds and all that was given matches; 1 it doesn't,
    or something differs; 2 wrong usage or a file that can't be accepted.
    """
    public, envelope = load_verifying_key(key), load_envelope(attestation)
    broken = why_broken(envelope, public)
    files = AttestedFiles(snapshot, integration, baseline, tuple(map(policy_file, policies)), events)
    if broken:
        found = Verified(public.keyid, broken)
    else:
        statement = statement_in(envelope, attestation)
        parts = compare(statement, _given(statement, files, report))
        found = Verified(public.keyid, "", statement, parts)
    write_outputs(outputs, lambda one: _text(found, one))
    return Exit.OK if found.holds else Exit.FINDINGS


def why_broken(envelope: Envelope, key: VerifyingKey) -> str:
    """Why the signature doesn't hold; empty if it does."""
    if envelope.keyid != key.keyid:
        return f"the attestation names another key than the one given (SHA-256 {key.keyid})"
    return "" if key.verifies(envelope) else "the statement or its signature was changed"


def _given(statement: Statement, files: AttestedFiles, report: Path | None) -> GivenParts:
    found, egress = inputs_of(replace(files, integration=None)), False
    if files.integration:
        own = attested("integration", files.integration.name, files.integration)
        egress = same_integration(statement, own)
        found += (own, *(egress_inputs(files.integration) if egress else ()))
    return GivenParts(sha256_of(report, "report") if report else None, found, egress)


def _text(found: Verified, output: Output) -> str:
    return render_verified_json(found) if output.form == "json" else render_verified(found, output.terminal)
