"""Rules about addresses: one answer each, with the rule it rests on; the whole table is in `test_decide`."""

from dataclasses import replace
from itertools import product

import pytest

from sfharden.access import published
from sfharden.access.address_rules import judge_address
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Outcome, Own, Place, Reason, Who
from sfharden.addresses import AddressSet
from sfharden.facts.apps import IpRelaxation

USER = Who("svc", login_ranges=AddressSet.of(["192.0.2.0/28"]))
INSIDE, OUTSIDE, NOWHERE = Place(True, Own.NONE), Place(False, Own.NONE), Place(None, Own.NONE)
APP = AppFacts("app", relaxation=IpRelaxation.ENFORCE)


def answer(
    place: Place,
    flow: Flow = Flow.REFRESH,
    *,
    who: Who = USER,
    app: AppFacts | None = APP,
    every: bool | None = True,
) -> Reason:
    return judge_address(who, place, flow, Facts(OrgFacts(every_request=every), app))


@pytest.mark.parametrize("flow", list(Flow))
def test_a_profile_without_ranges_keeps_nobody_out_in_any_flow(flow: Flow) -> None:
    found = answer(OUTSIDE, flow, who=replace(USER, login_ranges=AddressSet()))
    assert (found.outcome, found.rule) == (Outcome.ALLOWED, published.RANGES)


@pytest.mark.parametrize("flow", list(Flow))
def test_an_address_inside_is_let_in_in_any_flow(flow: Flow) -> None:
    assert answer(INSIDE, flow).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("relaxation", [*IpRelaxation, None])
@pytest.mark.parametrize("flow", [Flow.LOGIN, Flow.JWT_BEARER])
def test_no_relaxation_of_an_app_lifts_the_ranges_of_a_login_or_of_jwt_bearer(
    flow: Flow, relaxation: IpRelaxation | None
) -> None:
    assert answer(OUTSIDE, flow, app=replace(APP, relaxation=relaxation)).outcome is Outcome.REFUSED


def test_what_binds_client_credentials_is_not_documented() -> None:
    found = answer(OUTSIDE, Flow.CLIENT_CREDENTIALS)
    assert (found.outcome, found.rule) == (Outcome.CANNOT_TELL, published.UNDOCUMENTED)


@pytest.mark.parametrize(
    ("every", "outcome"), [(True, Outcome.REFUSED), (False, Outcome.ALLOWED), (None, Outcome.CANNOT_TELL)]
)
def test_a_call_is_looked_at_only_with_enforcement_on_every_request(
    every: bool | None, outcome: Outcome
) -> None:
    assert answer(OUTSIDE, Flow.API_CALL, every=every).outcome is outcome


@pytest.mark.parametrize(
    ("own", "flow", "outcome"),
    [
        (Own.INSIDE, Flow.CODE_EXCHANGE, Outcome.ALLOWED),
        (Own.INSIDE, Flow.REFRESH, Outcome.CANNOT_TELL),
        (Own.OUTSIDE, Flow.CODE_EXCHANGE, Outcome.REFUSED),
        (Own.NONE, Flow.CODE_EXCHANGE, Outcome.CANNOT_TELL),
        (Own.UNKNOWN, Flow.CODE_EXCHANGE, Outcome.CANNOT_TELL),
        (Own.UNKNOWN, Flow.USERNAME_PASSWORD, Outcome.REFUSED),
        (Own.INSIDE, Flow.USERNAME_PASSWORD, Outcome.REFUSED),
    ],
)
def test_activated_devices_are_freed_by_the_app_s_own_ranges_where_that_is_documented(
    own: Own, flow: Flow, outcome: Outcome
) -> None:
    app = replace(APP, relaxation=IpRelaxation.RELAX_ACTIVATED)
    assert answer(Place(False, own), flow, app=app).outcome is outcome


def test_unknown_ranges_leave_it_open_unless_nothing_depends_on_them() -> None:
    assert answer(NOWHERE).outcome is Outcome.CANNOT_TELL
    assert answer(NOWHERE, who=replace(USER, login_ranges=None)).outcome is Outcome.CANNOT_TELL
    relaxed = replace(APP, relaxation=IpRelaxation.RELAX)
    assert answer(NOWHERE, app=relaxed).outcome is Outcome.ALLOWED


def test_an_unknown_relaxation_leaves_an_address_outside_open() -> None:
    for app in (None, replace(APP, relaxation=None)):
        assert answer(OUTSIDE, app=app).outcome is Outcome.CANNOT_TELL


def test_every_answer_is_a_sentence_and_names_its_rule() -> None:
    places = [Place(inside, own) for inside in (True, False, None) for own in Own]
    people = (USER, replace(USER, login_ranges=None), replace(USER, login_ranges=AddressSet()))
    apps = (None, *(replace(APP, relaxation=one) for one in (*IpRelaxation, None)))
    answers = {
        answer(place, flow, who=who, app=app, every=every)
        for place, flow, who, app, every in product(places, Flow, people, apps, (True, False, None))
    }
    assert len(answers) > 12
    for one in answers:
        assert one.text[:1].isupper()
        assert one.text.endswith(".")
        assert one.rule
        assert one.rule != published.UNDOCUMENTED or one.outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ("outside by login", "The address is outside the profile's login ranges."),
        (
            "outside by JWT",
            "The address is outside the profile's login ranges, which always bind JWT bearer, whatever the app says.",
        ),
        ("relaxation of no app", "The IP relaxation of an app is not known."),
        ("ranges not known", "The login ranges of svc are not known."),
        ("enforcement not known", "Whether login ranges are enforced on every request is not known."),
    ],
)
def test_what_decides_is_told_in_words(found: str, text: str) -> None:
    told = {
        "outside by login": answer(OUTSIDE, Flow.LOGIN),
        "outside by JWT": answer(OUTSIDE, Flow.JWT_BEARER),
        "relaxation of no app": answer(OUTSIDE, app=None),
        "ranges not known": answer(NOWHERE),
        "enforcement not known": answer(OUTSIDE, Flow.API_CALL, every=None),
    }
    assert told[found].text == text


def test_ranges_that_are_not_known_hold_no_address_for_sure() -> None:
    unread = replace(USER, login_ranges=None)
    assert answer(INSIDE, who=unread).outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize("flow", [Flow.CODE_EXCHANGE, Flow.REFRESH, Flow.USER_AGENT])
def test_trusted_ranges_of_the_app_that_are_not_known_may_be_any(flow: Flow) -> None:
    app = replace(APP, relaxation=IpRelaxation.RELAX_ACTIVATED)
    found = answer(Place(False, Own.UNKNOWN), flow, app=app)
    assert (found.outcome, found.text) == (
        Outcome.CANNOT_TELL,
        "The app's trusted ranges are not known.",
    )
