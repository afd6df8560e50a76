"""The commands around a plan, as they are typed: simulate, deploy, revoke, verify."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model.plan import Plan
from sfharden.plan.wording import YOUR_ORG, deploy_command
from sfharden.text.redact import safe_text
from sfharden.text.wrapping import display_width

_WORD: Final = r"""(?:'[^']*'|"[^"]*"|\S)+"""
_PIECE: Final = re.compile(rf"-[\w-]+ (?!-){_WORD}|{_WORD}")


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of the plan in `folder`.

    `source` and `live` are the SOURCE options to type: what was planned on, and the running org that gets it.
    `integration` is the path of the integration file, `org` an alias of the Salesforce CLI; `sign_in` tells that one of
    the org, where it was reached without it. `azure` are the options of the Azure side.
    """

    folder: str
    source: str = f"--org {YOUR_ORG}"
    live: str = f"--org {YOUR_ORG}"
    integration: str = "integration.yaml"
    org: str = YOUR_ORG
    apps: tuple[str, ...] = ()
    sign_in: str = ""
    azure: str = ""

    def simulate(self) -> str:
        """Who would still get in."""
        with_ = quoted(f"{self.folder}/package")
        sources = f"{self.source} {self.azure}".strip()
        return f"sfharden simulate {sources} -i {quoted(self.integration)} --with {with_}"

    def deploy(self) -> Iterator[str]:
        """Have the Salesforce CLI know the org, the org check the package; then deploy it."""
        if self.sign_in:
            yield self.sign_in
        yield deploy_command(f"{self.folder}/package", dry_run=True, org=self.org)
        yield deploy_command(f"{self.folder}/package", org=self.org)

    def carry(self) -> str:
        """The same change on another org, compared with this one."""
        there = f"sfharden plan --org {YOUR_ORG} -i {quoted(self.integration)}"
        return f"{there} --from-plan {quoted(self.folder)} -o {quoted(f'{self.folder}-there')}"

    def roll_back(self) -> str:
        """Deploy the originals."""
        return deploy_command(f"{self.folder}/rollback", org=self.org)

    def assign(self, plan: Plan) -> Iterator[str]:
        """Give users the permission set that is offered (Salesforce CLI Command Reference, org assign permset)."""
        for one in plan.rights:
            if one.permission_set and any(one.permission_set in step for step in plan.manual):
                users = " ".join(f"--on-behalf-of {quoted(user)}" for user in one.users)
                target = quoted(self.org)
                yield f"sf org assign permset --name {one.permission_set} {users} --target-org {target}"

    def revoke(self) -> Iterator[str]:
        """Look at the apps' tokens, then revoke them."""
        apps = " ".join(f"--app {quoted(one)}" for one in self.apps or ("YOUR_APP",))
        yield f"sfharden revoke {self.live} {apps} --dry-run"
        yield f"sfharden revoke {self.live} {apps}"

    def verify(self) -> str:
        """Was it seen to work?"""
        return f"sfharden verify {self.live} -i {quoted(self.integration)}"


def wrapped(command: str, width: int) -> str:
    """A command on lines of at most `width` columns that a shell still takes; no word is broken."""
    lines = [""]
    for piece in _PIECE.findall(command):
        longer = f"{lines[-1]} {piece}" if lines[-1].strip() else lines[-1] + piece
        if display_width(longer) > width - 2 and lines[-1].strip():
            lines[-1] += " \\"
            longer = f"    {piece}"
            lines.append("")
        lines[-1] = longer
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Foreign text as one word of a command."""
    return shlex.quote(safe_text(text, limit=1000))
