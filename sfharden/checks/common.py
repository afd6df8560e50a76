"""What every check works with: the indexed snapshot, the integration, and verdicts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sfharden.azure.side import AzureSide
from sfharden.facts import values as facts
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.base import Model
from sfharden.model.integration import Integration
from sfharden.model.results import Evidence, Severity, Status, Subject
from sfharden.model.snapshot import Component
from sfharden.text.names import canonical_profile, literal
from sfharden.text.wording import ended, show_names

# Parts that several checks rest on. A profile or an app is found by its record, and known by its file.
PROFILE_PARTS: Final = (tables.METADATA, tables.PROFILES)
PEOPLE_PARTS: Final = (tables.USERS, tables.PERMISSION_SETS, tables.ASSIGNMENTS, tables.GROUPS)
# Another app may bear the name of the integration's; whether one does is told by their records.
APP_PARTS: Final = (tables.METADATA, tables.EXTERNAL_APPS)
TOKEN_PARTS: Final = (*APP_PARTS, tables.TOKENS, tables.EXTERNAL_TOKENS, tables.APPS)

# Where a connected app (False) or an external client app says whether that flow is on, and as whom.
_RUN_AS: Final = {
    False: (
        kinds.CONNECTED_APP,
        "oauthConfig.isClientCredentialEnabled",
        "oauthConfig.oauthClientCredentialUser",
    ),
    True: (kinds.EXTERNAL_OAUTH_POLICY, "isClientCredentialsFlowEnabled", "clientCredentialsFlowUser"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one subject came out; `severity` overrides the control's where the case is worse."""

    status: Status
    subject: Subject
    message: str
    evidence: tuple[Evidence, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at. `integration` is set for checks of scope `integration` only.

    `_all` are all integrations of the file. `_azure` is set where Azure was read, for checks of scope `azure` only.
    """

    facts: Index
    now: datetime
    _integration: Integration | None = None
    _side: App | None = None
    _all: tuple[Integration, ...] = ()
    _azure: AzureSide | None = None
    _why_no_azure: str = ""

    @property
    def azure(self) -> AzureSide:
        """The Azure side of the integration; without one all that uses Salesforce. Raises CannotTell."""
        if self._azure is None:
            raise CannotTell(
                self._why_no_azure or "Azure was not read (give --azure, or --azure-exports DIR)"
            )
        return self._azure

    @property
    def integration(self) -> Integration:
        """The integration being judged."""
        if self._integration is None:
            raise LookupError("a check of scope 'org' asked for the integration")
        return self._integration

    @property
    def read_at(self) -> datetime:
        """When the facts were read: how old something is, is told as of then."""
        return self.facts.snapshot.taken_at or self.now

    @property
    def of_integration(self) -> bool:
        """False where an app is judged for itself."""
        return self._integration is not None

    @property
    def profile(self) -> Component:
        """The integration's profile. Raises CannotTell."""
        return self.facts.profile(self.integration.profile)

    @property
    def app(self) -> App:
        """The integration's app; of a migrated one the side that is being judged. Raises CannotTell."""
        return self._side or self.facts.app(self.integration.app, self.integration.app_kind)

    @property
    def of_profile(self) -> tuple[Integration, ...]:
        """The integrations that share the profile, this one first: its ranges serve them all."""
        own = canonical_profile(self.integration.profile)
        others = (one for one in self._all if canonical_profile(one.profile) == own)
        return tuple({one.name: one for one in (self.integration, *others)}.values())

    @property
    def of_app(self) -> tuple[Integration, ...]:
        """The integrations that share the app, this one first: it is there for them all. Raises CannotTell."""
        mine = (self.app.external, self.app.name)
        others = (one for one in self._all if mine in self._named(one))
        return tuple({one.name: one for one in (self.integration, *others)}.values())

    def _named(self, other: Integration) -> list[tuple[bool, str]]:
        """The apps that an integration means; none where that can't be told."""
        try:
            return [(app.external, app.name) for app in self.facts.sides(other.app, other.app_kind)]
        except CannotTell:
            return []

    def of_side(self, side: App) -> "Context":
        """The same for one side of a migrated app."""
        return replace(self, _side=side)

    @property
    def signs_in_by_client_credentials(self) -> bool:
        """True if the integration file says that this is how the integration signs in."""
        return self._integration is not None and self._integration.client_credentials

    @property
    def sides(self) -> tuple[App, ...]:
        """The integration's app, or both sides of a migrated one; none if it can't be told which app is meant."""
        if self._integration is None:
            return ()
        try:
            return self.facts.sides(self.integration.app, self.integration.app_kind)
        except CannotTell:
            return ()


class NoParameters(Model):
    """For checks that take none."""


def require_own_run_as(context: Context) -> None:
    """Raise CannotTell if the client credentials flow lets the app in as somebody who isn't the integration's.

    With that flow on, the app acts as one user, whoever is approved and whatever their profile (Metadata API Guide,
    ConnectedApp, isClientCredentialEnabled; ExtlClntAppOauthConfigurablePolicies, clientCredentialsFlowUser).
    """
    app = context.app
    kind, switch, run_as = _RUN_AS[app.external]
    parts = [part for part in app.parts if part.kind == kind]
    for part in parts:
        facts.refuse_gap(part, switch)
    if not app.says(kind, switch, True):
        return
    named = {facts.text(part, run_as).value for part in parts if facts.has(part, run_as)}
    own = {literal(name) for name in context.integration.users}
    if not named or any(literal(name) not in own for name in named):
        who = show_names(sorted(named)) if named else "a user that the file doesn't name"
        raise CannotTell(f"the client credentials flow is on, and runs as {who}", app.where)


@dataclass(frozen=True, slots=True)
class Check:
    """A check and how to call it.

    `scope` is `org` (judged once), `integration` (judged for each) or `azure` (for each, or once of all that uses Salesforce). `subject` names what an unknown
    result is about when the facts for it are missing altogether. `parts` are the parts of an org that it
    rests on: METADATA and kinds of tables of `model.org`; a test holds them against what the check does.
    `alone`: it asks about an app, and needs no integration for that. `worst`: how severe its worst case is, where that
    is more than its control's severity.
    """

    scope: str
    parameters: type[Model]
    judge: Callable[[Context, Any], Iterable[Verdict]]
    subject: Callable[[Context], Subject]
    parts: tuple[str, ...]
    alone: bool = False
    worst: Severity | None = None


def profile_subject(context: Context) -> Subject:
    """The integration's profile as it is named in the integration file."""
    return Subject(kind="profile", name=context.integration.profile)


def app_subject(context: Context) -> Subject:
    """The integration's app as it is named in the integration file; without an integration the app itself."""
    if context.of_integration:
        return Subject(kind="app", name=context.integration.app)
    return Subject(kind=context.app.kind, name=context.app.name)


def org_subject(_: Context) -> Subject:
    """The org as a whole."""
    return Subject(kind="org", name="org")


def named_apart(kind: str, found: Iterable[tuple[str, str]]) -> list[Subject]:
    """A subject for each name and file; the file is part of the subject where several have one name."""
    pairs = list(found)
    times = Counter(name for name, _ in pairs)
    return [Subject(kind=kind, name=name if times[name] == 1 else f"{name} ({file})") for name, file in pairs]


def passed(subject: Subject, message: str, *evidence: Evidence) -> Verdict:
    """What must hold, holds."""
    return Verdict(Status.PASS, subject, message, evidence)


def failed(subject: Subject, message: str, *evidence: Evidence, severity: Severity | None = None) -> Verdict:
    """What must hold, doesn't."""
    return Verdict(Status.FAIL, subject, message, evidence, severity)


def not_applicable(subject: Subject, message: str, *evidence: Evidence) -> Verdict:
    """There is nothing here that the control is about."""
    return Verdict(Status.NOT_APPLICABLE, subject, message, evidence)


def manual(subject: Subject, message: str, *evidence: Evidence) -> Verdict:
    """No call tells it: a person has to look."""
    return Verdict(Status.MANUAL, subject, message, evidence)


def unknown(subject: Subject, reason: str, where: str = "") -> Verdict:
    """It can't be told; `reason` is one phrase."""
    message = f"Can't tell: {ended(reason)}"
    evidence = (Evidence(what="reason", observed=reason, source=where),)
    return Verdict(Status.UNKNOWN, subject, message, evidence)


def fact_evidence(what: str, fact: Fact[Any], expected: str) -> Evidence:
    """A fact as it was written, with its place."""
    return Evidence(what=what, observed=fact.text, expected=expected, source=fact.where)


def attempt(subject: Subject, judge: Callable[[], Verdict]) -> Verdict:
    """The verdict, or unknown with the reason when a fact can't be told."""
    try:
        return judge()
    except CannotTell as reason:
        return unknown(subject, reason.reason, reason.where)


def judge_settings(
    context: Context, kind: str, judge: Callable[[Component, Subject], Verdict]
) -> Iterator[Verdict]:
    """Judge org-wide settings, of which there should be one file.

    With several, each is judged. Which one the org has can't be told, so a pass stands only if all pass.
    """
    short = kind.removesuffix("Settings")
    components = list(context.facts.snapshot.of_kind(kind))
    gaps = [gap for gap in context.facts.snapshot.gaps if gap.kind == kind]
    if not components and not gaps:
        raise CannotTell(f"no {short}.settings was read")
    several = len(components) + len(gaps) > 1
    verdicts = []
    for component in components:
        subject = _settings_subject(short, component.file if several else "")
        verdicts.append(attempt(subject, lambda c=component, s=subject: judge(c, s)))  # type: ignore[misc]
    for gap in gaps:
        subject = _settings_subject(short, gap.what if several else "")
        verdicts.append(unknown(subject, f"{gap.what} can't be read: {gap.reason}", gap.what))
    sure = all(verdict.status is Status.PASS for verdict in verdicts)
    for verdict in verdicts:
        if verdict.status is Status.PASS and not sure:
            reason = "another file of these settings doesn't pass, and which one the org has can't be told"
            yield replace(unknown(verdict.subject, reason), evidence=verdict.evidence)
        else:
            yield verdict


def _settings_subject(short: str, file: str) -> Subject:
    return Subject(kind="settings", name=f"{short} ({file})" if file else short)
