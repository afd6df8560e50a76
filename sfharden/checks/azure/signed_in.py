"""The Salesforce connection: whether it is in order, who signed in for it and where, and what that user may do (reference §1.7)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.azure.calls import is_salesforce_host
from sfharden.azure.connectors import SALESFORCE, connector_of
from sfharden.azure.index import AzureValue, given, value
from sfharden.azure.objects import get, text
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.azure.transit import LOGIN_URI, login_host
from sfharden.checks.azure.used_connections import used_connections
from sfharden.checks.common import (
    Context,
    NoParameters,
    Verdict,
    failed,
    manual,
    not_applicable,
)
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.text.names import literal
from sfharden.text.wording import show_names

_IN_ORDER: Final = frozenset(["connected", "ready"])
_TEST: Final = "test.salesforce.com"
_USER: Final = "properties.authenticatedUser.name"
_SHOWN: Final = "properties.displayName"
_IN_SHORT: Final = (
    "It is in order, and what Azure tells of its user and address is right: show that they are what it uses."
)
_ONLY_SHOWN: Final = (
    "It is called after the integration's user, which anybody may write: show who signed in for it."
)


def judge_signed_in(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Each Salesforce connection is in order, and signed in as the integration's user, at its org's address."""
    side = context.azure
    yield from _each(side, lambda one, subject: _signed_in(context, one, subject))


def judge_least_privilege(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """AzSK 130: what the signed-in user may do in Salesforce, no property of Azure tells."""
    yield from _each(context.azure, _least)


def _each(side: AzureSide, judge: Callable[[AzureResource, Subject], Verdict]) -> Iterator[Verdict]:
    own = [one for one in side.connections if _may_be_salesforce(one)]
    if not own and not side.not_found and side.apps and not used_connections(side)[1]:
        names = show_names(one.shown for one in side.apps)
        said = f"No workflow uses a connection of Salesforce; looked at: {names}."
        yield not_applicable(Subject(kind="azure", name="connections of Salesforce"), said)
        return
    yield from judge_each(side, own, judge, "azure-connection")


def _may_be_salesforce(one: AzureResource) -> bool:
    try:
        return connector_of(one) == SALESFORCE
    except CannotTell:
        return True


def _least(one: AzureResource, subject: Subject) -> Verdict:
    connector_of(one)
    evidence = []
    for path in (_USER, _SHOWN, LOGIN_URI, "properties.changedTime"):
        try:
            evidence.append(
                seen(path.rpartition(".")[2] if path != _USER else "authenticatedUser", value(one, path))
            )
        except CannotTell:
            continue
    said = "Show that the user behind it may do in Salesforce only what the workflow needs."
    return manual(subject, said, *evidence)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is wrong; `is_sure` False where it's told by what only mostly tells it."""

    said: str
    evidence: Evidence
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class _ToShow:
    """What looks right by a text that anybody may write: a person must show it."""

    said: str
    evidence: Evidence


def _signed_in(context: Context, one: AzureResource, subject: Subject) -> Verdict:
    connector_of(one)
    found, reasons = list[Evidence | _Trouble | _ToShow](), list[CannotTell]()
    for look in (_state, _address, _user):
        try:
            found.extend(look(context, one))
        except CannotTell as reason:
            reasons.append(reason)
    troubles = [one for one in found if isinstance(one, _Trouble)]
    if troubles:
        worst = max(troubles, key=lambda one: one.is_sure)
        severity = None if worst.is_sure else Severity.LOW
        return failed(subject, worst.said, *(one.evidence for one in troubles), severity=severity)
    if reasons:
        raise reasons[0]
    return _to_show(subject, found)


def _to_show(subject: Subject, found: Iterable[Evidence | _Trouble | _ToShow]) -> Verdict:
    """Never a pass: what an answer's user and address mean for Salesforce is unconfirmed, and inferred (reference §1.7, §6)."""
    evidence = [one for one in found if isinstance(one, Evidence)]
    for said in found:
        if isinstance(said, _ToShow):
            return manual(subject, said.said, *evidence, said.evidence)
    return manual(subject, _IN_SHORT, *evidence)


def _state(_: Context, one: AzureResource) -> Iterator[Evidence | _Trouble]:
    """`Error`, with Unauthenticated beside it, is a token that is gone (recorded); old answers have `statuses` alone."""
    overall = value(one, "properties.overallStatus")
    listed = value(one, "properties.statuses")
    rows = listed.value if isinstance(listed.value, list) else []
    told = [text(get(row, "status")).casefold() for row in rows]
    if overall.value is not None:
        told.append(text(overall.value).casefold())
    shown = seen("status", AzureValue(", ".join(sorted(set(told))), listed.where), "connected")
    if "error" in told or any(text(get(row, "error", "code")) for row in rows):
        yield _Trouble("It is not in order: its token is gone, or was never there.", shown)
    elif told and _IN_ORDER.issuperset(told):
        yield shown
    else:
        raise CannotTell("its state isn't told", listed.where)


def _address(context: Context, one: AzureResource) -> Iterator[Evidence | _Trouble]:
    found = given(one, LOGIN_URI)
    host = login_host(found)
    evidence = seen("token:LoginUri", found, "https://, a host of Salesforce")
    if text(found.value).casefold().startswith("http://"):
        yield _Trouble("It signs in at an address without encryption.", evidence)
    elif not host:
        raise CannotTell("where it signs in isn't told", found.where)
    elif not is_salesforce_host(host):
        yield _Trouble("It signs in at an address that is none of Salesforce's.", evidence)
    elif host == _TEST:
        yield from _sandbox_s(context, found, evidence)
    else:
        yield evidence


def _sandbox_s(context: Context, found: AzureValue, evidence: Evidence) -> Iterator[Evidence | _Trouble]:
    """The address of sandboxes is right for one; an org that doesn't tell is taken for production."""
    org = context.facts.snapshot.org
    if org is None or org.organization is None:
        raise CannotTell(
            "it signs in at a sandbox, and whether the integration is one's isn't told", found.where
        )
    if org.organization.is_sandbox:
        yield evidence
    else:
        yield _Trouble(
            "It signs in at a sandbox, and the org isn't known to be one.", evidence, is_sure=False
        )


def _user(context: Context, one: AzureResource) -> Iterator[Evidence | _Trouble | _ToShow]:
    """A connection made in the portal is called after who signed in (recorded); anybody may call it otherwise.

    So its display name may warn, and never makes a pass.
    """
    named = value(one, _USER)
    found = named if text(named.value) else value(one, _SHOWN)
    if not context.of_integration:
        yield seen("signed in", found)
        return
    users = context.integration.users
    evidence = seen("signed in", found, f"one of {show_names(users)}")
    if literal(text(found.value)) in {literal(name) for name in users}:
        yield evidence if found is named else _ToShow(_ONLY_SHOWN, evidence)
    elif "@" in text(found.value):
        yield _Trouble(
            "It is signed in as somebody else than the integration's users.", evidence, is_sure=False
        )
    else:
        yield _Trouble("Who signed in for it isn't told.", evidence, is_sure=False)


CHECKS = {
    "azure_connection_signed_in": azure_check(NoParameters, judge_signed_in),
    "azure_connector_least_privilege": azure_check(NoParameters, judge_least_privilege),
}
