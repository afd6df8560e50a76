"""Evaluation: order, counts, fingerprints, waivers, several integrations, and policies it refuses."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations
from typing import Any

import pytest
from pydantic import ValidationError

from sfharden.checks.common import (
    Check,
    Context,
    NoParameters,
    Verdict,
    app_subject,
    org_subject,
    passed,
    profile_subject,
)
from sfharden.checks.evaluate import evaluate
from sfharden.checks.registry import CHECKS
from sfharden.errors import InputError, UsageError
from sfharden.facts.values import CannotTell, KeptBack, NotShown
from sfharden.model.integration import WAIVER_OWNER, WAIVER_REASON, Integration, Waiver
from sfharden.model.results import Evidence, Report, Result, Severity, Status, Subject, fingerprint
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import healthy, served
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.metadata import APP, INTEGRATION, NOW, SECURITY

APPROVED = healthy.control("app-admin-approved")
BAD_APP = healthy.swapped(CONNECTED, APP, (">true</isAdminApproved", ">false</isAdminApproved"))


def waiver(**changes: Any) -> Waiver:
    """A waiver of the failure in BAD_APP, in force."""
    values = {
        "control": "app-admin-approved",
        "subject": "Azure Logic Apps",
        "reason": "a migration",
        "owner": "ops@acme.example",
        "expires": date(2026, 12, 24),
        **changes,
    }
    return Waiver.model_validate(values)


def waived(*waivers: Waiver, files: healthy.Files = BAD_APP) -> Report:
    """The report on app-admin-approved under these waivers."""
    return healthy.report(files, APPROVED, waivers=waivers)


def test_the_worst_comes_first_and_equals_are_in_order_of_name() -> None:
    wide = healthy.swapped(
        BAD_APP, "profiles/Admin.profile", ("203.0.113.1", "0.0.0.0"), ("203.0.113.9", "255.255.255.255")
    )
    results = healthy.report(wide).results
    assert results[0].severity.value == "critical"
    keys = [(-one.severity.rank, one.control, one.subject.name) for one in results]
    assert keys == sorted(keys)


def test_the_summary_counts_every_result_once() -> None:
    report = healthy.report(BAD_APP, waivers=[waiver()])
    counted = Counter("waived" if one.waived else one.status.value for one in report.results)
    assert {name: number for name, number in report.summary.items() if number} == dict(counted)
    assert set(report.summary) == {"pass", "fail", "unknown", "not-applicable", "manual", "waived"}
    assert report.summary["waived"] == 1


@pytest.mark.parametrize("files", [CONNECTED, EXTERNAL, BAD_APP], ids=["connected", "external", "bad"])
def test_the_same_input_gives_the_same_report_in_whatever_order_files_are_found(files: healthy.Files) -> None:
    first, second = healthy.report(files), healthy.report(dict(reversed(list(files.items()))))
    assert first.model_dump_json() == second.model_dump_json()


def test_the_report_is_dated_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=11)))
    report = evaluate(healthy.snapshot({}), healthy.shipped(), [INTEGRATION], [], there, "0")
    assert report.generated_at == "2026-11-24T12:00:00Z"


def test_fingerprints_differ_within_a_report_and_outlast_a_change_of_verdict() -> None:
    doubled = {**CONNECTED, **{f"b/{path}": text for path, text in CONNECTED.items()}}
    doubled |= {f"c/{path}": text[: len(text) // 2] for path, text in CONNECTED.items()}
    for files in (CONNECTED, EXTERNAL, BAD_APP, doubled, {}):
        prints = [one.fingerprint for one in healthy.report(files, by=_two()).results]
        assert len(set(prints)) == len(prints)
    (good,), (bad,) = (healthy.report(files, APPROVED).results for files in (CONNECTED, BAD_APP))
    assert (good.status, good.fingerprint) != (bad.status, bad.fingerprint)
    assert good.fingerprint == bad.fingerprint


def test_a_fingerprint_keeps_the_parts_apart() -> None:
    subject = Subject(kind="app", name="x")
    others = [
        ("a", subject, "b"),
        ("a", subject, None),
        ("ab", subject, None),
        ("a", Subject(kind="ap", name="px"), None),
    ]
    assert len({fingerprint(*parts) for parts in others}) == len(others)
    assert len(fingerprint("a", Subject(kind="app", name="\udc80"), None)) == 16


# Integrations ----------------------------------------------------------------------------------


def _two() -> tuple[Any, ...]:
    return (INTEGRATION, INTEGRATION.model_copy(update={"name": "billing", "profile": "Admin"}))


def test_each_integration_is_judged_and_the_org_once() -> None:
    report = healthy.report(CONNECTED, by=_two())
    assert report.integrations == ("crm-sync", "billing")
    for policy in healthy.shipped():
        for one in policy.controls:
            judged = {result.integration for result in report.results if result.control == one.id}
            scope = CHECKS[one.check].scope
            assert judged == ({"crm-sync", "billing"} if scope == "integration" else {None}), one.id


def test_without_integrations_only_the_org_is_judged() -> None:
    report = healthy.report(CONNECTED, by=())
    assert report.results
    assert {one.integration for one in report.results} == {None}


def test_gaps_of_files_and_of_egress_are_reported() -> None:
    egress = INTEGRATION.egress.model_copy(update={"gaps": (Gap(what="export.json", reason="gone"),)})
    report = healthy.report(healthy.cut_off(CONNECTED, APP), by=[healthy.integration(egress=egress)])
    assert [gap.what for gap in report.gaps] == [APP, "export.json"]


def test_two_integrations_on_one_profile_stand_in_order_of_their_names_however_they_were_given() -> None:
    pair = (INTEGRATION, INTEGRATION.model_copy(update={"name": "billing"}))
    there, back = (healthy.report(CONNECTED, by=by).results for by in (pair, tuple(reversed(pair))))
    assert there == back
    assert [one.integration for one in there if one.control == APPROVED.id] == ["billing", "crm-sync"]


def test_what_to_know_about_egress_is_told_once_with_the_integration() -> None:
    egress = INTEGRATION.egress.model_copy(update={"warnings": ("old", "wide", "old")})
    pair = (healthy.integration(egress=egress), healthy.integration(egress=egress, name="billing"))
    assert healthy.report(CONNECTED, by=pair).warnings == (
        "Egress of crm-sync: old",
        "Egress of crm-sync: wide",
        "Egress of billing: old",
        "Egress of billing: wide",
    )


# Both sides of a migrated app --------------------------------------------------------------------

BOTH = {**EXTERNAL, APP: CONNECTED[APP]}  # a connected app, and the external client app that it became
FROM_WORST = (Status.FAIL, Status.UNKNOWN, Status.MANUAL, Status.PASS, Status.NOT_APPLICABLE)
SUBJECT = Subject(kind="app", name="Azure Logic Apps")


def said(status: Status, message: str = "So it is.", **more: Any) -> Verdict:
    return Verdict(status, SUBJECT, message, **more)


@pytest.fixture
def two_sided(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The result of a check that says one thing of the connected app and another of the external client app."""

    def judged(connected: Sequence[Verdict], external: Sequence[Verdict], **update: Any) -> Result:
        def judge(context: Context, _: NoParameters) -> Iterator[Verdict]:
            yield from external if context.app.external else connected
            if context.app.external and update.get("stumbles"):
                raise CannotTell("it was not read", "an.eca")

        monkeypatch.setitem(CHECKS, "sided", Check("integration", NoParameters, judge, app_subject, ()))
        (result,) = healthy.report(BOTH, APPROVED.model_copy(update={"check": "sided"})).results
        return result

    return judged


