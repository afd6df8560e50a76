"""AzSK 210: the code of a workflow is kept outside of Azure, and is what runs (reference §1.12)."""

from collections.abc import Iterator

from sfharden.azure.index import value
from sfharden.azure.objects import text
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.common import Context, NoParameters, Verdict, failed, manual, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.results import Evidence, Subject


def judge_backup(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """The definition that runs is a file of the repository that the integration file names."""
    side = context.azure
    yield from judge_each(side, side.apps, lambda one, subject: _judge(side, one, subject), "azure-workflow")


def _judge(side: AzureSide, one: AzureResource, subject: Subject) -> Verdict:
    if one.type == SITES:
        return _site(side, one, subject)
    if side.index.snapshot.repository is None:
        return manual(
            subject, "No repository is named (azure: repository: DIR): show where its code is kept."
        )
    if not one.definition_digest:
        raise CannotTell("its definition was not read", one.where("/properties/definition"))
    for file in side.index.snapshot.repository:
        if file.digest == one.definition_digest:
            evidence = Evidence(
                what="definition",
                observed="the same, secrets apart",
                expected="kept in the repository",
                source=file.path,
            )
            return passed(subject, f"What runs is kept in {file.path}.", evidence)
    held = len(side.index.snapshot.repository)
    evidence = Evidence(
        what="definition",
        observed=f"in none of {held} files",
        expected="kept in the repository",
        source=side.entry.repository or "",
    )
    return failed(subject, "No file of the repository is what runs.", evidence)


def _site(side: AzureSide, one: AzureResource, subject: Subject) -> Verdict:
    """Where a Standard app is deployed from tells that there is a source, not that it's what runs."""
    web = side.index.find(f"{one.id}/config/web")
    deployed = value(web, "properties.scmType") if web else None
    if deployed and text(deployed.value).casefold() not in ("", "none"):
        return manual(
            subject,
            f"It's deployed from {deployed.value}: show that its code is kept there.",
            seen("scmType", deployed),
        )
    return manual(subject, "A Standard app's files aren't compared: show where its code is kept.")


CHECKS = {"azure_code_backup": azure_check(NoParameters, judge_backup)}
