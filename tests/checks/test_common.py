"""What every check works with: verdicts with a reason, subjects that can be told apart, settings that must agree."""

from datetime import timedelta

import pytest

from sfharden.checks.common import (
    Context,
    Verdict,
    app_subject,
    attempt,
    fact_evidence,
    failed,
    judge_settings,
    named_apart,
    not_applicable,
    org_subject,
    passed,
    profile_subject,
    unknown,
)
from sfharden.facts import values as facts
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.results import Status, Subject
from sfharden.model.snapshot import Component, Gap, Snapshot
from tests.orgs.constants import INTEGRATION, NOW
from tests.orgs.files import HEALTHY, SECURITY, cut_off, snapshot_of, swapped

ORG = Subject(kind="org", name="org")


def context(snapshot: Snapshot) -> Context:
    return Context(Index(snapshot), NOW, INTEGRATION)


# Verdicts --------------------------------------------------------------------------------------


def test_each_verdict_has_the_status_of_its_name() -> None:
    for make, status in (
        (passed, Status.PASS),
        (failed, Status.FAIL),
        (not_applicable, Status.NOT_APPLICABLE),
    ):
        assert make(ORG, "m").status is status


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("it is gone", "Can't tell: it is gone."),
        ("gone. Did you mean x?", "Can't tell: gone. Did you mean x?"),
    ],
)
def test_an_unknown_tells_its_reason_as_one_sentence(reason: str, message: str) -> None:
    verdict = unknown(ORG, reason, "file:7")
    assert (verdict.status, verdict.message) == (Status.UNKNOWN, message)
    assert verdict.evidence[0].source == "file:7"


def test_what_can_not_be_told_is_unknown_and_anything_else_is_a_bug() -> None:
    def gone() -> Verdict:
        raise CannotTell("it is gone", "file:7")

    def broken() -> Verdict:
        raise KeyError

    assert attempt(ORG, gone) == unknown(ORG, "it is gone", "file:7")
    assert attempt(ORG, lambda: passed(ORG, "m")) == passed(ORG, "m")
    with pytest.raises(KeyError):
        attempt(ORG, broken)


def test_a_fact_is_shown_as_it_was_written_with_its_place() -> None:
    snapshot = snapshot_of(HEALTHY)
    (one,) = snapshot.of_kind(kinds.SECURITY)
    fact = facts.boolean(one, "sessionSettings.enforceIpRangesEveryRequest")
    evidence = fact_evidence("what", fact, "true")
    assert (evidence.observed, evidence.expected) == ("true", "true")
    assert evidence.source.startswith(f"{SECURITY}:")


# Context ---------------------------------------------------------------------------------------


def test_a_check_of_the_org_that_asks_for_the_integration_is_a_bug() -> None:
    with pytest.raises(LookupError):
        _ = Context(Index(snapshot_of(HEALTHY)), NOW).integration


def test_how_old_something_is_is_told_as_of_the_reading() -> None:
    taken = NOW - timedelta(days=3)
    assert context(snapshot_of(HEALTHY)).read_at == NOW
    assert context(snapshot_of(HEALTHY).model_copy(update={"taken_at": taken})).read_at == taken


def test_subjects_are_named_as_the_integration_file_names_them() -> None:
    given = context(snapshot_of({}))
    assert profile_subject(given).name == INTEGRATION.profile
    assert app_subject(given).name == INTEGRATION.app
    assert org_subject(given) == ORG


def test_of_several_with_one_name_the_file_tells_which() -> None:
    named = named_apart("profile", [("A", "a.profile"), ("A", "b.profile"), ("B", "c.profile")])
    assert [one.name for one in named] == ["A (a.profile)", "A (b.profile)", "B"]


# Settings of which there should be one file -----------------------------------------------------


def by_request(component: Component, subject: Subject) -> Verdict:
    on = facts.boolean(component, "sessionSettings.enforceIpRangesEveryRequest")
    return passed(subject, "on") if on.value else failed(subject, "off")


def statuses(snapshot: Snapshot) -> list[tuple[str, str]]:
    found = judge_settings(context(snapshot), kinds.SECURITY, by_request)
    return [(one.subject.name, one.status.value) for one in found]


def test_one_file_is_judged_by_its_short_name() -> None:
    assert statuses(snapshot_of(HEALTHY)) == [("Security", "pass")]
    off = swapped(HEALTHY, SECURITY, ("Request>true", "Request>false"))
    assert statuses(snapshot_of(off)) == [("Security", "fail")]


def test_no_file_is_unknown() -> None:
    with pytest.raises(CannotTell, match=r"no Security\.settings was read"):
        statuses(snapshot_of({}))


def test_a_file_that_can_not_be_read_is_unknown_and_spoils_another_s_pass_but_no_failure() -> None:
    assert statuses(snapshot_of(cut_off(HEALTHY, SECURITY))) == [("Security", "unknown")]
    gap = Gap(what="b/Security.settings", reason="cut off", kind=kinds.SECURITY)
    beside = statuses(snapshot_of(HEALTHY, gap))
    assert beside == [(f"Security ({SECURITY})", "unknown"), ("Security (b/Security.settings)", "unknown")]
    off = swapped(HEALTHY, SECURITY, ("Request>true", "Request>false"))
    assert statuses(snapshot_of(off, gap))[0][1] == "fail"


def test_two_files_of_which_one_fails_give_no_pass() -> None:
    off = swapped(HEALTHY, SECURITY, ("Request>true", "Request>false"))[SECURITY]
    found = dict(statuses(snapshot_of({**HEALTHY, f"b/{SECURITY}": off})))
    assert found == {f"Security ({SECURITY})": "unknown", f"Security (b/{SECURITY})": "fail"}


# Integrations that share ---------------------------------------------------------------------------


def test_integrations_share_a_profile_or_an_app_by_whatever_name() -> None:
    other = INTEGRATION.model_copy(update={"name": "other", "app": "Azure_Logic_Apps"})
    third = INTEGRATION.model_copy(update={"name": "third", "app": "Nothing", "profile": "Another"})
    asked = Context(Index(snapshot_of(HEALTHY)), NOW, INTEGRATION, _all=(INTEGRATION, other, third))
    assert [one.name for one in asked.of_profile] == [INTEGRATION.name, "other"]
    assert [one.name for one in asked.of_app] == [INTEGRATION.name, "other"]


def test_an_integration_alone_shares_with_nobody() -> None:
    asked = context(snapshot_of(HEALTHY))
    assert asked.of_profile == asked.of_app == (INTEGRATION,)
