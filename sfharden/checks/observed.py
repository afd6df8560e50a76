"""After the change: were refusal and success both seen, and are the old tokens gone?

Only what the org recorded counts. `Success`, spelled exactly so, is a success, and every other status a
failure: the texts of refusals are not documented (Object Reference, LoginHistory), so no more is read into them.
"""

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from sfharden.access.users import profile_facts
from sfharden.addresses import AddressSet, address_of
from sfharden.facts.directory import Directory, Rows, same_record
from sfharden.facts.index import Index as Index
from sfharden.facts.one_by_one import refuse_summed
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration
from sfharden.model.org import Login, Token
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import normalise
from sfharden.text.wording import MOST_SHOWN, count, show_names

_STAMP: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that must have been seen, or must not: how it came out, what was seen, what to do about it."""

    id: str
    title: str
    status: Status
    message: str
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """All findings for one integration; `hardened` tells whether there is a moment from which they count."""

    name: str
    findings: tuple[Observation, ...]
    hardened: bool = True

    def any(self, status: Status) -> bool:
        """True if some finding has this status."""
        return any(one.status is status for one in self.findings)


def verify(snapshot: Snapshot, integration: Integration, org: str = "--org ALIAS") -> Verification:
    """Judge what was seen since the integration's `hardened_at`; `org` names the org in commands to type."""
    evidence = _Evidence(snapshot, integration, org)
    findings = tuple(_judge(evidence, *one) for one in _QUESTIONS)
    return Verification(integration.name, findings, integration.hardened_at is not None)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: Status
    message: str
    to_do: str = ""


def _judge(
    evidence: "_Evidence", name: str, title: str, ask: "Callable[[_Evidence], _Answer]"
) -> Observation:
    try:
        answer = ask(evidence)
    except CannotTell as reason:
        text = f"Can't tell: {reason.reason}" + ("" if reason.reason.endswith((".", "?")) else ".")
        answer = _Answer(Status.UNKNOWN, text)
    return Observation(name, title, answer.status, answer.message, answer.to_do)


class _Evidence:
    """The logins and tokens of the integration since it was hardened."""

    def __init__(self, snapshot: Snapshot, integration: Integration, org: str) -> None:
        self.integration = integration
        self.org = org
        self.egress = integration.egress.addresses
        self.expected = self.egress | integration.operator_ranges
        self._snapshot = snapshot
        self._index = Index(snapshot)
        self.directory: Directory = self._index.directory

    @cached_property
    def since(self) -> datetime:
        """When the hardening was done. Raises CannotTell unless that was before the snapshot."""
        moment = self.integration.hardened_at
        if moment is None:
            raise CannotTell("the integration file has no hardened_at, the moment from which evidence counts")
        if self._snapshot.taken_at is not None and self._snapshot.taken_at < moment:
            raise CannotTell("the snapshot was taken before hardened_at, so it can't show what came after")
        return moment

    @cached_property
    def ranges(self) -> AddressSet:
        """The profile's login ranges: a failure from inside them is no sign that they refuse anybody.

        Raises CannotTell if they were not read, or there are none: then no failure is a sign of anything.
        """
        found = profile_facts(self._index, self.integration.profile)[0]
        if found is None:
            raise CannotTell(
                "the profile's login ranges were not read, so which failures they caused is open"
            )
        if keeps_nobody_out(found) or not found:
            raise CannotTell("the profile's login ranges keep nobody out, so no failure is due to them")
        return found

    @cached_property
    def user_ids(self) -> frozenset[str]:
        """The integration's users. Raises CannotTell if one of them was not read."""
        named = self.directory.named_users(self.integration.users)
        named.require_all()
        return named.ids

    @cached_property
    def logins(self) -> Rows[Login]:
        """Logins of the integration's users of which at least one was since the hardening."""
        rows = self.directory.logins
        since, users = self.since, self.user_ids
        mine = tuple(one for one in rows if one.user_id in users and one.last >= since)
        gap = rows.gap
        read_from = self.directory.tables.logins_since
        if not gap and (read_from is None or read_from > since):
            gap = "logins were not read as far back as hardened_at"
        return Rows(mine, gap)

    def of(
        self, *, succeeded: bool, inside: AddressSet | None = None, outside: AddressSet | None = None
    ) -> list[Login]:
        """The logins that fared so, from addresses inside one set or outside another."""
        return [one for one in self.logins if one.succeeded is succeeded and _from(one, inside, outside)]

    @cached_property
    def tokens(self) -> Rows[Token]:
        """Tokens of the app, known by its record or by its label: what bears its name counts, too."""
        rows, ids = self.directory.tokens, self._ids
        mine = (
            one
            for one in rows
            if normalise(one.app_label) in self._names or any(same_record(one.app_id, known) for known in ids)
        )
        return Rows(tuple(mine), rows.gap or self._app_gap)

    @cached_property
    def _app_gap(self) -> str:
        """Why it can't be told which tokens are the app's; empty if it can."""
        try:
            self._index.app_record(self._index.app(self.integration.app))
            self.directory.apps.require_whole()
        except CannotTell as reason:
            return f"which tokens are the app's is open: {reason.reason}"
        return ""

    @cached_property
    def _names(self) -> set[str]:
        names = {normalise(self.integration.app)}
        try:
            app = self._index.app(self.integration.app)
        except CannotTell:
            return names
        return names | {normalise(one) for one in (app.name, *app.labels)}

    @cached_property
    def _ids(self) -> set[str]:
        rows = self.directory.tables.apps or ()
        return {row.id for row in rows if {normalise(row.label), normalise(row.api_name)} & self._names}


