"""Records of runs, of storage and of the control plane: diagnostic settings that are missing, and tables that forget too early."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.azure.log_settings import SETTINGS, LogSetting, log_settings
from sfharden.azure.objects import get
from sfharden.azure.retention import is_storage
from sfharden.azure.side import site_workflows
from sfharden.azure.storage_use import storage_uses
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.azure_plan import AzureChange, AzureGuard, Words
from sfharden.plan.azure.arm_id import is_plain_id
from sfharden.plan.azure.bicep import NAME, literal
from sfharden.plan.azure.partial_update import partial_change
from sfharden.plan.azure.pointers import edit_of, one_line
from sfharden.plan.azure.shell import WORKSPACE
from sfharden.plan.azure.wish import AzureNeed, AzureWish, Planned, need, why_no_command
from sfharden.text.redact import safe_text

RUNS: Final = "azure_diagnostics_kept"
STORAGE: Final = "azure_storage_logged"
CHANGES: Final = "azure_connection_changes_recorded"
_API: Final = "2021-05-01-preview"
_NAME: Final = "sfharden"
_SENT: Final = (
    "[sort(properties.logs[?enabled].category), length(properties.logs[?enabled]), "
    "length(not_null(properties.metrics, `[]`)[?enabled]), properties.storageAccountId, properties.eventHubAuthorizationRuleId]"
)
_MOST_DAYS: Final = (
    4383  # of a table's totalRetentionInDays (ARM, Microsoft.OperationalInsights/workspaces/tables)
)
_TABLES: Final = ("AzureDiagnostics", "LogicAppWorkflowRuntime")
_STORAGE_TABLES: Final = {
    "blobServices": "StorageBlobLogs",
    "queueServices": "StorageQueueLogs",
    "tableServices": "StorageTableLogs",
    "fileServices": "StorageFileLogs",
}
_STORAGE_LOGS: Final = ("StorageRead", "StorageWrite", "StorageDelete")
_THEN: Final = "How long the workspace keeps them is looked at once the setting is there: plan again then."
_RISK_READ: Final = "Whoever may read the workspace reads what the logs tell, and logs cost money by volume."
_RISK_KEPT: Final = "The whole table is kept longer, whatever else stands in it, which costs money."
_ELSEWHERE: Final = (
    "its logs are sent, and kept for too short a time where no table was read that a command could change"
)


def plan_runs(wish: AzureWish) -> Planned:
    """Runs of a workflow or Standard app."""
    yield from _plan(wish, wish.resource.id, wish.resource.shown, ("WorkflowRuntime",), _TABLES)


def plan_changes(wish: AzureWish) -> Planned:
    """Changes of the control plane: the activity log of the connection's subscription."""
    about = f"/subscriptions/{wish.resource.subscription}"
    yield from _plan(
        wish, about, f"subscription {wish.resource.subscription}", ("Administrative",), ("AzureActivity",)
    )


def plan_storage(wish: AzureWish) -> Planned:
    """Each service of each account that the workflow uses."""
    try:
        uses = {(account.key, service): account for account, service in _uses(wish)}
    except CannotTell as reason:
        yield need(wish, f"which storage it uses can't be told: {reason.reason}")
        return
    for (_, service), account in uses.items():
        about = f"{account.id}/{service}/default"
        yield from _plan(
            wish, about, f"{account.shown} ({service})", _STORAGE_LOGS, (_STORAGE_TABLES[service],)
        )


def _uses(wish: AzureWish) -> Iterator[tuple[AzureResource, str]]:
    side, one = wish.side, wish.resource
    flows = site_workflows(side, one) if one.type == SITES else (one,)
    accounts = {
        found.name.casefold(): found
        for found in side.index.of_type("microsoft.storage/storageaccounts")
        if is_storage(found)
    }
    for flow in flows:
        path = ("files", "workflow.json", "definition") if one.type == SITES else ("definition",)
        for use in storage_uses(side.index, flow, get(flow.document, "properties", *path)):
            if account := accounts.get(use.account.casefold()):
                yield account, use.service


def _plan(
    wish: AzureWish, about: str, name: str, categories: tuple[str, ...], tables: tuple[str, ...]
) -> Planned:
    """A setting where none sends all of it; else longer retention of the tables that it leads to."""
    path = f"{about}/{SETTINGS}"
    try:
        rows = wish.side.index.whole(path, f"the diagnostic settings of {name}")
    except CannotTell as reason:
        yield need(wish, reason.reason)
        return
    settings, unread = log_settings(rows)
    sending = [one for one in settings if all(one.sends(each, audit=False) for each in categories)]
    if sending:
        yield from _kept_longer(wish, sending, tables)
    elif unread:
        yield need(wish, unread.reason)
    else:
        yield _setting(wish, about, name, categories, [row.name for row in rows])


