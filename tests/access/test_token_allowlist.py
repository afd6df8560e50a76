"""What an app's allowlist refuses, and when that can't be told; by hand, from the Help page."""

from dataclasses import replace

import pytest

from sfharden.access.decide import decide, place_of
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Outcome, Who
from sfharden.access.gather import app_facts
from sfharden.access.published import TOKEN_ALLOWLIST
from sfharden.access.token_allowlist import BOUND, judge_allowlist, set_aside
from sfharden.addresses import AddressSet
from sfharden.facts.apps import IpRelaxation
from sfharden.facts.index import Index
from tests.orgs import healthy
from tests.orgs.running import FILES, running
from tools.access_table import APP, ORG, WHO

LISTED = AddressSet.of(["192.0.2.0/28", "2001:db8::/120"])
IN, OUT, IN6 = "192.0.2.3", "203.0.113.9", "2001:db8::7"
FREE = replace(WHO, login_ranges=AddressSet())
BOUND_APP = replace(APP, token_allowlist=LISTED)


def outcome(
    source: str, flow: Flow, app: AppFacts = BOUND_APP, who: Who = FREE, org: OrgFacts = ORG
) -> Outcome:
    return decide(who, source, flow, Facts(org, app)).outcome


@pytest.mark.parametrize("flow", [Flow.CODE_EXCHANGE, Flow.REFRESH])
def test_two_flows_are_refused_from_elsewhere_even_without_login_ranges_and_relaxed(flow: Flow) -> None:
    relaxed = replace(BOUND_APP, relaxation=IpRelaxation.RELAX)
    for app in (BOUND_APP, relaxed):
        assert outcome(IN, flow, app) is outcome(IN6, flow, app) is Outcome.ALLOWED
        assert outcome(OUT, flow, app) is Outcome.REFUSED
    decision = decide(FREE, OUT, flow, Facts(ORG, relaxed))
    assert decision.reasons[0].rule == TOKEN_ALLOWLIST


@pytest.mark.parametrize("flow", [flow for flow in Flow if flow not in BOUND])
@pytest.mark.parametrize("app", [BOUND_APP, replace(APP, token_allowlist=None)])
def test_no_other_flow_is_bound_by_it(flow: Flow, app: AppFacts) -> None:
    for source in (IN, OUT):
        assert decide(FREE, source, flow, Facts(ORG, app)) == decide(FREE, source, flow, Facts(ORG, APP))


@pytest.mark.parametrize("flow", BOUND)
def test_a_list_that_is_not_known_allows_nothing_for_sure_and_refuses_nothing(flow: Flow) -> None:
    hidden = replace(APP, token_allowlist=None, allowlist_gap="API 66.0 doesn't show it")
    assert outcome(IN, flow, hidden) is Outcome.CANNOT_TELL
    assert decide(FREE, IN, flow, Facts(ORG, hidden)).reasons[0].text == "API 66.0 doesn't show it."
    assert outcome(OUT, flow, hidden, WHO) is Outcome.REFUSED  # the profile's ranges do


@pytest.mark.parametrize("flow", BOUND)
def test_profile_ranges_and_the_list_must_both_let_the_address_in(flow: Flow) -> None:
    assert outcome("192.0.2.200", flow, who=WHO) is Outcome.REFUSED
    assert outcome(OUT, flow, replace(APP, token_allowlist=AddressSet.of([OUT])), WHO) is Outcome.REFUSED


def test_a_list_set_aside_binds_nobody() -> None:
    assert outcome(OUT, Flow.REFRESH, set_aside(BOUND_APP)) is Outcome.ALLOWED
    place = place_of(FREE, 0, Facts(ORG, APP))
    assert judge_allowlist(place, APP).outcome is Outcome.ALLOWED


def read(files: dict[str, str], version: str = "68.0", **tables: object) -> AppFacts:
    snapshot = running(files, **tables)
    source = snapshot.source.model_copy(update={"api_version": version})
    return app_facts(Index(snapshot.model_copy(update={"source": source})), "Azure Logic Apps")


def test_an_older_api_version_is_said_and_known_to_nobody() -> None:
    files = {
        path: text.replace("<isIpBindingEnabled>false</isIpBindingEnabled>", "")
        for path, text in FILES.items()
    }
    old = read(files, "67.0")
    assert old.token_allowlist is None
    assert old.allowlist_gap == "API 67.0 doesn't show whether the app has an allowlist: that takes API 68.0"
    assert read(dict(FILES), "68.0").token_allowlist == AddressSet()


def test_a_connected_apps_list_that_is_on_is_not_known() -> None:
    on = {
        path: text.replace("isIpBindingEnabled>false", "isIpBindingEnabled>true")
        for path, text in FILES.items()
    }
    found = read(on)
    assert (found.token_allowlist, found.unknown) == (None, ())
    assert "no API shows its addresses" in found.allowlist_gap


def test_an_external_apps_addresses_are_read() -> None:
    found = app_facts(Index(healthy.snapshot(healthy.EXTERNAL)), "Azure Logic Apps")
    assert found.token_allowlist == AddressSet.of(["192.0.2.0/28"])
