"""The engine against a table that was written by hand from the documentation.

Sources: Help, Connected App IP Relaxation and Continuous IP Enforcement; Help, Manage OAuth Access Policies; Help
005132365 and 005228838; Metadata API Guide, SecuritySettings, ConnectedApp, ConnectedAppSettings, OauthOidcSettings.
A = allowed, R = refused, ? = the documentation doesn't tell.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.access.decide import decide, together
from sfharden.access.facts import (
    AppFacts,
    Facts,
    Flow,
    Further,
    OrgFacts,
    Outcome,
    Part,
    Reason,
    SessionPolicy,
    Who,
)
from sfharden.access.published import UNDOCUMENTED
from sfharden.addresses import AddressError, AddressSet
from sfharden.facts.apps import IpRelaxation
from tools.access_table import truth_table

PROFILE = AddressSet.of(["10.1.0.0/16", "2001:db8::/64"])
OWN = AddressSet.of(["10.2.0.0/16"])
IN_PROFILE, IN_OWN, ELSEWHERE = "10.1.2.3", "10.2.2.3", "10.3.2.3"
WORDS = {"A": Outcome.ALLOWED, "R": Outcome.REFUSED, "?": Outcome.CANNOT_TELL}

USER = Who(
    "svc", login_ranges=PROFILE, login_hours=False, pre_approved=True, consented=True,
    approves_uninstalled=False, any_api_client=False,
)  # fmt: skip
APP = AppFacts(
    "app", installed=True, blocked=False, admin_approved=True, relaxation=IpRelaxation.ENFORCE,
    own_ranges=AddressSet(), session_policy=SessionPolicy.NONE, client_credentials=True, token_allowlist=AddressSet(),
)  # fmt: skip
ORG = OrgFacts(
    every_request=False, session_lock=False, trusted_ranges=AddressSet(), api_access_control=False,
    user_agent_blocked=False, password_blocked=False,
)  # fmt: skip

# Columns: profile without ranges; inside; outside; and for an app with trusted ranges: in those; in neither.
ADDRESSES = """
login               -                AARRR
code exchange       ENFORCE          AARRR
code exchange       RELAX_REFRESH    AARRR
code exchange       RELAX_ACTIVATED  AA?AR
code exchange       RELAX            AAAAA
refresh             ENFORCE          AARRR
refresh             RELAX_REFRESH    AAAAA
refresh             RELAX_ACTIVATED  AA??R
refresh             RELAX            AAAAA
JWT bearer          ENFORCE          AARRR
JWT bearer          RELAX_REFRESH    AARRR
JWT bearer          RELAX_ACTIVATED  AARRR
JWT bearer          RELAX            AARRR
client credentials  ENFORCE          AA???
client credentials  RELAX            AA???
user-agent          ENFORCE          AARRR
user-agent          RELAX_REFRESH    AARRR
user-agent          RELAX_ACTIVATED  AA?RR
user-agent          RELAX            AAAAA
username-password   ENFORCE          AARRR
username-password   RELAX_REFRESH    AARRR
username-password   RELAX_ACTIVATED  AARRR
username-password   RELAX            AAAAA
"""

# The same columns for an API call with a live session, by enforcement on every request.
CALLS = """
off  ENFORCE          AAAAA
off  RELAX_REFRESH    AAAAA
off  RELAX_ACTIVATED  AAAAA
off  RELAX            AAAAA
on   ENFORCE          AARRR
on   RELAX_REFRESH    AA???
on   RELAX_ACTIVATED  AA??R
on   RELAX            AAAAA
"""

# Columns: code exchange, refresh, API call, JWT bearer, client credentials, user-agent, username-password.
FLOWS = [flow for flow in Flow if flow is not Flow.LOGIN]
NEW = replace(USER, pre_approved=False, consented=False)
SELF = replace(APP, admin_approved=False)
FOREIGN = replace(APP, installed=False, admin_approved=None, relaxation=None, own_ranges=None)
CONTROL = replace(ORG, api_access_control=True)
PEOPLE: list[tuple[str, Who, AppFacts, OrgFacts, str]] = [
    ("assigned", USER, APP, ORG, "AAAAAAA"),
    ("not assigned", NEW, APP, ORG, "RR?R?RR"),
    ("assignment unknown", replace(NEW, pre_approved=None), APP, ORG, "???????"),
    ("any client, connected app", replace(NEW, any_api_client=True), APP, ORG, "???????"),
    ("any client, external app", replace(NEW, any_api_client=True), replace(APP, external=True), ORG, "AAAAAAA"),
    ("any client unknown", replace(NEW, any_api_client=None), replace(APP, external=True), ORG, "???????"),
    ("self-authorised, new", NEW, SELF, ORG, "AAA?AAA"),
    ("self-authorised, known", replace(NEW, consented=True), SELF, ORG, "AAAAAAA"),
    ("foreign app, new", NEW, FOREIGN, ORG, "RAARRRR"),
    ("foreign app, approved before", replace(NEW, consented=True), FOREIGN, ORG, "AAA??AA"),
    ("foreign app, may approve", replace(NEW, approves_uninstalled=True), FOREIGN, ORG, "AAA??AA"),
    ("foreign app, may approve?", replace(NEW, approves_uninstalled=None), FOREIGN, ORG, "?AA????"),
    ("managed?", NEW, replace(APP, installed=None), ORG, "R??R?RR"),
    ("blocked app", USER, replace(APP, blocked=True), ORG, "RRRRRRR"),
    ("blocked app, any client?", replace(USER, any_api_client=None), replace(APP, blocked=True), ORG, "???????"),
    ("user-agent blocked", USER, APP, replace(ORG, user_agent_blocked=True), "AAAAARA"),
    ("password blocked", USER, APP, replace(ORG, password_blocked=True), "AAAAAAR"),
    ("blocks unknown", USER, APP, replace(ORG, user_agent_blocked=None, password_blocked=None), "AAAAA??"),
    ("client credentials off", USER, replace(APP, client_credentials=False), ORG, "AAAARAA"),
    ("session policy blocks", USER, replace(APP, session_policy=SessionPolicy.BLOCK), ORG, "RRRRRRR"),
    ("session policy raises", USER, replace(APP, session_policy=SessionPolicy.RAISE), ORG, "A??R?A?"),
    ("session lock", USER, APP, replace(ORG, session_lock=True), "AA?AAAA"),
    ("login hours", replace(USER, login_hours=True), APP, ORG, "???????"),
    ("access control, assigned", USER, APP, CONTROL, "AAAAAAA"),
    ("access control, self-authorised", USER, SELF, CONTROL, "???????"),
    ("access control, exempt", replace(USER, any_api_client=True), SELF, CONTROL, "AAAAAAA"),
    ("access control, foreign app", USER, FOREIGN, CONTROL, "??R????"),
    ("access control unknown, self", USER, SELF, replace(ORG, api_access_control=None), "???????"),
    ("access control unknown, assigned", USER, APP, replace(ORG, api_access_control=None), "AAAAAAA"),
    ("login hours?", replace(USER, login_hours=None), APP, ORG, "???????"),
    ("session lock?", USER, APP, replace(ORG, session_lock=None), "AA?AAAA"),
    ("an allowlist?", USER, replace(APP, token_allowlist=None), ORG, "??AAAAA"),
    ("an allowlist of elsewhere", USER, replace(APP, token_allowlist=OWN), ORG, "RRAAAAA"),
    ("an undocumented switch is on", USER, replace(APP, unknown=("IP binding is on",)), ORG, "???????"),
]  # fmt: skip


def outcome(who: Who, source: str, flow: Flow, app: AppFacts, org: OrgFacts = ORG) -> Outcome:
    return decide(who, source, flow, Facts(org, app)).outcome


def places(flow: Flow, app: AppFacts, org: OrgFacts = ORG) -> list[Outcome]:
    own = replace(app, own_ranges=OWN)
    return [
        outcome(replace(USER, login_ranges=AddressSet()), ELSEWHERE, flow, app, org),
        outcome(USER, IN_PROFILE, flow, app, org),
        outcome(USER, ELSEWHERE, flow, app, org),
        outcome(USER, IN_OWN, flow, own, org),
        outcome(USER, ELSEWHERE, flow, own, org),
    ]


def expected(letters: str) -> list[Outcome]:
    return [WORDS[letter] for letter in letters]


@pytest.mark.parametrize("line", ADDRESSES.strip().splitlines())
def test_where_somebody_comes_from(line: str) -> None:
    *flow, policy, letters = line.split()
    app = APP if policy == "-" else replace(APP, relaxation=IpRelaxation[policy])
    assert places(Flow(" ".join(flow)), app) == expected(letters)


@pytest.mark.parametrize("line", CALLS.strip().splitlines())
def test_calls_with_a_live_session(line: str) -> None:
    every, policy, letters = line.split()
    org = replace(ORG, every_request=every == "on")
    assert places(Flow.API_CALL, replace(APP, relaxation=IpRelaxation[policy]), org) == expected(letters)


@pytest.mark.parametrize(
    ("who", "app", "org", "letters"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE]
)
def test_who_comes_and_what_is_switched_on(who: Who, app: AppFacts, org: OrgFacts, letters: str) -> None:
    assert [outcome(who, IN_PROFILE, flow, app, org) for flow in FLOWS] == expected(letters)


@pytest.mark.parametrize(("who", "app", "org"), [row[1:4] for row in PEOPLE], ids=[row[0] for row in PEOPLE])
def test_no_sure_outcome_rests_on_what_is_not_documented(who: Who, app: AppFacts, org: OrgFacts) -> None:
    for flow in FLOWS:
        for source in (IN_PROFILE, IN_OWN, ELSEWHERE):
            decision = decide(who, source, flow, Facts(org, app))
            assert decision.reasons
            for reason in decision.reasons:
                assert reason.text[:1].isupper()
                assert reason.text.endswith(".")
                assert reason.rule
                assert reason.rule != UNDOCUMENTED or reason.outcome is Outcome.CANNOT_TELL


def test_ipv6_ranges_bind_ipv6_addresses() -> None:
    assert outcome(USER, "2001:db8::7", Flow.REFRESH, APP) is Outcome.ALLOWED
    assert outcome(USER, "2001:db8:1::7", Flow.REFRESH, APP) is Outcome.REFUSED


FREE = replace(USER, login_ranges=AddressSet())
TRUSTING = replace(ORG, trusted_ranges=AddressSet.of(["10.9.0.0/16"]))
NOTED = (Flow.LOGIN, Flow.USERNAME_PASSWORD)


def noted(who: Who, source: str | AddressSet, flow: Flow, org: OrgFacts) -> bool:
    """Whether it's told that an identity check may be asked for; that never makes a difference."""
    decision = decide(who, source, flow, Facts(org, APP))
    assert decision.outcome is Outcome.ALLOWED
    return any("identity check" in one.text for one in decision.reasons)


