"""Only what Azure itself gives as an id may stand in a command."""

import pytest

from sfharden.plan.azure.arm_id import is_plain_id
from tests.orgs.azure_side import SUBSCRIPTION, WORKFLOW


@pytest.mark.parametrize(
    "path",
    [
        WORKFLOW,
        SUBSCRIPTION,
        f"{SUBSCRIPTION}/resourceGroups/rg(prod)_1.a/providers/Microsoft.Web/sites/größe",
    ],
)
def test_ids_that_azure_gives(path: str) -> None:
    assert is_plain_id(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "[resourceId('Microsoft.Logic/workflows', 'w')]",
        "/subscriptions/short/resourceGroups/g",
        WORKFLOW.lstrip("/"),
        f"{WORKFLOW}; rm -rf /",
        f"{WORKFLOW}\nrm",
        f"{WORKFLOW}?api-version=1",
        f"{WORKFLOW}#part",
        f"{WORKFLOW}/../other",
        f"{WORKFLOW}/./x",
        f"{WORKFLOW}//x",
        f"{WORKFLOW}/`id`",
        f"{WORKFLOW}/a'b",
        f"{WORKFLOW}/%2e%2e",
        f"{WORKFLOW}/a b",
    ],
)
def test_whatever_a_shell_or_an_address_would_take_otherwise_is_none(path: str) -> None:
    assert not is_plain_id(path)
