"""The sentences that every account of a plan shares: the first line, the commands, what a package takes along."""

import shlex
from typing import Final

from sfharden.model.plan import Plan, PlannedChange
from sfharden.text.redact import safe_text
from sfharden.text.wording import count, day

KEPT_BY_ORG: Final = "an org that has it keeps its own"
YOUR_ORG: Final = "YOUR_ORG"  # where no alias is known


def heading(plan: Plan) -> str:
    """Which org this is about; a production org is named as one."""
    if plan.source.is_azure:
        return f"The Azure side alone ({safe_text(plan.source.name, limit=60)}); take it for PRODUCTION."
    if plan.org is None:
        return f"Planned from metadata files ({safe_text(plan.source.name, limit=60)}); the org that gets it is not known: take it for PRODUCTION."
    label = "PRODUCTION" if plan.org.production else "Sandbox"
    return f"{label} org {safe_text(plan.org.name, limit=60)} ({safe_text(plan.org.id, limit=20)})".replace(
        "  ", " "
    )


def told_in_number(plan: Plan) -> str:
    """How much changes."""
    of_org = f"{count(len(plan.changes), 'change')} in {count(len(plan.files), 'file')}"
    of_azure = f"{count(len(plan.azure), 'change')} of the Azure side"
    return " and ".join(
        text for text, is_there in ((of_org, plan.changes), (of_azure, plan.azure)) if is_there
    )


def what_else_is_deployed(plan: Plan) -> str:
    """What a package of whole files takes along where they weren't read from the org just now; empty for an org."""
    whole = "The package holds whole files."
    if plan.source.is_files:
        return f"{whole} Whatever else in them differs from the org is deployed, too: compare them with the org first."
    if plan.source.kind != "snapshot":
        return ""
    taken = (
        f"of {day(plan.source.taken_at)}" if plan.source.taken_at else "that doesn't say when it was taken"
    )
    return (
        f"This was drawn up on a snapshot {taken}. {whole} What was changed in them since is put back: before you "
        "deploy, plan on the org itself."
    )


def deploy_command(folder: str, *, dry_run: bool = False, org: str = YOUR_ORG) -> str:
    """What deploys a folder of a plan with the Salesforce CLI; sfharden itself never deploys.

    The org is always named: without it, the CLI would take its default one.
    """
    flag = " --dry-run" if dry_run else ""
    target = shlex.quote(safe_text(org))
    where = shlex.quote(safe_text(folder, limit=1000))
    return f"sf project deploy start --metadata-dir {where} --target-org {target}{flag}"


def subject(change: PlannedChange) -> str:
    """`Profile 'Logic Apps Integration'`."""
    return f"{change.kind} '{safe_text(change.name, limit=300)}'"
