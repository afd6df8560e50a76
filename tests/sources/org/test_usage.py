"""Tokens of external client apps, by the resource that has them: pages that never end, and rows told twice."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import INTEGRATION_USER, PROFILE, healthy_org
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import external_app_files
from sfharden.errors import AnswerError
from sfharden.model import org as tables
from sfharden.model.org import OrgTables, Token
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.joins import told_once
from sfharden.sources.org.usage import UsageReading, read_usage
from tests.orgs.reading import EVERYTHING, NOW, TOKENS, InTurn, read_once, reasons

ECA = "Reporting Sync"


def tables_of(org: DemoOrg) -> OrgTables:
    snapshot = read_once(org, wanted=EVERYTHING).snapshot
    assert snapshot.org is not None
    assert snapshot.gaps == ()
    return snapshot.org


def test_a_token_shown_in_both_places_is_one() -> None:
    """OauthToken has it without an app; the other resource tells which."""
    org = healthy_org(NOW)
    found = tables_of(org)
    (token,) = [one for one in found.tokens or () if one.app_label == ECA]
    app = org.external_app(ECA)
    assert app is not None
    assert (token.app_id, token.external) == (app.id, False)
    assert found.external_tokens == ()


@pytest.mark.parametrize("people", [1, 99, 100, 101, 250])
def test_every_page_of_users_is_read_and_the_last_is_the_empty_one(people: int) -> None:
    org = healthy_org(NOW)
    app = org.external_app(ECA)
    assert app is not None
    for number in range(people):
        user = org.add_user(f"u{number}@acme.example", PROFILE)
        # Labelled otherwise than the app is now: a renamed app, which only the other resource links.
        token = OauthToken(
            "Old name", user.id, NOW, ids.opaque("u", number), application_id=app.id, use_count=3
        )
        org.tokens.put(token)
    found = read_once(org, wanted=TOKENS).snapshot.org
    assert found is not None
    assert len({one.user_id for one in found.external_tokens or ()}) == people
    assert {one.app_label for one in found.external_tokens or ()} == {ECA}


def test_an_app_whose_label_was_not_read_is_a_gap() -> None:
    """Its tokens can be told by the label only; nobody may call them tokens of an app that isn't there."""
    org = healthy_org(NOW)
    org.metadata["externalClientApps/Reporting_Sync.eca"] = b"<Broken"
    snapshot = read_once(org).snapshot
    assert "its label was not read" in reasons(snapshot, tables.APPS)


def token(
    number: int = 0, *, app: str = "", user: str = "u", label: str = ECA, external: bool = False
) -> Token:
    return Token(f"h{number}{external}", label, app, user, NOW, None, 1, external)


def test_of_two_alike_neither_learns_the_app() -> None:
    """A look-alike of an external client app must not be taken for it."""
    own, external = told_once((token(1), token(2)), (token(3, app="0xI1", external=True),))
    assert [one.app_id for one in own] == ["", ""]
    assert external == ()


def test_a_token_of_another_app_hides_none() -> None:
    own, external = told_once((token(1, app="0H41"),), (token(3, app="0xI1", external=True),))
    assert [one.app_id for one in own] == ["0H41"]
    assert [one.app_id for one in external] == ["0xI1"]


def test_more_in_the_other_resource_stay() -> None:
    more = (token(3, app="0xI1", external=True), token(4, app="0xI1", external=True))
    own, external = told_once((token(1),), more)
    assert [one.app_id for one in own] == ["0xI1"]
    assert len(external) == 1


def test_two_apps_of_one_name_are_not_guessed_between() -> None:
    more = (token(3, app="0xI1", external=True), token(4, app="0xI2", external=True))
    own, external = told_once((token(1), token(2)), more)
    assert [one.app_id for one in own] == ["", ""]
    assert external == ()


def test_other_moments_are_other_tokens() -> None:
    later = token(3, app="0xI1", external=True)._replace(created=NOW + timedelta(seconds=1))
    own, external = told_once((token(1),), (later,))
    assert [one.app_id for one in own] == [""]
    assert external == (later,)


class Usage(OrgClient):
    """The resource by a function of path and page."""

    def __init__(self, answer: Callable[[str, int], Any]) -> None:
        self._answer = answer
        self.asked = 0

    def get(self, path: str, params: Mapping[str, str] | None = None, *, what: str = "") -> Any:  # noqa: ARG002
        self.asked += 1
        assert self.asked < 50, "it would go on for ever"
        return self._answer(path, int((params or {}).get("page", 0)))


def ask(answer: Callable[[str, int], Any]) -> UsageReading:
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
        {"revocationUrl": "/services/data/v66.0/apps/oauth/usage/0xI1/005/tokens"},
        {"revocationUrl": "/apps/oauth/usage/tokens/"},
        {"revocationUrl": 1},
        {"revocationUrl": "/apps/oauth/usage/tokens/x", "useCount": "1"},
        {"revocationUrl": "/apps/oauth/usage/tokens/x", "initialConnectionAt": "soon"},
    ],
)
def test_a_token_that_can_not_be_understood_is_a_gap(row: dict[str, Any]) -> None:
    def answer(path: str, page: int) -> Any:
        if path.endswith("/tokens"):
            return {"tokens": [row]}
        if path.endswith("/users"):
            return {"users": [{"userIdentifier": "0051"}] if page == 0 else []}
        return {"apps": [app("0xI1")] if page == 0 else []}

    with pytest.raises(AnswerError):
        ask(answer)


def test_two_apps_labelled_alike_keep_their_own_tokens() -> None:
    org = healthy_org(NOW)
    org.metadata.update(external_app_files("Reporting_Sync_2", ECA, commaSeparatedProfile=PROFILE))
    sync(org)
    second, user = org.external_app("Reporting_Sync_2"), org.user(INTEGRATION_USER)
    assert second is not None
    assert user is not None
    org.tokens.put(OauthToken(ECA, user.id, NOW, ids.opaque("2nd"), application_id=second.id))
    found = tables_of(org)
    mine = [one for one in found.tokens or () if one.app_label == ECA]
    assert sorted(one.app_id for one in mine) == sorted(one.id for one in org.external_apps)
    assert "delete" not in json.dumps(found.model_dump(mode="json"))
