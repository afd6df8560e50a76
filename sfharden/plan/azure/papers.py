"""The files of the Azure side of a plan, by their path below its folder."""

from collections.abc import Mapping, Sequence

from sfharden.model.azure_plan import AzureChange
from sfharden.plan.azure.bicep import bicep_file
from sfharden.plan.azure.definition_diff import definition_patch
from sfharden.plan.azure.page import azure_readme
from sfharden.plan.azure.shell import script


def azure_files(changes: Sequence[AzureChange], diff: bytes) -> Mapping[str, bytes]:
    """All of them; none where nothing changes. `diff` is that of what was read."""
    if not changes:
        return {}
    return {
        "azure/README.md": azure_readme(changes).encode(),
        "azure/commands.sh": script(changes).encode(),
        "azure/main.bicep": bicep_file(changes).encode(),
        "azure/definition.diff": diff,
        "azure/definition.patch.json": definition_patch(changes).encode(),
    }
