"""What comes after a plan, in its order: each step with its commands, the way back, and another org.

Every page of a plan has these words, whatever it's written in; `code` stands between backticks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model import kinds
from sfharden.model.plan import Plan
from sfharden.plan.azure.shell import ASKED
from sfharden.plan.steps import Commands, quoted

BEFORE: Final = (
    "Salesforce deploys a package as a whole, so one command does the first three. See first who would still get "
    "in, and which of the latest real logins would be refused: those are of the day, so they don't stand on this "
    "page. And have the org check it:"
)
AFTER_PACKAGE: Final = "After the package, and before a user changes the profile:"
ORIGINALS: Final = "The originals are in rollback/:"
NO_WAY_BACK: Final = "Tokens that were revoked don't come back; the connection must be authorised again."
ANOTHER_ORG: Final = (
    "For another org, such as production after a sandbox, plan there: the same change is drawn up on what "
    "that org has, with its own keys and ids, and each difference from this plan is told."
)
_DEPLOYED: Final = (
    (
        (kinds.PROFILE, kinds.PERMISSION_SET),
        "Profile",
        "The dedicated profile and its login ranges, and what its users need besides.",
    ),
    (
        (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY, kinds.EXTERNAL_OAUTH_SECURITY),
        "App policy",
        "Who may use the app, and from where.",
    ),
    ((kinds.SECURITY,), "Session setting", "Ranges are enforced on every request."),
)


@dataclass(frozen=True, slots=True)
class OrderedStep:
    """One step: what it's called, what to do, and the commands that do it."""

    name: str
    text: str
    commands: tuple[str, ...] = ()


def ordered_steps(plan: Plan, commands: Commands) -> Iterator[OrderedStep]:
    """All steps; one that this plan has nothing for says so."""
    touched = {one.kind for one in plan.changes}
    for group, name, text in _DEPLOYED:
        yield OrderedStep(name, text if touched & set(group) else f"{text} (Nothing to do.)")
    yield OrderedStep(
        "Revoke",
        "Every token of the app that was issued before: it keeps what it was given. Look first:",
        tuple(commands.revoke()),
    )
    yield OrderedStep(
        "Write it down",
        "Now that the tokens are gone, write `hardened_at: <the time, UTC>` into the "
        "integration file, such as `hardened_at: 2026-11-24T06:00:00Z`.",
    )
    yield OrderedStep(
        "Reauthorise",
        "Authorise the connection again, as the integration's user, from an operator address.",
    )
    yield OrderedStep(
        "Test both ways",
        "Run the integration once: it must succeed. Try once from an address outside the ranges: "
        "it must be refused.",
    )
    yield from azure_steps(plan, commands)
    yield OrderedStep("Verify", "Was it seen to work?", (commands.verify(),))


def azure_steps(plan: Plan, commands: Commands) -> Iterator[OrderedStep]:
    """The step of the Azure side: after the org's, so that what stops working is known to be of one side."""
    if plan.azure:
        script = quoted(f"{commands.folder}/azure/commands.sh")
        needs = [f"`{name[1:-1]}` ({ASKED[name]})" for name in dict.fromkeys(_asked(plan))]
        first = f" Set {', '.join(needs)} first." if needs else ""
        yield OrderedStep(
            "The Azure side",
            "In the order of its numbers: first records, which lose nothing, last access, which shuts out. "
            f"Read azure/README.md before.{first} Without a number the script lists the changes; "
            "after each, run the integration once.",
            (
                f"sh {script}",
                *(f"sh {script} {number}" for number, one in enumerate(plan.azure, 1) if one.commands),
            ),
        )


def _asked(plan: Plan) -> Iterator[str]:
    return (name for one in plan.azure for name in one.asks)


def before_deploying(commands: Commands) -> tuple[str, ...]:
    """Who would still get in; the check by the org; the deployment."""
    return (commands.simulate(), *commands.deploy())


def way_back(plan: Plan, commands: Commands) -> str:
    """The command that deploys the originals; empty where there was nothing before."""
    return commands.roll_back() if any(one.before_sha256 is not None for one in plan.files) else ""


def whose(plan: Plan) -> str:
    """Which org the plan is for."""
    if plan.org:
        return "It is for the org named above, and rests on what was read there."
    return "Which org gets it is not known."
