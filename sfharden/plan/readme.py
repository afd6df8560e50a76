"""README.md of a plan: what changes, what to look at first, the steps in their order, and the way back.

Names come from an org or from files, so each is escaped: none may become markup, a link or a command.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.model import kinds
from sfharden.model.plan import Plan, PlannedChange
from sfharden.plan.readable import MOST_SHOWN, rows
from sfharden.plan.rights_words import sentences
from sfharden.plan.steps import Commands
from sfharden.plan.wording import KEPT_BY_ORG, heading, subject, what_else_is_deployed
from sfharden.text.markdown import escaped

_ORDER: Final = (
    (
        (kinds.PROFILE, kinds.PERMISSION_SET),
        "**Profile.** The dedicated profile and its login ranges, and what its users need besides.",
    ),
    (
        (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY, kinds.EXTERNAL_OAUTH_SECURITY),
        "**App policy.** Who may use the app, and from where.",
    ),
    ((kinds.SECURITY,), "**Session setting.** Ranges are enforced on every request."),
)


def readme(plan: Plan, commands: Commands) -> str:
    """The page, in Markdown."""
    lines = [
        f"# {escaped(heading(plan))}",
        "",
        f"A plan for {escaped(', '.join(plan.integrations))}, made by sfharden {escaped(plan.tool.version)}. "
        f"Fingerprint `{plan.fingerprint[:12]}`. Nothing has been changed yet, and sfharden doesn't deploy it.",
        *_section("ACCEPTED RISK: these ways in would be shut", plan.lockouts),
        *_section("Look at this first", plan.conditions),
        "",
        "## What changes",
        "",
        *(line for one in plan.changes for line in _change(one)),
        *_rights(plan),
        *_by_hand(plan, commands),
        *_section("Good to know", plan.notes),
        *_section("Left out", (f"{one}: {KEPT_BY_ORG}" for one in plan.left_out)),
        *_steps(plan, commands),
        *_way_back(plan, commands),
        *_another_org(plan, commands),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, texts: Iterable[str]) -> Iterator[str]:
    items = [f"- {escaped(text)}" for text in texts]
    if items:
        yield from ("", f"## {title}", "", *items)


def _rights(plan: Plan) -> Iterator[str]:
    yield from _section(
        "What the profile doesn't grant", (text for one in plan.rights for text in sentences(one))
    )


def _by_hand(plan: Plan, commands: Commands) -> Iterator[str]:
    """The steps that no package can do, once it's deployed; what a command does comes first."""
    yield from _section("By hand", plan.manual)
    lines = [f"    {one}" for one in commands.assign(plan)]
    if lines:
        yield from ("", "After the package, and before a user changes the profile:", "", *lines)


def _change(change: PlannedChange) -> Iterator[str]:
    """One setting with every value; a long list is folded, so that it's read by who wants to."""
    yield f"- {escaped(subject(change))}, {change.setting} ({escaped(change.control)})"
    for row in rows(change):
        values = ", ".join(map(escaped, row.values))
        if len(row.values) <= MOST_SHOWN:
            yield f"  - {row.label}: {values}"
        else:
            summary = f"<summary>{row.label}: {len(row.values):,}</summary>"
            yield from (f"  - <details>{summary}", "", f"    All: {values}", "", "    </details>")


def _steps(plan: Plan, commands: Commands) -> Iterator[str]:
    touched = {one.kind for one in plan.changes}
    parts = [text if touched & set(group) else f"{text} (Nothing to do.)" for group, text in _ORDER]
    yield from (
        "", "## The steps, in this order", "",
        "Salesforce deploys a package as a whole, so one command does the first three. See first who would still get "
        "in, and which of the latest real logins would be refused: those are of the day, so they don't stand on this "
        "page. And have the org check it:",
        "", *(f"    {one}" for one in (commands.simulate(), *commands.deploy())), "",
    )  # fmt: skip
    steps = [
        *parts,
        _with_commands(
            "**Revoke.** Every token of the app that was issued before: it keeps what it was given. Look first:",
            commands.revoke(),
        ),
        "**Write it down.** Now that the tokens are gone, write `hardened_at: <the time, UTC>` into the "
        "integration file, such as `hardened_at: 2026-11-24T06:00:00Z`.",
        "**Reauthorise.** Authorise the connection again, as the integration's user, from an operator address.",
        "**Test both ways.** Run the integration once: it must succeed. Try once from an address outside the ranges: "
        "it must be refused.",
        _with_commands("**Verify.** Was it seen to work?", (commands.verify(),)),
    ]
    yield from (f"{number}. {text}" for number, text in enumerate(steps, 1))
    differs = what_else_is_deployed(plan)
    if differs:
        yield from ("", escaped(differs))


def _with_commands(text: str, commands: Iterable[str]) -> str:
    """A step with its commands, as a code block within the item of the list."""
    return "\n".join([text, "", *(f"       {one}" for one in commands), ""])


def _another_org(plan: Plan, commands: Commands) -> Iterator[str]:
    whose = (
        "It is for the org named above, and rests on what was read there."
        if plan.org
        else "Which org gets it is not known."
    )
    yield from (
        "", "## Another org", "",
        f"{whose} For another org, such as production after a sandbox, plan there: the same change is drawn up on what "
        "that org has, with its own keys and ids, and each difference from this plan is told.",
        "", f"    {commands.carry()}",
    )  # fmt: skip


def _way_back(plan: Plan, commands: Commands) -> Iterator[str]:
    yield from ("", "## The way back", "")
    if any(one.before_sha256 is not None for one in plan.files):
        yield from ("The originals are in rollback/:", "", f"    {commands.roll_back()}", "")
    yield "Tokens that were revoked don't come back; the connection must be authorised again."
    yield from _section("What the rollback can't undo", plan.undo)