@pytest.mark.parametrize("flow", Flow)
def test_outside_the_trusted_ranges_an_identity_check_is_told_where_somebody_signs_in(flow: Flow) -> None:
    assert noted(FREE, ELSEWHERE, flow, TRUSTING) is (flow in NOTED)
    assert noted(FREE, ELSEWHERE, flow, ORG) is (flow in NOTED)  # an org without any: everything is outside


@pytest.mark.parametrize("flow", NOTED)
def test_an_identity_check_is_told_only_where_it_may_be_asked_for(flow: Flow) -> None:
    assert not noted(FREE, "10.9.1.1", flow, TRUSTING)
    assert not noted(FREE, ELSEWHERE, flow, replace(ORG, trusted_ranges=None))
    assert not noted(USER, IN_PROFILE, flow, TRUSTING)  # a profile with ranges needs no more
    assert noted(FREE, AddressSet.of(["10.9.1.1", ELSEWHERE]), flow, TRUSTING)
    unread = decide(replace(USER, login_ranges=None), ELSEWHERE, flow, Facts(TRUSTING, APP))
    assert not any("identity check" in one.text for one in unread.reasons)


def test_that_note_comes_after_all_reasons() -> None:
    decision = decide(FREE, ELSEWHERE, Flow.LOGIN, Facts(TRUSTING))
    assert "identity check" in decision.reasons[-1].text