@pytest.mark.parametrize(("worse", "better"), [*combinations(FROM_WORST, 2)])
def test_of_two_sides_or_of_several_verdicts_on_one_the_worse_counts(
    worse: Status, better: Status, two_sided: Callable[..., Result]
) -> None:
    bad, good = said(worse, "Bad.", severity=Severity.LOW), said(better, "Good.", severity=Severity.CRITICAL)
    for sides in (
        ([bad], [good]),
        ([good], [bad]),
        ([good, bad], [good]),
        ([good], [bad, good]),
    ):
        result = two_sided(*sides)
        assert (result.status, result.severity) == (worse, Severity.LOW)


def test_sides_that_differ_are_told_one_by_one_with_the_evidence_of_both(
    two_sided: Callable[..., Result],
) -> None:
    evidence = (Evidence(what="policy", observed="open", source="an.eca"),)
    result = two_sided([said(Status.PASS, "Shut.")], [said(Status.FAIL, "Open.", evidence=evidence)])
    assert result.message == "As a connected app: Shut. As an external client app: Open."
    assert [(one.what, one.source) for one in result.evidence] == [("external client app: policy", "an.eca")]
    assert result.subject == SUBJECT


def test_sides_that_say_the_same_say_it_once(two_sided: Callable[..., Result]) -> None:
    assert two_sided([said(Status.PASS)], [said(Status.PASS)]).message == "So it is."


