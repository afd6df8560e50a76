"""Rules about the app: one answer each; the whole table is in `test_decide`."""

from dataclasses import replace

import pytest

from sfharden.access import published
from sfharden.access.app_rules import (
    judge_access_control,
    judge_blocked,
    judge_flow,
    judge_permitted,
    judge_refresh_policy,
    judge_session_policy,
    judge_unknown,
)
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Outcome, SessionPolicy, Who

USER = Who("svc", pre_approved=True, consented=True, approves_uninstalled=False, any_api_client=False)
STRANGER = replace(USER, pre_approved=False, consented=False)
APP = AppFacts("app", installed=True, admin_approved=True, blocked=False, session_policy=SessionPolicy.NONE)
FOREIGN = replace(APP, installed=False)
A, R, C = Outcome.ALLOWED, Outcome.REFUSED, Outcome.CANNOT_TELL


@pytest.mark.parametrize(
    ("who", "flow", "app", "outcome"),
    [
        (USER, Flow.REFRESH, APP, A),
        (STRANGER, Flow.REFRESH, APP, R),
        (STRANGER, Flow.API_CALL, APP, C),  # whether it ends a live session is not documented
        (STRANGER, Flow.CLIENT_CREDENTIALS, APP, C),
        (replace(STRANGER, any_api_client=True), Flow.REFRESH, APP, C),
        (replace(STRANGER, any_api_client=True), Flow.REFRESH, replace(APP, external=True), A),
        (replace(STRANGER, any_api_client=None), Flow.REFRESH, replace(APP, external=True), C),
        (replace(USER, pre_approved=None), Flow.REFRESH, APP, C),
        (STRANGER, Flow.CODE_EXCHANGE, replace(APP, admin_approved=False), A),
        (STRANGER, Flow.JWT_BEARER, replace(APP, admin_approved=False), C),
        (STRANGER, Flow.REFRESH, replace(APP, admin_approved=None), C),
    ],
)
def test_who_may_use_an_app_that_the_org_manages(
    who: Who, flow: Flow, app: AppFacts, outcome: Outcome
) -> None:
    assert judge_permitted(who, flow, app).outcome is outcome


@pytest.mark.parametrize(
    ("who", "flow", "outcome"),
    [
        (STRANGER, Flow.CODE_EXCHANGE, R),
        (replace(STRANGER, approves_uninstalled=True), Flow.CODE_EXCHANGE, A),
        (replace(STRANGER, approves_uninstalled=None), Flow.CODE_EXCHANGE, C),
        (USER, Flow.CODE_EXCHANGE, A),
        (STRANGER, Flow.REFRESH, A),  # who has a token authorised the app before
        (USER, Flow.JWT_BEARER, C),
    ],
)
def test_who_may_use_an_app_that_the_org_does_not_manage(who: Who, flow: Flow, outcome: Outcome) -> None:
    found = judge_permitted(who, flow, FOREIGN)
    assert found.outcome is outcome


def test_an_app_of_which_that_is_not_known_is_open_unless_both_ways_agree() -> None:
    unsure = replace(APP, installed=None)
    assert judge_permitted(STRANGER, Flow.CODE_EXCHANGE, unsure).outcome is R
    assert judge_permitted(STRANGER, Flow.REFRESH, unsure).outcome is C


@pytest.mark.parametrize(
    ("on", "who", "flow", "app", "outcome"),
    [
        (False, STRANGER, Flow.API_CALL, FOREIGN, A),
        (True, USER, Flow.API_CALL, APP, A),
        (True, replace(STRANGER, any_api_client=True), Flow.API_CALL, FOREIGN, A),
        (True, STRANGER, Flow.API_CALL, FOREIGN, R),
        (True, STRANGER, Flow.CODE_EXCHANGE, FOREIGN, C),
        (True, STRANGER, Flow.API_CALL, APP, C),
        (None, USER, Flow.API_CALL, APP, A),
        (None, STRANGER, Flow.API_CALL, FOREIGN, C),
    ],
)
def test_api_access_control(on: bool | None, who: Who, flow: Flow, app: AppFacts, outcome: Outcome) -> None:
    assert judge_access_control(who, flow, app, OrgFacts(api_access_control=on)).outcome is outcome


@pytest.mark.parametrize(
    ("blocked", "any_client", "outcome"),
    [(False, False, A), (True, False, R), (True, True, C), (True, None, C), (None, False, C)],
)
def test_a_blocked_app(blocked: bool | None, any_client: bool | None, outcome: Outcome) -> None:
    who = replace(USER, any_api_client=any_client)
    assert judge_blocked(who, replace(APP, blocked=blocked)).outcome is outcome


@pytest.mark.parametrize(
    ("flow", "org", "outcome"),
    [
        (Flow.USER_AGENT, OrgFacts(user_agent_blocked=True), R),
        (Flow.USER_AGENT, OrgFacts(user_agent_blocked=False), A),
        (Flow.USER_AGENT, OrgFacts(password_blocked=True), C),
        (Flow.USERNAME_PASSWORD, OrgFacts(password_blocked=True), R),
        (Flow.USERNAME_PASSWORD, OrgFacts(), C),
    ],
)
def test_flows_that_the_org_can_switch_off(flow: Flow, org: OrgFacts, outcome: Outcome) -> None:
    found = judge_flow(flow, Facts(org, APP))
    assert found
    assert (found.outcome, found.rule) == (outcome, published.BLOCKED_FLOWS)


@pytest.mark.parametrize(("on", "outcome"), [(True, A), (False, R), (None, C)])
def test_client_credentials_are_switched_on_by_the_app(on: bool | None, outcome: Outcome) -> None:
    found = judge_flow(Flow.CLIENT_CREDENTIALS, Facts(OrgFacts(), replace(APP, client_credentials=on)))
    assert found
    assert found.outcome is outcome


@pytest.mark.parametrize(
    "flow", [Flow.LOGIN, Flow.CODE_EXCHANGE, Flow.REFRESH, Flow.API_CALL, Flow.JWT_BEARER]
)
def test_other_flows_have_no_switch(flow: Flow) -> None:
    assert judge_flow(flow, Facts(OrgFacts(), APP)) is None


@pytest.mark.parametrize(
    ("policy", "flow", "outcome"),
    [
        (SessionPolicy.NONE, Flow.JWT_BEARER, A),
        (SessionPolicy.BLOCK, Flow.REFRESH, R),
        (SessionPolicy.RAISE, Flow.JWT_BEARER, R),
        (SessionPolicy.RAISE, Flow.CODE_EXCHANGE, A),
        (SessionPolicy.RAISE, Flow.REFRESH, C),
        (None, Flow.REFRESH, C),
    ],
)
def test_session_policies(policy: SessionPolicy | None, flow: Flow, outcome: Outcome) -> None:
    assert judge_session_policy(flow, replace(APP, session_policy=policy)).outcome is outcome


def test_each_setting_that_is_not_documented_leaves_it_open_by_name() -> None:
    found = judge_unknown(replace(APP, unknown=("The app has IP binding on", "The app is switched off")))
    assert [one.outcome for one in found] == [C, C]
    assert found[0].text.startswith("The app has IP binding on; ")
    assert judge_unknown(APP) == []


@pytest.mark.parametrize(("refreshes", "outcome"), [(True, A), (False, R), (None, C)])
def test_a_refresh_policy_that_ends_tokens_at_once_refuses(refreshes: bool | None, outcome: Outcome) -> None:
    reason = judge_refresh_policy(replace(APP, refreshes=refreshes))
    assert (reason.outcome, reason.rule) == (outcome, published.REFRESH_POLICY)