@pytest.mark.parametrize("text", ["10.1.0.0/16", "10.1.0.0-10.1.0.9", "somewhere", ""])
def test_a_source_as_text_is_one_address_or_nothing(text: str) -> None:
    """Of a range the first address would tell nothing of the others."""
    nothing = Facts(replace(ORG, trusted_ranges=None), replace(APP, own_ranges=None, token_allowlist=None))
    for who, facts in ((USER, Facts(ORG)), (replace(USER, login_ranges=None), nothing)):
        with pytest.raises(AddressError):
            decide(who, text, Flow.LOGIN, facts)


def test_an_address_is_one_whether_it_comes_as_text_or_as_a_number() -> None:
    for source in (IN_PROFILE, IN_OWN, ELSEWHERE):
        number = AddressSet.of([source]).intervals[0][0]
        facts = Facts(ORG, replace(APP, own_ranges=OWN, relaxation=IpRelaxation.RELAX_ACTIVATED))
        for flow in Flow:
            assert decide(USER, number, flow, facts) == decide(USER, source, flow, facts)


# Sets of addresses ---------------------------------------------------------------------------------


def pieces(source: AddressSet, flow: Flow, app: AppFacts) -> dict[Outcome, AddressSet]:
    return {part.outcome: part.addresses for part in decide(USER, source, flow, Facts(ORG, app)).parts}


