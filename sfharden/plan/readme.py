"""README.md of a plan: what changes, what to look at first, the steps in their order, and the way back.

Names come from an org or from files, so each is escaped: none may become markup, a link or a command.
"""

from collections.abc import Iterable, Iterator

from sfharden.model.plan import Plan, PlannedChange
from sfharden.plan.ordered_steps import (
    AFTER_PACKAGE,
    ANOTHER_ORG,
    BEFORE,
    NO_WAY_BACK,
    ORIGINALS,
    OrderedStep,
    azure_steps,
    before_deploying,
    ordered_steps,
    way_back,
    whose,
)
from sfharden.plan.readable import AZURE_PAGE, MOST_SHOWN, azure_rows, rows
from sfharden.plan.rights_words import sentences
from sfharden.plan.steps import Commands
from sfharden.plan.wording import KEPT_BY_ORG, heading, subject, what_else_is_deployed
from sfharden.text.markdown import escaped


def readme(plan: Plan, commands: Commands) -> str:
    """The page, in Markdown."""
    lines = [
        f"# {escaped(heading(plan))}",
        "",
        f"A plan for {escaped(', '.join(plan.integrations))}, made by sfharden {escaped(plan.tool.version)}. "
        f"Fingerprint `{plan.fingerprint[:12]}`. Nothing has been changed yet, and sfharden doesn't deploy it.",
        *_section("ACCEPTED RISK: these ways in would be shut", plan.lockouts),
        *_section("Look at this first", plan.conditions),
        *_changes(plan),
        *_azure(plan),
        *_rights(plan),
        *_by_hand(plan, commands),
        *_section("Good to know", plan.notes),
        *_section("Left out", (f"{one}: {KEPT_BY_ORG}" for one in plan.left_out)),
    ]
    if plan.changes or not plan.azure:
        lines += [*_steps(plan, commands), *_way_back(plan, commands), *_another_org(plan, commands)]
    else:
        steps = enumerate(azure_steps(plan, commands), 1)
        lines += [
            "",
            "## The steps, in this order",
            "",
            *(f"{number}. {_step(one)}" for number, one in steps),
        ]
    return "\n".join(lines) + "\n"


def _section(title: str, texts: Iterable[str]) -> Iterator[str]:
    items = [f"- {escaped(text)}" for text in texts]
    if items:
        yield from ("", f"## {title}", "", *items)


def _changes(plan: Plan) -> Iterator[str]:
    if plan.changes or not plan.azure:
        yield from ("", "## What changes", "")
        yield from (line for one in plan.changes for line in _change(one))


def _azure(plan: Plan) -> Iterator[str]:
    """The changes of the Azure side, in short: a page of their own has the commands."""
    if not plan.azure:
        return
    yield from ("", "## The Azure side", "", AZURE_PAGE, "")
    for number, one in enumerate(plan.azure, 1):
        yield f"{number}. {escaped(one.what)} of {escaped(one.name)} ({escaped(one.control)})"
        for row in azure_rows(one):
            yield f"   - {row.label}: {', '.join(map(escaped, row.values))}"


def _rights(plan: Plan) -> Iterator[str]:
    yield from _section(
        "What the profile doesn't grant", (text for one in plan.rights for text in sentences(one))
    )


def _by_hand(plan: Plan, commands: Commands) -> Iterator[str]:
    """The steps that no package can do, once it's deployed; what a command does comes first."""
    yield from _section("By hand", plan.manual)
    lines = [f"    {one}" for one in commands.assign(plan)]
    if lines:
        yield from ("", AFTER_PACKAGE, "", *lines)


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
    lines = [f"    {one}" for one in before_deploying(commands)]
    yield from ("", "## The steps, in this order", "", BEFORE, "", *lines, "")
    yield from (f"{number}. {_step(one)}" for number, one in enumerate(ordered_steps(plan, commands), 1))
    differs = what_else_is_deployed(plan)
    if differs:
        yield from ("", escaped(differs))


def _step(one: OrderedStep) -> str:
    """A step with its commands, as a code block within the item of the list."""
    text = f"**{one.name}.** {one.text}"
    if not one.commands:
        return text
    return "\n".join([text, "", *(f"       {command}" for command in one.commands), ""])


def _another_org(plan: Plan, commands: Commands) -> Iterator[str]:
    yield from ("", "## Another org", "", f"{whose(plan)} {ANOTHER_ORG}", "", f"    {commands.carry()}")


def _way_back(plan: Plan, commands: Commands) -> Iterator[str]:
    yield from ("", "## The way back", "")
    if command := way_back(plan, commands):
        yield from (ORIGINALS, "", f"    {command}", "")
    yield NO_WAY_BACK
    yield from _section("What the rollback can't undo", plan.undo)
