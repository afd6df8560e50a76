"""Whose a token is: by the app's record for sure, by its name only under suspicion; and every command says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.ownership import AppMarks, Tie, goes_by, managed_by, marks_of, records_of, tokens_of
from sfharden.model import org
from sfharden.model.org import AppRow, Token
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.report.tokens_table import lines_of
from tests.orgs import live
from tests.orgs.live import token

RECORD_ID = "0H4xx0000000007AAC"
MARKS = AppMarks.of([RECORD_ID, ""], ["Azure Logic Apps", "Azure_Logic_Apps", "", " "])


@pytest.mark.parametrize(
    ("label", "app_id", "expected"),
    [
        ("Azure Logic Apps", RECORD_ID, Tie.RECORD),
        ("renamed since", RECORD_ID, Tie.RECORD),
        ("", RECORD_ID[:15], Tie.RECORD),
        ("Azure Logic Apps", "", Tie.NAME),
        ("azure  logic APPS", "", Tie.NAME),
        ("Azure Logic Appſ", "", Tie.NAME),
        ("Azure_Logic_Apps", "0H4xx0000000099AAC", Tie.NAME),
        ("Azure Logic App", "", Tie.NONE),
        ("", "", Tie.NONE),
        ("\u200b", "", Tie.NONE),
        ("renamed since", RECORD_ID.lower(), Tie.NONE),
    ],
)
def test_how_a_token_hangs_together_with_an_app(label: str, app_id: str, expected: Tie) -> None:
    assert MARKS.tie(label, app_id) is expected
    assert MARKS.token(token(app_label=label, app_id=app_id)) is expected


@given(st.text(), st.text())
def test_no_name_ever_stands_for_the_record(label: str, name: str) -> None:
    assert AppMarks.of([], [name]).tie(label, name) is not Tie.RECORD
    assert AppMarks.of([], []).tie(label, "") is Tie.NONE


def test_an_app_goes_by_its_label_and_its_api_name() -> None:
    index = Index(live.healthy())
    app = index.app(live.INTEGRATION.app)
    assert goes_by(app, "AZURE logic apps")
    assert goes_by(app, "Azure_Logic_Apps")
    assert not goes_by(app, "")
    (record,) = records_of(index.directory, app)
    assert marks_of(app, [record]).tie("", record.id) is Tie.RECORD


def test_a_record_of_the_other_kind_is_not_the_app_s() -> None:
    twin = AppRow("0H4TWIN", "X", "Azure_Logic_Apps", True, None)
    index = Index(live.changed(apps=(*live.table("apps"), twin)))
    connected, external = index.sides(live.INTEGRATION.app)
    assert twin not in records_of(index.directory, connected)
    assert records_of(index.directory, external) == (twin,)


def test_only_an_external_client_app_lacks_tokens_without_their_own_resource() -> None:
    directory = Directory(live.without(org.EXTERNAL_TOKENS, "external_tokens"))
    assert tokens_of(directory, MARKS, external=False).gap == ""
    assert tokens_of(directory, MARKS, external=True).gap
    assert tokens_of(Directory(live.without(org.TOKENS, "tokens")), MARKS, external=False).gap


ASTRAY = token(handle="astray", app_id="0DSxx0000000001AAA", app_label="renamed since")
MENU_GAP = Gap(what=org.MENU_ITEMS, reason="cut off", kind=org.MENU_ITEMS)


@pytest.mark.parametrize(
    ("one", "gaps", "gap"),
    [
        (ASTRAY, (MENU_GAP,), True),
        (ASTRAY, (), False),
        (UNLINKED := ASTRAY._replace(app_id=""), (MENU_GAP,), False),
        (UNLINKED._replace(app_id="0H4xx0000000099AAC"), (MENU_GAP,), False),
        (ASTRAY._replace(app_label="Azure Logic Apps"), (MENU_GAP,), False),
    ],
)
def test_a_token_whose_menu_item_was_not_read_may_be_of_any_app(
    one: Token, gaps: tuple[Gap, ...], gap: bool
) -> None:
    found = tokens_of(Directory(live.changed(*gaps, tokens=(token(), one))), MARKS, external=False)
    assert bool(found.gap) is gap


def test_menu_items_that_were_not_asked_for_lead_to_no_app_either() -> None:
    read = live.changed(tokens=(token(), ASTRAY), menu_items=None)
    assert "can't be told" in tokens_of(Directory(read), MARKS, external=False).gap


# Managed, or not ----------------------------------------------------------------------------

STRANGE = token(handle="strange", app_id="", app_label="Nobody's App")
UNREAD = token(handle="unread", app_id="0H4xx0000000099AAC", app_label="Nobody's App")


def blind(kind: str) -> Snapshot:
    gap = Gap(what=kind, reason="this login may not see everything", kind=kind)
    return live.changed(gap, tokens=(token(), STRANGE, UNREAD))


@pytest.mark.parametrize(
    ("snapshot", "strange"),
    [
        (live.changed(tokens=(token(), STRANGE, UNREAD)), False),
        (blind(org.TOKENS), False),
        (blind(org.APPS), None),
        (blind(org.EXTERNAL_TOKENS), None),  # what links a token to an external client app
        (live.without(org.EXTERNAL_TOKENS, "external_tokens"), None),
    ],
)
def test_a_token_without_an_app_is_unmanaged_only_if_every_link_was_read(
    snapshot: Snapshot, strange: bool | None
) -> None:
    managed = managed_by(Directory(snapshot))
    told: dict[Token, bool | None] = {token(): True, STRANGE: strange, UNREAD: None}
    assert {one: managed(one) for one in told} == told


@pytest.mark.parametrize("kind", [org.TOKENS, org.APPS, org.EXTERNAL_TOKENS])
def test_check_and_tokens_call_the_same_tokens_unmanaged(kind: str) -> None:
    """`tokens` said `?` where check said that the org doesn't manage the app."""
    snapshot = blind(kind)
    listed = {one.managed for one in lines_of([STRANGE], Directory(snapshot))}
    failing = {one.status.value for one in live.results(snapshot, "app-installed")} & {"fail"}
    assert (listed == {"no"}) is bool(failing)