def _setting(
    wish: AzureWish, about: str, name: str, categories: tuple[str, ...], taken: Iterable[str]
) -> AzureChange:
    called = _free(taken)
    why = "" if is_plain_id(about) else why_no_command(wish.resource) or "Its id is not one that Azure gives."
    if wish.resource.id in about:
        why = why_no_command(wish.resource)
    logs = [{"category": one, "enabled": True} for one in categories]
    make, undo = _commands(about, called, one_line(logs))
    setting = AzureGuard(resource=f"{about}/{SETTINGS}/{called}", api_version=_API)
    return AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=f"diagnostic setting for {', '.join(categories)}",
        resource=about,
        name=name,
        today=("none sends it",),
        after=("sent to a workspace",),
        guards=() if why else (setting,),
        commands=() if why else (make,),
        undo=() if why else (undo,),
        undo_guards=() if why else (setting.model_copy(update={"question": _as_made(categories)}),),
        asks=() if why else (WORKSPACE,),
        by_hand=why,
        bicep=_bicep(safe_text(name, limit=300), called, logs),
        risks=(_RISK_READ, _THEN),
    )


def _as_made(categories: Iterable[str]) -> str:
    """Whether a setting sends what it was made for and nothing else, to a workspace alone; where, a person has said.

    Azure answers the other categories, too, as not enabled (REST, Diagnostic Settings: Get).
    """
    names = sorted(categories)
    return f"{_SENT} == `{one_line([names, len(names), 0, None, None])}`"


def _free(taken: Iterable[str]) -> str:
    """A name that no setting has, since creating one of the same name would replace it."""
    names = {one.casefold() for one in taken}
    return next(one for one in (_NAME, *(f"{_NAME}-{n}" for n in range(2, 100))) if one not in names)


def _commands(about: str, called: str, logs: str) -> tuple[Words, Words]:
    """To make and to delete one (Azure CLI, az monitor diagnostic-settings; of a subscription az monitor … subscription)."""
    head = ("az", "monitor", "diagnostic-settings")
    subscription = about.removeprefix("/subscriptions/")
    if "/" in subscription:
        of = ("--resource", about)
        return (
            (*head, "create", "--name", called, *of, "--workspace", WORKSPACE, "--logs", logs),
            (*head, "delete", "--name", called, *of),
        )
    of = ("--subscription", subscription)
    where = ("--location", "global", "--workspace", WORKSPACE, "--logs", logs)
    return (
        (*head, "subscription", "create", "--name", called, *of, *where),
        (*head, "subscription", "delete", "--name", called, *of, "--yes"),
    )


def _bicep(name: str, called: str, logs: list[dict[str, object]]) -> str:
    properties = {"workspaceId": "WORKSPACE_ID", "logs": logs}
    kind = "Microsoft.Insights/diagnosticSettings@2021-05-01-preview"
    return (
        f"// a resource `{kind}` with this name and these properties; its `scope` is {name},\n"
        f"// and WORKSPACE_ID the workspace's resource id\nvar {NAME} = {literal({'name': called, 'properties': properties})}\n"
    )


def _kept_longer(
    wish: AzureWish, sending: Iterable[LogSetting], names: Iterable[str]
) -> Iterator[AzureChange | AzureNeed]:
    least, found = wish.least_days(365), False
    for workspace in dict.fromkeys(one.workspace for one in sending if one.workspace):
        for name in names:
            table = wish.side.index.find(f"{workspace}/tables/{name}")
            if table is None or least > _MOST_DAYS or not _is_shorter(table, least):
                continue
            found = True
            edit = edit_of(table, ("properties", "totalRetentionInDays"), least)
            today = get(table.document, "properties", "totalRetentionInDays")
            words = (f"retention of {name}", f"{today} days", f"{least} days")
            yield partial_change(wish, table, (edit,), words, _RISK_KEPT)
    if not found:
        yield need(wish, _ELSEWHERE)


def _is_shorter(table: AzureResource, least: int) -> bool:
    """Whether it's surely kept shorter: never shorten what may be longer. What isn't a number of days is left."""
    days = get(table.document, "properties", "totalRetentionInDays")
    return isinstance(days, int | float) and not isinstance(days, bool) and 0 < days < least