def test_what_isnt_about_the_app_is_judged_once_and_keeps_all_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def judge(context: Context, _: NoParameters) -> Iterator[Verdict]:
        for name in ("Admin", "Standard"):
            yield passed(Subject(kind="profile", name=name), f"{name} of {context.integration.name} is fine.")

    monkeypatch.setitem(CHECKS, "both", Check("integration", NoParameters, judge, profile_subject, ()))
    results = healthy.report(BOTH, APPROVED.model_copy(update={"check": "both"})).results
    assert [one.subject.name for one in results] == ["Admin", "Standard"]


def test_a_side_that_says_nothing_or_stops_is_unknown(two_sided: Callable[..., Result]) -> None:
    for result, reason in (
        (two_sided([said(Status.PASS)], []), "there was nothing to judge"),
        (two_sided([said(Status.PASS)], [], stumbles=True), "it was not read"),
    ):
        assert result.status is Status.UNKNOWN
        assert result.message.endswith(f"As an external client app: Can't tell: {reason}.")


# Waivers ---------------------------------------------------------------------------------------


def test_a_waiver_covers_the_failure_and_says_who_and_until_when() -> None:
    report = waived(waiver())
    (result,) = report.results
    assert result.status.value == "fail"
    assert not result.is_finding
    assert result.waived is not None
    assert (result.waived.owner, result.waived.expires) == ("ops@acme.example", date(2026, 12, 24))
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("expires", "covers"), [(date(2026, 11, 24), True), (date(2026, 11, 23), False)], ids=["today", "yesterday"]
)  # fmt: skip
def test_the_last_day_counts_and_the_next_does_not(expires: date, covers: bool) -> None:
    report = waived(waiver(expires=expires))
    assert report.results[0].is_finding is not covers
    assert ("ends in 0 days" if covers else "expired on 2026-11-23") in report.warnings[0]


def test_a_waiver_in_force_covers_beside_an_expired_one() -> None:
    report = waived(waiver(expires=date(2026, 1, 1)), waiver())
    assert not report.results[0].is_finding
    assert len(report.warnings) == 1


@pytest.mark.parametrize("subject", ["Azure Logic Apps", "Azure*", "*", "*Apps", "A*L*s", "**"])
def test_a_star_in_a_subject_stands_for_any_characters(subject: str) -> None:
    report = waived(waiver(subject=subject))
    assert not report.results[0].is_finding
    assert report.warnings == ()


@pytest.mark.parametrize(
    "subject",
    [
        "azure logic apps",
        "Azure_Logic_Apps",
        "Azure Logic",
        "Azure*p",
        "?zure*",
        "A.*",
        "[A]*",
        r"\*",
        r"Azure\*",
        r"\**s",
    ],
)
def test_only_the_subject_given_is_covered(subject: str) -> None:
    report = waived(waiver(subject=subject))
    assert report.results[0].is_finding
    assert "not used" in report.warnings[0]


def test_a_waiver_of_a_control_that_passes_or_is_unknown_changes_nothing_and_is_reported() -> None:
    for files in (CONNECTED, {}):
        report = waived(waiver(), files=files)
        assert report.results[0].waived is None
        assert "is not used: nothing failed there. Remove it." in report.warnings[0]


def test_a_waiver_that_covers_one_of_many_results_is_used() -> None:
    assert healthy.report(BAD_APP, waivers=[waiver()]).warnings == ()


def test_a_waiver_of_an_unknown_covers_it_and_never_a_failure() -> None:
    accepts = waiver(status="unknown", subject="*")
    (result,) = waived(accepts, files={}).results
    assert (result.status.value, result.is_open, result.waived is not None) == ("unknown", False, True)
    report = waived(accepts)
    assert report.results[0].is_finding
    assert "nothing is unknown there" in report.warnings[0]


def test_an_unknown_without_a_waiver_stays_open_and_is_counted() -> None:
    report = waived(waiver(subject="*"), files={})
    assert report.results[0].is_open
    assert (report.summary["unknown"], report.summary["waived"]) == (1, 0)


def test_each_unused_waiver_is_told_though_another_is_used() -> None:
    report = waived(waiver(), waiver(subject="Somebody Else"))
    assert not report.results[0].is_finding
    assert [text for text in report.warnings if "Somebody Else" in text and "not used" in text]
    assert len(report.warnings) == 1


