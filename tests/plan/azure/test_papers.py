"""Which files the Azure side of a plan has."""

from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.papers import azure_files
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, wish


def test_all_files_are_below_one_folder_and_none_without_a_change() -> None:
    change = one_change(plan_access(wish(az.workflow(), READERS)))
    assert list(azure_files([change], b"x")) == [
        "azure/README.md", "azure/commands.sh", "azure/main.bicep", "azure/definition.diff", "azure/definition.patch.json",
    ]  # fmt: skip
    assert azure_files([], b"") == {}
