"""One verdict a workflow, Consumption or Standard, and unknown for an app whose workflows weren't read."""

from collections.abc import Callable, Iterator

from sfharden.azure.flow_code import FlowCode, flow_code
from sfharden.azure.secrets import is_cut
from sfharden.azure.side import AzureSide, site_workflows
from sfharden.checks.azure.common import judge_each, subject_of
from sfharden.checks.common import Verdict, attempt, not_applicable, unknown
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Status, Subject

JudgeFlow = Callable[[FlowCode, Subject], Verdict]


def judge_flows(side: AzureSide, judge: JudgeFlow) -> Iterator[Verdict]:
    """A verdict for each workflow of the side. Raises CannotTell where there is none."""
    flows = list(side.workflows)
    said = False
    for site in side.sites:
        own, verdict = _of_site(side, site)
        flows.extend(own)
        if verdict:
            said = True
            yield verdict
    if flows or not said or any(one.kind == "azure-workflow" for one in side.not_found):
        yield from judge_each(
            side, flows, lambda one, _: _judged(one, flow_subject(one), judge), "azure-workflow"
        )


def _judged(flow: AzureResource, subject: Subject, judge: JudgeFlow) -> Verdict:
    return attempt(subject, lambda: _of_whole(flow_code(flow), subject, judge))


def _of_whole(code: FlowCode, subject: Subject, judge: JudgeFlow) -> Verdict:
    """Only a failure counts of code of which a part isn't read. Raises CannotTell."""
    verdict = judge(code, subject)
    if verdict.status is Status.FAIL:
        return verdict
    if is_cut(code.resource.document):
        raise CannotTell("its code nests too deep to be read whole", code.where())
    if odd := next((step for step in code.steps if step.body is None), None):
        raise CannotTell(f"its step '{odd.path}' can't be understood", code.where(odd.pointer))
    return verdict


def _of_site(side: AzureSide, site: AzureResource) -> tuple[tuple[AzureResource, ...], Verdict | None]:
    try:
        own = tuple(site_workflows(side, site))
    except CannotTell as reason:
        seen = side.index.rows(f"{site.id}/workflows")
        return seen, unknown(subject_of(site), reason.reason, reason.where)
    return own, None if own else not_applicable(subject_of(site), "The app has no workflow.")


def flow_subject(flow: AzureResource) -> Subject:
    """A workflow by its group and name; one of a Standard app by its app, too."""
    app = flow.id.strip("/").split("/")[-3] if flow.type.endswith("/sites/workflows") else ""
    name = flow.name if not app or "/" in flow.name else f"{app}/{flow.name}"
    return Subject(kind="azure-workflow", name=f"{flow.group}/{name}" if flow.group else name)
