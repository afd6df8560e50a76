"""Each question's right is the read of what it asks for; the least role is all of them."""

import pytest

from sfharden.azure.question_rights import least_rights, right_of
from sfharden.azure.questions import QUESTIONS, question_called


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("workflow", "Microsoft.Logic/workflows/read"),
        ("site-sign-in", "Microsoft.Web/sites/config/read"),
        ("site-publishing-ftp", "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read"),
        ("workflow-events", "Microsoft.Insights/eventtypes/values/read"),
        ("storage-blob-diagnostics", "Microsoft.Insights/diagnosticSettings/read"),
        ("management-group-diagnostics", "Microsoft.Insights/diagnosticSettings/read"),
        ("workspace-AzureActivity", "Microsoft.OperationalInsights/workspaces/tables/read"),
        ("role", "Microsoft.Authorization/roleDefinitions/read"),
        ("subscription-storage", "Microsoft.Storage/storageAccounts/read"),
    ],
)
def test_a_question_needs_the_read_of_its_type(name: str, right: str) -> None:
    assert right_of(question_called(name)) == right


def test_every_right_is_a_read_as_the_provider_spells_it() -> None:
    assert all(
        right_of(one).startswith("Microsoft.") and right_of(one).endswith("/read") for one in QUESTIONS
    )
    assert least_rights() == tuple(sorted(set(map(right_of, QUESTIONS))))