def test_a_set_is_cut_along_the_apps_own_ranges() -> None:
    app = replace(APP, own_ranges=OWN, relaxation=IpRelaxation.RELAX_ACTIVATED)
    source = AddressSet.of(["10.2.255.255-10.3.0.1"])
    assert pieces(source, Flow.CODE_EXCHANGE, app) == {
        Outcome.ALLOWED: AddressSet.of(["10.2.255.255"]),
        Outcome.REFUSED: AddressSet.of(["10.3.0.0-10.3.0.1"]),
    }


def test_a_set_is_cut_along_the_apps_allowlist() -> None:
    app = replace(APP, token_allowlist=OWN, relaxation=IpRelaxation.RELAX)
    source = AddressSet.of(["10.2.255.255-10.3.0.1"])
    assert pieces(source, Flow.REFRESH, app) == {
        Outcome.ALLOWED: AddressSet.of(["10.2.255.255"]),
        Outcome.REFUSED: AddressSet.of(["10.3.0.0-10.3.0.1"]),
    }


def test_addresses_that_fare_alike_for_several_reasons_are_one_part_with_each_reason_once() -> None:
    app = replace(APP, own_ranges=OWN, relaxation=IpRelaxation.RELAX_ACTIVATED)
    decision = decide(USER, AddressSet.of([IN_PROFILE, IN_OWN]), Flow.CODE_EXCHANGE, Facts(ORG, app))
    (part,) = decision.parts
    assert decision.outcome is part.outcome is Outcome.ALLOWED
    assert part.addresses == AddressSet.of([IN_PROFILE, IN_OWN])
    texts = [one.text for one in part.reasons]
    assert len(texts) == len(set(texts))
    assert len([text for text in texts if text.startswith("The address is in")]) == 2
    assert set(decision.reasons) == set(part.reasons)


def test_of_a_set_the_refusals_are_told_first_and_its_parts_in_the_order_of_outcomes() -> None:
    decision = decide(USER, AddressSet.of([IN_PROFILE, ELSEWHERE]), Flow.LOGIN, Facts(ORG))
    assert decision.outcome is Outcome.PARTLY
    assert decision.reasons[0].outcome is Outcome.REFUSED
    assert [part.outcome for part in decision.parts] == [Outcome.ALLOWED, Outcome.REFUSED]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [("A", "A"), ("R", "R"), ("?", "?"), ("P", "P"), ("A?", "?"), ("R?", "?"), ("AR", "P"), ("AR?", "P"), ("AA", "A")],
)  # fmt: skip
def test_parts_that_differ_are_partly_only_if_some_are_in_and_some_out_for_sure(
    outcomes: str, expected: str
) -> None:
    words = {**WORDS, "P": Outcome.PARTLY}
    parts = [Part(AddressSet.of([ELSEWHERE]), words[letter], ()) for letter in outcomes]
    for order in (parts, parts[::-1]):
        assert together(order) is words[expected]


