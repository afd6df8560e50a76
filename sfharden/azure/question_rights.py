"""The right that each question needs: the `read` of the type that it asks for (permissions lists of the resource providers).

Reader's `*/read` holds them all but those of eligible assignments, which a Reader of resources alone may lack.
"""

from typing import Final

from sfharden.azure.arm_ids import id_below, type_of
from sfharden.azure.questions import QUESTIONS, AzureQuestion

_SPELT: Final = (
    "Microsoft.Authorization/denyAssignments",
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Authorization/roleDefinitions",
    "Microsoft.Authorization/roleEligibilityScheduleInstances",
    "Microsoft.Insights/activityLogAlerts",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Insights/diagnosticSettingsCategories",
    "Microsoft.Insights/eventtypes/values",
    "Microsoft.Logic/workflows",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.OperationalInsights/workspaces/tables",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Storage/storageAccounts/managementPolicies",
    "Microsoft.Web/connections",
    "Microsoft.Web/connections/accessPolicies",
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    "Microsoft.Web/sites/config",
    "Microsoft.Web/sites/workflows",
)
_AS_SPELT: Final = {one.casefold(): one for one in _SPELT}
_BASE: Final = "/subscriptions/s/resourceGroups/g"


def right_of(question: AzureQuestion) -> str:
    """The action that a role must hold for it, such as `Microsoft.Logic/workflows/read`."""
    about = id_below(_BASE, question.about, "/".join("n" for _ in question.about.split("/")[1:]))
    asked = question.path(about if question.about else _BASE).partition("?")[0]
    kind = type_of(asked)
    return f"{_AS_SPELT.get(kind, kind)}/read"


def least_rights() -> tuple[str, ...]:
    """All that a role must hold that may ask everything and nothing else."""
    return tuple(sorted({right_of(question) for question in QUESTIONS}))
