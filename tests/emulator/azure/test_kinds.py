"""Types, their spelling and their api-versions."""

import pytest

from sfharden.emulator.azure.kinds import KINDS, read_action, spelt, versions


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_type_is_found_in_any_case_and_has_versions(name: str) -> None:
    assert spelt(name.upper()) == name
    assert list(versions(name)) == sorted(versions(name)) != []


def test_management_groups_have_another_version_of_diagnostic_settings() -> None:
    kind = "Microsoft.Insights/diagnosticSettings"
    above = "/providers/Microsoft.Management/managementGroups/acme"
    assert versions(kind, above) == ("2020-01-01-preview",)
    assert "2021-05-01-preview" in versions(kind, "/subscriptions/s")


def test_the_right_to_read_is_named_by_the_type() -> None:
    assert read_action("microsoft.web/sites/config") == "Microsoft.Web/sites/config/read"
    assert read_action("resourcegroups") == "Microsoft.Resources/subscriptions/resourceGroups/read"
