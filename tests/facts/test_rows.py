"""Rows that say whether they are all, and users by name: what may be missing is never passed over."""

import pytest

from sfharden.facts.rows import NamedUsers, Rows
from sfharden.facts.values import CannotTell
from sfharden.model.org import User

USER = User("005A", "svc@acme.example", "00e1", True, "Standard", None)


def test_whole_rows_pass_and_others_say_why_not() -> None:
    Rows((1, 2)).require_whole()
    with pytest.raises(CannotTell) as reason:
        Rows((1, 2), "the org refused").require_whole()
    assert reason.value.reason == "the org refused"


def test_rows_that_may_not_be_all_are_still_gone_through() -> None:
    assert list(Rows((1, 2), "cut off")) == [1, 2]
    assert list(Rows(())) == []


def test_a_name_that_leads_to_nobody_is_told_with_its_hint() -> None:
    NamedUsers((USER,), ()).require_all()
    with pytest.raises(CannotTell, match="no active user named"):
        NamedUsers((), ("svc@acme.exmaple",), " Did you mean 'svc@acme.example'?").require_all()


def test_ids_are_of_those_who_were_read() -> None:
    assert NamedUsers((USER,), ("gone@acme.example",)).ids == {"005A"}
