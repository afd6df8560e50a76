"""The lists of what the engine judges and of what is harmless: each entry has its place, its kind and its reason."""

import pytest

from sfharden.model import kinds
from sfharden.simulation.harmless import (
    HARMLESS,
    JUDGED,
    JUDGED_PERMISSIONS,
    listed,
    only_adds,
)
from sfharden.sources.metadata_types import BY_KIND


def test_every_entry_is_of_a_type_that_is_read_and_has_a_reason() -> None:
    assert set(HARMLESS) | set(JUDGED) <= set(BY_KIND)
    assert all(reason.strip() for paths in HARMLESS.values() for reason in paths.values())


def test_nothing_that_decides_a_sign_in_is_called_harmless() -> None:
    """What is decisive enough that damage to it must be noticed is judged, or stands on neither list."""
    for kind, paths in HARMLESS.items():
        names = {path.rpartition(".")[2] for path in paths}
        decisive = BY_KIND[kind].decisive & names
        assert decisive <= {
            "isIntrospectAllTokens",
            "externalClientApplication",
            "sessionTimeout",
            "custom",
        }, kind


@pytest.mark.parametrize("path", ["sessionPolicy.policyAction", "oauthConfig.scopes", "ipRanges"])
def test_what_stands_below_a_listed_path_is_listed_with_it(path: str) -> None:
    judged = JUDGED[kinds.CONNECTED_APP]
    assert listed(judged, path)
    assert listed(judged, f"{path}.start")
    assert not listed(judged, path + "s")


@pytest.mark.parametrize(
    ("name", "adds"),
    [
        ("ViewSetup", True),
        ("ModifyAllData", True),
        ("ResetPasswords", True),
        ("ApiUserOnly", False),
        ("IsSsoEnabled", False),
        ("ForceTwoFactor", False),
        ("TwoFactorApi", False),
        ("UseAnyApiAuth", False),
        ("BypassMFAForUiLogins", False),
        ("NeverHeardOf", False),
    ],
)
def test_a_permission_that_may_bind_its_holder_is_not_called_an_ability(name: str, adds: bool) -> None:
    assert only_adds(name) is adds
    assert name not in JUDGED_PERMISSIONS
