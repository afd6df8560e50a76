"""AzSK C110: connectors and HTTP steps sign in by Microsoft Entra, not by a key or a password (reference §1.7)."""

import re
from collections.abc import Iterator
from typing import Any, Final

from sfharden.azure.connectors import (
    AZURE_SERVICES,
    DATA_COLLECTOR,
    NO_ENTRA,
    OTHER_VENDORS,
    connector_of,
    is_signed_in,
    through_gateway,
)
from sfharden.azure.flow_code import FlowCode, told_references
from sfharden.azure.http_steps import HttpCall, http_calls
from sfharden.azure.index import AzureValue, value
from sfharden.azure.objects import get, mapping, text
from sfharden.checks.azure.common import azure_check, seen, subject_of
from sfharden.checks.azure.each_flow import judge_flows
from sfharden.checks.azure.used_connections import used_connections
from sfharden.checks.common import (
    Context,
    NoParameters,
    Verdict,
    attempt,
    failed,
    manual,
    not_applicable,
    passed,
)
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.text.wording import count

_BY_ENTRA: Final = frozenset(["activedirectoryoauth", "managedserviceidentity"])
_OTHERWISE: Final = frozenset(["", "basic", "clientcertificate", "raw"])
# Salesforce's are OAuth of one of its own users (reference ALA §0.5), FTP knows passwords alone (AzSK); of others it's inferred.
_WITHOUT_ENTRA: Final = frozenset(["salesforce", "ftp"])
_IDENTITY: Final = "managedidentityauth"
# How sets of values are called that hold a key or a password: `sqlAuthentication`, `keyBasedAuth` (recorded).
_KEYED: Final = re.compile(
    r"(?i)(?!.*(?:aad|entra|oauth|identity)).*(?:authentication|key(?:based)?auth|key|sas|connectionstring|basic)"
)
_FILE: Final = "/properties/files/connections.json"
_ACCOUNTS: Final = ("accountName", "storageaccount")
_PUBLIC: Final = "none, of a GET"
_WANTED: Final = "a managed identity, or a sign-in at Entra"


