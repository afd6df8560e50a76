"""A small org and ways to ask it without a server."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from datetime import timedelta
from typing import Any

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.records import User
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import parse as soql
from sfharden.emulator.soql.run import Found, run, scope_for
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import profile_xml
from tests.emulator.kit import NOW

ALL = frozenset({"ViewSetup", "CustomizeApplication", "ManageUsers", "ApiEnabled", "ViewAllProfiles"})
HARD = ["O'Neil & Sons", "100% Remote", 'The "Core" Team', "営業部", "back\\slash", "a_b", "Ventes/Région"]


def small_org() -> DemoOrg:
    org = DemoOrg(clock=lambda: NOW)
    org.metadata["profiles/Admin.profile"] = profile_xml({"ApiEnabled", "ManageUsers"})
    org.metadata["profiles/Standard.profile"] = profile_xml({"ApiEnabled"})
    sync(org)
    for number, name in enumerate(HARD):
        user = org.add_user(
            f"user{number}", "Standard" if number else "Admin", name=name, is_active=number != 3
        )
        user.last_login = NOW - timedelta(days=number) if number % 2 else None
    return org


def ask(org: DemoOrg, text: str, caller: User | None = None, permissions: frozenset[str] = ALL) -> Found:
    who = Caller(caller or org.users[0], permissions)
    return run(scope_for(org, who, "66.0"), soql.parse(text, NOW))


def rows(org: DemoOrg, text: str) -> list[dict[str, Any]]:
    found = ask(org, text)
    return [
        {key: value for key, value in record.items() if key != "attributes"}
        for record in found.records(0, len(found.positions))
    ]


def names(org: DemoOrg, where: str) -> list[str]:
    return [row["Username"] for row in rows(org, f"SELECT Username FROM User {where}")]


def code(org: DemoOrg, text: str) -> str:
    with pytest.raises(RefusalError) as refused:
        ask(org, text)
    return refused.value.code
