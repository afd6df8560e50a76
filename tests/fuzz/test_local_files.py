"""Whatever stands in a file of the user's: no exception but ours leaves its reader, or what judges by it."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
import yaml

from sfharden.checks.attested import GivenParts, compare
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy, policies_folder
from sfharden.errors import SfhardenError
from sfharden.files.cli_program import Finished
from sfharden.files.dsse import IN_TOTO, envelope_text
from sfharden.files.ed25519 import SigningKey, VerifyingKey, load_signing_key, load_verifying_key
from sfharden.model.attestation import Statement
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.plan.package import all_files
from sfharden.plan.steps import Commands
from sfharden.report.check_attestation import statement_bytes
from sfharden.report.verify_attestation import Verified, render_verified, render_verified_json
from sfharden.revocation.journal import Disk, resume_journal
from sfharden.salesforce.auth import read_key
from sfharden.salesforce.cli_login import sign_in_with_cli
from sfharden.simulation.simulate import simulate
from sfharden.sources.attestation_file import load_envelope, statement_in
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.logic_apps import read_logic_app
from sfharden.sources.metadata_files import load_proposal, load_raw, load_snapshot
from sfharden.sources.plan_folder import is_former_plan, load_plan, read_plan_folder
from sfharden.sources.service_tags import load_service_tags
from sfharden.sources.snapshot_file import load_snapshot_file, save_snapshot
from sfharden.text.redact import Secret
from sfharden.text.terminal import Terminal
from tests.commands.attest_kit import a_key, private_pem, public_pem
from tests.orgs import files, served
from tests.orgs.constants import HARDENED_YAML, NOW
from tests.orgs.judging import shipped
from tests.plan.kit import everything_bad, planned
from tests.plan.kit import write as write_all
from tests.report.forms_kit import every_state
from tests.report.test_check_attestation import said
from tests.revocation.kit import scene
from tests.salesforce.kit import TOKEN
from tests.salesforce.test_cli_login import MASKED, NEW, FakeCli, told
from tests.sources.build import connection, export, http_step, logic_app, salesforce_step

from .damage import ANY_BYTES, OTHER, POORER, Bytes, chance_of, in_json, in_xml, in_zip, keys_twice, mutants

WAYS: Final[tuple[Bytes, ...]] = (
    *ANY_BYTES,
    *(partial(in_json, ways=ways) for ways in (POORER, OTHER, POORER, OTHER)),
    keys_twice,
    *(partial(in_xml, poorer=poorer) for poorer in (True, False)),
    *(partial(in_zip, change=change) for change in ANY_BYTES[:5]),
)  # fmt: skip
WAIVERS: Final = """waivers:
  - control: tokens-fresh
    subject: "*"
    reason: we look after them
    owner: security@acme.example
    expires: 2027-01-31
