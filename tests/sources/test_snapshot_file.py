"""Snapshots on disk: what was written is what is read again, whatever an org calls its things."""

import json
import string
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.emulator.generate import healthy_org
from sfharden.errors import InputError, NoVerdictError
from sfharden.model import org as tables
from sfharden.model.base import EARLIEST, LATEST, Moment
from sfharden.model.org import OrgTables
from sfharden.model.snapshot import Component, Gap, Group, Snapshot, Source, Tool, Value
from sfharden.sources.snapshot_file import load_snapshot_file, save_snapshot
from tests.orgs.reading import NOW, read_once
from tests.orgs.running import USERS, assigned, running

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["\x00", "\x07\x1b[2J", "\x7f", "\x9b31m", "\u2028\u202e", '"\\u0041\\', "é営業🔒", "=cmd()", "</script>"]
)
MOMENTS = st.datetimes(
    EARLIEST.replace(tzinfo=None), (LATEST - timedelta(days=1)).replace(tzinfo=None), timezones=st.just(UTC)
)
FIELDS = {
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(0, 2**53),
    Moment: MOMENTS,
    Moment | None: st.none() | MOMENTS,
    int | None: st.none() | st.integers(0, 2**53),
    bool | None: st.none() | st.booleans(),
    tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
    tuple[str, ...] | None: st.none() | st.lists(TEXTS, max_size=3).map(tuple),
}
ROWS = (
    tables.User, tables.ProfileRow, tables.PermissionSetRow, tables.Assignment, tables.AppAccess, tables.AppRow,
    tables.Token, tables.Session, tables.Login, tables.SetupChange, tables.HealthRisk, tables.PermissionSetGroup,
    tables.GroupMember, tables.MutingSet, tables.MenuItem,
)  # fmt: skip


def rows_of(kind: type) -> st.SearchStrategy[object]:
    fields = {name: FIELDS[type_] for name, type_ in kind.__annotations__.items()}
    return st.none() | st.lists(st.fixed_dictionaries(fields).map(lambda row: kind(**row)), max_size=3).map(
        tuple
    )


def tables_of() -> st.SearchStrategy[OrgTables]:
    by_row = {
        name: rows_of(row)
        for name, field in OrgTables.model_fields.items()
        for row in ROWS
        if tuple[row, ...] in get_args(field.annotation)  # type: ignore[valid-type] # a row's class
    }
    assert len(by_row) >= len(ROWS)
    return st.fixed_dictionaries(
        {
            **by_row,
            "permission_names": FIELDS[tuple[str, ...]],
            "logins_since": FIELDS[Moment | None],
            "read_at": st.dictionaries(TEXTS, MOMENTS, max_size=3),
        }
    ).map(lambda given: OrgTables(**given))


@given(found=tables_of(), name=TEXTS, values=st.dictionaries(TEXTS, TEXTS | st.none(), max_size=3))
@settings(max_examples=60)
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, found: OrgTables, name: str, values: dict[str, str | None]
) -> None:
    snapshot = Snapshot(
        tool=Tool(version=name),
        taken_at=NOW,
        source=Source(kind="org", name=name, org_id=name),
        components=(
            Component(
                kind="Profile",
                name=name,
                file=name,
                values={key: (Value(text=value, line=1),) for key, value in values.items()},
                groups={name: (Group(line=2, values=values),)},
            ),
        ),
        gaps=(Gap(what=name, reason=name, kind=name, name=name),),
        org=found,
    )
    path = tmp_path_factory.mktemp("s") / "snapshot.json"
    save_snapshot(snapshot, path)
    text = path.read_text("utf-8")
    assert load_snapshot_file(path) == snapshot
    assert set(text) <= set(string.printable), "a file that a terminal can show"
    json.loads(text)