def test_from_nowhere_nothing_can_be_told() -> None:
    decision = decide(USER, AddressSet(), Flow.LOGIN, Facts(ORG))
    assert (decision.outcome, decision.parts) == (Outcome.CANNOT_TELL, ())
    assert [(one.text, one.rule) for one in decision.reasons] == [
        ("There are no addresses to come from.", UNDOCUMENTED)
    ]


# What is not known ---------------------------------------------------------------------------------


def test_trusted_ranges_of_the_app_that_are_not_known_are_told_as_that() -> None:
    app = replace(APP, own_ranges=None, relaxation=IpRelaxation.RELAX_ACTIVATED)
    decision = decide(USER, ELSEWHERE, Flow.CODE_EXCHANGE, Facts(ORG, app))
    assert decision.outcome is Outcome.CANNOT_TELL
    assert decision.reasons[0].text == "The app's trusted ranges are not known."


def test_one_refusal_refuses_and_is_told_before_what_cannot_be_told() -> None:
    hours = replace(NEW, login_hours=True)
    unsure = replace(APP, relaxation=IpRelaxation.RELAX_ACTIVATED)
    decision = decide(hours, ELSEWHERE, Flow.CODE_EXCHANGE, Facts(ORG, unsure))
    found = [one.outcome for one in decision.reasons]
    assert decision.outcome is Outcome.REFUSED
    assert found == sorted(found, key=[Outcome.REFUSED, Outcome.CANNOT_TELL, Outcome.ALLOWED].index)
    assert len(set(found)) == 3


def test_an_oauth_flow_without_a_known_app_cannot_be_told() -> None:
    decision = decide(USER, IN_PROFILE, Flow.REFRESH, Facts(ORG))
    assert decision.outcome is Outcome.CANNOT_TELL
    assert decision.reasons[0].text == "Which app it is, is not known."


def test_the_deciding_reason_comes_first() -> None:
    decision = decide(NEW, ELSEWHERE, Flow.REFRESH, Facts(ORG, APP))
    assert [one.outcome for one in decision.reasons[:2]] == [Outcome.REFUSED, Outcome.REFUSED]
    assert "outside the profile's login ranges" in decision.reasons[0].text


def test_the_page_has_a_cell_for_every_row_of_the_hand_written_tables() -> None:
    page = truth_table()
    for line in ADDRESSES.strip().splitlines():
        flow = line.split("  ")[0]
        assert f"| {flow} |" in page
    assert page.count("| on | ") == page.count("| off | ") == 4
    written = Path(__file__).resolve().parents[2] / "docs" / "access.md"
    assert written.read_text("utf-8") == page


@pytest.mark.parametrize("flow", list(Flow))
def test_further_reasons_count_like_rules_for_their_flows(flow: Flow) -> None:
    """What whoever asks brings along refuses, or withholds a yes; it never lets anybody in."""
    who, facts = Who("svc"), Facts(OrgFacts())
    for outcome in (Outcome.REFUSED, Outcome.CANNOT_TELL, Outcome.ALLOWED):
        more = (Further(Reason("because", "a rule", outcome), frozenset({Flow.REFRESH})),)
        plain, found = decide(who, 1, flow, facts), decide(who, 1, flow, replace(facts, more=more))
        if flow is not Flow.REFRESH:
            assert found == plain
        elif outcome is Outcome.REFUSED:
            assert found.outcome is Outcome.REFUSED
            assert found.reasons[0].text == "because"
        else:
            assert found.outcome is plain.outcome


@pytest.mark.parametrize("flow", Flow)
def test_a_reason_brought_along_for_all_flows_counts_in_each(flow: Flow) -> None:
    brought = Further(Reason("A policy was not judged.", UNDOCUMENTED, Outcome.CANNOT_TELL))
    decision = decide(USER, IN_PROFILE, flow, Facts(ORG, APP, (brought,)))
    assert decision.outcome is Outcome.CANNOT_TELL
    assert decision.reasons[0] == brought.reason
