"""Tokens by app: every token is counted once, and what nobody knows is not taken for young."""

from datetime import timedelta

from sfharden.checks.page_tokens import TokenFacts, token_facts
from sfharden.emulator.generate import APP_LABEL
from sfharden.facts.app_use import app_use
from sfharden.facts.index import Index
from sfharden.model import org
from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot
from tests.orgs import served
from tests.orgs.constants import NOW
from tests.orgs.files import HEALTHY, snapshot_of


def told(snapshot: Snapshot) -> TokenFacts:
    return token_facts(Index(snapshot), (served.INTEGRATION,), NOW)


def test_every_token_is_counted_once() -> None:
    found = told(served.healthy())
    read = (*served.table("tokens"), *served.table("external_tokens"))
    assert sum(one.number for one in found.apps) == len(read)
    assert found.gap == ""


def test_no_token_is_named() -> None:
    read: tuple[Token, ...] = served.table("tokens")
    assert not [one.handle for one in read if one.handle in repr(told(served.healthy()))]


def test_those_of_before_the_hardening_are_counted_and_those_of_unknown_age_with_them() -> None:
    mine = next(one for one in served.table("tokens") if one.app_label == APP_LABEL)
    ages = (served.HARDENED - timedelta(seconds=1), None, served.HARDENED)
    snapshot = served.changed(tokens=tuple(mine._replace(created=age) for age in ages), external_tokens=())
    (app,) = told(snapshot).apps
    assert (app.number, app.old, app.hardened, len(app.created)) == (3, 2, served.HARDENED, 2)


def test_one_that_copies_a_name_stands_apart_from_the_app() -> None:
    mine = next(one for one in served.table("tokens") if one.app_label == APP_LABEL)
    copied = mine._replace(app_id="")
    found = told(served.changed(tokens=(mine, copied), external_tokens=())).apps
    assert {(one.label, one.managed) for one in found} == {(APP_LABEL, True), (APP_LABEL, False)}


def test_what_was_not_read_says_why() -> None:
    assert told(served.without(org.TOKENS, "tokens")).gap
    assert told(snapshot_of(HEALTHY)).gap == "OAuth tokens are not in metadata files"


def test_a_token_without_a_name_counts_with_the_app_that_its_id_leads_to() -> None:
    """As among the apps: two parts of one page never count the same tokens differently."""
    mine = next(one for one in served.table("tokens") if one.app_label == APP_LABEL)
    nameless = mine._replace(app_label="", handle="other")
    for given in ((mine, nameless), (nameless,)):
        snapshot = served.changed(tokens=given, external_tokens=())
        assert [(one.label, one.number) for one in told(snapshot).apps] == [(APP_LABEL, len(given))]
        used = app_use(Index(snapshot)).known.values()
        assert sorted(len(one.tokens) for one in used)[-1] == len(given)
