"""Results: what counts as a finding, and fingerprints that name one result from run to run."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.results import Result, ResultState, Severity, Status, Subject, Waived, fingerprint

WAIVED = Waived(reason="r", owner="o", expires=date(2027, 1, 31))
TEXTS = st.text(max_size=8)


def result(status: Status, waived: Waived | None = None) -> Result:
    return Result(
        control="c", subject=Subject(kind="org", name="org"), status=status, severity=Severity.HIGH,
        title="t", message="m", waived=waived,
    )  # fmt: skip


@pytest.mark.parametrize("status", list(Status))
def test_only_a_failure_that_no_waiver_covers_is_a_finding(status: Status) -> None:
    assert result(status).is_finding is (status is Status.FAIL)
    assert not result(status, WAIVED).is_finding


def test_severities_are_ordered_from_low_to_critical() -> None:
    ordered = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    assert [one.rank for one in ordered] == [0, 1, 2, 3]


def test_a_fingerprint_stays_the_same_from_version_to_version() -> None:
    # Baselines and waivers of users hold these.
    assert (
        fingerprint("app-pkce-required", Subject(kind="app", name="Azure Logic Apps"), "crm-sync") == PINNED
    )


PINNED = "55112df31dcb8f63"


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_each_part_tells_results_apart(control: str, kind: str, name: str, integration: str) -> None:
    one = fingerprint(control, Subject(kind=kind, name=name), integration)
    assert len(one) == 16
    for other in (
        fingerprint(control + "x", Subject(kind=kind, name=name), integration),
        fingerprint(control, Subject(kind=kind + "x", name=name), integration),
        fingerprint(control, Subject(kind=kind, name=name + "x"), integration),
        fingerprint(control, Subject(kind=kind, name=name), integration + "x"),
    ):
        assert one != other


def test_parts_can_not_run_into_each_other() -> None:
    one = fingerprint("ab", Subject(kind="c", name="d"), None)
    assert one != fingerprint("a", Subject(kind="bc", name="d"), None)
    assert one != fingerprint("ab", Subject(kind="cd", name=""), None)


def test_a_name_that_no_encoding_holds_has_a_fingerprint_too() -> None:
    assert fingerprint("c", Subject(kind="app", name="\ud800"), None)


def test_a_known_failure_is_no_finding_and_no_pass() -> None:
    known = result(Status.FAIL).model_copy(update={"known": True})
    assert (known.state, known.is_finding) == (ResultState.KNOWN, False)
    assert known.model_copy(update={"waived": WAIVED}).state is ResultState.WAIVED


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.FAIL])
def test_nothing_but_a_failure_is_ever_known(status: Status) -> None:
    assert result(status).model_copy(update={"known": True}).state.value == status.value
