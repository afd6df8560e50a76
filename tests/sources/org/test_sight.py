"""What a caller is shown, and how the reader finds out that it is not all."""

from dataclasses import replace
from typing import Any

import pytest

from sfharden.emulator.generate import CALLERS, healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import serve
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import Caller, OrgTables, PermissionSetRow, Token, User
from sfharden.model.snapshot import Snapshot
from sfharden.sources.org.sight import hidden_rows
from tests.orgs.reading import NOW, read, read_once, reasons
from tests.orgs.served import org_of

ALL_TABLES = tables.PARTS
GROUPS = {tables.GROUPS, tables.GROUP_MEMBERS, tables.MUTING_SETS}


def gaps_of_tables(snapshot: Snapshot) -> set[str]:
    return {gap.kind for gap in snapshot.gaps if gap.kind in ALL_TABLES}


@pytest.mark.parametrize(
    ("caller", "hidden"),
    [
        ("auditor", set()),
        ("no-customize", {tables.TOKENS}),
        ("no-modify-metadata", {tables.APPS, tables.EXTERNAL_APPS, kinds.PROFILE}),
        ("no-logins", {tables.LOGINS, tables.TOKENS, tables.SESSIONS, tables.USERS, tables.FROZEN}),
        (
            "no-setup",
            {tables.APPS, tables.HEALTH, tables.PERMISSION_SETS, tables.SETUP_CHANGES, tables.APP_ACCESS},
        ),
        ("no-profile-names", {tables.PROFILES}),
    ],
)
@pytest.mark.parametrize("denial", ["INVALID_TYPE", "INSUFFICIENT_ACCESS", "empty"])
def test_what_a_caller_may_not_see_is_a_gap(caller: str, hidden: set[str], denial: str) -> None:
    """Also where the org denies by showing an empty list and no error."""
    org = healthy_org(NOW)
    org.knobs = replace(org.knobs, denied_query=denial)
    snapshot = read_once(org, caller).snapshot
    assert gaps_of_tables(snapshot) - GROUPS == hidden  # of groups see below


@pytest.mark.parametrize("caller", sorted(CALLERS))
def test_without_being_told_what_it_holds_the_reader_finds_out_by_permission_sets(caller: str) -> None:
    org = healthy_org(NOW)
    with serve(org) as server:
        told = gaps_of_tables(read(server, caller).snapshot)
        server.faults = [Fault(FaultKind.HTML, path=r"FROM\+UserPermissionAccess")]
        assert gaps_of_tables(read(server, caller).snapshot) >= told


def test_who_can_not_be_told_apart_is_shown_nothing_for_sure() -> None:
    with serve(healthy_org(NOW)) as server:
        server.faults = [
            Fault(FaultKind.LIMIT, path=r"UserPermissionAccess"),
            Fault(FaultKind.LIMIT, path=r"FROM\+PermissionSet"),
        ]
        snapshot = read(server).snapshot
    for kind in (tables.TOKENS, tables.LOGINS, tables.USERS, tables.EXTERNAL_TOKENS, tables.SESSIONS):
        assert "what this login holds can't be told" in reasons(snapshot, kind)[0]


@pytest.mark.parametrize(("filtering", "told"), [("blank", "not shown"), ("absent", "lacks ViewAllProfiles")])
def test_profiles_whose_names_are_hidden_are_a_gap_that_names_the_right(filtering: str, told: str) -> None:
    """Blank names or no rows at all: which of the two Salesforce gives is not documented."""
    org = healthy_org(NOW)
    org.knobs = replace(org.knobs, profile_filtering=filtering)
    found = reasons(read_once(org, "no-profile-names").snapshot, tables.PROFILES)
    assert any("ViewAllProfiles" in reason for reason in found)
    assert any(told in reason for reason in found)
    assert reasons(read_once(org, "auditor").snapshot, tables.PROFILES) == []