def _from(login: Login, inside: AddressSet | None, outside: AddressSet | None) -> bool:
    address = address_of(login.source_ip)
    if address is None:
        return False
    return (inside is None or address in inside) and (outside is None or address not in outside)


def _latest(logins: Iterable[Login]) -> Login | None:
    return max(logins, key=lambda one: (one.last, one.source_ip), default=None)


def _told(login: Login) -> str:
    times = f", {login.times:,} times in all" if login.times > 1 else ""
    return f"from {login.source_ip} on {login.last:%Y-%m-%d %H:%M} UTC{times}, status '{login.status}'"


# The questions ------------------------------------------------------------------------------


def _success_seen(evidence: _Evidence) -> _Answer:
    found = _latest(evidence.of(succeeded=True, inside=evidence.egress))
    if found:
        return _Answer(Status.PASS, f"Seen {_told(found)}.")
    if not evidence.egress:
        raise CannotTell("the integration has no egress addresses")
    text = "No login of the integration from an egress address was seen since the hardening."
    if evidence.logins.gap:
        text += f" Nor were all read: {evidence.logins.gap}."
    return _Answer(
        Status.UNKNOWN,
        text,
        "Run the Logic App once, so that it authorises or refreshes and calls Salesforce. Then verify again.",
    )


def _refusal_seen(evidence: _Evidence) -> _Answer:
    refusals = evidence.of(succeeded=False, outside=evidence.expected | evidence.ranges)
    user, found = evidence.integration.users[0], _latest(refusals)
    if found:
        _require_egress(evidence, refusals)
        return _Answer(
            Status.PASS,
            f"Seen {_told(found)}. Salesforce doesn't document the texts of refusals: make sure that this was "
            "your own attempt, with the right password.",
        )
    return _Answer(
        Status.UNKNOWN,
        "No refused login of the integration from elsewhere was seen since the hardening.",
        f"Make one harmless attempt: from an address in none of the ranges (a phone's hotspot, say), sign in once "
        f"at your My Domain as {user}, with the right password. It must be refused. Then verify again.",
    )


def _no_success_elsewhere(evidence: _Evidence) -> _Answer:
    found = evidence.of(succeeded=True, outside=evidence.expected)
    if found:
        _require_egress(evidence, found)
        return _Answer(
            Status.FAIL,
            f"Somebody got in as the integration from outside egress and operator ranges: {_sources(found)}.",
            f"Find out whose addresses these are: {_sources(found)}. Add the integration's own to its egress in the "
            f"integration file. For any other, revoke the tokens of {_app(evidence)}: {_revoke(evidence)}",
        )
    evidence.logins.require_whole()
    unplaced = [one for one in evidence.logins if one.succeeded and address_of(one.source_ip) is None]
    if unplaced:
        raise CannotTell(f"{count(len(unplaced), 'kind')} of logins have no address that could be judged")
    if not any(one.succeeded for one in evidence.logins):
        raise CannotTell("no login of the integration was seen since the hardening")
    return _Answer(Status.PASS, "Nobody got in as the integration from anywhere else.")


