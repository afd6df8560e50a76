"""The script of `az` commands that asks what a live run would, for people who may give a tool no access.

Nothing in it is run by us. Ids of the integration file are quoted for the shell; those that Azure answers are never evaluated.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Final

from sfharden.azure.arm_ids import type_of
from sfharden.azure.questions import (
    GROUP,
    QUESTIONS,
    ROLE,
    SITE_WORKFLOW,
    STORAGE,
    SUBSCRIPTION,
    WORKSPACE,
    question_called,
)
from sfharden.errors import InputError
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, AzureEntry
from sfharden.text.redact import safe_text

INTO: Final = "azure-answers"
_ABOUT: Final = {
    "workflow": WORKFLOWS,
    "connection": CONNECTIONS,
    "site": SITES,
    "site_workflow": SITE_WORKFLOW,
    "group": GROUP,
    "subscription": SUBSCRIPTION,
    "workspace": WORKSPACE,
    "storage": STORAGE,
    "role": ROLE,
}
# What the script asks by functions of its own, since more follows from it; and the roles, which are asked one by one.
_ELSEWHERE: Final = (
    "-diagnostics",
    "-log-categories",
    "-roles",
    "-denials",
    "-eligible",
    "-role-definitions",
)
_RIGHTS: Final = ("roles", "denials", "eligible")
# Names of resources and groups hold nothing else (Naming rules and restrictions for Azure resources).
_NAME: Final = re.compile(r"(?!\.)[\w.()-]+(?:/(?!\.)[\w.()-]+)?")
_ID: Final = re.compile(r"/subscriptions(?:/(?!\.)[\w.()-]+)+", re.I)
_ALL: Final = {
    "workflows": "value[?contains(to_string(properties.parameters), '/managedApis/salesforce')].id",
    "sites": "value[?contains(to_string(kind), 'workflowapp')].id",  # contains() ends at a null, for all rows
    "connections": "value[?ends_with(to_string(properties.api.id), '/managedApis/salesforce')].id",
}
_FUNCTION_OF: Final = {"workflows": "workflow", "sites": "site", "connections": "connection"}


def script_of(entries: Iterable[AzureEntry], into: str = INTO) -> str:
    """The script for the Azure side of integrations. Raises InputError for an id or name that Azure could not have."""
    text = files("sfharden.sources.azure").joinpath("script.sh").read_text("utf-8")
    parts = {
        "@INTO@": shlex.quote(into),
        "@ABOUT@": "\n".join(_functions()),
        "@RIGHTS@": "\n".join(_rights()),
        "@WHAT@": "\n".join(_calls(list(entries))),
    }
    return re.sub("|".join(parts), lambda found: parts[found[0]], text)


def _functions() -> Iterator[str]:
    """A function for each kind of resource, which asks all that is asked about one."""
    for name, kind in _ABOUT.items():
        yield f"about_{name}() {{"
        for one in QUESTIONS:
            if one.about == kind and not one.events and not one.name.endswith(_ELSEWHERE):
                yield f'  ask {one.name} "$1" "$1"{shlex.quote(one.below)} {one.version} {shlex.quote(one.query)}'
        yield "}"


def _rights() -> Iterator[str]:
    """Of a group without a filter: what is inherited, and what is below it."""
    for kind in _RIGHTS:
        one = question_called(f"workflow-{kind}")
        yield f'    ask group-{kind} "$group" "$group"{shlex.quote(one.below)} {one.version}'


def _calls(entries: list[AzureEntry]) -> Iterator[str]:
    for entry in entries or [AzureEntry()]:
        names = [one for one in (*entry.workflows, *entry.connections) if not one.startswith("/")]
        by_use = not (entry.workflows or entry.connections)
        if names or by_use:
            yield f"subscription={_subscription(entry)}"
            yield 'subscription "$subscription"'
        if by_use:
            for kind, wanted in _ALL.items():
                yield _each(kind, wanted)
        for one in (*entry.workflows, *entry.connections):
            yield from _named(one) if not one.startswith("/") else [_by_id(one)]


def _subscription(entry: AzureEntry) -> str:
    if entry.subscription:
        return shlex.quote(f"/subscriptions/{_checked(entry.subscription.rpartition('/')[2], _NAME)}")
    return '"/subscriptions/$own"'


def _each(kind: str, wanted: str) -> str:
    rows = f'rows subscription-{kind} "$subscription" {shlex.quote(wanted)}'
    return f'for id in $({rows}); do any=1; {_FUNCTION_OF[kind]} "$id"; done'


def _by_id(written: str) -> str:
    """Of a workflow inside an app the app."""
    id_ = _checked(written, _ID)
    if type_of(id_) == SITE_WORKFLOW:
        id_ = "/".join(id_.split("/")[:-2])
    function = "connection" if type_of(id_) == CONNECTIONS else "app"
    return f"{function} {shlex.quote(id_)}"


def _named(written: str) -> Iterator[str]:
    """Whatever has the name, or a group and a name."""
    group, _, name = _checked(written, _NAME).rpartition("/")
    inside = f" && contains(id, '/resourceGroups/{group}/')" if group else ""
    yield "any="
    yield from (_each(kind, f"value[?name=='{name}'{inside}].id") for kind in _ALL)
    yield f'test -n "$any" || unnamed {shlex.quote(written)}'


def _checked(written: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(written):
        raise InputError(
            f"azure: '{safe_text(written, limit=120)}' is no id or name of a resource of Azure's.",
            "Write an id such as /subscriptions/…/providers/Microsoft.Logic/workflows/NAME, GROUP/NAME, or NAME.",
        )
    return written
