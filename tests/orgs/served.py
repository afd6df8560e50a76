"""The healthy org served on loopback, and read as a running org is; each test changes one thing.

`changed` replaces tables of the snapshot. `read`, `read_once` and `read_snapshot` read an org, for what only shows
on the wire; time passes without waiting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.doors.run_doors import RunDoors
from sfharden.emulator import ids
from sfharden.emulator.generate import APP_LABEL as APP
from sfharden.emulator.generate import EGRESS, INTEGRATION_USER, OPERATOR, PROFILE, healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.http.usage_routes import usage_id
from sfharden.emulator.state import DemoOrg
from sfharden.model import kinds
from sfharden.model.integration import Egress, Integration
from sfharden.model.org import AppAccess, Login, OrgTables, Token, User
from sfharden.model.results import Result
from sfharden.model.snapshot import Component, Gap, Group, Snapshot, Value
from sfharden.ports import Timing
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from sfharden.web.transport import Bounds
from tests.orgs.constants import NOW, as_yaml
from tests.orgs.judging import control, policy_of, shipped

HARDENED: Final = NOW - timedelta(days=4)
SINCE: Final = NOW - timedelta(days=30)
LOGINS_SINCE: Final = NOW - timedelta(days=180)
EVERYTHING: Final = Wanted(logins_since=SINCE, setup_since=SINCE)
TOKENS: Final = Wanted(metadata=False)
LOGINS: Final = Wanted(logins_since=SINCE, metadata=False, tokens=False)

INTEGRATION: Final = Integration(
    name="crm-sync",
    app=APP,
    profile=PROFILE,
    users=(INTEGRATION_USER,),
    egress=Egress(addresses=AddressSet.of(["-".join(EGRESS)])),
    operator_ranges=AddressSet.of([OPERATOR]),
    hardened_at=HARDENED,
)
EXTERNAL: Final = INTEGRATION.model_copy(update={"name": "reporting", "app": "Reporting Sync"})

INTEGRATION_FILE: Final = as_yaml(INTEGRATION)


# Served and read --------------------------------------------------------------------------------


def no_waiting() -> Timing:
    """Time in which sleeping takes none."""
    return Timing(sleep=lambda _: None, clock=lambda: 0.0, chance=lambda: 0.0, now=lambda: NOW)


def doors(*, patience: float = 30.0) -> RunDoors:
    """Doors for the command line: no waiting between calls; `patience` for an answer, in real seconds."""
    return RunDoors(no_waiting(), replace(Bounds(), connect=patience, read=patience))


@contextmanager
def connected(
    server: DemoServer,
    caller: str = "auditor",
    *,
    meter: CallMeter | None = None,
    versions: Sequence[str] = API_VERSIONS,
) -> Iterator[Connection]:
    """A connection to a running embedded org, as one of its callers."""
    session = sign_in_with_token(server.base_url, Secret(server.tokens[caller]))
    connection = connect(session, versions, meter or CallMeter(), timing=no_waiting())
    try:
        yield connection
    finally:
        connection.wire.close()


def read(
    server: DemoServer,
    caller: str = "auditor",
    wanted: Wanted = EVERYTHING,
    *,
    meter: CallMeter | None = None,
) -> OrgReading:
    """Read a running embedded org."""
    with connected(server, caller, meter=meter) as connection:
        return read_org(connection, wanted, "0")


def read_once(org: DemoOrg, caller: str = "auditor", wanted: Wanted = EVERYTHING) -> OrgReading:
    """Serve an org just for one reading."""
    with serve(org) as server:
        return read(server, caller, wanted)


def read_snapshot(org: DemoOrg, caller: str = "auditor", wanted: Wanted | None = None) -> Snapshot:
    """The snapshot of an org, read once with API version 68.0 and with its logins of half a year."""
    asked = wanted or Wanted(logins_since=LOGINS_SINCE, setup_since=LOGINS_SINCE)
    with serve(org) as server, connected(server, caller, versions=["68.0"]) as connection:
        return read_org(connection, asked, "0").snapshot


def reasons(snapshot: Snapshot, kind: str) -> list[str]:
    """Why what a table or a metadata type holds may not be all."""
    return [gap.reason for gap in snapshot.gaps if gap.kind == kind]


def secrets_of(org: DemoOrg) -> set[str]:
    """Everything of an org that must never be shown: access, refresh and delete tokens, client secrets."""
    delete_tokens = {one.delete_token for one in org.tokens}
    return {
        *org.sessions,
        *delete_tokens,
        *map(ids.refresh_token, delete_tokens),
        *map(usage_id, delete_tokens),
        *(one.secret for one in org.client_secrets.values()),
    }


# The snapshot, changed --------------------------------------------------------------------------


@cache
def healthy() -> Snapshot:
    """The healthy org; hardened four days ago, with its logins of half a year."""
    return read_snapshot(healthy_org(NOW))


def org_with(change: Callable[[DemoOrg], object]) -> Snapshot:
    """The healthy org with one change made to the org itself, read again."""
    org = healthy_org(NOW)
    change(org)
    return read_snapshot(org)


def changed(*gaps: Gap, **tables: Any) -> Snapshot:
    """The healthy snapshot with some tables replaced, and gaps added."""
    snapshot = healthy()
    assert snapshot.org is not None
    org = snapshot.org.model_copy(update=tables)
    return snapshot.model_copy(update={"org": org, "gaps": (*snapshot.gaps, *gaps)})


def without(kind: str, table: str) -> Snapshot:
    """The healthy snapshot with a table that could not be read."""
    return changed(Gap(what=kind, reason="the org refused", kind=kind), **{table: None})


def partial(kind: str) -> Snapshot:
    """The healthy snapshot with a table that may lack rows."""
    return changed(Gap(what=kind, reason="rows may be missing", kind=kind))


def table(name: str) -> tuple[Any, ...]:
    """One of the healthy snapshot's tables."""
    found = getattr(healthy().org, name)
    assert isinstance(found, tuple)
    return found