def _no_refusal_from_egress(evidence: _Evidence) -> _Answer:
    refused = _latest(evidence.of(succeeded=False, inside=evidence.egress))
    success = _latest(evidence.of(succeeded=True, inside=evidence.egress))
    if refused and (success is None or refused.last > success.last):
        return _Answer(
            Status.FAIL,
            f"The last that was seen from egress is a failure: {_told(refused)}.",
            f"Compare {refused.source_ip} with the login ranges of the profile '{evidence.integration.profile}', "
            "and authorise the connection again.",
        )
    evidence.logins.require_whole()
    if success is None:
        raise CannotTell("no login from egress was seen since the hardening")
    before = f" There were failures before it, the last {_told(refused)}." if refused else ""
    return _Answer(Status.PASS, f"The last that was seen from egress is a success: {_told(success)}.{before}")


def _require_egress(evidence: _Evidence, logins: Iterable[Login]) -> None:
    """Raise CannotTell if these logins may have come from an egress address that is not known."""
    for gap in evidence.integration.egress.gaps:
        raise CannotTell(
            f"logins came from {_sources(logins)}, and some egress addresses are not known: {gap.reason}"
        )


def _app(evidence: _Evidence) -> str:
    return f"the app '{evidence.integration.app}'"


def _revoke(evidence: _Evidence, *options: str) -> str:
    """The command to type; it asks before it revokes."""
    return " ".join(
        ["sfharden revoke", evidence.org, f"--app {_shell_quoted(evidence.integration.app)}", *options]
    )


def _shell_quoted(name: str) -> str:
    return shlex.quote(name) if "'" in name else f"'{name}'"


def _sources(logins: Iterable[Login]) -> str:
    return show_names({one.source_ip for one in logins})


def _old_tokens_gone(evidence: _Evidence) -> _Answer:
    since, tokens = evidence.since, evidence.tokens
    old = [one for one in tokens if one.created is not None and one.created < since and not one.summed]
    if old:
        holders = show_names({f"'{evidence.directory.username(one.user_id)}'" for one in old})
        return _Answer(
            Status.FAIL,
            f"{count(len(old), 'token')} of the app are older than the hardening, held by {holders}.",
            f"Revoke {count(len(old), 'token')} of {_app(evidence)}, then authorise the connection again: "
            + _revoke(evidence, f"--created-before {since.astimezone(UTC):{_STAMP}}"),
        )
    tokens.require_whole()
    if any(one.created is None for one in tokens):
        raise CannotTell("a token of the app has no date of creation")
    refuse_summed(tokens, since)
    return _Answer(Status.PASS, "No token of the app is older than the hardening.")


def _expected_consent(evidence: _Evidence) -> _Answer:
    since, tokens, users = evidence.since, evidence.tokens, evidence.user_ids
    others = {one.user_id for one in tokens} - users
    if others:
        holders = sorted(evidence.directory.username(user) for user in others)
        names = show_names(f"'{one}'" for one in holders)
        number = sum(one.user_id in others for one in tokens)
        return _Answer(
            Status.FAIL,
            f"Others than the integration's users hold tokens of the app: {names}.",
            f"Revoke {count(number, 'token')} of {_app(evidence)}, held by {names}: "
            + _revoke(evidence, *(f"--user {_shell_quoted(one)}" for one in holders[:MOST_SHOWN])),
        )
    new = [one for one in tokens if one.created is not None and one.created >= since]
    if not new:
        tokens.require_whole()
        return _Answer(
            Status.UNKNOWN,
            "Nobody holds a token of the app that was made since the hardening.",
            "Authorise the connection again as the integration's user. An app that signs in by JWT or client "
            "credentials holds none: then look at its logins only.",
        )
    tokens.require_whole()
    return _Answer(
        Status.PASS,
        f"{count(len(new), 'token')} made since the hardening, held by the integration's users only.",
    )


_QUESTIONS: tuple[tuple[str, str, Callable[[_Evidence], _Answer]], ...] = (
    ("success-from-egress", "The integration got in from an egress address", _success_seen),
    ("refusal-from-elsewhere", "Somebody was refused from elsewhere", _refusal_seen),
    ("no-success-from-elsewhere", "Nobody got in from elsewhere", _no_success_elsewhere),
    ("no-refusal-from-egress", "The integration is not refused from egress", _no_refusal_from_egress),
    ("old-tokens-gone", "No token from before the hardening is left", _old_tokens_gone),
    ("expected-consent", "Only the new consent of the integration's users is there", _expected_consent),
)
