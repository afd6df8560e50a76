"""The token inventory and its gaps; and which tokens are this run's own, which are never revoked."""

import pytest

from sfharden.errors import NoVerdictError
from sfharden.model import org
from sfharden.model.org import OrgTables
from sfharden.model.snapshot import Gap
from sfharden.revocation.inventory import OwnLogin, inventory_of

from .kit import handle, snapshot, token

OWN_ROWS = Gap(what="OAuth tokens", reason=org.ONLY_OWN_ROWS, kind=org.TOKENS)


def test_a_stock_says_what_it_lacks() -> None:
    assert inventory_of(snapshot([token(1)])).gap == ""
    assert "OAuth usage was not read" in inventory_of(snapshot([token(1)], external=None)).gap
    gap = Gap(what="OAuth tokens", reason="2,500 of 6,000 came", kind="OauthToken")
    assert "2,500 of 6,000" in inventory_of(snapshot([token(1)], gaps=[gap])).gap
    anything = Gap(what="Everything", reason="the session ended")
    assert "the session ended" in inventory_of(snapshot([token(1)], gaps=[anything])).gap
    harmless = Gap(what="Logins", reason="denied", kind="LoginHistory")
    assert inventory_of(snapshot([token(1)], gaps=[harmless])).gap == ""


def test_without_tokens_or_an_org_nothing_can_be_planned() -> None:
    whole = snapshot([token(1)])
    assert whole.org
    for tables in (None, OrgTables(), whole.org.model_copy(update={"tokens": None, "external_tokens": None})):
        with pytest.raises(NoVerdictError):
            inventory_of(whole.model_copy(update={"org": tables}))


def test_a_token_that_both_tables_have_is_there_once_with_all_its_handles() -> None:
    known = inventory_of(snapshot([token(1)], external=[token(1), token(2, external=True)]), ["second"])
    assert [one.handle for one in known.tokens] == [handle(1), handle(2)]
    assert known.handles == {handle(1), handle(2), "second"}
    assert known.usernames["u1"] == "u1@acme.example"


def test_the_own_rows_alone_are_a_list_cut_short_unless_others_were_seen_before() -> None:
    source = snapshot([token(1)], gaps=[OWN_ROWS])
    assert org.ONLY_OWN_ROWS in inventory_of(source).gap
    assert inventory_of(source, saw_others=True).gap == ""
    more = snapshot([token(1)], gaps=[OWN_ROWS, Gap(what="OAuth tokens", reason="cut off", kind=org.TOKENS)])
    assert "cut off" in inventory_of(more, saw_others=True).gap


# This run's own login --------------------------------------------------------------------------


@pytest.mark.parametrize("user_id", ["005000000000001AAA", "005000000000001"])
def test_the_own_token_is_spared_by_user_and_app(user_id: str) -> None:
    own = OwnLogin(user_id, ("Salesforce CLI",), sure=True)
    mine = token(1, user_id="005000000000001AAA", app_label="salesforce  CLI")
    assert own.spares(mine)
    assert not own.spares(mine._replace(app_label="Sync"))
    assert not own.spares(mine._replace(user_id="005000000000002AAA"))


def test_a_login_that_does_not_tell_its_app_spares_all_of_its_user_s_tokens() -> None:
    own = OwnLogin("u1")
    assert own.spares(token(1, app_label="Anything"))
    assert not own.spares(token(1, user_id="u2"))


def test_a_login_without_a_token_of_its_own_spares_none() -> None:
    assert not OwnLogin("u1", (), sure=True).spares(token(1))


@pytest.mark.parametrize(
    ("own", "told"),
    [(OwnLogin(""), False), (OwnLogin("u1"), True), (OwnLogin("", (), sure=True), True)],
)
def test_without_knowing_who_is_signed_in_nothing_can_be_spared(own: OwnLogin, told: bool) -> None:
    assert (own.gap == "") is told
    assert not own.spares(token(1, user_id=""))
