"""Terraform's resources in the words of Azure Resource Manager, as far as the provider's attributes tell.

Attributes: provider azurerm (reference azure-controls §2.3). What they don't carry is unknown, never absent; the rows of
`azurerm_logic_app_standard` are inferred, so they are unknown altogether: nothing passes by them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sfharden.azure.arm_ids import DIAGNOSTICS, ROLE_ASSIGNMENTS, id_below, name_of, type_of
from sfharden.azure.objects import mapping, text
from sfharden.azure.pieces import AzurePiece, PieceList, Pieces
from sfharden.azure.template import pieces_of_template
from sfharden.azure.terraform import TerraformResource, terraform_resources, workflow_addresses
from sfharden.azure.terraform_steps import definition_of, from_json
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, AzureForm

_SECTIONS: Final = {
    "trigger": "triggers",
    "content": "contents",
    "action": "actions",
    "workflow_management": "workflowManagement",
}
_NOT_HELD: Final = tuple(
    f"properties.{key}"
    for key in (
        "authenticatedUser", "overallStatus", "statuses", "connectionState", "parameterValueSet", "parameterValueType",
        "alternativeParameterValues", "nonSecretParameterValues", "createdTime", "changedTime",
    )
)  # fmt: skip
_Made = tuple[str, str, dict[str, Any], tuple[str, ...]]  # id, type, document, unknown paths


def pieces_of_terraform(document: Any, base: str) -> Pieces:
    """The resources of a state or plan that matter; `base` stands for the group of those that have no id yet."""
    found = Pieces()
    every = [one for one in terraform_resources(document) if not one.is_data]
    for one in every:
        if one.type == "azurerm_resource_group_template_deployment":
            found.add(_deployed(one, base))
        elif make := _MAKERS.get(one.type):
            found.resources.append(_piece(one, make(one, every, base)))
    found.lists += _settings(found.resources)
    return found


def _piece(one: TerraformResource, made: _Made) -> AzurePiece:
    id_, type_, document, unknown = made
    return AzurePiece(id_, type_, name_of(id_), AzureForm.TERRAFORM, document, one.pointer, False, unknown)


def _settings(resources: list[AzurePiece]) -> Iterator[PieceList]:
    """Diagnostic settings as rows of their resource's list; others may be set elsewhere."""
    for one in resources:
        if one.type == DIAGNOSTICS:
            yield PieceList(one.id.rpartition("/")[0], (one,), is_whole=False)


def _id_of(one: TerraformResource, type_: str, base: str) -> str:
    own = text(one.values.get("id"))
    name = text(one.values.get("name")) or one.address
    return own if type_of(own) == type_.casefold() else id_below(base, type_, name.replace("/", " "))


def _unknown_after(one: TerraformResource, key: str) -> bool:
    """Whether apply alone will tell an attribute or a part of it."""
    return _holds_true(mapping(one.unknown).get(key))


def _holds_true(value: Any) -> bool:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if inner is True:
            return True
        waiting.extend(
            inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
        )
    return False


