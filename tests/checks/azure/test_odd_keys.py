"""A key that Azure doesn't know is a finding, whatever else is so."""

import pytest

from sfharden.checks.azure.odd_keys import with_odd_keys
from sfharden.checks.common import Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.results import Severity, Status, Subject
from tests.orgs.azure_side import workflow

SUBJECT = Subject(kind="azure-workflow", name="w")


def _unreadable() -> Verdict:
    raise CannotTell("no")


def test_without_such_keys_the_verdict_is_as_it_is() -> None:
    assert with_odd_keys(workflow(), SUBJECT, (), lambda: passed(SUBJECT, "x")).status is Status.PASS
    with pytest.raises(CannotTell):
        with_odd_keys(workflow(), SUBJECT, (), _unreadable)


def test_with_such_keys_nothing_passes_and_a_failure_keeps_its_severity() -> None:
    for judge in (lambda: passed(SUBJECT, "x"), _unreadable):
        found = with_odd_keys(workflow(), SUBJECT, ("triggers/typo",), judge)
        assert (found.status, found.severity) == (Status.FAIL, Severity.MEDIUM)
    found = with_odd_keys(workflow(), SUBJECT, ("triggers/typo",), lambda: failed(SUBJECT, "x"))
    assert found.severity is None
    assert "triggers/typo" in found.message
