"""A manual verdict passes only by an attestation in force."""

from datetime import date, timedelta

import pytest

from sfharden.checks.azure.attested import attested
from sfharden.checks.common import Verdict, manual, unknown
from sfharden.model.azure import Attestation, AzureEntry
from sfharden.model.integration import Integration
from sfharden.model.results import Subject
from tests.orgs import healthy
from tests.orgs.constants import NOW

SUBJECT = Subject(kind="azure", name="x")


def with_word(control: str, expires: date) -> Integration:
    word = Attestation(control=control, reason="Seen in Salesforce", owner="ann", expires=expires)
    return healthy.integration().model_copy(update={"azure": AzureEntry(attestations=(word,))})


@pytest.mark.parametrize(
    ("verdict", "control", "days", "status"),
    [
        (manual(SUBJECT, "Look."), "this", 0, "pass"),
        (manual(SUBJECT, "Look."), "this", -1, "manual"),
        (manual(SUBJECT, "Look."), "another", 9, "manual"),
        (unknown(SUBJECT, "not read"), "this", 9, "unknown"),
    ],
)
def test_only_what_is_manual_is_attested_and_only_in_time(
    verdict: Verdict, control: str, days: int, status: str
) -> None:
    integration = with_word(control, NOW.date() + timedelta(days=days))
    assert attested(verdict, "this", integration, NOW).status.value == status


def test_without_an_integration_nothing_is_attested() -> None:
    assert attested(manual(SUBJECT, "Look."), "this", None, NOW).status.value == "manual"
