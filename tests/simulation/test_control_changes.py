"""The controls that come out otherwise: after the package, after the steps by hand, or both."""

from sfharden.checks.evaluate import evaluate
from sfharden.model.results import Report
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.control_changes import control_changes
from tests.orgs.constants import HARDENED_INTEGRATION, NOW
from tests.orgs.files import PROFILE, permission
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, running

LEAST = "integration-profile-least-privilege"
MIGHTY = {**FILES, PROFILE: FILES[PROFILE].replace("</Profile>", f"{permission('ModifyAllData')}</Profile>")}


def report(snapshot: Snapshot) -> Report:
    return evaluate(snapshot, shipped(), [HARDENED_INTEGRATION], (), NOW, "")


def test_what_comes_out_as_before_is_no_change() -> None:
    healthy = report(running())
    assert list(control_changes(healthy, healthy)) == []
    assert list(control_changes(healthy, healthy, healthy)) == []


def test_what_differs_only_after_the_steps_is_told_with_all_three() -> None:
    healthy, mighty = report(running()), report(running(MIGHTY))
    (one,) = (each for each in control_changes(healthy, healthy, mighty) if each.control == LEAST)
    assert one.before
    assert one.after
    assert one.by_hand
    assert [each.status.value for each in (one.before, one.after, one.by_hand)] == ["pass", "pass", "fail"]


def test_without_steps_there_is_no_third() -> None:
    (one,) = (
        each for each in control_changes(report(running()), report(running(MIGHTY))) if each.control == LEAST
    )
    assert one.by_hand is None
    assert one.subject == "profile 'Logic Apps Integration'"
