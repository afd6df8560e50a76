"""What the checks of the Azure side share: one verdict a resource, and unknown for each that wasn't found."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sfharden.azure.index import AzureValue
from sfharden.azure.side import AzureSide
from sfharden.checks.common import Check, Context, Verdict, attempt, unknown
from sfharden.facts.values import CannotTell
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, AzureResource
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Severity, Subject

SCOPE: Final = "azure"
_KINDS: Final = {WORKFLOWS: "azure-workflow", SITES: "azure-site", CONNECTIONS: "azure-connection"}

Judge = Callable[[AzureResource, Subject], Verdict]


def azure_check(
    parameters: type[Model],
    judge: Callable[[Context, Any], Iterable[Verdict]],
    worst: Severity | None = None,
) -> Check:
    """A check of the Azure side; it rests on no part of an org."""
    return Check(SCOPE, parameters, judge, azure_subject, (), worst=worst)


def azure_subject(context: Context) -> Subject:
    """The Azure side as a whole."""
    return Subject(kind="azure", name=context.integration.name if context.of_integration else "Azure")


def subject_of(resource: AzureResource) -> Subject:
    """A resource by its group and name."""
    return Subject(kind=_KINDS.get(resource.type, "azure-resource"), name=resource.shown)


def judge_each(
    side: AzureSide, resources: Iterable[AzureResource], judge: Judge, *kinds: str
) -> Iterator[Verdict]:
    """A verdict for each resource, and unknown for what of these kinds the integration file names and wasn't found.

    Raises CannotTell where there is nothing to judge.
    """
    judged = False
    for resource in resources:
        subject, judged = subject_of(resource), True
        yield attempt(subject, lambda one=resource, about=subject: judge(one, about))  # type: ignore[misc]
    for missing in side.not_found:
        if missing.kind in kinds:
            judged = True
            yield unknown(Subject(kind=missing.kind, name=missing.name), missing.reason)
    if not judged:
        raise CannotTell("nothing was read that this is about")


def seen(what: str, found: AzureValue, expected: str = "", *, shown: str = "") -> Evidence:
    """A value as evidence; `shown` where the value itself isn't to be told, or is too long."""
    written = shown or ("not set" if found.is_absent else str(found.value))
    return Evidence(what=what, observed=written, expected=expected, source=found.where)
