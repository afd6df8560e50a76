"""The least custom role that lets a login read all that is asked, as `az role definition create` takes it.

Azure refuses a role with an action that no provider lists. Of Microsoft.Web's list (Azure permissions for Web and Mobile) the
policies of publishing credentials are named one by one, and those of connections not at all: a wildcard stands for these.
"""

import json
from collections.abc import Iterable, Iterator
from shlex import quote
from typing import Final

from sfharden.azure.question_rights import least_rights
from sfharden.model.azure import AzureEntry, segment_after

ROLE_NAME: Final = "sfharden reader"
_ABOUT: Final = "What sfharden needs to read the Azure side of an integration; it can change nothing."
# To find the subscriptions of a login that names none.
_FIND: Final = "Microsoft.Resources/subscriptions/read"
_PUBLISHING: Final = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
_WRITTEN: Final = {
    "Microsoft.Web/connections/accessPolicies/read": ("Microsoft.Web/connections/*/read",),
    f"{_PUBLISHING}/read": (f"{_PUBLISHING}/read", f"{_PUBLISHING}/*/read"),
}
# It says on standard output, too, what to put there: the file is all that many will look at.
EDIT_SUBSCRIPTION: Final = "/subscriptions/EDIT-ID-OF-THE-SUBSCRIPTION"


def reader_role(entries: Iterable[AzureEntry]) -> str:
    """The role as JSON. What the entries name by id or subscription is where it may be given; else that is to be filled in."""
    role = {
        "Name": ROLE_NAME,
        "IsCustom": True,
        "Description": _ABOUT,
        "Actions": sorted(_actions()),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": sorted(_scopes(entries)) or [EDIT_SUBSCRIPTION],
    }
    return json.dumps(role, indent=2) + "\n"


def role_commands(scope: str, assignee: str = "") -> tuple[str, str]:
    """What makes the role of `role.json`, and what gives it to somebody: an object id, a user's name or an app's id."""
    whom = quote(assignee) if assignee else "WHO"
    return (
        "az role definition create --role-definition role.json",
        f"az role assignment create --assignee {whom} --role '{ROLE_NAME}' --scope {quote(scope)}",
    )


def _actions() -> Iterator[str]:
    yield _FIND
    for right in least_rights():
        yield from _WRITTEN.get(right, (right,))


def _scopes(entries: Iterable[AzureEntry]) -> set[str]:
    """The subscriptions that are named, each once."""
    found: dict[str, str] = {}
    for entry in entries:
        told = entry.subscription.rpartition("/")[2] if entry.subscription else ""
        ids = (segment_after(one, "subscriptions") for one in (*entry.workflows, *entry.connections))
        for one in (told, *ids):
            if one:
                found.setdefault(one.casefold(), f"/subscriptions/{one}")
    return set(found.values())
