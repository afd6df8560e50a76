"""A folder with all that an attestation rests on: metadata files and their snapshot, a policy, an integration, its egress, a key."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sfharden.checks.policy import policies_folder
from tests.orgs.files import APP, changed, write
from tests.sources.events.kit import total, total_csv

Run = Callable[..., tuple[int, str, str]]
STAMP = "1795500000"
TAGS = {
    "changeNumber": 400,
    "cloud": "Public",
    "values": [
        {
            "name": "AzureConnectors.WestEurope",
            "properties": {"changeNumber": 9, "addressPrefixes": ["192.0.2.0/28"]},
        }
    ],
}
INTEGRATION = """version: 1
integrations:
  - name: crm-sync
    app: Azure Logic Apps
    profile: Logic Apps Integration
    users: [svc@acme.example]
    egress:
      - {service_tags: tags.json, tag: AzureConnectors.WestEurope}
    operator_ranges: [198.51.100.7]
waivers:
  - control: app-pkce-required
    subject: "*"
    reason: a vendor's client
    owner: Ana
    expires: 2027-01-31
"""


def private_pem(key: Any, word: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(word) if word else NoEncryption()
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    return pem


def public_pem(key: Any) -> bytes:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def a_key(number: int = 7) -> Ed25519PrivateKey:
    """The same at each run, so that all bytes are."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


@dataclass(frozen=True)
class Desk:
    """The folder, and the command line in it."""

    folder: Path
    run: Run

    def path(self, name: str) -> Path:
        return self.folder / name

    def given(self, *but: str) -> list[object]:
        """All parts as options of `verify-attestation`, without some."""
        every = {"--report": "report.json", "--snapshot": "s.json", "--policy": "mine.yaml", "-i": "i.yaml",
                 "--baseline": "old.json", "--events": "events.csv"}  # fmt: skip
        return [
            word for option, name in every.items() if option not in but for word in (option, self.path(name))
        ]

    def check(self, *more: object) -> tuple[int, str, str]:
        report = self.path("report.json")
        words = self.given("--report")
        return self.run("check", *words, "-o", report, *more)

    def attest(self, *more: object) -> tuple[int, str, str]:
        place, key = self.path("a.json"), self.path("key.pem")
        return self.check("--attest", place, "--attest-key", key, *more)

    def verify(self, *more: object) -> tuple[int, str, str]:
        return self.run("verify-attestation", self.path("a.json"), "--key", self.path("pub.pem"), *more)

    def statement(self) -> dict[str, Any]:
        import base64

        found = json.loads(base64.b64decode(json.loads(self.path("a.json").read_text())["payload"]))
        assert isinstance(found, dict)
        return found


def desk(folder: Path, run: Run) -> Desk:
    """All files there, and nothing attested yet."""
    write(changed(APP, "<isPkceRequired>true", "<isPkceRequired>false"), folder / "force-app")
    (folder / "i.yaml").write_text(INTEGRATION, "utf-8")
    (folder / "tags.json").write_text(json.dumps(TAGS), "utf-8")
    shipped = (policies_folder() / "logic-apps-salesforce-files.yaml").read_text("utf-8")
    (folder / "mine.yaml").write_text(shipped, "utf-8")
    (folder / "events.csv").write_text(total_csv(total()).decode(), "utf-8")
    (folder / "pub.pem").write_bytes(public_pem(a_key()))
    (folder / "key.pem").write_bytes(private_pem(a_key()))
    (folder / "key.pem").chmod(0o600)
    made = Desk(folder, run)
    assert run("snapshot", "--source", folder / "force-app", "-o", folder / "s.json")[0] in (0, 4)
    assert run("check", "--snapshot", folder / "s.json", "-o", folder / "old.json")[0] in (1, 4)
    return made
