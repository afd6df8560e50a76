"""The script of `az` commands that asks what a live run would, for people who may give a tool no access.

Nothing in it is run by us. Ids of the integration file are quoted for the shell; those that Azure answers are never evaluated.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Final

from sfharden.azure.arm_ids import type_of
from sfharden.azure.questions import GROUP, QUESTIONS, STORAGE, SUBSCRIPTION, WORKSPACE
from sfharden.errors import InputError
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, AzureEntry
from sfharden.text.redact import safe_text

INTO: Final = "azure-answers"
_ABOUT: Final = {
    "workflow": WORKFLOWS,
    "connection": CONNECTIONS,
    "site": SITES,
    "group": GROUP,
    "subscription": SUBSCRIPTION,
    "workspace": WORKSPACE,
    "storage": STORAGE,
}
# Names of resources and groups hold nothing else (Naming rules and restrictions for Azure resources).
_NAME: Final = re.compile(r"(?!\.)[\w.()-]+(?:/(?!\.)[\w.()-]+)?")
_ID: Final = re.compile(r"/subscriptions(?:/(?!\.)[\w.()-]+)+", re.I)
_SALESFORCE: Final = "ends_with(to_string(properties.api.id), '/managedApis/salesforce')"
_LISTS: Final = (
    ("Microsoft.Logic/workflows", "2019-05-01", "workflow"),
    ("Microsoft.Web/sites", "2022-09-01", "site"),
)


def script_of(entries: Iterable[AzureEntry], into: str = INTO) -> str:
    """The script for the Azure side of integrations. Raises InputError for an id or name that Azure could not have."""
    text = files("sfharden.sources.azure").joinpath("script.sh").read_text("utf-8")
    parts = {
        "@INTO@": shlex.quote(into),
        "@ABOUT@": "\n".join(_functions()),
        "@WHAT@": "\n".join(_calls(list(entries))),
    }
    return re.sub("|".join(parts), lambda found: parts[found[0]], text)


def _functions() -> Iterator[str]:
    """A function for each kind of resource, which asks all that is asked about one."""
    for name, kind in _ABOUT.items():
        yield f"about_{name}() {{"
        for one in QUESTIONS:
            if one.about == kind and not one.events:
                rest = f" {shlex.quote(one.query)}" if one.query else ""
                yield f'  ask {one.name} "$1" {shlex.quote(one.below)} {one.version}{rest}'
        yield "}"


def _calls(entries: list[AzureEntry]) -> Iterator[str]:
    for entry in entries or [AzureEntry()]:
        yield f"subscription={_subscription(entry)}"
        if not (entry.workflows or entry.connections):
            yield from _all_that_use_salesforce()
        for one in entry.workflows:
            yield _app(one)
        for one in entry.connections:
            yield _connection(one)


def _subscription(entry: AzureEntry) -> str:
    if entry.subscription:
        return shlex.quote(f"/subscriptions/{_checked(entry.subscription, _NAME)}")
    return "/subscriptions/$(az account show --query id -o tsv </dev/null | tr -d '\\r')"


def _app(written: str) -> str:
    """A workflow or Standard app; of a workflow inside an app the app."""
    if written.startswith("/"):
        id_ = _checked(written, _ID)
        if type_of(id_) == f"{SITES}/workflows":
            id_ = "/".join(id_.split("/")[:-2])
        return f"app {shlex.quote(id_)}"
    loops = (
        f'for id in $(list {kind} {version} {shlex.quote(_named(written))}); do {call} "$id"; done'
        for kind, version, call in _LISTS
    )
    return "\n".join(loops)


def _connection(written: str) -> str:
    if written.startswith("/"):
        return f"connection {shlex.quote(_checked(written, _ID))}"
    wanted = shlex.quote(_named(written))
    return f'for id in $(list Microsoft.Web/connections 2016-06-01 {wanted}); do connection "$id"; done'


def _named(written: str) -> str:
    """The JMESPath of the ids that have a name, or a group and a name."""
    group, _, name = _checked(written, _NAME).rpartition("/")
    inside = f" && contains(id, '/resourceGroups/{group}/')" if group else ""
    return f"value[?name=='{name}'{inside}].id"


def _all_that_use_salesforce() -> Iterator[str]:
    """Nobody named any: connections of the connector, the workflows that use one, and every Standard app."""
    used = "value[?contains(to_string(properties.parameters), '/managedApis/salesforce')].id"
    apps = "value[?contains(kind, 'workflowapp')].id"
    yield f'for id in $(list Microsoft.Logic/workflows 2019-05-01 {shlex.quote(used)}); do workflow "$id"; done'
    yield f'for id in $(list Microsoft.Web/sites 2022-09-01 {shlex.quote(apps)}); do site "$id"; done'
    wanted = shlex.quote(f"value[?{_SALESFORCE}].id")
    yield f'for id in $(list Microsoft.Web/connections 2016-06-01 {wanted}); do connection "$id"; done'


def _checked(written: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(written):
        raise InputError(
            f"azure: '{safe_text(written, limit=120)}' is no id or name of a resource of Azure's.",
            "Write an id such as /subscriptions/…/providers/Microsoft.Logic/workflows/NAME, GROUP/NAME, or NAME.",
        )
    return written
