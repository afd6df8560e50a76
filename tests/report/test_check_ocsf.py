"""OCSF: every event valid by the schema of 1.8; what isn't known is Other, in words."""

import json
from typing import Any

import pytest

from sfharden.model.results import Evidence, Report, Status, Subject
from tests.published import against_ocsf

from .forms_kit import every_state, hostile_report, named, report, shown
from .test_check_table import result


def events_of(given: Report) -> list[dict[str, Any]]:
    text = shown(given, "ocsf")
    assert against_ocsf(text) == []
    return list(json.loads(text))


@pytest.mark.parametrize(
    "given", [every_state(), hostile_report(), report()], ids=["states", "hostile", "none"]
)
def test_every_event_is_valid(given: Report) -> None:
    assert len(events_of(given)) == len(given.results)


def test_unknown_is_neither_warning_nor_failure() -> None:
    (event,) = events_of(report(named(Status.UNKNOWN, "U", message="Can't tell: why.")))
    assert (event["compliance"]["status_id"], event["compliance"]["status"]) == (99, "unknown")
    assert event["compliance"]["status_detail"] == "Can't tell: why."
    assert (event["status_id"], event["status"]) == (99, "unknown")


def test_a_finding_is_new_once_and_has_the_fingerprint_that_it_has_everywhere() -> None:
    given = every_state()
    events = {one["finding_info"]["uid"]: one for one in events_of(given)}
    told = {one.subject.name: events[one.fingerprint] for one in given.results}
    assert (told["New"]["status"], told["New"]["activity_name"]) == ("New", "Create")
    assert (told["Old"]["status"], told["Old"]["activity_name"]) == ("In Progress", "Update")
    assert told["W"]["status"] == "Suppressed"
    assert told["Mended"]["severity"] == "Informational"


def test_no_token_gets_into_an_event() -> None:
    token = "00D000000000001!AQ0AQsecretsecretsecret"
    seen = Evidence(what=token, observed=token, expected=token, source=token)
    subject = Subject(kind="app", name=token)
    one = result(
        message=token, title=token, subject=subject, remediation=token, references=(token,), evidence=(seen,)
    )
    assert "secretsecret" not in shown(report(one), "ocsf")
