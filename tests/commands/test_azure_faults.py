"""No verdict on Azure rests on a call that failed: what isn't met stays so or becomes unknown, whichever call is refused.

Each call is refused in two ways here, and answered in each other wrong way for some calls; all of them with
SFHARDEN_AZURE_FAULTS=all, which takes ten minutes.
"""

import os
from collections.abc import Iterator
from functools import cache

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import AZURE_POLICY, load_policy
from sfharden.emulator.azure import story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import HARMLESS, WAITING, AzureFault, AzureFaultKind
from sfharden.emulator.azure.untidy import bad_tenant
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.sources.azure.live_kit import NOW, reading

Verdicts = dict[tuple[str, str, str], Status]
GOOD = (Status.PASS, Status.NOT_APPLICABLE)


def verdicts(*faults: AzureFault) -> Verdicts:
    """Of each control on each subject, in a tenant with every mistake of the checklist."""
    with reading(bad_tenant(NOW), story.SUBSCRIPTION) as one:
        one.server.faults.extend(faults)
        read = one.read([])
    whole = Snapshot(
        tool=Tool(version="test"), source=Source(kind="azure", name="test"), taken_at=NOW, azure=read
    )
    report = evaluate(whole, (load_policy(AZURE_POLICY),), (), (), NOW, "test")
    return {(one.control, one.subject.kind, one.subject.name): one.status for one in report.results}


@cache
def without_faults() -> Verdicts:
    return verdicts()


REFUSALS = (AzureFaultKind.FORBIDDEN, AzureFaultKind.NOT_FOUND)
EVERY = os.environ.get("SFHARDEN_AZURE_FAULTS") == "all"
_APART = 15  # of calls that have the same wrong answer in one run
# A token that is no token ends the run; nothing comes of that.
_ENDING = (AzureFaultKind.UNAUTHENTICATED, AzureFaultKind.EXPIRED)


def _cases() -> Iterator[tuple[str, AzureFaultKind]]:
    names = list(CALLS)
    yield from ((name, kind) for kind in REFUSALS for name in names)
    for at, kind in enumerate(one for one in AzureFaultKind if one not in (*REFUSALS, *_ENDING)):
        if kind not in WAITING and kind not in HARMLESS:
            yield from ((name, kind) for name in (names if EVERY else names[at % _APART :: _APART]))


@pytest.mark.parametrize(("name", "kind"), list(_cases()))
def test_a_refused_call_makes_nothing_good(name: str, kind: AzureFaultKind) -> None:
    before, after = without_faults(), verdicts(AzureFault(kind, path=CALLS[name]))
    assert not {key for key, status in after.items() if status in GOOD and before.get(key) not in GOOD}


def test_the_tenant_has_something_to_hide() -> None:
    assert sum(status is Status.FAIL for status in without_faults().values()) >= 5