@pytest.mark.parametrize(
    ("days", "warned"), [(0, True), (1, True), (14, True), (15, False), (366, False), (367, True)]
)
def test_the_last_two_weeks_of_a_waiver_are_told_and_one_without_end(days: int, warned: bool) -> None:
    report = waived(waiver(expires=NOW.date() + timedelta(days=days)))
    assert not report.results[0].is_finding
    assert any("ends in" in text for text in report.warnings) is warned


@pytest.mark.parametrize(("name", "words"), [("reason", WAIVER_REASON), ("owner", WAIVER_OWNER)])
def test_a_stanza_that_nobody_filled_in_is_no_waiver(name: str, words: str) -> None:
    with pytest.raises(ValidationError, match="say why"):
        Waiver.model_validate(waiver().model_dump() | {name: words})


def test_a_waiver_of_an_unknown_control_is_reported_with_the_near_name() -> None:
    report = waived(waiver(control="app-admin-aproved"))
    assert report.results[0].is_finding
    assert "Did you mean 'app-admin-approved'" in report.warnings[0]


# Policies and checks ---------------------------------------------------------------------------


def test_a_check_that_says_nothing_gives_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: Context, __: NoParameters) -> tuple[()]:
        return ()

    monkeypatch.setitem(CHECKS, "silent", Check("org", NoParameters, silent, org_subject, ()))
    quiet = APPROVED.model_copy(update={"check": "silent"})
    (result,) = healthy.report(CONNECTED, quiet).results
    assert (result.status.value, result.message) == ("unknown", "Can't tell: there was nothing to judge.")


def test_a_check_that_stops_half_way_keeps_what_it_said_and_adds_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumbling(_: Context, __: NoParameters) -> Any:
        yield passed(Subject(kind="profile", name="Admin"), "Fine.")
        raise CannotTell("the rest was not read", "x.profile:3")

    monkeypatch.setitem(CHECKS, "stumbling", Check("org", NoParameters, stumbling, org_subject, ()))
    results = healthy.report(CONNECTED, APPROVED.model_copy(update={"check": "stumbling"})).results
    assert {one.subject.name: one.status.value for one in results} == {"Admin": "pass", "org": "unknown"}
    assert "the rest was not read" in results[1].message
    assert results[1].evidence[0].source == "x.profile:3"


def test_one_control_in_two_policies_is_refused() -> None:
    pair = [healthy.policy_of(APPROVED, name=name) for name in ("one", "two")]
    with pytest.raises(InputError, match="app-admin-approved is in two policies: one and two"):
        evaluate(healthy.snapshot({}), pair, [], [], NOW, "0")


def test_an_unknown_check_is_refused_with_the_near_name() -> None:
    with pytest.raises(InputError, match="Did you mean 'app_admin_approved'"):
        healthy.report(CONNECTED, APPROVED.model_copy(update={"check": "app_admin_aproved"}))


