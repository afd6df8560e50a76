"""What a server keeps: cursors by a name of their own, and no more of them than a test could need."""

from sfharden.emulator.backend import Backend, Cursor, DeployJob, RetrieveJob
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import branch
from tests.emulator.soql_kit import ask, small_org


def cursor(org: DemoOrg) -> Cursor:
    return Cursor(org.users[0].id, ask(org, "SELECT Id FROM User"), 2)


def test_each_cursor_has_a_name_of_its_own() -> None:
    backend = Backend(small_org())
    first, second = (backend.keep(cursor(backend.org)) for _ in range(2))
    assert first != second
    assert first.startswith("01g")
    assert set(backend.cursors) == {first, second}


def test_the_oldest_cursors_go_first() -> None:
    backend = Backend(small_org())
    one = cursor(backend.org)
    kept = [backend.keep(one) for _ in range(510)]
    assert list(backend.cursors) == kept[10:]


def test_jobs_show_no_zip_in_their_repr() -> None:
    retrieve = RetrieveJob(branch("x"), 66.0, True, 0, content=b"HUSH")
    deploy = DeployJob(0, True, b"HUSH", {}, "005")
    assert "HUSH" not in repr(retrieve) + repr(deploy)
