"""What an app's OAuth policy says; connected apps and external client apps in one vocabulary.

Sources: Metadata API Guide, ConnectedApp, ExtlClntAppOauthConfigurablePolicies and the types beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

from sfharden.addresses import AddressSet
from sfharden.facts import values as facts
from sfharden.facts.profiles import ranges_of
from sfharden.facts.refresh_policies import RefreshPolicy, connected_policy, external_policy
from sfharden.facts.values import CannotTell, Fact, KeptBack, NotShown
from sfharden.model import kinds, org
from sfharden.model.org import AppRow
from sfharden.model.snapshot import Component

T = TypeVar("T")


class IpRelaxation(StrEnum):
    """IP relaxation, named as the setup page names it."""

    ENFORCE = "Enforce IP restrictions"
    RELAX_REFRESH = "Enforce IP restrictions, but relax for refresh tokens"
    RELAX_ACTIVATED = "Relax IP restrictions for activated devices"
    RELAX = "Relax IP restrictions"


_RELAXATIONS = {
    "ENFORCE": IpRelaxation.ENFORCE,
    "ENFORCE_RELAXREFRESH": IpRelaxation.RELAX_REFRESH,
    "BYPASS_2FACTOR": IpRelaxation.RELAX_ACTIVATED,
    "BYPASS": IpRelaxation.RELAX,
}
_PERMITTED_USERS = {"AdminApprovedPreAuthorized": True, "AllSelfAuthorized": False}


@dataclass(frozen=True, slots=True)
class App:
    """An app: the metadata files that describe it, and its record in a running org.

    Either may be missing. `unread` says why a file of it can't be read; then no file of it tells anything, and
    what the record tells may still fail.
    """

    name: str
    external: bool
    parts: tuple[Component, ...]
    record: AppRow | None = None
    unread: str = ""

    @property
    def kind(self) -> str:
        """The subject kind used in results."""
        return "external-client-app" if self.external else "connected-app"

    @property
    def where(self) -> str:
        """The file that names the app, or the table."""
        return self.parts[0].file if self.parts else org.APPS

    @property
    def api_name(self) -> str:
        """The API name; empty where only a record tells of the app, and not by which API name."""
        return self.name if self.parts or (self.record and self.record.api_name) else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the app; not of its policies, which have labels of their own."""
        own = (kinds.CONNECTED_APP, kinds.EXTERNAL_APP)
        found = [value for part in self.parts if part.kind in own for value in part.values.get("label", ())]
        labels = tuple(value.text for value in found if value.text)
        return labels or ((self.record.label,) if self.record and self.record.label else ())

    def require_files(self) -> None:
        """Raise CannotTell unless the app's files were read, as far as they are known."""
        if self.unread or not self.parts:
            raise CannotTell(self.unread or self._no_files(), self.where)

    def _no_files(self) -> str:
        manager = "External Client App Manager" if self.external else "Manage Connected Apps"
        return f"the org hands out no metadata of '{self.name}'; look at its policies in Setup, {manager}"

    def _read(self, kind: str, reader: Callable[[Component, str], Fact[T]], path: str) -> Fact[T]:
        """One fact, from the file of one type; several files that disagree raise CannotTell."""
        found = [reader(part, path) for part in self._parts(kind)]
        if len({fact.value for fact in found}) > 1:
            raise CannotTell(f"{len(found)} files give the app different values of {path}", found[1].where)
        return found[0]

    def _parts(self, kind: str) -> list[Component]:
        self.require_files()
        parts = [part for part in self.parts if part.kind == kind]
        if not parts:
            # Of an external client app the developer's settings stand beside its secrets, and may be kept back.
            kept_back = kind in (kinds.EXTERNAL_OAUTH, kinds.EXTERNAL_GLOBAL_OAUTH)
            raise (KeptBack if kept_back else CannotTell)(f"no {kind} file of the app was read", self.where)
        return parts

    def is_silent(self, kind: str, path: str) -> bool:
        """True if files of a type were read, and none of them has anything at the path, damaged or not."""
        parts = [part for part in self.parts if part.kind == kind]
        return bool(parts) and not any(
            facts.has(part, path) or facts.is_damaged(part, path) for part in parts
        )

    def _texts(self, kind: str, path: str) -> tuple[Fact[str], ...]:
        found = [facts.texts(part, path) for part in self._parts(kind)]
        if len({frozenset(fact.value for fact in one) for one in found}) > 1:
            raise CannotTell(f"{len(found)} files give the app different values of {path}", self.where)
        return found[0]

    def _split(self, kind: str, path: str) -> tuple[Fact[str], ...]:
        """The parts of comma-separated lists."""
        whole = self._texts(kind, path)
        pieces = ((piece.strip(), fact.where) for fact in whole for piece in fact.value.split(","))
        return tuple(Fact(piece, piece, where) for piece, where in pieces if piece)

    def flag(self, kind: str, path: str) -> Fact[bool]:
        """A switch, from the file of one type. Raises CannotTell."""
        return self._read(kind, facts.boolean, path)

    def written(self, kind: str, path: str) -> Fact[str]:
        """The text at a path, from the file of one type. Raises CannotTell."""
        return self._read(kind, facts.text, path)

    def require_part(self, kind: str) -> None:
        """Raise CannotTell unless the file of that type was read."""
        self._parts(kind)

    def admin_approved(self) -> Fact[bool]:
        """True when only admin-approved users may use the app (Permitted Users).

        Where no file tells it, the app's record does (Object Reference, ConnectedApplication,
        OptionsAllowAdminApprovedUsersOnly). Where a file could not be read, the record may only deny it.
        """
        if self.external:
            return self._read(
                kinds.EXTERNAL_OAUTH_POLICY, _chooser(_PERMITTED_USERS), "permittedUsersPolicyType"
            )
        path = "oauthConfig.isAdminApproved"
        recorded = self.record.admin_approved if self.record else None
        not_told = not self.parts or self.is_silent(kinds.CONNECTED_APP, path)
        if (recorded is False and self.unread) or (recorded is not None and not_told and not self.unread):
            text = "admin-approved users" if recorded else "all users"
            return Fact(bool(recorded), text, org.APPS)
        return self._read(kinds.CONNECTED_APP, facts.boolean, path)

    def ip_relaxation(self) -> Fact[IpRelaxation]:
        """The IP relaxation policy."""
        if self.external:
            return self._read(kinds.EXTERNAL_OAUTH_POLICY, _chooser(_RELAXATIONS), "ipRelaxationPolicyType")
        return self._read(kinds.CONNECTED_APP, _chooser(_RELAXATIONS), "oauthPolicy.ipRelaxation")

    def refresh_policy(self) -> Fact[RefreshPolicy]:
        """The refresh token policy as it is written, whatever a developer's idle limit does to it."""
        if self.external:
            return external_policy(partial(self._read, kinds.EXTERNAL_OAUTH_POLICY, facts.text))
        fact = self._read(kinds.CONNECTED_APP, facts.text, "oauthPolicy.refreshTokenPolicy")
        return Fact(connected_policy(fact), fact.text, fact.where)

    def idle_limit(self) -> Fact[bool]:
        """Whether the developer's 30-day idle limit for refresh tokens is on.

        Salesforce doesn't rewrite the refresh token policy then (Help, Limit Idle Refresh Tokens).
        """
        return self._read(*self._idle_limit)

    def lacks_idle_limit(self) -> bool:
        """True if the file that would tell the idle limit was read, and has nothing there."""
        kind, _, path = self._idle_limit
        return self.is_silent(kind, path)

    @property
    def _idle_limit(self) -> tuple[str, Callable[[Component, str], Fact[bool]], str]:
        if self.external:
            return kinds.EXTERNAL_GLOBAL_OAUTH, facts.boolean, "isEnforceRefreshTokenTTL"
        return kinds.CONNECTED_APP, facts.boolean, "oauthConfig.isEnforceRefreshTokenTTL"

    def pkce_required(self) -> Fact[bool]:
        """Whether the app itself requires PKCE."""
        if self.external:
            return self._read(kinds.EXTERNAL_GLOBAL_OAUTH, facts.boolean, "isPkceRequired")
        return self._read(kinds.CONNECTED_APP, facts.boolean, "oauthConfig.isPkceRequired")

    def introspects_all(self) -> Fact[bool]:
        """Whether the app may introspect every token of the org."""
        if self.external:
            return self._read(kinds.EXTERNAL_GLOBAL_OAUTH, facts.boolean, "isIntrospectAllTokens")
        return self._read(kinds.CONNECTED_APP, facts.boolean, "oauthConfig.isIntrospectAllTokens")

    def scopes(self) -> tuple[Fact[str], ...]:
        """The OAuth scopes; raises CannotTell when none is listed."""
        if self.external:
            found = self._split(kinds.EXTERNAL_OAUTH, "commaSeparatedOauthScopes")
        else:
            found = self._texts(kinds.CONNECTED_APP, "oauthConfig.scopes")
        if not found:
            raise NotShown("the file lists no OAuth scopes", self.where)
        return found

    def profiles(self) -> tuple[Fact[str], ...]:
        """The profiles whose users are pre-approved; may be none."""
        if self.external:
            return self._split(kinds.EXTERNAL_OAUTH_POLICY, "commaSeparatedProfile")
        return self._texts(kinds.CONNECTED_APP, "profileName")

    def permission_sets(self) -> tuple[Fact[str], ...]:
        """The permission sets whose holders are pre-approved; may be none."""
        if self.external:
            return self._split(kinds.EXTERNAL_OAUTH_POLICY, "commaSeparatedPermissionSet")
        return self._texts(kinds.CONNECTED_APP, "permissionSetName")

    def trusted_ranges(self) -> AddressSet:
        """The app's own trusted ranges: from there users needn't verify again. They restrict nobody; may be none."""
        if self.external:
            return self._ranges(kinds.EXTERNAL_OAUTH, "trustedIpRanges", "startIpAddress", "endIpAddress")
        return self._ranges(kinds.CONNECTED_APP, "ipRanges", "start", "end")

    def _ranges(self, kind: str, path: str, start: str, end: str) -> AddressSet:
        found = [ranges_of(part, path, start, end) for part in self._parts(kind)]
        for one in found:
            one.require_whole()
        if len({one.addresses for one in found}) > 1:
            raise CannotTell(f"{len(found)} files give the app different {path}", self.where)
        return found[0].addresses

    def client_credentials(self) -> Fact[bool]:
        """Whether the client credentials flow is on for the app."""
        if self.external:
            return self._read(kinds.EXTERNAL_OAUTH_POLICY, facts.boolean, "isClientCredentialsFlowEnabled")
        return self._read(kinds.CONNECTED_APP, facts.boolean, "oauthConfig.isClientCredentialEnabled")

    def consumer_key(self) -> Fact[str]:
        """The short hash of the app's consumer key."""
        if self.external:
            return self._read(kinds.EXTERNAL_GLOBAL_OAUTH, facts.text, "consumerKey")
        return self._read(kinds.CONNECTED_APP, facts.text, "oauthConfig.consumerKey")

    def policy_action(self) -> str:
        """What the session policy does when the session level is too low, as it's written; empty without one.

        Metadata API Guide, ConnectedApp (sessionPolicy) and ExtlClntAppOauthConfigurablePolicies (policyAction,
        which counts only with a required session level above standard).
        """
        kind = kinds.EXTERNAL_OAUTH_POLICY if self.external else kinds.CONNECTED_APP
        action = "policyAction" if self.external else "sessionPolicy.policyAction"
        parts = self._parts(kind)
        if self.external and not any(self._asks_more(part) for part in parts):
            return ""
        if not any(facts.has(part, action) for part in parts):
            for part in parts:
                facts.refuse_gap(part, action)
            return ""
        return self._read(kind, facts.text, action).value

    @staticmethod
    def _asks_more(part: Component) -> bool:
        return facts.has(part, "requiredSessionLevel") and facts.fold_name(
            facts.text(part, "requiredSessionLevel").value
        ) not in ("low", "standard")

    def says(self, kind: str, path: str, value: bool) -> bool:
        """True if a file of the app says exactly this of a switch; a file that doesn't mention it says nothing."""
        return any(
            facts.boolean(part, path).value is value
            for part in self.parts
            if part.kind == kind and facts.has(part, path)
        )


def apps_of(components: Iterable[Component]) -> tuple[App, ...]:
    """The apps that the components describe, by kind and name.

    Several files may describe one connected app of one name; they are kept together, and a fact on which
    they disagree can't be told.
    """
    parts: dict[tuple[bool, str], list[Component]] = {}
    for component in components:
        if component.kind == kinds.CONNECTED_APP:
            parts.setdefault((False, component.name), []).append(component)
        elif component.kind in kinds.EXTERNAL_KINDS:
            parts.setdefault((True, _parent_name(component)), []).append(component)
    order = (kinds.CONNECTED_APP, *kinds.EXTERNAL_KINDS)
    return tuple(
        App(name, external, tuple(sorted(found, key=lambda part: (order.index(part.kind), part.file))))
        for (external, name), found in sorted(parts.items())
    )


def _parent_name(component: Component) -> str:
    if component.kind == kinds.EXTERNAL_APP:
        return component.name
    try:
        return facts.text(component, "externalClientApplication").value
    except CannotTell:
        return component.name


def _chooser(table: dict[str, T]) -> Callable[[Component, str], Fact[T]]:
    return lambda component, path: facts.choice(component, path, table)