"""
_KEY: Final = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"


@dataclass(frozen=True)
class Reader:
    """A file as it should be, and everything that is done with it."""

    make: Callable[[Path], Path]
    use: Callable[[Path], object]

    def mutant(self, folder: Path, chance: Random) -> Path:
        """What is read, with one of its files changed."""
        path = self.make(folder)
        inside = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
        chosen = chance.choice(sorted(inside))
        for _ in range(chance.choice([1, 1, 2, 3])):
            chosen.write_bytes(chance.choice(WAYS)(chosen.read_bytes(), chance))
        return path


def as_text(name: str, text: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_text(text, "utf-8")
        path.chmod(0o600)
        return path

    return make


def judged(snapshot: Snapshot, *by: Integration) -> None:
    evaluate(snapshot, shipped(), by or (served.INTEGRATION,), (), NOW, "0")


def make_snapshot(folder: Path) -> Path:
    save_snapshot(served.healthy(), folder / "s.json")
    return folder / "s.json"


def use_snapshot(path: Path) -> None:
    snapshot = load_snapshot_file(path)
    judged(snapshot)
    simulate(snapshot, served.healthy(), [served.INTEGRATION], shipped(), (), NOW)
    save_snapshot(snapshot, path.with_name("again.json"))


def use_integration(path: Path) -> None:
    integrations, waivers = load_integrations(path)
    evaluate(served.healthy(), shipped(), integrations, waivers, NOW, "0")
    simulate(served.healthy(), served.healthy(), integrations, shipped(), waivers, NOW)


def use_policy(path: Path) -> None:
    evaluate(served.healthy(), [load_policy(str(path))], [served.INTEGRATION], (), NOW, "0")


def make_metadata(folder: Path) -> Path:
    return files.write(files.HEALTHY, folder / "source")


def make_zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "source.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.HEALTHY.items():
            archive.writestr(name, text)
    return folder / "source.zip"


def use_metadata(path: Path) -> None:
    snapshot = load_snapshot(path, "0")
    judged(snapshot)
    for use in (
        lambda: load_raw(path, {one.file: one for one in snapshot.components}),
        lambda: simulate(
            served.healthy(), load_proposal(path, "0"), [served.INTEGRATION], shipped(), (), NOW
        ),
    ):
        with suppress(SfhardenError):
            use()


def make_journal(folder: Path) -> Path:
    stage = scene(folder)
    stage.first_run()
    return stage.path


def use_journal(path: Path) -> None:
    journal, history = resume_journal(path, Disk(lambda: NOW))
    try:
        history.counts()
        journal.read()
    finally:
        journal.close()


def make_plan(folder: Path) -> Path:
    return write_all(folder / "plan", all_files(planned(everything_bad()), Commands("plan")))


def use_plan(path: Path) -> None:
    is_former_plan(path)
    for use in (load_plan, read_plan_folder):
        with suppress(SfhardenError):
            use(path)


def make_export(folder: Path) -> Path:
    steps = {"Get": salesforce_step(), "Ask": http_step("https://acme.my.salesforce.com/services/data/")}
    app = logic_app({"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}]}}, **steps)
    app["properties"]["parameters"] = {"$connections": {"value": {"salesforce": connection()}}}
    return export(folder, app)


def make_tags(folder: Path) -> Path:
    values = [
        {"name": name, "id": name, "properties": {"changeNumber": 3, "addressPrefixes": ["203.0.113.0/28", "2001:db8::/60"]}}
        for name in ("AzureConnectors.WestEurope", "LogicApps", "AzureConnectors")
    ]  # fmt: skip
    return export(
        folder, {"changeNumber": 9, "cloud": "Public", "values": values}, "ServiceTags_Public_20261123.json"
    )


def use_tags(path: Path) -> None:
    tags = load_service_tags(path)
    with suppress(SfhardenError):
        list(tags.others(tags.regional("westeurope")))
    list(tags.others(tags.tag("LogicApps")))


def make_attestation(folder: Path) -> Path:
    envelope = SigningKey(a_key()).sign(IN_TOTO, statement_bytes(said(every_state())))
    return as_text("a.json", envelope_text(envelope))(folder)


def use_attestation(path: Path) -> None:
    envelope = load_envelope(path)
    if VerifyingKey(a_key().public_key()).verifies(envelope):
        shown_statement(statement_in(envelope, path))


def use_statement(path: Path) -> None:
    """What the owner of a key may sign."""
    shown_statement(statement_in(SigningKey(a_key()).sign(IN_TOTO, path.read_bytes()), path))


def shown_statement(statement: Statement) -> None:
    found = Verified("k", "", statement, compare(statement, GivenParts("0" * 64, (), egress=True)))
    render_verified(found, Terminal())
    render_verified_json(found)


def use_cli(path: Path) -> None:
    output = path.read_text("utf-8", "replace")
    sign_in_with_cli("acme", FakeCli(told(accessToken=TOKEN), Finished(0, output)))
    sign_in_with_cli("acme", FakeCli(Finished(0, output), NEW))


def json_of(text: str) -> str:
    """JSON is YAML too, and can be changed in its structure."""
    return json.dumps(yaml.load(text, yaml.BaseLoader))  # noqa: S506 - it makes nothing but texts


POLICY: Final = (policies_folder() / f"{DEFAULT_POLICIES[0]}.yaml").read_text("utf-8")
READERS: Final = {
    "snapshot": Reader(make_snapshot, use_snapshot),
    "integration": Reader(as_text("i.yaml", HARDENED_YAML + WAIVERS), use_integration),
    "integration in JSON": Reader(as_text("i.yaml", json_of(HARDENED_YAML + WAIVERS).replace('"1"', "1")), use_integration),
    "policy": Reader(as_text("p.yaml", POLICY), use_policy),
    "policy in JSON": Reader(as_text("p.yaml", json.dumps(yaml.safe_load(POLICY), default=str)), use_policy),
    "metadata folder": Reader(make_metadata, use_metadata),
    "metadata zip": Reader(make_zip, use_metadata),
    "journal": Reader(make_journal, use_journal),
    "plan folder": Reader(make_plan, use_plan),
    "Logic App export": Reader(make_export, read_logic_app),
    "service tags": Reader(make_tags, use_tags),
    "key": Reader(as_text("key.pem", _KEY), read_key),
    "attestation": Reader(make_attestation, use_attestation),
    "statement": Reader(as_text("s.json", statement_bytes(said(every_state())).decode()), use_statement),
    "signing key": Reader(as_text("k.pem", private_pem(a_key()).decode()), lambda path: load_signing_key(path, lambda: Secret("x"))),
    "public key": Reader(as_text("p.pem", public_pem(a_key()).decode()), load_verifying_key),
    "CLI": Reader(as_text("cli.json", NEW.output.replace(MASKED, TOKEN)), use_cli),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_the_files_are_good_as_they_are(tmp_path: Path, name: str) -> None:
    READERS[name].use(READERS[name].make(tmp_path))


@pytest.mark.parametrize("number", mutants(5))
@pytest.mark.parametrize("name", READERS)
def test_no_exception_but_ours_leaves_a_reader(tmp_path: Path, name: str, number: int) -> None:
    path = READERS[name].mutant(tmp_path, chance_of(name, number))
    with suppress(SfhardenError):
        READERS[name].use(path)