def component(kind: str, name: str) -> Component:
    """One of the healthy snapshot's metadata files."""
    return next(one for one in healthy().of_kind(kind) if one.name == name)


def replaced(snapshot: Snapshot, one: Component, **update: Any) -> Snapshot:
    """A snapshot with one component changed."""
    components = tuple(
        found.model_copy(update=update) if found == one else found for found in snapshot.components
    )
    return snapshot.model_copy(update={"components": components})


def results(snapshot: Snapshot, control_id: str, by: Integration = INTEGRATION, **with_: Any) -> list[Result]:
    """The results of one shipped control."""
    policy = policy_of(control(control_id, **with_))
    return list(evaluate(snapshot, [policy], [by], (), NOW, "0").results)


def judged(snapshot: Snapshot, by: Iterable[Integration] = (INTEGRATION,)) -> tuple[Result, ...]:
    """All results under every shipped policy."""
    return evaluate(snapshot, shipped(), tuple(by), (), NOW, "0").results


def verdict(snapshot: Snapshot, control_id: str, by: Integration = INTEGRATION, **with_: Any) -> Result:
    """The one result of a control."""
    (result,) = results(snapshot, control_id, by, **with_)
    return result


def status(snapshot: Snapshot, control_id: str, by: Integration = INTEGRATION, **with_: Any) -> str:
    """How one control came out, of which there must be exactly one result."""
    return verdict(snapshot, control_id, by, **with_).status.value


def by_subject(snapshot: Snapshot, control_id: str, **with_: Any) -> dict[str, str]:
    """The status of each subject."""
    found = results(snapshot, control_id, **with_)
    statuses = {result.subject.name: result.status.value for result in found}
    assert len(statuses) == len(found)
    return statuses


def with_value(snapshot: Snapshot, kind: str, name: str, path: str, text: str | None) -> Snapshot:
    """A snapshot in which one metadata file says something else at a path, or no longer says anything."""
    one = component(kind, name)
    values = {key: value for key, value in one.values.items() if key != path or text is not None}
    if text is not None:
        values[path] = (Value(text=text, line=1),)
    return replaced(snapshot, one, values=values)


def with_ranges(snapshot: Snapshot, name: str, *ranges: tuple[str, str]) -> Snapshot:
    """A snapshot in which a profile has other login ranges."""
    groups = tuple(Group(line=1, values={"startAddress": low, "endAddress": high}) for low, high in ranges)
    return replaced(snapshot, component(kinds.PROFILE, name), groups={"loginIpRanges": groups})


def unread(kind: str, name: str) -> Snapshot:
    """The healthy snapshot without one metadata file, which the org listed and did not hand out."""
    snapshot, one = healthy(), component(kind, name)
    gap = Gap(what=f"{kind} {name}", reason="the org listed it but did not hand it out", kind=kind, name=name)
    rest = tuple(found for found in snapshot.components if found != one)
    return snapshot.model_copy(update={"components": rest, "gaps": (gap,)})


def user(name: str) -> User:
    users: tuple[User, ...] = table("users")
    return next(one for one in users if one.username == name)


def token(**changes: Any) -> Token:
    """The integration's token, changed."""
    one: Token = next(one for one in table("tokens") if one.app_label == APP)
    return one._replace(**changes)


def access(**changes: Any) -> AppAccess:
    """The row that approves the integration's app for its profile, changed."""
    app = next(one for one in table("apps") if one.label == APP)
    one: AppAccess = next(one for one in table("app_access") if one.app_id == app.id)
    return one._replace(**changes)


def login(**changes: Any) -> Login:
    """A success of the integration, changed."""
    own = user(INTEGRATION_USER).id
    one: Login = next(one for one in table("logins") if one.status == "Success" and one.user_id == own)
    return one._replace(**changes)


def granting(permission: str, set_name: str) -> Snapshot:
    """One permission set, or a profile's own one, grants one permission more."""
    sets = tuple(
        one._replace(permissions=(*one.permissions, permission)) if set_name in (one.name, one.label) else one
        for one in table("permission_sets")
    )
    return changed(permission_sets=sets)


def own_set(profile: str) -> str:
    (row,) = (one for one in table("profiles") if one.label == profile)
    return str(next(one.name for one in table("permission_sets") if one.profile_id == row.id))


def org_of(snapshot: Snapshot) -> OrgTables:
    """The tables of a snapshot that was read of a running org."""
    assert snapshot.org is not None
    return snapshot.org
