"""Plans and their fingerprints."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.directory import Directory
from sfharden.model.org import Organization
from sfharden.revocation.inventory import inventory_of
from sfharden.revocation.plan import ALPHABET, fingerprint, make_plan
from sfharden.revocation.select import Selection, select

from .kit import NOBODY, NOW, ORG_ID, handle, secret, snapshot, token

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
    known, directory = inventory_of(source), Directory(source)
    selection = Selection(everything=True)
    selected = select(selection, known.tokens, directory, NOBODY, NOW)
    plan = make_plan(selection, selected, known, Organization(id=ORG_ID, name="Acme"), directory)
    told = {one.handle: (one.user, one.installed) for one in plan.tokens}
    assert told == {
        handle(1): ("u1@acme.example", True),
        handle(2): ("u7", False),
        handle(3): ("u1@acme.example", None),
    }
    assert plan.is_sandbox is None
    assert secret(1).reveal() not in plan.model_dump_json()
    assert json.loads(plan.model_dump_json(by_alias=True))["schema"] == "sfharden.revocation/1"
