"""Users who are named: each asked for once, whoever names them, and an error where somebody needs them."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from sfharden.errors import LimitError
from sfharden.model.org import User
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.look_up import UserLookUp
from sfharden.sources.org.tasks import task_pools

ACTIVE = User("005a", "a@acme.example", "00e1", True, "Standard", None)
LOOKS = {
    "Username": "x@acme.example",
    "ProfileId": None,
    "IsActive": False,
    "UserType": None,
    "LastLoginDate": None,
}


class Users(OrgClient):
    """An org that knows every user that it's asked for, but one; or refuses."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked: list[str] = []
        self._refuses = refuses

    def query(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Iterator[dict[str, Any]]:  # noqa: ARG002
        ids = re.findall(r"'(\w+)'", soql)
        self.asked += ids
        if self._refuses:
            raise LimitError("too many")
        yield from ({"Id": one, **LOOKS} for one in ids if one != "005gone")


def active() -> "Future[tuple[User, ...]]":
    future: Future[tuple[User, ...]] = Future()
    future.set_result((ACTIVE,))
    return future


def test_each_is_asked_for_once() -> None:
    org = Users()
    with task_pools(4) as pools:
        look_up = UserLookUp(org, pools, active())
        look_up.begin(frozenset({"005a", "005b", "005gone"}))
        look_up.begin(frozenset({"005b"}))
        found = look_up(["005a", "005b", "005c", "005gone"])
    assert {one.id for one in found} == {"005b", "005c"}
    assert sorted(org.asked) == ["005b", "005c", "005gone"]


def test_nobody_missing_costs_nothing() -> None:
    org = Users()
    with task_pools(4) as pools:
        look_up = UserLookUp(org, pools, active())
        look_up.begin(frozenset({"005a"}))
        assert look_up(["005a"]) == []
    assert org.asked == []


def test_what_fails_in_the_background_fails_where_it_is_needed() -> None:
    with task_pools(4) as pools:
        look_up = UserLookUp(Users(refuses=True), pools, active())
        look_up.begin(frozenset({"005b"}))
        with pytest.raises(LimitError):
            look_up(["005b"])