def judge_entra(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Each connection that is used, and the HTTP steps of each workflow."""
    side = context.azure
    connections, unread = used_connections(side)
    for one in connections:
        about = subject_of(one)
        yield attempt(about, lambda one=one, about=about: _connection(one, about))  # type: ignore[misc]
    yield from unread
    yield from judge_flows(side, _flow)


def _connection(one: AzureResource, subject: Subject) -> Verdict:
    connector = connector_of(one)
    shown = _shown(one)
    if connector in _WITHOUT_ENTRA:
        return not_applicable(
            subject, f"{connector} signs in its own way, which Entra has no part in.", *shown
        )
    if connector in OTHER_VENDORS | NO_ENTRA:
        said = f"That {connector} can't sign in by Entra is only inferred: show how it signs in."
        return manual(subject, said, *shown)
    if connector == DATA_COLLECTOR:
        return failed(subject, "It signs in by the workspace's shared key, the only way it has.", *shown)
    if by_identity := _by_identity(one):
        return passed(
            subject, "It signs in by a managed identity.", seen("signs in by", by_identity, _WANTED)
        )
    if keyed := _by_key(one):
        return failed(subject, "It signs in by a key or a password.", seen("signs in by", keyed, _WANTED))
    if is_signed_in(connector):
        return _signed_in(one, subject, connector)
    if through_gateway(one):
        said = "it goes through a gateway, and how it signs in behind that isn't told"
        raise CannotTell(said, one.where("/properties"))
    known = "" if connector in AZURE_SERVICES else f", and {connector} is not among the connectors known here"
    raise CannotTell(f"how it signs in isn't told{known}", one.where("/properties"))


def _by_identity(one: AzureResource) -> AzureValue | None:
    """V1 connections say `Alternative`, V2 ones name their set of values (recorded; Azure Logic Apps documentation)."""
    sort = value(one, "properties.parameterValueType")
    if text(sort.value).casefold() == "alternative":
        return sort
    named = value(one, "properties.parameterValueSet.name")
    return named if text(named.value).casefold() == _IDENTITY else None


def _by_key(one: AzureResource) -> AzureValue | None:
    named = value(one, "properties.parameterValueSet.name")
    if _KEYED.fullmatch(text(named.value)):
        return named
    if not named.is_absent:
        return None
    for name in _ACCOUNTS:
        found = value(one, f"properties.nonSecretParameterValues.{name}")
        if not found.is_absent:
            return AzureValue(f"{name} without a managed identity", found.where)
    return None


def _signed_in(one: AzureResource, subject: Subject, connector: str) -> Verdict:
    """Microsoft's own connectors: the person who signed in is named, or the grant is told."""
    user = value(one, "properties.authenticatedUser.name")
    if text(user.value):
        said = f"A person signed in at Entra for it ({connector})."
        return passed(subject, said, seen("signed in", user, _WANTED))
    grant = mapping(value(one, "properties.parameterValues").value).get("token:grantType")
    if grant == "code":
        where = AzureValue(
            "a person's sign-in (token:grantType is code)", one.where("/properties/parameterValues")
        )
        return passed(
            subject, f"A person signed in at Entra for it ({connector}).", seen("signed in", where, _WANTED)
        )
    raise CannotTell("who signed in for it isn't told", user.where)


def _shown(one: AzureResource) -> Iterator[Evidence]:
    """Who and when, as far as it's told; none of it decides."""
    for path in ("authenticatedUser.name", "displayName", "changedTime"):
        try:
            found = value(one, f"properties.{path}")
        except CannotTell:
            continue
        yield seen(path, found)


def _flow(code: FlowCode, subject: Subject) -> Verdict:
    """HTTP steps that don't call Salesforce, and how a Standard app reaches its connections."""
    calls = [one for one in http_calls(code) if one.sign_in != "description" and not one.is_salesforce]
    bad = [_bad_call(code, one) for one in calls if one.sign_in in _OTHERWISE and one.is_salesforce is False]
    bad += list(_raw_connections(code))
    if bad:
        # A GET without any sign-in may be of something public.
        weaker = all(one.observed == _PUBLIC for one in bad)
        said = f"{count(len(bad), 'call')} sign{'s' * (len(bad) == 1)} in by something else than Entra."
        return failed(subject, said, *bad, severity=Severity.LOW if weaker else None)
    for one in calls:
        if one.sign_in not in _BY_ENTRA:
            told = "where to" if one.sign_in in _OTHERWISE else "how it signs in"
            raise CannotTell(f"of step '{one.step}' {told} isn't told", code.where(one.pointer))
    reached = _by_identity_of_app(code)
    if not calls and not reached:
        return not_applicable(
            subject, f"None of its {count(len(code.steps), 'step')} calls another service by HTTP."
        )
    found = [_evidence(code, one, str(one.sign_in)) for one in calls]
    return passed(subject, "Each of its HTTP calls and connections signs in by Entra.", *found, *reached)


def _bad_call(code: FlowCode, one: HttpCall) -> Evidence:
    return _evidence(code, one, _PUBLIC if not one.sign_in and one.method == "get" else one.sign_in or "none")


def _evidence(code: FlowCode, one: HttpCall, shown: str) -> Evidence:
    where = code.where(one.pointer)
    return Evidence(what=f"authentication of '{one.step}'", observed=shown, expected=_WANTED, source=where)


def _raw_connections(code: FlowCode) -> Iterator[Evidence]:
    """Connections of a Standard app that hold the key itself (reference §1.5)."""
    for key, entry in _managed(code).items():
        sort = text(get(entry, "authentication", "type")).casefold()
        parameter = text(get(entry, "authentication", "parameter"))
        if sort == "raw" and parameter and not parameter.startswith(("@", "[")):
            yield _way(code, key, "Raw with a literal key")


def _by_identity_of_app(code: FlowCode) -> list[Evidence]:
    """How a Standard app reaches its connections. Raises CannotTell unless it's by its identity, each of them."""
    found = list[Evidence]()
    if code.is_standard:
        told_references(code.resource)
    for key, entry in _managed(code).items():
        if text(get(entry, "authentication", "type")).casefold() != "managedserviceidentity":
            raise CannotTell(
                f"how the app reaches its connection '{key}' isn't told", code.resource.where(_FILE)
            )
        found.append(_way(code, key, "ManagedServiceIdentity"))
    if code.is_standard and get(code.files, "connections.json", "serviceProviderConnections"):
        raise CannotTell("how its built-in connections sign in isn't judged", code.resource.where(_FILE))
    return found


def _managed(code: FlowCode) -> dict[str, Any]:
    return mapping(code.workflow.connections) if code.is_standard else {}


def _way(code: FlowCode, key: str, shown: str) -> Evidence:
    return Evidence(
        what=f"authentication of connection '{key}'",
        observed=shown,
        expected="ManagedServiceIdentity",
        source=code.resource.where(_FILE),
    )


CHECKS = {"azure_connectors_use_entra": azure_check(NoParameters, judge_entra)}
