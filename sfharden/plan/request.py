"""What was asked of `sfharden plan`, and the commands that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sfharden.model.integration import Integration
from sfharden.plan.planner import DEFAULT_API_VERSION
from sfharden.plan.steps import Commands, quoted
from sfharden.plan.wording import YOUR_ORG


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What was asked of the plan. `former` is the folder of a plan that is to be looked at again, `origin` that of another
    org's plan, which is carried over.

    `source` is the SOURCE to type again; `alias` is what the Salesforce CLI calls the org, where that was given, and
    `sign_in` what tells it of the org otherwise. `azure` are the options of the Azure side.
    """

    source: str
    is_live: bool
    alias: str | None
    integration: Path
    api_version: str
    output: Path | None
    fit: int | None
    accept_lockout_risk: bool
    my_address: str | None
    expect_refused: tuple[str, ...]
    validate: bool
    former: Path | None
    origin: Path | None
    full: bool
    format_: str
    sign_in: str = ""
    policies: tuple[str, ...] = ()
    azure: str = ""

    @property
    def folder(self) -> Path | None:
        """Where the plan to deploy stands: just written, or looked at again."""
        return self.output or self.former

    def commands(self, integrations: Iterable[Integration], folder: Path) -> Commands:
        """The commands around a plan. Files don't tell which org gets them: that's for the reader to fill in."""
        return Commands(
            str(folder),
            source=self.source,
            live=self.source if self.is_live else f"--org {YOUR_ORG}",
            integration=str(self.integration),
            org=self.alias or YOUR_ORG,
            apps=tuple(dict.fromkeys(one.app for one in integrations)),
            sign_in=self.sign_in,
            azure=self.azure,
        )

    def named(self) -> list[str]:
        """The addresses from which logins are meant to be refused, as they are typed."""
        return [f"--expect-refused {quoted(one)}" for one in self.expect_refused]

    def again(self) -> str:
        """The same plan, written this time."""
        sources = " ".join(one for one in (self.source, self.azure) if one)
        words = [f"sfharden plan {sources} -i {quoted(str(self.integration))}"]
        if self.fit is not None:
            words.append(f"--fit {self.fit}")
        if self.accept_lockout_risk:
            words.append("--accept-lockout-risk")
        if self.my_address:
            words.append(f"--my-address {quoted(self.my_address)}")
        words += [f"--policy {quoted(one)}" for one in self.policies]
        if self.origin:
            words.append(f"--from-plan {quoted(str(self.origin))}")
        words += self.named()
        if self.api_version != DEFAULT_API_VERSION:
            words.append(f"--api-version {self.api_version}")
        return " ".join([*words, "-o change-there" if self.origin else "-o change"])
