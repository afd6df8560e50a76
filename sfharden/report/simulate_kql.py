"""The replay's question in KQL, for Microsoft Sentinel: who of an integration's users would be refused, and from where.

Ranges stand in it as first and last address; an IPv4 address lies between them as a number (`parse_ipv4`), an IPv6 one by
its 32 digits, which sort as the address does.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sfharden.addresses import format_address
from sfharden.simulation.bench import LOGIN_KINDS, OAUTH_TYPES
from sfharden.simulation.kql_facts import PASSWORD, AnswerLine, KqlFacts, WouldBe
from sfharden.text.redact import safe_text

LOGIN_TABLE: Final = "SalesforceLoginHistoryV2_CL"
EVENT_TABLE: Final = "SalesforceServiceCloudV2_CL"
_NAMED: Final = tuple(kind for kind in LOGIN_KINDS if kind not in (PASSWORD, "oauth"))

_QUERY: Final = """\
// Which logins that got in would a proposal refuse? Asked by sfharden simulate --kql, of the integrations' users, over the
// tables of the Salesforce connectors: logins of the audit connector (SalesforceLoginHistoryV2_CL), and those of event
// files (SalesforceServiceCloudV2_CL), which tell neither the app nor the kind of login. A login that is in both is in
// both answers. Steps that are left to people are not in it.
{told}
let Since = datetime({since});
let Ways = datatable(User15: string, AppKey: string, Kind: string, Group: long) [
{ways}
];
let Facts = datatable(Group: long, Answer: string, RangeFirst: string, RangeLast: string) [
{facts}
];
let Apps = dynamic([{apps}]);
let Users = dynamic([{users}]);
union isfuzzy=true
    (SalesforceLoginHistoryV2_CL
    | where TimeGenerated >= Since and Status == 'Success'
    | extend User15 = substring(UserId, 0, 15), Sub = tolower(LoginSubType)
    | where User15 in (Users)
    | extend Kind = case(Sub in ({subtypes}), Sub, Sub startswith 'oauth' or tolower(LoginType) in ({types}), 'oauth', 'login')
    | extend AppKey = case(Kind == 'login' or isempty(Application), '', tolower(Application) in (Apps), tolower(Application), '*')
    | project TimeGenerated, User15, Address = SourceIp, Application, Kind, AppKey),
    (SalesforceServiceCloudV2_CL
    | where TimeGenerated >= Since and EventType == 'Login' and LoginStatus == 'LOGIN_NO_ERROR'
    | extend User15 = substring(UserId, 0, 15)
    | where User15 in (Users)
    | project TimeGenerated, User15, Address = iff(isnotempty(SourceIp), SourceIp, ClientIp), Application = '', Kind = 'event', AppKey = '')
| summarize Times = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated) by User15, Address, Application, Kind, AppKey
| extend Number = parse_ipv4(Address), Canonical = iff(Address contains ':', parse_ipv6(Address), '')
| extend HasAddress = isnotnull(Number) or isnotempty(Canonical)
| join kind=inner Ways on User15, AppKey, Kind
| join kind=inner Facts on Group
| extend Inside4 = coalesce(Number between (parse_ipv4(RangeFirst) .. parse_ipv4(RangeLast)), false)
| extend Inside6 = isnotempty(Canonical) and tostring(array_sort_asc(pack_array(parse_ipv6(RangeFirst), Canonical))[0]) == parse_ipv6(RangeFirst) and tostring(array_sort_asc(pack_array(Canonical, parse_ipv6(RangeLast)))[0]) == Canonical
| extend Hit = Inside4 or Inside6 or (not(HasAddress) and isempty(RangeFirst))
| summarize LetIn = countif(Hit and Answer == 'in'), Already = countif(Hit and Answer == 'already'), Unknown = countif(Hit and Answer == 'unknown') by User15, Address, Application, Kind, HasAddress, Times, FirstSeen, LastSeen
| extend Verdict = case(LetIn > 0, 'in', Already > 0, 'refused today, too', Unknown > 0 or not(HasAddress), 'can not be told', 'refused')
| where Verdict != 'in'
| project Verdict, Times, User15, Address, Application, Kind, FirstSeen, LastSeen
"""
_Row = tuple[str, ...]
_WORDS: Final = {WouldBe.IN: "in", WouldBe.ALREADY: "already", WouldBe.UNKNOWN: "unknown"}


def render_kql(asked: KqlFacts, since: datetime) -> str:
    """The query; the same facts give the same bytes."""
    missing = [f"// Not asked, since nobody here knows an id: {safe_text(name)}" for name in asked.missing]
    ways, groups = _grouped(asked.lines)
    return _QUERY.format(
        told="\n".join(missing) or "// Every user of the integrations is asked.",
        since=f"{since:%Y-%m-%dT%H:%M:%SZ}",
        ways=",\n".join(f"    {_listed(way)}, {group}" for way, group in ways.items()),
        facts=",\n".join(f"    {group}, {_listed(row)}" for rows, group in groups.items() for row in rows),
        apps=_listed(asked.apps),
        users=_listed(one[:15] for one in asked.users),
        subtypes=_listed(_NAMED),
        types=_listed(sorted(OAUTH_TYPES)),
    )


def _grouped(lines: Iterable[AnswerLine]) -> tuple[dict[_Row, int], dict[tuple[_Row, ...], int]]:
    """A number for each user, app and kind, and for what is told under it: most ways in fare alike."""
    told: dict[_Row, tuple[_Row, ...]] = {}
    for line in lines:
        way = (line.user_id[:15], line.app, line.kind)
        told[way] = (*told.get(way, ()), *_rows(line))
    groups: dict[tuple[_Row, ...], int] = {}
    return {way: groups.setdefault(rows, len(groups) + 1) for way, rows in told.items()}, groups


def _rows(line: AnswerLine) -> Iterator[_Row]:
    word = _WORDS[line.answer]
    if line.nowhere:
        yield word, "", ""
    for first, last in line.addresses:
        yield word, format_address(first), format_address(last)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(literal_of, words))


def literal_of(text: str) -> str:
    """A text as KQL writes it, whatever is in it."""
    escaped = safe_text(text).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
