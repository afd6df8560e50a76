"""Whose tokens and logins are an app's: by its record, by its name where there is none, and nobody's."""

from sfharden.emulator.generate import APP_LABEL, APP_NAME
from sfharden.facts.app_use import app_use
from sfharden.facts.index import Index
from sfharden.model import org
from tests.orgs import served
from tests.orgs.files import HEALTHY, snapshot_of

OURS = (False, APP_NAME)
COURIERS = ((False, "courier__Courier"), (False, "Courier_Old"))


def test_a_token_leads_to_its_record_and_nowhere_else() -> None:
    elsewhere = next(one for one in served.table("apps") if one.label != APP_LABEL)
    stolen = served.token(handle="other", app_id=elsewhere.id)  # it bears the name of another app
    found = app_use(Index(served.changed(tokens=(served.token(), stolen)))).known
    assert [one.handle for one in found[OURS].tokens] == [served.token().handle]


def test_what_goes_by_a_name_of_several_is_counted_with_each() -> None:
    lone = served.token(app_id="", app_label="Courier")
    found = app_use(Index(served.changed(tokens=(lone,)))).known
    assert all(len(found[one].tokens) == 1 for one in COURIERS)


def test_what_leads_nowhere_is_of_nobody() -> None:
    strange = served.token(app_id="", app_label="Azure Logic App")
    use = app_use(Index(served.changed(tokens=(strange,))))
    assert list(use.unmanaged) == ["Azure Logic App"]
    assert not use.known[OURS].tokens


def test_use_tells_users_flows_and_the_last_time() -> None:
    use = app_use(Index(served.healthy())).known[OURS]
    assert len(use.users) == 1
    assert use.flows == ("OauthRefreshToken",)
    assert use.last == max(
        *(one.last for one in use.logins), *(one.last_used for one in use.tokens if one.last_used)
    )
    assert use.gap == ""


def test_failed_logins_are_no_use() -> None:
    failed = served.login(status="Restricted IP")
    use = app_use(Index(served.changed(tokens=(), logins=(failed,)))).known[OURS]
    assert use.last is None


def test_what_was_not_read_is_a_gap_and_files_tell_nothing() -> None:
    assert app_use(Index(served.without(org.TOKENS, "tokens"))).known[OURS].gap
    assert app_use(Index(served.without(org.LOGINS, "logins"))).known[OURS].gap
    assert app_use(Index(snapshot_of(HEALTHY))).known == {}
