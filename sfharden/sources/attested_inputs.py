"""The files that a verdict rests on, with their digests: what an attestation names, and what is held against it later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sfharden.errors import InputError
from sfharden.files.digest import sha256_of
from sfharden.files.yaml_file import load_model
from sfharden.model.attestation import AttestedInput, Role, Sha256
from sfharden.model.integration import EgressEntry, IntegrationFile
from sfharden.sources.logic_apps import files_of_logic_app

_INTEGRATION = "integration file"


@dataclass(frozen=True, slots=True)
class AttestedFiles:
    """What was given, as far as it is files; policies by what they're called."""

    snapshot: Path | None = None
    integration: Path | None = None
    baseline: Path | None = None
    policies: tuple[tuple[str, Path], ...] = ()
    events: tuple[Path, ...] = ()


def inputs_of(given: AttestedFiles) -> tuple[AttestedInput, ...]:
    """Every file with its digest, those of egress among them. Raises InputError."""
    found = [attested("policy", name, path) for name, path in given.policies]
    if given.integration:
        found += [attested("integration", given.integration.name, given.integration)]
        found += egress_inputs(given.integration)
    found += [attested("events", path.name, path) for path in given.events]
    if given.snapshot:
        found.append(attested("snapshot", given.snapshot.name, given.snapshot))
    if given.baseline:
        found.append(attested("baseline", given.baseline.name, given.baseline))
    return tuple(found)


def attested(role: Role, name: str, path: Path) -> AttestedInput:
    """One file with its digest. Raises InputError."""
    return AttestedInput(role=role, name=name, digest=Sha256(sha256=sha256_of(path, _WORDS[role])))


_WORDS: Mapping[Role, str] = {
    "policy": "policy",
    "integration": _INTEGRATION,
    "snapshot": "snapshot",
    "baseline": "report",
    "egress": "egress file",
    "events": "file of events",
}


def egress_inputs(integration: Path) -> tuple[AttestedInput, ...]:
    """The files of egress that an integration file names, each once. One that can't be read has no digest: it was a gap."""
    entries = load_model(integration, IntegrationFile, _INTEGRATION).integrations
    named = {
        name: file for entry in entries for one in entry.egress for name, file in _files(one, integration)
    }
    return tuple(_egress(name, file) for name, file in sorted(named.items()))


def _files(entry: EgressEntry, integration: Path) -> Iterator[tuple[str, Path]]:
    if entry.service_tags:
        yield entry.service_tags, integration.parent / entry.service_tags
    if entry.logic_app:
        whole = integration.parent / entry.logic_app
        for file in files_of_logic_app(whole):
            yield _named(entry.logic_app, whole, file), file


def _named(name: str, whole: Path, file: Path) -> str:
    """As the integration file names it, with what stands in it or beside it behind."""
    if file == whole:
        return name
    root = whole if whole.is_dir() else whole.parent.parent
    return f"{name}: {file.relative_to(root).as_posix()}"


def _egress(name: str, file: Path) -> AttestedInput:
    try:
        return attested("egress", name, file)
    except InputError:
        return AttestedInput(role="egress", name=name, digest=None)
