"""Rules about the app: one answer each; the whole table is in `test_decide`."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

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
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Outcome, Reason, SessionPolicy, Who

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
        (USER, Flow.JWT_BEARER, replace(APP, admin_approved=False), A),
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
        (True, USER, Flow.API_CALL, FOREIGN, R),  # approved by an admin, and not installed
        (True, USER, Flow.API_CALL, replace(APP, installed=None), C),
        (True, USER, Flow.API_CALL, replace(APP, admin_approved=False), C),
        (True, replace(USER, pre_approved=None), Flow.API_CALL, APP, C),
        (True, replace(STRANGER, any_api_client=None), Flow.API_CALL, FOREIGN, C),
        (True, replace(STRANGER, approves_uninstalled=None), Flow.API_CALL, FOREIGN, C),
        (True, replace(STRANGER, approves_uninstalled=True), Flow.API_CALL, FOREIGN, C),
    ],
)
def test_api_access_control(on: bool | None, who: Who, flow: Flow, app: AppFacts, outcome: Outcome) -> None:
    assert judge_access_control(who, flow, app, OrgFacts(api_access_control=on)).outcome is outcome


@pytest.mark.parametrize(
    ("blocked", "any_client", "outcome"),
    [
        (False, False, A),
        (True, False, R),
        (True, True, C),
        (True, None, C),
        (None, False, C),
        (False, None, A),
    ],
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


def test_client_credentials_of_no_app_cannot_be_told() -> None:
    found = judge_flow(Flow.CLIENT_CREDENTIALS, Facts(OrgFacts()))
    assert found
    assert found.outcome is C


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
        (SessionPolicy.RAISE, Flow.USER_AGENT, A),
        (SessionPolicy.RAISE, Flow.REFRESH, C),
        (None, Flow.REFRESH, C),
        (None, Flow.JWT_BEARER, C),
        (None, Flow.CODE_EXCHANGE, C),
    ],
)
def test_session_policies(policy: SessionPolicy | None, flow: Flow, outcome: Outcome) -> None:
    assert judge_session_policy(flow, replace(APP, session_policy=policy)).outcome is outcome


@pytest.mark.parametrize("by_default", [True, False])
def test_that_access_control_is_off_by_default_is_told_as_such(by_default: bool) -> None:
    org = OrgFacts(api_access_control=False, access_control_by_default=by_default)
    found = judge_access_control(USER, Flow.REFRESH, APP, org)
    assert found.text.startswith("API Access Control is off")
    assert ("in every org that doesn't show it" in found.text) is by_default


MAYBE = (True, False, None)
PEOPLE = tuple(Who("svc", None, None, *facts) for facts in product(MAYBE, repeat=4))
APPS = tuple(
    AppFacts(
        "its app", external, installed, blocked, approved, session_policy=policy, client_credentials=blocked
    )
    for external, installed, blocked, approved, policy in product(
        (True, False), MAYBE, MAYBE, MAYBE, (*SessionPolicy, None)
    )
)
ORGS = tuple(OrgFacts(None, None, None, *facts) for facts in product(MAYBE, (True, False), (True, False)))


def every_answer() -> Iterator[Reason]:
    """What each rule says, whatever the facts: each fact with each other one that the same rule looks at."""
    for flow, app in product(Flow, APPS):
        yield judge_session_policy(flow, app)
        yield from filter(None, (judge_flow(flow, Facts(org, app)) for org in ORGS))
    plain = [app for app in APPS if app.blocked is None and app.session_policy is None]
    for who, app in product(PEOPLE, plain):
        yield from (judge_permitted(who, flow, app) for flow in Flow)
        yield from (judge_access_control(who, Flow.API_CALL, app, org) for org in ORGS[::4])
    yield from (judge_refresh_policy(replace(APP, refreshes=one)) for one in MAYBE)
    yield from (judge_blocked(who, app) for who in PEOPLE[:3] for app in APPS)


def test_every_answer_is_a_sentence_and_names_its_rule() -> None:
    answers = set(every_answer())
    assert len(answers) > 30
    for answer in answers:
        assert answer.text[:1].isupper()
        assert answer.text.endswith(".")
        assert answer.rule
        assert answer.rule != published.UNDOCUMENTED or answer.outcome is C


@pytest.mark.parametrize("flow", [Flow.USER_AGENT, Flow.USERNAME_PASSWORD])
def test_a_switch_is_told_by_the_name_of_its_flow(flow: Flow) -> None:
    for org in (*ORGS, OrgFacts()):
        found = judge_flow(flow, Facts(org, APP))
        assert found
        assert f"the {flow} flow" in found.text


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (judge_permitted(STRANGER, Flow.REFRESH, replace(APP, installed=None)), "app"),
        (judge_permitted(STRANGER, Flow.REFRESH, replace(APP, admin_approved=None)), "app"),
        (judge_permitted(replace(USER, pre_approved=None), Flow.REFRESH, APP), "app is assigned to svc"),
    ],
)
def test_what_is_not_known_is_told_by_name(found: Reason, name: str) -> None:
    assert name in found.text
    assert "not known" in found.text


def test_each_setting_that_is_not_documented_leaves_it_open_by_name() -> None:
    found = judge_unknown(replace(APP, unknown=("The app has IP binding on", "The app is switched off")))
    assert [one.outcome for one in found] == [C, C]
    assert found[0].text.startswith("The app has IP binding on; ")
    assert judge_unknown(APP) == []


@pytest.mark.parametrize(("refreshes", "outcome"), [(True, A), (False, R), (None, C)])
def test_a_refresh_policy_that_ends_tokens_at_once_refuses(refreshes: bool | None, outcome: Outcome) -> None:
    reason = judge_refresh_policy(replace(APP, refreshes=refreshes))
    assert (reason.outcome, reason.rule) == (outcome, published.REFRESH_POLICY)
