"""The tables of a running org: what a success is, and that what was not read is told from what is empty."""

import pytest
from pydantic import ValidationError

from sfharden.model import org
from sfharden.model.org import Login, Organization, OrgTables, Token
from tests.orgs.constants import NOW

LOGIN = Login("u", "192.0.2.1", "Success", "Remote Access 2.0", "", "App", 1, NOW, NOW)


def test_a_table_that_was_not_read_is_not_an_empty_one() -> None:
    assert OrgTables().tokens is None
    assert OrgTables(tokens=()).tokens == ()
    assert OrgTables.model_validate_json(OrgTables(tokens=()).model_dump_json()).tokens == ()


def test_an_org_that_does_not_tell_is_no_sandbox() -> None:
    assert Organization(id="00D").is_sandbox is None


def test_rows_are_read_again_as_they_were_written() -> None:
    token = Token("handle", "App", "", "u", NOW, None, None, False)
    tables = OrgTables(tokens=(token,), logins=(LOGIN,), logins_since=NOW, read_at={org.TOKENS: NOW})
    assert OrgTables.model_validate_json(tables.model_dump_json()) == tables


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        OrgTables.model_validate({"logins_since": "2026-11-24T12:00:00"})


def test_no_two_tables_share_a_kind() -> None:
    assert len(set(org.TABLES)) == len(org.TABLES)
    assert org.METADATA not in org.TABLES