@pytest.mark.parametrize(
    ("control", "parameters", "said"),
    [
        ("app-refresh-token-bounded", {"most_dais": 30}, "no parameter 'most_dais'"),
        ("app-refresh-token-bounded", {"most_days": 0}, "parameter most_days"),
        ("app-refresh-token-bounded", {"most_days": "soon"}, "parameter most_days"),
        ("login-ranges-bounded", {"surplus_addresses": -1}, "parameter surplus_addresses"),
        ("app-scopes-minimal", {"allowed": []}, "parameter allowed"),
        ("app-admin-approved", {"strict": True}, "no parameter 'strict'"),
        ("app-scopes-minimal", {"allowed": ["Api", 3]}, r"parameter allowed\.1: "),
        (
            "login-ranges-everywhere",
            {"most_ipv6_addresses": 0, "most_addresses": 0},
            "parameter most_addresses: ",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(control: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        healthy.report(CONNECTED, healthy.control(control, **parameters))
    assert control in caught.value.message
    if "most_dais" in parameters:
        assert caught.value.hint == "Did you mean 'most_days'?"
    elif "parameter" in said[:9]:
        assert caught.value.hint == ""


def test_of_parameters_that_dont_go_together_it_says_just_that() -> None:
    with pytest.raises(InputError) as caught:
        healthy.report(CONNECTED, healthy.setting(path="nowhere", equals="1", paths=[]))
    assert caught.value.message == (
        "Policy test, control mine, parameter with: a path is a metadata type, a dot, and an element"
    )


def test_a_naive_thing_like_the_wall_clock_is_never_asked() -> None:
    early = datetime(2001, 1, 1, tzinfo=UTC)
    report = evaluate(
        healthy.snapshot({SECURITY: CONNECTED[SECURITY]}), healthy.shipped(), [], [waiver()], early, "0"
    )
    assert report.generated_at == "2001-01-01T00:00:00Z"


def test_a_policy_of_integrations_without_one_is_refused_and_never_green() -> None:
    # Not one that judges an app by itself, as app-admin-approved does.
    ranged = healthy.policy_of(healthy.control("login-ranges-bounded"))
    with pytest.raises(UsageError, match="nothing was judged") as caught:
        evaluate(healthy.snapshot(CONNECTED), [ranged], [], [], NOW, "0")
    assert caught.value.hint == "Give -i FILE."


# Without an integration, and of a running org ---------------------------------------------------------


def test_without_an_integration_a_control_that_asks_about_an_app_alone_is_judged_of_every_app() -> None:
    other = (
        CONNECTED[APP].replace("Azure Logic Apps", "Sales Sync").replace(">true</isAdmin", ">false</isAdmin")
    )
    files = {**CONNECTED, "connectedApps/Sales_Sync.connectedApp": other}
    results = healthy.report(files, APPROVED, healthy.control("login-ranges-bounded"), by=()).results
    assert [(one.control, one.subject.name, one.status.value, one.integration) for one in results] == [
        ("app-admin-approved", "Azure_Logic_Apps", "pass", None),
        ("app-admin-approved", "Sales_Sync", "fail", None),
    ]


def test_of_a_running_org_the_report_says_which_it_is_and_of_files_nothing() -> None:
    running = served.healthy()
    assert running.org
    assert running.org.organization
    report = evaluate(running, healthy.shipped(), [], [], NOW, "0")
    assert report.org_name == running.org.organization.name
    assert report.is_sandbox is running.org.organization.is_sandbox
    of_files = healthy.report(CONNECTED)
    assert (of_files.org_name, of_files.is_sandbox) == ("", None)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Result]]:
    """By subject, the result of a check of apps that never can tell, for this reason."""

    def judged(reason: CannotTell, snapshot: Snapshot, *by: Integration) -> dict[str, Result]:
        def judge(_: Context, __: NoParameters) -> Iterator[Verdict]:
            raise reason

        check = Check("integration", NoParameters, judge, app_subject, (), alone=True)
        monkeypatch.setitem(CHECKS, "hidden", check)
        policy = healthy.policy_of(APPROVED.model_copy(update={"check": "hidden"}))
        return {one.subject.name: one for one in evaluate(snapshot, [policy], by, (), NOW, "0").results}

    return judged


def test_what_no_call_shows_of_an_app_is_left_to_a_person_where_the_org_hands_out_a_part_only(
    hidden: Callable[..., dict[str, Result]],
) -> None:
    found = hidden(NotShown("the file has no word of it", "an.app"), served.healthy())
    assert {name: one.status.value for name, one in found.items()} == {
        "Azure_Logic_Apps": "unknown",
        "Courier_Old": "unknown",
        "courier__Courier": "manual",  # a package's
        "Reporting_Sync": "unknown",  # an external client app, of which the file should tell
        "Vault": "unknown",  # no file at all
    }
    packaged, ours = found["courier__Courier"], found["Azure_Logic_Apps"]
    told = "The org doesn't show it: the file has no word of it. Look there, or ask its maker."
    assert packaged.message == told
    kept_back = hidden(KeptBack("the file has no word of it", "an.app"), served.healthy())
    assert {one.status.value for one in kept_back.values()} == {"manual"}  # whoever asks
    for one in (packaged, ours):
        (seen,) = one.evidence
        assert (seen.what, seen.observed, seen.source) == ("reason", "the file has no word of it", "an.app")


def test_what_was_not_read_stays_unknown_and_so_does_all_of_files_and_of_an_integration(
    hidden: Callable[..., dict[str, Result]],
) -> None:
    not_shown = NotShown("the file has no word of it")
    for found in (
        hidden(CannotTell("it was not read"), served.healthy()),
        hidden(not_shown, healthy.snapshot(BOTH)),
        hidden(not_shown, served.healthy(), served.INTEGRATION, served.EXTERNAL),
    ):
        assert found
        assert {one.status for one in found.values()} == {Status.UNKNOWN}
