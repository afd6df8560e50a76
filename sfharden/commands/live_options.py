"""How to sign in to a running org, as it was said on the command line."""

from dataclasses import dataclass, field
from pathlib import Path

from sfharden.commands.doors import RunDoors


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How to sign in, and how many calls may be made. Secrets are in the environment or in files.

    `explain_api` only tells the calls, with `count_first` after counting what they depend on. `every_token` asks for
    every token of external client apps. `trust_host` names hosts that may get a token though they aren't
    Salesforce's. `doors` are what the entry point was given, see `commands.doors`.
    """

    org: str | None = None
    instance_url: str | None = None
    client_id: str | None = None
    jwt_key_file: Path | None = None
    username: str | None = None
    demo: bool = False
    api_budget: int | None = None
    explain_api: bool = False
    count_first: bool = False
    every_token: bool = False
    timeout: float | None = None
    trust_host: tuple[str, ...] = ()
    doors: RunDoors = field(default_factory=RunDoors)

    @property
    def is_given(self) -> bool:
        """True if an org was named in any way."""
        return bool(self.org or self.instance_url or self.demo)
