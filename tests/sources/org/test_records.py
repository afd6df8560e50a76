"""Records of an org, by plain queries: what of them is kept, and what is asked for otherwise."""

from typing import Any

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.errors import AnswerError, DeniedError
from sfharden.model.org import HealthRisk, Organization
from sfharden.salesforce.rest import Identity, OrgClient
from sfharden.sources.org import records
from sfharden.sources.org.records import organization
from tests.orgs.fakes import Queries, Rows, refusing
from tests.orgs.reading import NOW, read_once
from tests.orgs.served import org_of


def test_a_user_without_a_profile_does_not_hide_the_others() -> None:
    """Such are the users that Salesforce made for its own processes."""
    org = healthy_org(NOW)
    org.users[0].profile_id = None
    found = org_of(read_once(org, "auditor").snapshot)
    assert next(one for one in found.users or () if one.id == org.users[0].id).profile_id == ""


class Shy(OrgClient):
    """An org that doesn't show its own record."""

    def __init__(self) -> None:  # no wire: nothing is sent
        pass

    def organization(self) -> dict[str, Any]:
        raise DeniedError("Querying: the org answered INVALID_TYPE", code="INVALID_TYPE")

    def identity(self) -> Identity:
        return Identity("005me", "00Dxx0000000001EAA", "me@acme.example")


class Nameless(Queries):
    """An org whose identity resource tells nothing."""

    def identity(self) -> Identity:
        raise DeniedError("nobody says who this is")


def test_an_org_that_hides_its_own_record_still_has_an_id_and_counts_as_production() -> None:
    """Without the id no token would have a handle: all about tokens would be unknown."""
    found = organization(Shy())
    assert found == Organization(id="00Dxx0000000001EAA", name="", kind="", is_sandbox=None)
    assert organization(Shy(), "00Dxx0000000002EAA").id == "00Dxx0000000002EAA"


def test_who_is_signed_in_is_found_by_what_the_org_shows() -> None:
    assert records.who(Shy(), "") == ("005me", "me@acme.example")

    def known(soql: str) -> Rows:
        return [{"Id": "005me"}] if "FROM User" in soql else []

    assert records.who(Nameless(known), "me@acme.example") == ("005me", "me@acme.example")

    def by_session(soql: str) -> Rows:
        if "FROM User" in soql:
            raise DeniedError("no", code="INVALID_TYPE")
        return [{"UsersId": "005other", "IsCurrent": False}, {"UsersId": "005me", "IsCurrent": True}]

    assert records.who(Nameless(by_session), "")[0] == "005me"


@pytest.mark.parametrize("ids", [(), ("005me", "005other")])
def test_of_several_who_may_be_signed_in_none_is_taken(ids: tuple[str, ...]) -> None:
    with pytest.raises(DeniedError, match="nobody says"):
        records.who(Nameless(lambda _: [{"UsersId": one, "IsCurrent": True} for one in ids]), "")


def test_a_quote_in_a_username_ends_no_query() -> None:
    org = Nameless(lambda _: [{"Id": "005me"}])
    records.who(org, "o'hara' OR Name != '")
    assert org.asked[0].endswith(r"Username = 'o\'hara\' OR Name != \''")


SESSION = {
    "UsersId": "005me",
    "SourceIp": "192.0.2.1",
    "CreatedDate": "2026-11-24T09:00:00.000+0000",
    "LastModifiedDate": "2026-11-24T10:00:00.000+0000",
    "NumSecondsValid": 7200,
    "LoginType": "Remote Access 2.0",
    "SessionType": "Oauth2",
}


def test_a_session_ends_so_long_after_its_last_change() -> None:
    (one,) = records.sessions(Queries(lambda _: [{**SESSION, "IsCurrent": True}]))
    assert (one.expires, one.current) == (NOW, True)
    (unknown,) = records.sessions(Queries(lambda _: [{**SESSION, "NumSecondsValid": None}]))
    assert (unknown.expires, unknown.current) == (None, False)


def test_an_org_that_does_not_tell_the_current_session_still_tells_of_sessions() -> None:
    org = Queries(refusing("IsCurrent", rows=[SESSION]))
    (one,) = records.sessions(org)
    assert (one.user_id, one.current, len(org.asked)) == ("005me", False, 2)


def test_a_login_that_may_not_see_sessions_is_told_so_and_not_asked_again() -> None:
    def denied(_: str) -> Rows:
        raise DeniedError("no", code="INSUFFICIENT_ACCESS")

    org = Queries(denied)
    with pytest.raises(DeniedError):
        records.sessions(org)
    assert len(org.asked) == 1


def test_rows_come_in_one_order_however_the_org_gives_them() -> None:
    """So that two readings of one org are the same, byte for byte."""
    rows: Rows = [
        {
            "Id": f"0DS{name}",
            "ApplicationId": None,
            "Label": name,
            "Name": name,
            "Type": "ConnectedApplication",
        }
        for name in "abc"
    ]
    there = records.menu_items(Queries(lambda _: rows))
    assert there == records.menu_items(Queries(lambda _: rows[::-1]))
    assert there[0].app_id == ""


def test_an_app_s_record_must_say_who_may_use_it() -> None:
    row = {"Id": "0H4a", "Name": "App", "OptionsAllowAdminApprovedUsersOnly": True}
    assert records.connected_apps(Queries(lambda _: [row])) == {"0H4a": ("App", True)}
    with pytest.raises(AnswerError, match="OptionsAllowAdminApprovedUsersOnly"):
        records.connected_apps(Queries(lambda _: [{**row, "OptionsAllowAdminApprovedUsersOnly": None}]))


def test_changes_and_risks_keep_what_is_empty_as_empty() -> None:
    change = {
        "CreatedDate": "2026-11-24T09:00:00.000+0000",
        "Action": "changedIpRange",
        "Section": None,
        "Display": "x",
        "CreatedById": None,
        "DelegateUser": "ada@acme.example",
    }
    org = Queries(lambda _: [change])
    (one,) = records.setup_changes(org, NOW)
    assert (one.section, one.action, one.delegate) == ("", "changedIpRange", "ada@acme.example")
    assert org.asked[0].endswith("WHERE CreatedDate >= 2026-11-24T12:00:00.000Z")
    risk = dict.fromkeys(("RiskType", "Setting", "SettingGroup", "OrgValue", "StandardValue"))
    assert records.health_risks(Queries(lambda _: [risk])) == (HealthRisk("", "", "", "", ""),)
