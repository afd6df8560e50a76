"""Plans, their fingerprints, and consent to them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import DeclinedError, NoVerdictError
from sfharden.facts.directory import Directory
from sfharden.model.org import Organization, OrgTables
from sfharden.model.snapshot import Gap
from sfharden.revocation.approve import (
    Approval,
    approve_expected,
    approve_resumed,
    approve_typed,
    refuse_incomplete,
)
from sfharden.revocation.plan import ALPHABET, fingerprint, make_plan
from sfharden.revocation.select import Selection, select
from sfharden.revocation.tokens import stock_of

from .kit import NOBODY, NOW, ORG_ID, handle, plan_of, secret, snapshot, token

HANDLES = st.lists(st.text("abcdefgh234567", min_size=12, max_size=12), unique=True, max_size=8)


@given(HANDLES, st.randoms())
def test_a_fingerprint_names_a_set_and_no_order(handles: list[str], chance: object) -> None:
    shuffled = list(handles)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis' own random.Random
    one = fingerprint(ORG_ID, tuple(handles))
    assert one == fingerprint(ORG_ID, tuple(shuffled))
    assert len(one) == 8
    assert set(one) <= set(ALPHABET)
    assert not set("01ILOU") & set(ALPHABET)


@given(HANDLES, HANDLES)
def test_other_tokens_have_another_fingerprint(some: list[str], others: list[str]) -> None:
    same = set(some) == set(others)
    assert (fingerprint(ORG_ID, tuple(some)) == fingerprint(ORG_ID, tuple(others))) is same
    assert fingerprint("00Dother", tuple(some)) != fingerprint(ORG_ID, tuple(some))


def test_a_plan_tells_apps_users_and_what_was_not_seen() -> None:
    source = snapshot([token(1), token(2, app_id="", user_id="u7"), token(3, app_id="0DSmenu")])
    stock, directory = stock_of(source), Directory(source)
    selection = Selection(everything=True)
    selected = select(selection, stock.tokens, directory, NOBODY, NOW)
    plan = make_plan(selection, selected, stock, Organization(id=ORG_ID, name="Acme"), directory)
    told = {one.handle: (one.user, one.installed) for one in plan.tokens}
    assert told == {
        handle(1): ("u1@acme.example", True),
        handle(2): ("u7", False),
        handle(3): ("u1@acme.example", None),
    }
    assert plan.is_sandbox is None
    assert secret(1).reveal() not in plan.model_dump_json()
    assert json.loads(plan.model_dump_json(by_alias=True))["schema"] == "sfharden.revocation/1"


@pytest.mark.parametrize("typed", ["{}", " {} \n", "{lower}", "{hyphen}"])
def test_the_fingerprint_may_be_typed_as_people_type(typed: str) -> None:
    plan = plan_of([1, 2])
    word = plan.fingerprint
    given_word = typed.format(word, lower=word.lower(), hyphen=f"{word[:4]}-{word[4:]}")
    assert approve_typed(plan, given_word).covers(plan)


@pytest.mark.parametrize("typed", ["", "yes", "y", "\n", "ABCDEFGH", "7"])
def test_any_other_word_declines(typed: str) -> None:
    with pytest.raises(DeclinedError):
        approve_typed(plan_of([1, 2]), typed)


def test_consent_is_to_one_plan_only() -> None:
    plan, other = plan_of([1, 2]), plan_of([1, 3])
    with pytest.raises(DeclinedError):
        approve_typed(plan, other.fingerprint)
    with pytest.raises(DeclinedError, match="3 tokens were expected and 2"):
        approve_expected(plan, 3)
    with pytest.raises(DeclinedError):
        approve_resumed(plan, other.fingerprint, "typed")
    assert not approve_expected(plan, 2).covers(other)
    with pytest.raises(TypeError):
        Approval(plan.fingerprint, "made up", object())


def test_an_incomplete_inventory_must_be_accepted() -> None:
    with pytest.raises(DeclinedError, match="own rows"):
        refuse_incomplete("own rows only", False)
    refuse_incomplete("own rows only", True)
    refuse_incomplete("", False)


def test_a_stock_says_what_it_lacks() -> None:
    assert stock_of(snapshot([token(1)])).gap == ""
    assert "OAuth usage was not read" in stock_of(snapshot([token(1)], external=None)).gap
    gap = Gap(what="OAuth tokens", reason="2,500 of 6,000 came", kind="OauthToken")
    assert "2,500 of 6,000" in stock_of(snapshot([token(1)], gaps=[gap])).gap
    anything = Gap(what="Everything", reason="the session ended")
    assert "the session ended" in stock_of(snapshot([token(1)], gaps=[anything])).gap
    harmless = Gap(what="Logins", reason="denied", kind="LoginHistory")
    assert stock_of(snapshot([token(1)], gaps=[harmless])).gap == ""


def test_without_tokens_or_an_org_nothing_can_be_planned() -> None:
    whole = snapshot([token(1)])
    assert whole.org
    for tables in (None, OrgTables(), whole.org.model_copy(update={"tokens": None, "external_tokens": None})):
        with pytest.raises(NoVerdictError):
            stock_of(whole.model_copy(update={"org": tables}))
