"""External client apps' users and tokens, by the resource that has them: pages that never end, and what each call is for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import INTEGRATION_USER, PROFILE, healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import serve
from sfharden.emulator.records import ExternalClientApp, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import external_app_files
from sfharden.errors import AnswerError
from sfharden.model import org as tables
from sfharden.model.org import OrgTables, Token
from sfharden.ports import every_single_token
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.usage import read_single_tokens, read_usage
from tests.orgs.reading import EVERYTHING, NOW, TOKENS, InTurn, read, read_once, reasons

ECA = "Reporting Sync"
EVERY = replace(TOKENS, one_by_one=every_single_token)
SINGLE_CALLS = r"usage/\w+/\w+/tokens"


def tables_of(org: DemoOrg) -> OrgTables:
    snapshot = read_once(org, wanted=EVERYTHING).snapshot
    assert snapshot.org is not None
    assert snapshot.gaps == ()
    return snapshot.org


def eca(org: DemoOrg, name: str = ECA) -> ExternalClientApp:
    found = org.external_app(name)
    assert found is not None
    return found


def only_in_the_usage_list(org: DemoOrg, people: int, per_user: int = 1) -> None:
    """Tokens of an app labelled otherwise than it is now: only the usage list links them to it."""
    for number in range(people * per_user):
        name = f"u{number // per_user}@acme.example"
        user = next((one for one in org.users if one.username == name), None) or org.add_user(name, PROFILE)
        made = NOW - timedelta(days=10 + number % per_user)
        org.tokens.put(
            OauthToken(
                "Old name",
                user.id,
                made,
                ids.opaque("u", number),
                NOW,
                application_id=eca(org).id,
                use_count=3,
            )
        )


def test_a_token_shown_in_both_places_is_one() -> None:
    """OauthToken has it without an app; the other resource tells which."""
    org = healthy_org(NOW)
    found = tables_of(org)
    (token,) = [one for one in found.tokens or () if one.app_label == ECA]
    assert (token.app_id, token.external, token.summed) == (eca(org).id, False, False)
    assert found.external_tokens == ()


@pytest.mark.parametrize("people", [1, 99, 100, 101, 250])
def test_every_page_of_users_is_read_and_the_last_is_the_empty_one(people: int) -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, people)
    with serve(org) as server:
        found = read(server, wanted=TOKENS).snapshot.org
        pages = sum("/users" in one.target for one in server.requests)
        assert not any("/tokens" in one.target for one in server.requests), "none was worth a call"
    assert found is not None
    assert len({one.user_id for one in found.external_tokens or ()}) == people
    assert {(one.app_label, one.summed) for one in found.external_tokens or ()} == {(ECA, True)}
    # Besides these people, the integration's own user is one of the app's.
    assert pages == -(-(people + 1) // 100) + 1


def test_what_stands_for_many_tells_the_first_connection_and_the_latest_use() -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, 1, per_user=3)
    (one,) = read_once(org, wanted=TOKENS).snapshot.org.external_tokens or ()  # type: ignore[union-attr]
    assert (one.summed, one.created, one.last_used, one.use_count) == (True, NOW - timedelta(days=12), NOW, 9)


@pytest.mark.parametrize("secrets", [False, True])
def test_single_tokens_come_in_the_place_of_what_stands_for_them(secrets: bool) -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, 2, per_user=3)
    reading = read_once(org, wanted=replace(EVERY, secrets=secrets))
    found = reading.snapshot.org.external_tokens or () if reading.snapshot.org else ()
    assert [one.summed for one in found] == [False] * 6
    assert len({one.handle for one in found}) == 6
    assert {one.created for one in found} == {NOW - timedelta(days=10 + number) for number in range(3)}
    assert ({one.handle for one in found} <= set(reading.secrets)) is secrets
    assert bool(reading.external_handles) is secrets


def test_only_whose_tokens_are_chosen_is_asked_singly() -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, 5)

    def two(snapshot: object, summed: Sequence[Token]) -> Sequence[Token]:
        return summed[:2]

    with serve(org) as server:
        found = read(server, wanted=replace(TOKENS, one_by_one=two)).snapshot.org
        assert sum("/tokens" in one.target for one in server.requests) == 2
    assert found is not None
    assert sorted(one.summed for one in found.external_tokens or ()) == [False, False, True, True, True]


def test_single_tokens_that_are_refused_leave_what_stands_for_them_and_a_gap() -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, 2)
    with serve(org) as server:
        server.faults = [Fault(FaultKind.LIMIT, path=SINGLE_CALLS)]
        snapshot = read(server, wanted=EVERY).snapshot
    assert snapshot.org is not None
    assert [one.summed for one in snapshot.org.external_tokens or ()] == [True, True]
    assert any("REQUEST_LIMIT_EXCEEDED" in reason for reason in reasons(snapshot, tables.EXTERNAL_TOKENS))


def test_nothing_made_of_what_revokes_is_kept_unless_it_was_asked_for() -> None:
    org = healthy_org(NOW)
    only_in_the_usage_list(org, 2)
    kept, revoking = (read_once(org, wanted=replace(EVERY, secrets=secrets)) for secrets in (False, True))
    assert kept.secrets == {}
    assert kept.snapshot.org is not None
    names = {one.handle for one in kept.snapshot.org.external_tokens or ()}
    assert not names & set(revoking.secrets)


class Usage(OrgClient):
    """The resource by a function of path and page."""

    def __init__(self, answer: Callable[[str, int], Any]) -> None:
        self._answer = answer
        self.asked = 0

    def get(self, path: str, params: Mapping[str, str] | None = None, *, what: str = "") -> Any:  # noqa: ARG002
        self.asked += 1
        assert self.asked < 50, "it would go on for ever"
        return self._answer(path, int((params or {}).get("page", 0)))


def ask(answer: Callable[[str, int], Any]) -> tuple[Token, ...]:
    return read_usage(Usage(answer), lambda: "00Dxx0000000001", InTurn())


def app(name: str) -> dict[str, Any]:
    return {"identifier": name, "developerName": "App"}


@pytest.mark.parametrize(
    "pages",
    [
        [[app("0xI1")]],  # the same page for ever
        [[app("0xI1")], [app("0xI2")]],  # two that alternate
        [[app("0xI1")], [app("0xI2")], [app("0xI3")]],
    ],
)
def test_pages_that_repeat_end_in_a_gap(pages: list[list[dict[str, Any]]]) -> None:
    with pytest.raises(AnswerError, match="same page twice"):
        ask(lambda _, page: {"apps": pages[page % len(pages)], "nextPageUrl": "more"})


@pytest.mark.parametrize("name", ["../../query", "a/b", "a%2Fb", "a b", "a?b", "", ".", "ä", "x" * 101])
def test_an_identifier_that_can_not_stand_in_an_address_is_a_gap(name: str) -> None:
    with pytest.raises(AnswerError):
        ask(lambda _, page: {"apps": [app(name)] if page == 0 else []})
    one = Token("h", "App", "0xI1", name, NOW, None, 1, True, True)
    for hostile in (one, one._replace(app_id=name, user_id="0051")):
        with pytest.raises(AnswerError):
            read_single_tokens(Usage(lambda *_: {"tokens": []}), [hostile], "00D", InTurn(), secrets=False)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"apps": None},
        {"apps": ["x"]},
        {"apps": [{"identifier": 5, "developerName": "x"}]},
        {"apps": [{"identifier": "0xI1"}]},
    ],
)
def test_another_shape_is_a_gap(answer: Any) -> None:
    with pytest.raises(AnswerError):
        ask(lambda *_: answer)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"userIdentifier": None},
        {"userIdentifier": "0051", "useCount": "1"},
        {"userIdentifier": "0051", "initialConnectionAt": "soon"},
        {"userIdentifier": "0051", "lastUsedAt": 5},
    ],
)
def test_a_user_who_can_not_be_understood_is_a_gap(row: dict[str, Any]) -> None:
    def answer(path: str, page: int) -> Any:
        name, rows = ("users", [row]) if path.endswith("/users") else ("apps", [app("0xI1")])
        return {name: rows if page == 0 else []}

    with pytest.raises(AnswerError):
        ask(answer)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"revocationUrl": "/services/data/v66.0/apps/oauth/usage/0xI1/005/tokens"},
        {"revocationUrl": "/apps/oauth/usage/tokens/"},
        {"revocationUrl": 1},
        {"revocationUrl": "/apps/oauth/usage/tokens/x", "useCount": "1"},
        {"revocationUrl": "/apps/oauth/usage/tokens/x", "initialConnectionAt": "soon"},
    ],
)
def test_a_token_that_can_not_be_understood_is_a_gap(row: dict[str, Any]) -> None:
    one = Token("h", "App", "0xI1", "0051", NOW, None, 1, True, True)
    with pytest.raises(AnswerError):
        read_single_tokens(Usage(lambda *_: {"tokens": [row]}), [one], "00D", InTurn(), secrets=True)


def test_two_apps_labelled_alike_keep_their_own_tokens() -> None:
    org = healthy_org(NOW)
    org.metadata.update(external_app_files("Reporting_Sync_2", ECA, commaSeparatedProfile=PROFILE))
    sync(org)
    second, user = eca(org, "Reporting_Sync_2"), org.user(INTEGRATION_USER)
    assert user is not None
    org.tokens.put(OauthToken(ECA, user.id, NOW, ids.opaque("2nd"), application_id=second.id))
    found = tables_of(org)
    mine = [one for one in found.tokens or () if one.app_label == ECA]
    assert sorted(one.app_id for one in mine) == sorted(one.id for one in org.external_apps)
    assert "delete" not in json.dumps(found.model_dump(mode="json"))
