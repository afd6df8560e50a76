"""AzSK 180: no secret stands in plain text in a workflow's code, parameters or settings (reference §1.8)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sfharden.azure.flow_code import FlowCode
from sfharden.azure.index import AzureIndex, value
from sfharden.azure.objects import get, mapping
from sfharden.azure.plain_secrets import (
    PlainSecret,
    app_settings_named,
    plain_secrets,
    require_declared,
    secrets_of,
    setting_kind,
    told_at_deployment,
)
from sfharden.azure.side import AzureSide
from sfharden.azure.storage_use import settings_of
from sfharden.checks.azure.common import azure_check, subject_of
from sfharden.checks.azure.each_flow import judge_flows
from sfharden.checks.common import Context, NoParameters, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource, parent_of
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.text.wording import count

_MOST_SHOWN: Final = 20
_EXPECTED: Final = "a secure parameter, or a reference to Key Vault"
_DEPLOYMENT: Final = "microsoft.resources/deployments"
_DRAFTS: Final = "Drafts of it are not read."  # a draft may hold other code (reference §1.3)


def judge_plaintext(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Each workflow; and each connection, app and template beside it that holds a secret."""
    side = context.azure
    seen = dict[tuple[str, str], Verdict]()
    for about, one in _beside(side):
        if found := tuple(secrets_of(one)):
            seen[about.kind, about.name] = _failed(about, one, found)
    yield from seen.values()
    for verdict in judge_flows(side, lambda code, subject: _judge(side, code, subject)):
        if (
            verdict.subject.kind,
            verdict.subject.name,
        ) not in seen:  # what was not read of an app that fails anyway
            yield verdict


def _beside(side: AzureSide) -> Iterator[tuple[Subject, AzureResource]]:
    for one in (*side.sites, *side.connections):
        yield subject_of(one), one
    for one in _templates(side):
        yield Subject(kind="azure-template", name=one.file), one
    for site in side.sites:
        for name in ("appsettings", "connectionstrings"):
            if found := side.index.find(f"{site.id}/config/{name}"):
                yield Subject(kind="azure-resource", name=f"{site.shown}/{name}"), found


def _templates(side: AzureSide) -> Iterator[AzureResource]:
    """The templates that the side's resources stand in: their defaults and outputs."""
    files = {one.file for one in (*side.apps, *side.connections) if one.file}
    every = side.index.snapshot.every_resource()  # templates of one folder have one id
    return (one for one in every if one.type == _DEPLOYMENT and one.file in files)


def _judge(side: AzureSide, code: FlowCode, subject: Subject) -> Verdict:
    found = tuple(plain_secrets(code)) + tuple(_in_settings(side.index, code))
    if found:
        return _failed(subject, code.resource, found)
    if not code.is_standard:
        value(code.resource, "properties.parameters")  # the code view of the portal shows the code alone
    require_declared(code)
    later = next(told_at_deployment(code), None)
    if later is not None:
        raise CannotTell("values of its code are known only once it's deployed", code.resource.where(later))
    if code.is_standard:
        _require_settings(side.index, code)
    looked_at = count(len(code.steps), "step")
    evidence = Evidence(
        what="literals", observed=f"no secret in {looked_at}", expected=_EXPECTED, source=code.where()
    )
    return passed(
        subject, f"No literal in its {looked_at} and parameters looks like a secret. {_DRAFTS}", evidence
    )


def _failed(subject: Subject, resource: AzureResource, found: Iterable[PlainSecret]) -> Verdict:
    """All that is sure, else all that may be one: then it weighs less."""
    once = {one.pointer: one for one in sorted(found, key=lambda one: one.is_sure)}
    sure = [one for one in once.values() if one.is_sure]
    shown = sorted(sure or once.values(), key=lambda one: one.pointer)
    evidence = [
        Evidence(what="secret", observed=one.kind, expected=_EXPECTED, source=resource.where(one.pointer))
        for one in shown[:_MOST_SHOWN]
    ]
    if sure:
        return failed(subject, f"It holds {count(len(sure), 'secret')} in plain text.", *evidence)
    said = f"It holds {count(len(shown), 'text')} that may be a secret."
    return failed(subject, said, *evidence, severity=Severity.LOW)


def _site_of(code: FlowCode) -> str:
    return parent_of(code.resource.id)


def _listed(index: AzureIndex, site: str) -> dict[str, Any] | None:
    """A Standard app's settings, masked, by name without case; None where no file holds them.

    Azure lists them only to who may change them, so a Reader's answer never has them (reference §1.12).
    """
    if found := index.find(f"{site}/config/appsettings"):
        return _folded(mapping(get(found.document, "properties")))
    app = index.find(site)
    return _folded(settings_of(app)) if app and _tells(app, "appSettings") else None


def _folded(settings: dict[str, Any]) -> dict[str, Any]:
    return {name.casefold(): one for name, one in settings.items()}


def _in_settings(index: AzureIndex, code: FlowCode) -> Iterator[PlainSecret]:
    """App settings that the code takes secrets from, and that are literals themselves."""
    listed = (_listed(index, _site_of(code)) or {}) if code.is_standard else {}
    for name, pointer in app_settings_named(code):
        if setting_kind(listed.get(name)) == "literal":
            yield PlainSecret(pointer, "app setting that holds the secret itself")


def _require_settings(index: AzureIndex, code: FlowCode) -> None:
    listed = _listed(index, _site_of(code))
    if listed is None:
        raise CannotTell(
            "its app settings were not read: Azure lists them only to who may change them; give the app's template, or "
            "its settings among the files",
            code.where(),
        )
    if not _connection_strings_known(index, _site_of(code)):
        raise CannotTell("its connection strings were not read: they stand beside its settings", code.where())
    for name, pointer in app_settings_named(code):
        if setting_kind(listed.get(name)) != "vault":
            said = "an app setting that it takes a secret from isn't known to be a reference to Key Vault"
            raise CannotTell(said, code.resource.where(pointer))


def _connection_strings_known(index: AzureIndex, site: str) -> bool:
    """Whether they were read; a template that names none deploys none, and of Terraform's they aren't read."""
    if index.find(f"{site}/config/connectionstrings"):
        return True
    app = index.find(site)
    return app is not None and (app.form is AzureForm.TEMPLATE or _tells(app, "connectionStrings"))


def _tells(app: AzureResource, key: str) -> bool:
    """Whether an app says itself what its settings are; none at all in an answer is what a Reader is shown of any."""
    found = get(app.document, "properties", "siteConfig", key)
    return isinstance(found, list | dict) and (bool(found) or app.form is AzureForm.TEMPLATE)


CHECKS = {"azure_no_plaintext_secrets": azure_check(NoParameters, judge_plaintext)}
