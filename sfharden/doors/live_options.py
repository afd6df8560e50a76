"""How to sign in to a running org, as it was said on the command line."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sfharden.doors.run_doors import RunDoors
from sfharden.errors import UsageError
from sfharden.text.redact import Secret

DemoOrg = Callable[[datetime], AbstractContextManager[tuple[str, Secret]]]


def no_demo_org(_now: datetime) -> AbstractContextManager[tuple[str, Secret]]:
    """Where nobody handed in an embedded org. Raises UsageError."""
    raise UsageError("There is no embedded org here.")


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How to sign in, and how many calls may be made. Secrets are in the environment or in files.

    `explain_api` only tells the calls, with `count_first` after counting what they depend on. `every_token` asks for
    every token of external client apps. `trust_host` names hosts that may get a token though they aren't
    Salesforce's. `doors` are what the entry point was given, see `doors.run_doors`. `demo_org` serves the embedded org until its block ends,
    and gives its address and an access token.
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
    demo_org: DemoOrg = no_demo_org

    @property
    def is_given(self) -> bool:
        """True if an org was named in any way."""
        return bool(self.org or self.instance_url or self.demo)
