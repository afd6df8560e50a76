"""From where the inputs and outputs of runs may be read (AzSK 160)."""

from collections.abc import Iterator
from typing import Final

from sfharden.azure.access_control import range_list, unknown_keys
from sfharden.checks.azure.admitted import Admitted, Declared, RangeLimits, judge_admitted
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.azure.odd_keys import with_odd_keys
from sfharden.checks.common import Context, Verdict, failed, manual
from sfharden.model.azure import WORKFLOWS, AzureResource
from sfharden.model.results import Subject

_WHAT: Final = "ranges of readers of its runs"
_STANDARD: Final = (
    "That a Standard app has no restriction for the contents of runs is only inferred: show from where they are read. See"
    " its access restrictions (logic-app-trigger-callers) and who may read its runs (azure-rights-least)."
)


def judge_content_readers(context: Context, parameters: RangeLimits) -> Iterator[Verdict]:
    """What flowed in a run is read from few addresses only."""
    side = context.azure
    declared = Declared("data_readers", side.entry.data_readers)
    yield from judge_each(
        side, side.apps, lambda one, about: _judge(one, about, declared, parameters), "azure-workflow"
    )


def _judge(app: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits) -> Verdict:
    if app.type != WORKFLOWS:
        return manual(subject, _STANDARD)
    keys = tuple(unknown_keys(app, "contents"))
    return with_odd_keys(app, subject, keys, lambda: _by_ranges(app, subject, declared, limits))


def _by_ranges(flow: AzureResource, subject: Subject, declared: Declared, limits: RangeLimits) -> Verdict:
    listed = range_list(flow, "contents")
    if listed.ranges is None:
        said = "The contents of its runs have no ranges of readers: whoever may read runs reads the data from anywhere."
        return failed(subject, said, seen(_WHAT, listed.found, "few addresses"))
    if listed.is_empty:  # what it means for contents is not documented, unlike for triggers
        said = (
            "The ranges of readers of its runs are an empty list, which isn't documented to restrict anybody."
        )
        return failed(subject, said, seen(_WHAT, listed.found, "few addresses", shown="an empty list"))
    return judge_admitted(subject, Admitted(_WHAT, listed.ranges, listed.found.where), declared, limits)


CHECKS = {"azure_content_readers": azure_check(RangeLimits, judge_content_readers)}