def test_a_real_reading_comes_back_the_same(tmp_path: Path) -> None:
    snapshot = read_once(healthy_org(NOW)).snapshot
    save_snapshot(snapshot, tmp_path / "s.json")
    assert load_snapshot_file(tmp_path / "s.json") == snapshot
    assert (tmp_path / "s.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["half \ud800", "\udfff", "bell\x07", "csi\x9b31m", "\u202e"])
def test_hostile_names_of_an_org_come_back_harmless(tmp_path: Path, name: str) -> None:
    """As an org's JSON can write them; half a character is replaced at the door."""
    org = healthy_org(NOW)
    org.name = name
    token = next(iter(org.tokens))
    org.tokens.put(token._replace(app_name=name))
    snapshot = read_once(org).snapshot
    save_snapshot(snapshot, tmp_path / "s.json")
    assert load_snapshot_file(tmp_path / "s.json") == snapshot
    assert set((tmp_path / "s.json").read_text("utf-8")) <= set(string.printable)


# How many columns each table's rows had in version 1, where later ones have more.
COLUMNS_OF_1 = {"users": 6, "permission_sets": 6, "assignments": 3, "tokens": 8, "external_tokens": 8}
TABLES_SINCE = ("groups", "group_members", "muting_sets", "menu_items")


def test_an_older_snapshot_is_read_and_does_not_tell_what_was_added(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    save_snapshot(running(assignments=tuple(assigned("Approver"))), path)
    told = json.loads(path.read_text("utf-8"))
    told["schema"] = "sfharden.snapshot/1"
    for table, width in COLUMNS_OF_1.items():
        told["org"][table] = [row[:width] for row in told["org"][table]]
    for table in TABLES_SINCE:
        del told["org"][table]
    path.write_text(json.dumps(told), "utf-8")
    found = load_snapshot_file(path)
    org = found.org
    assert org is not None
    assert org.users == USERS
    assert {one.frozen for one in org.users} == {None}
    assert {(one.active, one.expires) for one in org.assignments or ()} == {(None, None)}
    assert [getattr(org, table) for table in TABLES_SINCE] == [None] * len(TABLES_SINCE)
    assert found.schema_ == "sfharden.snapshot/2", "written again, it is one of today"


@pytest.mark.parametrize("schema", ["sfharden.snapshot/0", "sfharden.snapshot/3", "", None, 1])
def test_a_snapshot_of_another_version_is_refused(schema: object, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    save_snapshot(running(), path)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "schema": schema}), "utf-8")
    with pytest.raises(InputError, match="not a snapshot"):
        load_snapshot_file(path)


def test_half_a_character_that_got_in_is_no_crash(tmp_path: Path) -> None:
    snapshot = Snapshot(tool=Tool(version="0"), source=Source(kind="files", name="\ud800"))
    with pytest.raises(NoVerdictError):
        save_snapshot(snapshot, tmp_path / "s.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("table", ["tokens", "logins"])
def test_a_time_without_a_zone_is_refused(table: str, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    save_snapshot(running(), file)
    text = file.read_text("utf-8")
    assert "2026-11-21T09:00:00Z" in text
    for naive in ("2026-11-21T09:00:00", "2026-11-21"):
        file.write_text(text.replace("2026-11-21T09:00:00Z", naive), "utf-8")
        with pytest.raises(InputError, match="not a snapshot"):
            load_snapshot_file(file)


BEYOND = ("0001-01-02T00:00:00Z", "0900-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00")
AT_SOME_TIME: tuple[Callable[[Any, str], Any], ...] = (
    lambda told, at: told.update(taken_at=at),
    lambda told, at: told["source"].update(taken_at=at),
    lambda told, at: told["org"].update(logins_since=at),
    lambda told, at: told["org"]["read_at"].update(User=at),
    lambda told, at: told["org"]["users"][0].__setitem__(5, at),
    lambda told, at: told["org"]["tokens"][0].__setitem__(4, at),
    lambda told, at: told["org"]["tokens"][0].__setitem__(5, at),
    lambda told, at: told["org"]["logins"][0].__setitem__(7, at),
    lambda told, at: told["org"]["logins"][0].__setitem__(8, at),
)


@pytest.mark.parametrize("change", AT_SOME_TIME)
@pytest.mark.parametrize("at", BEYOND)
def test_a_moment_that_no_org_can_have_seen_is_refused(
    at: str, change: Callable[[Any, str], Any], tmp_path: Path
) -> None:
    """At the ends of the calendar a zone can't be changed, nor a day counted back."""
    path = tmp_path / "s.json"
    save_snapshot(running(), path)
    assert load_snapshot_file(path) == running()
    told = json.loads(path.read_text())
    change(told, at)
    path.write_text(json.dumps(told))
    with pytest.raises(InputError, match="not a snapshot"):
        load_snapshot_file(path)
