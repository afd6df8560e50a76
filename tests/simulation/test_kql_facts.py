"""The data of the question hold what the replay's judge says, for every address, app and kind of login."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, address_of
from sfharden.facts.values import CannotTell
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.bench import LOGIN_KINDS
from sfharden.simulation.kql_facts import ANY_APP, EVENT, NO_APP, KqlFacts, WouldBe, kql_facts
from sfharden.simulation.proposal import overlay
from sfharden.simulation.replay import replay
from tests.orgs.constants import ADMIN_DESK, EGRESS, ELSEWHERE, OPERATOR, SVC
from tests.orgs.metadata import APP, INTEGRATION, PROFILE, login_range, snapshot_of, xml
from tests.orgs.running import FILES, changed, login, running

LOOSE = changed(APP, ("ENFORCE", "BYPASS"))
NARROW = {APP: FILES[APP], PROFILE: xml("Profile", login_range("192.0.2.0", "192.0.2.7"))}
PROPOSALS = {"app": {APP: FILES[APP]}, "profile": NARROW, "nothing": {}}
ADDRESSES = [EGRESS, OPERATOR, ADMIN_DESK, ELSEWHERE, "192.0.2.7", "192.0.2.8", "192.0.2.15", "192.0.2.16", "2001:db8::1", "0.0.0.0", "255.255.255.255"]  # fmt: skip


def sides(proposal: str, before: Snapshot | None = None) -> tuple[Snapshot, Snapshot]:
    first = before or running(LOOSE)
    return first, overlay(first, snapshot_of(PROPOSALS[proposal]))


def answer(asked: KqlFacts, app: str, kind: str, address: str) -> str:
    key = (
        NO_APP
        if kind in ("login", EVENT) or not app
        else app.lower()
        if app.lower() in asked.apps
        else ANY_APP
    )
    number = address_of(address)
    found = [
        one.answer.value
        for one in asked.lines
        if (one.user_id, one.app, one.kind) == (SVC, key, kind)
        and (one.nowhere if number is None else number in one.addresses)
    ]
    assert len(found) <= 1
    return found[0] if found else "refused"


def replayed(before: Snapshot, after: Snapshot, app: str, kind: str, address: str) -> str:
    login_type, subtype = LOGIN_KINDS[kind]
    one = login(source=address, app=app, subtype=subtype)._replace(login_type=login_type)
    found = replay([one], before, after, INTEGRATION)
    if found.allowed:
        return WouldBe.IN.value
    if found.unknown:
        return WouldBe.UNKNOWN.value
    return WouldBe.ALREADY.value if found.refused[0].already else "refused"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(PROPOSALS)),
    st.sampled_from(["Azure Logic Apps", "AZURE LOGIC APPS", "Azure_Logic_Apps", "Some CLI", ""]),
    st.sampled_from(sorted(LOGIN_KINDS)),
    st.sampled_from([*ADDRESSES, "Salesforce.com IP"]),
)
def test_the_lines_say_what_the_replay_says(proposal: str, app: str, kind: str, address: str) -> None:
    before, after = sides(proposal)
    asked = kql_facts(before, after, [INTEGRATION])
    assert answer(asked, app, kind, address) == replayed(before, after, app, kind, address)


def test_an_event_file_s_login_is_told_where_every_way_in_of_today_agrees() -> None:
    before, after = sides("app")
    asked = kql_facts(before, after, [INTEGRATION])
    ways = [("", "login"), *(("Azure Logic Apps", kind) for kind in LOGIN_KINDS if kind != "login")]
    for address in ADDRESSES:
        told = {answer(asked, app, kind, address) for app, kind in ways} - {WouldBe.ALREADY.value}
        event = answer(asked, "", EVENT, address)
        assert event == (
            told.pop() if len(told) == 1 else WouldBe.UNKNOWN.value if told else WouldBe.ALREADY.value
        )
    assert answer(asked, "", EVENT, EGRESS) == WouldBe.IN.value


def test_no_two_lines_answer_for_one_address() -> None:
    asked = kql_facts(*sides("profile"), [INTEGRATION])
    for one in asked.lines:
        for other in asked.lines:
            if one is not other and (one.app, one.kind) == (other.app, other.kind):
                assert one.addresses & other.addresses == AddressSet()


def test_users_whom_nobody_knows_are_told() -> None:
    two = INTEGRATION.model_copy(update={"users": (*INTEGRATION.users, "gone@acme.example")})
    asked = kql_facts(*sides("app"), [two])
    assert (asked.users, asked.missing) == ((SVC,), ("gone@acme.example",))


def test_files_alone_know_no_ids() -> None:
    before = snapshot_of(FILES)
    with pytest.raises(CannotTell):
        kql_facts(before, before, [INTEGRATION])


def test_without_an_address_only_what_is_left_alone_is_told() -> None:
    for proposal, told in (("app", WouldBe.UNKNOWN), ("nothing", WouldBe.IN)):
        asked = kql_facts(*sides(proposal), [INTEGRATION])
        assert answer(asked, "", EVENT, "Salesforce.com IP") == told.value


def test_only_apps_that_fare_otherwise_have_lines_of_their_own() -> None:
    assert kql_facts(*sides("app"), [INTEGRATION]).apps == ("azure logic apps", "azure_logic_apps")
