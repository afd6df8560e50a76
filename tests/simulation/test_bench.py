"""Who decides a login: by which flow it came, and what would become of it today and after."""

from itertools import pairwise

import pytest

from sfharden.access.facts import Flow, Outcome
from sfharden.addresses import address_of
from sfharden.simulation.bench import LAST, Bench, flows_of
from sfharden.simulation.proposal import overlay
from tests.orgs.metadata import APP, snapshot_of
from tests.orgs.running import EGRESS, ELSEWHERE, FILES, changed, login, running


def bench(loose: bool) -> Bench:
    before = running(changed(APP, ("ENFORCE", "BYPASS"))) if loose else running()
    return Bench(before, overlay(before, snapshot_of({APP: FILES[APP]})))


@pytest.mark.parametrize(
    ("kind", "subtype", "flows"),
    [
        ("Remote Access 2.0", "OauthRefreshToken", {Flow.REFRESH}),
        ("Oauth2", "oauthwebserver", {Flow.CODE_EXCHANGE}),
        ("Remote Access 2.0", "OauthUserAgentIdToken", {Flow.USER_AGENT}),
        ("Application", "UsernamePasswordUiLogin", {Flow.LOGIN}),
        ("SAML Idp Initiated SSO", "", {Flow.LOGIN}),
        ("Other Apex API", "SoapApiLogin", {Flow.LOGIN}),
        ("Remote Access 2.0", "", {Flow.CODE_EXCHANGE, Flow.REFRESH, Flow.JWT_BEARER}),
        ("remote access 2.0", "OauthHybridNew", {Flow.CODE_EXCHANGE, Flow.REFRESH, Flow.JWT_BEARER}),
    ],
)
def test_flows_of_logins(kind: str, subtype: str, flows: set[Flow]) -> None:
    assert set(flows_of(kind, subtype)) == flows


@pytest.mark.parametrize(("loose", "refused"), [(True, False), (False, True)])
def test_what_is_refused_today_is_told_from_what_would_be(loose: bool, refused: bool) -> None:
    judge, number = bench(loose).judge(login()), address_of(ELSEWHERE)
    assert number is not None
    assert judge.decide(number)[0] is Outcome.REFUSED
    assert judge.refused_today(number) is refused


def test_logins_alike_have_one_judge() -> None:
    one = bench(loose=True)
    assert one.judge(login()) is one.judge(login(source=EGRESS, times=4))
    assert one.judge(login()) is not one.judge(login(app="Another"))


def test_the_pieces_cover_every_address_once_and_hold_one_answer_each() -> None:
    judge = bench(loose=True).judge(login())
    pieces = list(judge.pieces())
    assert pieces[0][0] == 0
    assert pieces[-1][1] == LAST
    assert all(one[1] + 1 == other[0] for one, other in pairwise(pieces))
    for first, last in pieces:
        assert judge.decide(first)[0] is judge.decide(last)[0]
        assert judge.refused_today(first) is judge.refused_today(last)
