"""Real requests decided under a proposal: what enforcement on every request would break."""

import json
from collections.abc import Mapping

from sfharden.addresses import AddressSet
from sfharden.model import org
from sfharden.model.events import INSIDE, EventSnapshot, RequestGroup
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.report.simulate_json import render_simulation_json
from sfharden.report.simulate_table import render_simulation
from sfharden.simulation.proposal import overlay
from sfharden.simulation.request_replay import RequestReplay, replay_requests
from sfharden.simulation.simulate import simulate
from sfharden.text.terminal import Terminal
from tests.orgs.constants import DANA, INTEGRATION, NOW, SERVICE_USER
from tests.orgs.files import SECURITY, snapshot_of
from tests.orgs.judging import shipped
from tests.orgs.requests import DAY, OUTSIDE, request
from tests.orgs.tables import FILES, changed, running

LOOSE = changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))
ENFORCED = {SECURITY: FILES[SECURITY]}


def before(*groups: RequestGroup, gaps: tuple[Gap, ...] = (), files: Mapping[str, str] = LOOSE) -> Snapshot:
    events = EventSnapshot(groups=tuple(sorted(groups)), periods=(DAY,))
    return running(files).model_copy(update={"events": events, "gaps": gaps})


def played(*groups: RequestGroup, expect: AddressSet | None = None) -> RequestReplay:
    first = before(*groups)
    found = replay_requests(first, overlay(first, snapshot_of(ENFORCED)), INTEGRATION, expect or AddressSet())
    assert found is not None
    return found


def test_requests_from_outside_the_ranges_would_be_refused_once_every_request_is_looked_at() -> None:
    found = played(request(times=90), request(OUTSIDE, times=10))
    assert found.played is not None
    assert (found.played.successes, found.played.allowed, found.broken) == (100, 90, 10)
    (group,) = found.played.own.broken
    assert (group.user, group.source_ip, group.times) == ("svc@acme.example", OUTSIDE, 10)
    assert "10 requests of the integration" in " ".join(found.against)


def test_where_they_are_looked_at_already_nothing_is_newly_refused() -> None:
    first = before(request(OUTSIDE), files=FILES)
    found = replay_requests(first, overlay(first, snapshot_of(ENFORCED)), INTEGRATION, AddressSet())
    assert found is not None
    assert found.broken == 0


def test_an_address_that_a_person_expects_to_be_refused_breaks_nothing() -> None:
    assert played(request(OUTSIDE), expect=AddressSet.of([OUTSIDE])).broken == 0


def test_what_is_not_decided_is_told() -> None:
    found = played(
        request(INSIDE, times=2), request(OUTSIDE, status="401", times=3), request(OUTSIDE, user=DANA, app="", app_id="", times=4)
    )  # fmt: skip
    assert (found.internal, found.refused, found.without_app) == (2, 3, 4)
    assert len(list(found.beside)) == 3
    assert found.played is not None
    assert found.played.successes == 0


def test_a_user_told_by_name_only_is_the_same_user() -> None:
    assert played(request(OUTSIDE, user=SERVICE_USER.upper(), times=3)).broken == 3


def test_what_has_no_address_cannot_be_told() -> None:
    assert "can't be told" in " ".join(played(request("")).open)


def test_nobody_asked_and_the_org_refused_are_two_things() -> None:
    first = running(LOOSE)
    assert replay_requests(first, first, INTEGRATION, AddressSet()) is None
    gap = Gap(what="EventLogFile", reason="the org refused", kind=org.REQUESTS)
    refused = first.model_copy(update={"gaps": (gap,)})
    found = replay_requests(refused, refused, INTEGRATION, AddressSet())
    assert found is not None
    assert found.played is None
    assert "the org refused" in " ".join(found.open)


def test_a_simulation_breaks_where_requests_would_be_refused_though_no_login_would() -> None:
    groups = request(), request(OUTSIDE, times=10)
    outcome = simulate(before(*groups), snapshot_of(ENFORCED), [INTEGRATION], shipped(), [], NOW)
    assert outcome.breaks
    assert [one.broken for one in outcome.integrations] == [()]
    without = simulate(running(LOOSE), snapshot_of(ENFORCED), [INTEGRATION], shipped(), [], NOW)
    assert not without.breaks
    shown = render_simulation(outcome, Terminal())
    assert "Requests that would be refused" in shown
    assert "Of 15 requests that got an answer, 5 would be let in again, 10 refused, 0" in shown
    told = json.loads(render_simulation_json(outcome, "0"))["integrations"][0]["requests"]
    assert [one["times"] for one in told["replay"]["refused"]] == [10]
