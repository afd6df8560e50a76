"""Looking again: a token may go by two handles, and the login's own rows alone may be all that is left."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.model.org import ONLY_OWN_ROWS
from sfharden.model.snapshot import Gap
from sfharden.revocation.inventory import TokenInventory, inventory_of
from sfharden.revocation.journal import Disk, create_journal
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import State
from sfharden.revocation.recount import recount, still_there

from .kit import NOW, handle, header_of, plan_of, snapshot, token

MADE = NOW - timedelta(days=10)
OWN = PlannedToken(handle=handle(1), app="Sync", user="u1@acme.example", created=MADE)
TWIN = token(2, external=True)


def plan(*tokens: PlannedToken) -> RevocationPlan:
    return plan_of(()).model_copy(update={"tokens": tokens})


def known(*external: object) -> TokenInventory:
    return inventory_of(snapshot(external=external))  # type: ignore[arg-type]


def test_what_the_other_list_tells_of_the_same_authorisation_is_still_there() -> None:
    assert still_there(plan(OWN), known(TWIN)) == {handle(1)}
    assert still_there(plan(OWN), known()) == frozenset()


@pytest.mark.parametrize(
    "other", [{"user_id": "u2"}, {"app_label": "Other"}, {"created": NOW}, {"created": None}]
)
def test_another_authorisation_is_not(other: dict[str, object]) -> None:
    assert still_there(plan(OWN), known(TWIN._replace(**other))) == frozenset()  # type: ignore[arg-type]


def test_one_that_is_in_the_plan_itself_speaks_for_itself_only() -> None:
    both = plan(OWN, OWN.model_copy(update={"handle": handle(2), "external": True}))
    assert still_there(both, known(TWIN)) == {handle(2)}


def test_a_token_of_a_user_who_was_not_read_goes_by_their_id() -> None:
    unread = OWN.model_copy(update={"user": "u7"})
    assert still_there(plan(unread), known(TWIN._replace(user_id="u7"))) == {handle(1)}


def test_such_a_survivor_is_failed_though_the_org_said_revoked(tmp_path: Path) -> None:
    disk = Disk(lambda: NOW)
    journal = create_journal(tmp_path / "j", header_of(plan(OWN)), disk)
    try:
        journal.attempted(handle(1))
        journal.ended(journal.event(handle(1), State.REVOKED))
        history = recount(journal, known(TWIN), disk)
    finally:
        journal.close()
    assert history.state(handle(1)) is State.FAILED
    assert history.recounts[-1].survivors == (handle(1),)


def test_own_rows_alone_are_no_gap_once_others_were_seen() -> None:
    gaps = [Gap(what="OAuth tokens", reason=ONLY_OWN_ROWS, kind="OauthToken")]
    mine = snapshot([token(1)], gaps=gaps)
    assert inventory_of(mine).gap
    assert not inventory_of(mine, saw_others=True).gap
    cut = Gap(what="OAuth tokens", reason="cut off", kind="OauthToken")
    both = mine.model_copy(update={"gaps": (*mine.gaps, cut)})
    assert inventory_of(both, saw_others=True).gap == "OAuth tokens: cut off"
    assert replace(inventory_of(mine), gap="") == inventory_of(mine, saw_others=True)
