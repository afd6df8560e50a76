"""Taking a journal up: what is left is told by looking, of the same org only, and the own login is spared."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.history import History
from sfharden.revocation.inventory import OwnLogin, TokenInventory
from sfharden.revocation.journal import Disk, resume_journal
from sfharden.revocation.records import Event, State
from sfharden.revocation.resume import reopen, rest_of

from .kit import MADE, NOBODY, NOW, ORG_ID, USERNAMES, handle, header_of, plan_of, scene, token

PLAN = plan_of([1, 2, 3])


def history(**states: str) -> History:
    """A journal of three tokens; `t1` and so on give the state of a token."""
    events = {
        handle(int(name[1:])): Event.model_validate(
            {"record": state, "handle": handle(int(name[1:])), "at": NOW}
        )
        for name, state in states.items()
    }
    return History(header_of(PLAN), PLAN, events)


def known(*numbers: int, org_id: str = ORG_ID) -> TokenInventory:
    tokens = tuple(map(token, numbers))
    return TokenInventory(org_id, tokens, "", frozenset(one.handle for one in tokens), USERNAMES)


def test_what_was_settled_and_is_gone_is_left_alone() -> None:
    rest = rest_of(history(t1="revoked", t2="failed"), known(2, 3), NOBODY)
    assert (rest.left.handles, rest.gone) == ((handle(2), handle(3)), ())


def test_what_is_gone_without_a_word_is_looked_into_and_what_is_there_again_is_to_do() -> None:
    rest = rest_of(history(t1="revoked", t2="attempted"), known(1), NOBODY)
    assert (rest.left.handles, rest.gone) == ((handle(1),), (handle(2), handle(3)))


def test_tokens_that_came_later_are_none_of_this_plan_s() -> None:
    assert handle(9) not in rest_of(history(), known(1, 2, 3, 9), NOBODY).left.handles


def test_the_own_login_is_spared() -> None:
    rest = rest_of(history(), known(1, 2, 3), OwnLogin("u1"))
    assert [one.handle for one in rest.own] == [handle(1), handle(2), handle(3)]
    assert rest.left.handles == rest.gone == ()


def test_another_org_s_journal_is_not_taken_up() -> None:
    with pytest.raises(InputError, match="of another org"):
        rest_of(history(), known(1, org_id="00Dother"), NOBODY)


@pytest.mark.parametrize(
    "lie",
    [
        {"app": "Another app"},
        {"app": "sync"},
        {"user": "u2@acme.example"},
        {"created": MADE + timedelta(milliseconds=1)},
        {"created": None},
        {"external": True},
    ],
    ids=str,
)
def test_a_journal_that_tells_of_a_token_what_the_org_does_not_is_refused(lie: dict[str, object]) -> None:
    first, *others = PLAN.tokens
    forged = PLAN.model_copy(update={"tokens": (first.model_copy(update=lie), *others)})
    with pytest.raises(InputError, match="nothing was revoked") as refused:
        rest_of(History(header_of(forged), forged), known(1, 2), NOBODY)
    assert handle(1) in refused.value.message
    # Of a token that isn't there nothing is done, whatever is said of it.
    assert rest_of(History(header_of(forged), forged), known(2), NOBODY).left.handles == (handle(2),)


def test_what_is_left_is_told_as_the_org_tells_it() -> None:
    rest = rest_of(history(), known(1), NOBODY, lambda _: False)
    assert [one.installed for one in rest.left.tokens] == [False]
    assert rest.left.fingerprint == plan_of([1]).fingerprint != PLAN.fingerprint


def test_a_handle_of_which_the_org_shows_nothing_else_is_left_alone() -> None:
    rest = rest_of(history(), replace(known(1), handles=frozenset((handle(1), handle(2)))), NOBODY)
    assert (rest.left.handles, rest.unlisted, rest.gone) == ((handle(1),), (handle(2),), (handle(3),))


def test_a_token_whose_user_s_name_is_not_told_now_is_left_alone() -> None:
    rest = rest_of(history(), replace(known(1), usernames={}), NOBODY)
    assert (rest.left.handles, rest.unlisted) == ((), (handle(1),))
    by_id = tuple(one.model_copy(update={"user": "u1"}) for one in PLAN.tokens)
    plan = PLAN.model_copy(update={"tokens": by_id})
    for usernames in (USERNAMES, {}):  # an id is nobody else's
        found = rest_of(History(header_of(plan), plan), replace(known(1), usernames=usernames), NOBODY)
        assert found.left.handles == (handle(1),)


def test_what_was_said_to_be_gone_and_is_there_is_noted_before_it_is_tried_again(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    lies = RevokeOutcome(Ending.REVOKED)
    stage.org.trouble = lambda number, phase: lies if (number, phase) == (1, "before") else None
    stage.first_run()
    journal, found = resume_journal(stage.path, Disk(lambda: NOW))
    rest = rest_of(found, stage.org.known(), NOBODY)
    reopen(journal, found, rest)
    journal.close()
    assert stage.history().state(handle(1)) is State.FAILED
    assert rest.left.handles == (handle(1),)
