"""Every reason why a table may hold nothing but what this caller is shown.

Salesforce shows callers without a permission their own rows, or what is shared with them, and says nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sfharden.facts.directory import Directory
from sfharden.facts.grants import Grants
from sfharden.facts.values import CannotTell
from sfharden.model import org as tables
from sfharden.model.org import OrgTables
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool


@dataclass(frozen=True, slots=True)
class Rule:
    """Of what a caller must hold at least one permission each to see all rows of a table."""

    kind: str
    what: str
    needs: tuple[frozenset[str], ...]


_SETUP: Final = frozenset({"ViewSetup"})
_EXTERNAL: Final = frozenset(
    {"ExternalClientAppAdmin", "ExternalClientAppDeveloper", "ExternalClientAppViewer"}
)
_PEOPLE: Final = frozenset({"ManageUsers", "ViewAllUsers", "ViewAllData", "ModifyAllData"})
_GROUPS: Final = _SETUP | {"AssignPermissionSets"}
# Permissions that an org may not have at all; then nobody needs them. The others every org has (metadata WSDL).
_CONDITIONAL: Final = _EXTERNAL | {"ViewSetupAuditTrail"}
# Object Reference, "Special Access Rules" of each object. OauthToken: newer pages name Customize Application,
# older ones Manage Users, so both are asked for. User: whoever lacks these sees what sharing lets them see.
# OAuth usage: Help's pages differ on what reading takes, so what seeing the apps takes is asked for.
# Profile: from Winter '27 on (release update "Profile Filtering") names but one's own take View All Profiles; whether
# the names are blank then or the rows gone is not documented. SetupAuditTrail: from Spring '27 on it takes a right of
# its own (release notes of Winter '27), which orgs have before it counts.
RULES: Final = (
    Rule(tables.TOKENS, "OAuth tokens", (frozenset({"CustomizeApplication"}), frozenset({"ManageUsers"}))),
    Rule(tables.EXTERNAL_TOKENS, "Tokens of external client apps", (_EXTERNAL,)),
    Rule(tables.LOGINS, "Logins", (frozenset({"ManageUsers", "MonitorLoginHistory"}),)),
    Rule(tables.SESSIONS, "Sessions", (frozenset({"ManageUsers"}),)),
    Rule(tables.USERS, "Users", (_PEOPLE,)),
    Rule(tables.FROZEN, "Who is frozen", (frozenset({"ManageUsers"}),)),
    Rule(tables.PROFILES, "Profiles", (frozenset({"ViewAllProfiles"}),)),
    Rule(tables.PERMISSION_SETS, "Permission sets", (_SETUP,)),
    Rule(tables.GROUPS, "Permission set groups", (_GROUPS,)),
    Rule(tables.GROUP_MEMBERS, "What permission set groups hold", (_SETUP,)),
    Rule(tables.MUTING_SETS, "What permission set groups mute", (_GROUPS,)),
    Rule(tables.ASSIGNMENTS, "Assignments of permission sets", (_SETUP | {"AssignPermissionSets", "ManageUsers"},)),
    Rule(tables.APP_ACCESS, "Who is approved for which app", (_SETUP,)),
    Rule(tables.APPS, "Connected apps", (_SETUP,)),
    Rule(tables.EXTERNAL_APPS, "External client apps", (_EXTERNAL,)),
    Rule(tables.SETUP_CHANGES, "Setup changes", (_SETUP, frozenset({"ViewSetupAuditTrail"}))),
    Rule(tables.HEALTH, "Health check", (_SETUP,)),
)  # fmt: skip


def probe(org_tables: OrgTables, gaps: Iterable[Gap], taken_at: datetime | None = None) -> Snapshot:
    """The snapshot so far, for questions that decide what else to read, or what may be missing."""
    source = Source(kind="org", name="")
    return Snapshot(tool=Tool(version=""), taken_at=taken_at, source=source, gaps=tuple(gaps), org=org_tables)


def hidden_rows(org_tables: OrgTables, gaps: Iterable[Gap]) -> Iterator[Gap]:
    """A gap for every table that may hold nothing but what this caller is shown."""
    directory = Directory(probe(org_tables, gaps))
    held: frozenset[str] = frozenset()
    gap = ""
    try:
        held = Grants(directory).caller_permissions()
    except CannotTell as reason:
        gap = f"what this login holds can't be told ({reason.reason}), so it may not see everything"
    for rule in RULES:
        if not _is_there(org_tables, rule.kind):
            continue
        missing = list(_missing(rule, held, frozenset(org_tables.permission_names)))
        if gap or missing:
            reason_text = gap or f"this login lacks {' and '.join(missing)}, so it may not see everything"
            yield Gap(what=rule.what, reason=reason_text, kind=rule.kind)
    yield from _only_mine(org_tables)


def _missing(rule: Rule, held: frozenset[str], known: frozenset[str]) -> Iterator[str]:
    for choice in rule.needs:
        # An org without external client apps has no permissions for them either.
        without = choice <= _CONDITIONAL and known and not choice & known
        if not choice & held and not without:
            yield " or ".join(sorted(choice))


def _is_there(org_tables: OrgTables, kind: str) -> bool:
    """True if a table was read; of groups, if there is any."""
    table: Sequence[object] | None
    if kind in (tables.GROUPS, tables.GROUP_MEMBERS, tables.MUTING_SETS):
        return _has_groups(org_tables)
    if kind == tables.FROZEN:
        return any(user.frozen is not None for user in org_tables.users or ())
    table = {
        tables.TOKENS: org_tables.tokens,
        tables.EXTERNAL_TOKENS: org_tables.external_tokens,
        tables.LOGINS: org_tables.logins,
        tables.SESSIONS: org_tables.sessions,
        tables.USERS: org_tables.users,
        tables.PROFILES: org_tables.profiles,
        tables.PERMISSION_SETS: org_tables.permission_sets,
        tables.ASSIGNMENTS: org_tables.assignments,
        tables.APP_ACCESS: org_tables.app_access,
        tables.APPS: org_tables.apps,
        tables.EXTERNAL_APPS: org_tables.apps,
        tables.SETUP_CHANGES: org_tables.setup_changes,
        tables.HEALTH: org_tables.health_risks,
    }[kind]
    return table is not None


def _has_groups(org_tables: OrgTables) -> bool:
    sets, given = org_tables.permission_sets or (), org_tables.assignments or ()
    return any(one.group_id for one in sets) or any(one.group_id for one in given)


def _only_mine(org_tables: OrgTables) -> Iterator[Gap]:
    """Whatever the permissions say: a list with nobody but the caller in it is suspicious."""
    me = org_tables.caller.user_id if org_tables.caller else ""
    for kind, what, rows in (
        (tables.TOKENS, "OAuth tokens", org_tables.tokens),
        (tables.LOGINS, "Logins", org_tables.logins),
    ):
        if rows and {row.user_id for row in rows} == {me}:
            yield Gap(what=what, reason=tables.ONLY_OWN_ROWS, kind=kind)
