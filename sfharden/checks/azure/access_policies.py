"""Which apps a connection is open to by its access policies: those that Standard apps use it by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.index import given, value
from sfharden.azure.objects import get, mapping, text
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.common import azure_check
from sfharden.checks.azure.hosting import judge_connections
from sfharden.checks.common import Context, NoParameters, Verdict, failed, not_applicable, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.integration import EDIT_WORKFLOW
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import show_names

_POLICIES: Final = "accessPolicies"


@dataclass(frozen=True, slots=True)
class _Identities:
    """The object ids that may have a policy, and why there may be more."""

    known: frozenset[str]
    unread: CannotTell | None


def judge_access_policies(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """The connection is open to identities of the integration's own apps only."""
    side = context.azure
    own = _identities(side)
    yield from judge_connections(context, lambda one, about: _judge(side, one, about, own))


def _identities(side: AzureSide) -> _Identities:
    known = {one.strip().casefold() for one in side.entry.allowed_principals}
    unread = next(
        (CannotTell(f"{one.name}: {one.reason}") for one in side.not_found if one.kind == "azure-workflow"),
        None,
    )
    for app in side.apps:
        try:
            known |= set(_identities_of(app))
        except CannotTell as reason:
            unread = unread or reason
    return _Identities(frozenset(known), unread)


def _identities_of(app: AzureResource) -> Iterator[str]:
    """The principals of an app's managed identities (ARM `identity`). Raises CannotTell where one isn't told."""
    kinds = text(value(app, "identity.type").value).casefold()
    if "systemassigned" in kinds:
        yield _object_id(given(app, "identity.principalId").value, app)
    assigned = value(app, "identity.userAssignedIdentities").value
    if "userassigned" in kinds and not mapping(assigned):
        raise CannotTell(f"the identities of {app.shown} aren't in the answer", app.where("/identity"))
    for one in mapping(assigned).values():
        yield _object_id(get(one, "principalId"), app)


def _object_id(found: Any, app: AzureResource) -> str:
    if not isinstance(found, str) or not found.strip():
        raise CannotTell(f"the object id of an identity of {app.shown} isn't told", app.where("/identity"))
    return found.strip().casefold()


def _judge(side: AzureSide, connection: AzureResource, subject: Subject, own: _Identities) -> Verdict:
    """Only V2 has policies, and a V1 can't become one (Microsoft Learn, az logicapp connection)."""
    path = f"{connection.id}/{_POLICIES}"
    rows = side.index.rows(path)
    kind = value(connection, "kind")
    if text(kind.value).casefold() == "v1" and not rows:
        return not_applicable(subject, "It is of kind V1, which has no access policies.")
    strangers = {who: row for row in rows if (who := _principal(row)) and who not in own.known}
    if strangers:
        if own.unread:
            raise own.unread
        return _open(subject, strangers)
    if (
        rows and EDIT_WORKFLOW in side.entry.workflows
    ):  # a stranger's app may be among those that `init` found
        raise CannotTell("the integration file doesn't say yet which workflows are its own (azure)")
    if any(not _principal(row) for row in rows):
        raise CannotTell("an access policy doesn't name its principal", connection.where())
    listed = side.index.whole(path, f"the access policies of {connection.shown}")
    if not listed and text(kind.value).casefold() != "v2":
        raise CannotTell("whether the connection is of kind V1 or V2 isn't told", kind.where)
    return _closed(subject, listed, connection)


def _principal(policy: AzureResource) -> str:
    """`properties.principal.identity.objectId`; empty where it isn't told."""
    try:
        found = value(policy, "properties.principal.identity.objectId")
    except CannotTell:
        return ""
    return text(found.value).strip().casefold()


def _open(subject: Subject, strangers: dict[str, AzureResource]) -> Verdict:
    names = show_names(strangers)
    evidence = [
        Evidence(
            what="access policy", observed=who, expected="an identity of its own apps", source=row.where()
        )
        for who, row in sorted(strangers.items())
    ]
    return failed(subject, f"It is open to identities that are none of its apps': {names}.", *evidence)


def _closed(subject: Subject, listed: tuple[AzureResource, ...], connection: AzureResource) -> Verdict:
    who = show_names(_principal(row) for row in listed) if listed else "nobody"
    evidence = Evidence(
        what="access policies",
        observed=who,
        expected="identities of its own apps",
        source=f"{connection.id}/{_POLICIES}",
    )
    said = "It is open to identities of its own apps only." if listed else "It is open to no Standard app."
    return passed(subject, said, evidence)


CHECKS = {"azure_access_policies": azure_check(NoParameters, judge_access_policies)}