def test_who_may_not_see_the_frozen_knows_of_nobody_that_they_are_not() -> None:
    for denial in ("INVALID_TYPE", "empty"):
        org = healthy_org(NOW)
        org.knobs = replace(org.knobs, denied_query=denial)
        org.users[0].is_frozen = True
        found = org_of(read_once(org, "no-logins").snapshot)
        assert {one.frozen for one in found.users or ()} == {None}
        frozen = {one.username for one in org.users if one.is_frozen and one.is_active}
        seen = org_of(read_once(org).snapshot).users or ()
        assert {one.username for one in seen if one.frozen} == frozen
        assert {one.frozen for one in seen} == {True, False}


ME = User("005me", "me@acme.example", "00e1", True, "Standard", None)
OTHER = ME._replace(id="005other", username="other@acme.example")
ALL = (
    "CustomizeApplication", "ExternalClientAppViewer", "ManageUsers", "ViewAllProfiles", "ViewSetup",
    "ViewSetupAuditTrail",
)  # fmt: skip


def shown(held: tuple[str, ...] = ALL, known: tuple[str, ...] = ALL, **changes: Any) -> set[str]:
    """The kinds of table with a gap, for a caller who holds some permissions."""
    caller = Caller(user_id=ME.id, username=ME.username, permissions=held)
    full: dict[str, Any] = {
        "caller": caller,
        "permission_names": known,
        "users": (ME, OTHER),
        "tokens": (token(OTHER.id),),
        "external_tokens": (),
        "logins": (),
        "apps": (),
        "profiles": (),
        "setup_changes": (),
    }
    return {gap.kind for gap in hidden_rows(OrgTables(**{**full, **changes}), ())}


def token(user: str) -> Token:
    return Token("h", "App", "", user, NOW, None, 1, False)


@pytest.mark.parametrize(
    ("gap", "hidden"),
    [
        ("", set()),
        ("CustomizeApplication", {tables.TOKENS}),
        ("ManageUsers", {tables.TOKENS, tables.USERS, tables.LOGINS}),
        ("ExternalClientAppViewer", {tables.EXTERNAL_TOKENS, tables.EXTERNAL_APPS}),
        ("ViewAllProfiles", {tables.PROFILES}),
        ("ViewSetupAuditTrail", {tables.SETUP_CHANGES}),
    ],
)
def test_each_permission_counts(gap: str, hidden: set[str]) -> None:
    assert shown(tuple(name for name in ALL if name != gap)) == hidden


def test_a_list_of_nobody_but_the_caller_is_suspicious_whatever_is_held() -> None:
    assert shown(tokens=(token(ME.id), token(ME.id))) == {tables.TOKENS}
    assert shown(tokens=(token(ME.id), token(OTHER.id))) == set()
    assert shown(tokens=()) == set()


def test_an_org_without_external_client_apps_has_no_permission_to_ask_for() -> None:
    rest = tuple(name for name in ALL if not name.startswith("External"))
    assert shown(rest, known=rest) == set()
    assert tables.EXTERNAL_TOKENS in shown(rest, known=())


def test_where_no_such_right_exists_nobody_needs_it() -> None:
    """View Setup Audit Trail came with API 68.0."""
    before = tuple(name for name in ALL if name != "ViewSetupAuditTrail")
    assert shown(before, known=before) == set()


def test_groups_are_hidden_only_where_there_are_some() -> None:
    rest = tuple(name for name in ALL if name != "ViewSetup")
    grouped = (tables.Assignment(OTHER.id, "0PS1", "0PG1"),)
    groups = {tables.GROUPS, tables.GROUP_MEMBERS, tables.MUTING_SETS}
    assert not groups & shown(rest, assignments=(), permission_sets=())
    assert groups <= shown(rest, assignments=grouped)


def test_permissions_by_profile_and_by_permission_set_both_count() -> None:
    sets = (
        PermissionSetRow("0PS1", "X", "X", "00e1", "", ALL[:2]),
        PermissionSetRow("0PS2", "S", "S", "", "", ALL[2:]),
    )
    caller = Caller(user_id=ME.id, username=ME.username)
    given = (tables.Assignment(ME.id, "0PS2", ""),)
    assert shown(caller=caller, permission_sets=sets, assignments=given) == set()
    assert shown(caller=caller, permission_sets=sets, assignments=()) >= {tables.TOKENS, tables.USERS}
