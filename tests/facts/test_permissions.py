"""What it means that an org doesn't show a permission: nobody holds it, or the question was not put rightly."""

import pytest

from sfharden.checks.policy import wanted_permissions
from sfharden.facts.index import Index
from sfharden.facts.permissions import KNOWN, why_unsure
from sfharden.sources.org.rights import PERMISSIONS
from tests.orgs import live
from tests.orgs.healthy import shipped


def test_every_permission_that_we_ask_for_is_known_by_name() -> None:
    assert wanted_permissions(shipped()) | set(PERMISSIONS) <= KNOWN


def test_one_that_the_org_lacks_is_surely_absent() -> None:
    assert why_unsure(Index(live.changed(permission_names=("ApiEnabled",))), "ViewEncryptedData") == ""


@pytest.mark.parametrize(
    ("name", "known", "why"),
    [
        ("NoSuchPermission", ("ApiEnabled",), "misspelt"),
        ("ViewAllData", ("ViewAllDta",), "another spelling"),
        ("UseAnyApiClient", ("ApiEnabled",), "API Access Control is on"),
    ],
)
def test_what_leaves_an_absence_open(name: str, known: tuple[str, ...], why: str) -> None:
    assert why in why_unsure(
        Index(live.changed(permission_names=known, permissions_asked=(name, *known))), name
    )


def test_what_was_not_asked_for_is_not_absent() -> None:
    assert "not asked" in why_unsure(
        Index(live.changed(permission_names=(), permissions_asked=())), "ViewAllData"
    )