def _block(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A block is a list of no or one object."""
    listed = values.get(key)
    return mapping(listed[0]) if isinstance(listed, list) and listed else {}


def _common(one: TerraformResource) -> dict[str, Any]:
    identity = _block(one.values, "identity")
    document: dict[str, Any] = {"location": text(one.values.get("location"))}
    return {**document, "identity": {"type": identity.get("type")}} if identity else document


# Workflows ------------------------------------------------------------------------------------


def _workflow(one: TerraformResource, every: list[TerraformResource], base: str) -> _Made:
    id_ = _id_of(one, "Microsoft.Logic/workflows", base)
    control, unknown = _access_control(one)
    enabled = one.values.get("enabled")
    properties: dict[str, Any] = {
        "accessControl": control,
        "parameters": {name: {"value": value} for name, value in _of_json(one.values.get("parameters"))},
        "definition": definition_of(one, every, dict(_of_json(one.values.get("workflow_parameters")))),
        "endpointsConfiguration": workflow_addresses(one.values),
    }
    if isinstance(enabled, bool):
        properties["state"] = "Enabled" if enabled else "Disabled"
    # Steps that were not made by Terraform are not in it, so its steps are never the whole definition.
    waiting = [f"properties.{key}" for key in ("parameters",) if _unknown_after(one, key)]
    if _unknown_after(one, "identity"):
        waiting.append("identity")
    return (
        id_,
        WORKFLOWS,
        {**_common(one), "properties": properties},
        ("properties.definition", *unknown, *waiting),
    )


def _access_control(one: TerraformResource) -> tuple[dict[str, Any], tuple[str, ...]]:
    if "access_control" not in one.values or _unknown_after(one, "access_control"):
        return {}, ("properties.accessControl",)
    block = _block(one.values, "access_control")
    found, unknown = {}, []
    for theirs, ours in _SECTIONS.items():
        if section := _block(block, theirs):
            found[ours] = _section(section)
            # An empty list there stands for none that is set and for one that lets nobody in.
            if not found[ours]["allowedCallerIpAddresses"]:
                unknown.append(f"properties.accessControl.{ours}")
    return found, tuple(unknown)


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    ranges = section.get("allowed_caller_ip_address_range")
    policies = section.get("open_authentication_policy")
    found: dict[str, Any] = {
        "allowedCallerIpAddresses": [
            {"addressRange": one} for one in (ranges if isinstance(ranges, list) else ())
        ]
    }
    if isinstance(policies, list) and policies:
        named = {text(mapping(one).get("name")): _policy(mapping(one)) for one in policies}
        found["openAuthenticationPolicies"] = {"policies": named}
    return found


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    claims = policy.get("claim")
    listed = [mapping(one) for one in claims] if isinstance(claims, list) else []
    return {"type": "AAD", "claims": [{"name": one.get("name"), "value": one.get("value")} for one in listed]}


def _of_json(written: Any) -> Iterator[tuple[str, Any]]:
    """A map of JSON texts; one that is none stays a text."""
    for name, value in mapping(written).items():
        yield name, from_json(value)


# The others -----------------------------------------------------------------------------------


def _connection(one: TerraformResource, _: list[TerraformResource], base: str) -> _Made:
    properties = {
        "api": {"id": text(one.values.get("managed_api_id"))},
        "displayName": one.values.get("display_name"),
        "parameterValues": mapping(one.values.get("parameter_values")),
    }
    document = {**_common(one), "properties": properties}
    unknown = (
        *_NOT_HELD,
        *(["properties.api"] if not properties["api"] or _unknown_after(one, "managed_api_id") else []),
    )
    return _id_of(one, "Microsoft.Web/connections", base), CONNECTIONS, document, unknown


def _site(one: TerraformResource, _: list[TerraformResource], base: str) -> _Made:
    settings = [
        {"name": name, "value": value} for name, value in mapping(one.values.get("app_settings")).items()
    ]
    document = {
        **_common(one),
        "kind": "functionapp,workflowapp",
        "properties": {"httpsOnly": one.values.get("https_only"), "siteConfig": {"appSettings": settings}},
    }
    return _id_of(one, "Microsoft.Web/sites", base), SITES, document, ("properties", "identity")


def _setting(one: TerraformResource, _: list[TerraformResource], base: str) -> _Made:
    values = one.values
    target = text(values.get("target_resource_id")) or base
    properties = {
        "logs": [*_logs(values.get("enabled_log"), enabled=True), *_logs(values.get("log"))],
        "workspaceId": values.get("log_analytics_workspace_id"),
        "storageAccountId": values.get("storage_account_id"),
        "eventHubAuthorizationRuleId": values.get("eventhub_authorization_rule_id"),
        "logAnalyticsDestinationType": values.get("log_analytics_destination_type"),
    }
    waiting = {"workspaceId": "log_analytics_workspace_id", "storageAccountId": "storage_account_id"}
    unknown = tuple(f"properties.{ours}" for ours, theirs in waiting.items() if _unknown_after(one, theirs))
    id_ = id_below(target, "microsoft.insights/diagnosticSettings", text(values.get("name")) or one.address)
    return id_, DIAGNOSTICS, {"properties": properties}, unknown


def _logs(listed: Any, *, enabled: bool | None = None) -> Iterator[dict[str, Any]]:
    for one in map(mapping, listed if isinstance(listed, list) else ()):
        on = enabled if enabled is not None else one.get("enabled")
        yield {"category": one.get("category"), "categoryGroup": one.get("category_group"), "enabled": on}


def _assignment(one: TerraformResource, _: list[TerraformResource], base: str) -> _Made:
    values = one.values
    names = {
        "scope": "scope",
        "principalId": "principal_id",
        "principalType": "principal_type",
        "condition": "condition",
        "roleDefinitionId": "role_definition_id",
    }
    properties = {ours: values.get(theirs) for ours, theirs in names.items()}
    scope = text(values.get("scope")).rstrip("/") or base
    id_ = id_below(scope, "Microsoft.Authorization/roleAssignments", text(values.get("name")) or one.address)
    unknown = tuple(f"properties.{ours}" for ours, theirs in names.items() if _unknown_after(one, theirs))
    return id_, ROLE_ASSIGNMENTS, {"properties": properties}, unknown


def _raw(one: TerraformResource, _: list[TerraformResource], base: str) -> _Made:
    """Of provider azapi: the body as it's sent, so what isn't in it isn't set."""
    values = one.values
    type_, body = text(values.get("type")).partition("@")[0], from_json(values.get("body"))
    unknown = () if isinstance(body, dict) and not _unknown_after(one, "body") else ("properties",)
    return _id_of(one, type_, base), type_.casefold(), {**_common(one), **mapping(body)}, unknown


def _deployed(one: TerraformResource, base: str) -> Pieces:
    """A template inside the state: it stands in the group where it was deployed."""
    template = from_json(one.values.get("template_content"))
    if not isinstance(template, dict):
        return Pieces(notes=[f"the template of {one.address} is not in the file"])
    given = {
        name: mapping(entry).get("value")
        for name, entry in mapping(from_json(one.values.get("parameters_content"))).items()
    }
    group = text(one.values.get("id")).partition("/providers/")[0] or f"{base}/{one.address}"
    return pieces_of_template(
        template, {name: value for name, value in given.items() if value is not None}, group
    )


_MAKERS: Final[Mapping[str, Callable[[TerraformResource, list[TerraformResource], str], _Made]]] = {
    "azurerm_logic_app_workflow": _workflow,
    "azurerm_api_connection": _connection,
    "azurerm_logic_app_standard": _site,
    "azurerm_monitor_diagnostic_setting": _setting,
    "azurerm_role_assignment": _assignment,
    "azapi_resource": _raw,
}
