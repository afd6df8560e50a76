"""Who read the org: said where it's known, and that it isn't where it isn't."""

from sfharden.checks.page_reading import reading_facts
from sfharden.model.org import Caller
from tests.orgs import served
from tests.orgs.files import HEALTHY, snapshot_of


def test_a_running_org_tells_who_read_it_and_when() -> None:
    found = dict(reading_facts(served.healthy()))
    assert "@" in found["Read by"]
    assert {"Read between", "Logins were read since"} <= set(found)


def test_permissions_that_the_org_did_not_tell_are_not_none() -> None:
    label = "Permissions of the reader, of those asked for"
    for held, said in ((None, "not known"), ((), "none"), (("B", "A"), "A, B")):
        caller = Caller(user_id="005", username="a@b", permissions=held)
        assert dict(reading_facts(served.changed(caller=caller)))[label] == said


def test_metadata_files_tell_nothing_of_it() -> None:
    assert reading_facts(snapshot_of(HEALTHY)) == ()
