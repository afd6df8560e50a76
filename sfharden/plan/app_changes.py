"""The policy of an integration's app: who may use it, from where, for how long.

Sources: Metadata API Guide, ConnectedApp and ExtlClntAppOauthConfigurablePolicies. The two kinds of app
spell the same values differently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sfharden.facts import values as reading
from sfharden.facts.apps import App, IpRelaxation
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model.planned import Judged
from sfharden.model.snapshot import Component
from sfharden.plan import xml_edit
from sfharden.plan.assignment import AppAssignment, find_assignment
from sfharden.plan.draft import Draft
from sfharden.plan.refusal import refused
from sfharden.plan.xml_edit import Content
from sfharden.text.wording import ended, every_name, show_names

T = TypeVar("T")

_IDLE_DAYS: Final = 30
# The checks that judge what is planned for an app.
_APPROVED: Final = "app_admin_approved"
_LIMITED: Final = "app_limited_to_profile"
_ENFORCED: Final = "app_ip_enforced"
_BOUNDED: Final = "app_refresh_bounded"


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Where one kind of app keeps each setting, and how it writes the wanted value."""

    kind: str
    approved: tuple[str, str]
    relaxation: tuple[str, str]
    refresh: tuple[tuple[str, str], ...]
    profiles: str


_CONNECTED: Final = _Spelling(
    kinds.CONNECTED_APP,
    ("oauthConfig.isAdminApproved", "true"),
    ("oauthPolicy.ipRelaxation", "ENFORCE"),
    (("oauthPolicy.refreshTokenPolicy", "specific_inactivity:30:DAYS"),),
    "profileName",
)
_EXTERNAL: Final = _Spelling(
    kinds.EXTERNAL_OAUTH_POLICY,
    ("permittedUsersPolicyType", "AdminApprovedPreAuthorized"),
    ("ipRelaxationPolicyType", "Enforce"),
    (
        ("refreshTokenPolicyType", "SpecificInactivity"),
        ("refreshTokenValidityPeriod", "30"),
        ("refreshTokenValidityUnit", "Days"),
    ),
    "commaSeparatedProfile",
)


@dataclass(frozen=True, slots=True)
class AppGoal:
    """An app, the profiles to assign it to, and the names of the integrations that use it."""

    app: App
    profiles: tuple[str, ...]
    integrations: tuple[str, ...]


def plan_app(draft: Draft, facts: Index, goal: AppGoal, judged: Judged) -> None:
    """Plan the app's OAuth policy; what `check` accepts of it stays.

    Raises NoVerdictError if several files describe the app.
    """
    app = goal.app
    spelling = _EXTERNAL if app.external else _CONNECTED
    parts = [part for part in app.parts if part.kind == spelling.kind]
    if len(parts) > 1:
        raise refused(
            f"{len(parts)} files describe the app '{app.name}': {show_names(one.file for one in parts)}."
        )
    if not parts or not (app.external or reading.has(parts[0], "oauthConfig")):
        draft.conditions.append(
            f"The OAuth policy of the app '{app.name}' was not read, so nothing is planned for it. "
            "Set it by hand: admin-approved users, the integration's profile, enforce IP restrictions, "
            "refresh tokens that expire after 30 idle days."
        )
        return
    planner = _AppPlanner(draft, goal, parts[0], spelling, judged)
    found = find_assignment(facts, app, goal.profiles, judged.allowed_profiles)
    assignment = found.as_it_is() if planner.accepts(_LIMITED) else found
    together = not planner.is_left(found) and planner.can_limit(assignment)
    if together:
        planner.admin_approved()
    planner.relaxation()
    planner.refresh()
    if together:
        planner.assign(assignment)
    planner.permission_sets()


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    """What the file says: a value, or texts that mean none we know, or nothing; or why that is not known."""

    value: T | None = None
    texts: tuple[str, ...] = ()
    gap: str = ""


class _AppPlanner:
    """The edits of one app's file."""

    def __init__(
        self, draft: Draft, goal: AppGoal, part: Component, spelling: _Spelling, judged: Judged
    ) -> None:
        self._draft, self._app, self._part, self._spelling = draft, goal.app, part, spelling
        self._judged, self._integrations = judged, goal.integrations

    def accepts(self, check: str) -> bool:
        """Whether `check` has nothing against it, for any integration of the app."""
        return self._judged.accepts([check], self._integrations)

    def is_left(self, found: AppAssignment) -> bool:
        """Whether one half of limiting the app is waived, so that the other can't be planned either."""
        if self._judged.leaves(_APPROVED, self._integrations):
            half, other = "app-admin-approved", "assigned profiles" * (not self.accepts(_LIMITED))
        elif self._judged.leaves(_LIMITED, self._integrations) and not found.is_assigned:
            half, other = (
                "app-limited-to-integration-profile",
                "permitted users" * (not self.accepts(_APPROVED)),
            )
        else:
            return False
        if other:
            self._draft.manual.append(
                f"The {other} of the app '{self._app.name}' aren't planned: {half} is waived, and the two go together."
            )
        return True

    def can_limit(self, assignment: AppAssignment) -> bool:
        """Whether both halves can be planned: admin-approved users, and the profiles that are.

        Either alone is half a change: without its profile assigned, admin approval shuts the integration out.
        """
        found = self._read(self._app.admin_approved, self._spelling.approved[0])
        if assignment.gap:
            if not (found.value is True and assignment.is_by_set):
                self._say_no_assignment(assignment, found)
            return False
        if found.gap:
            both = (
                " Its list of profiles isn't planned either: the two go together."
                if assignment.differs
                else ""
            )
            self._say_gap("permitted users", found.gap, f"{both} Mend it by hand.")
        return not found.gap

    def _say_no_assignment(self, assignment: AppAssignment, found: _Found[bool]) -> None:
        way = f" {assignment.way}" if assignment.way else " Mend it by hand."
        if found.value is not True:
            way = (
                " Its permitted users aren't planned either: admin-approved users without the profile assigned "
                f"would shut the integration out.{way} Only then let admin-approved users alone in."
            )
        self._say_gap("list of profiles", assignment.gap, way)

    def admin_approved(self) -> None:
        """Permitted users: admin-approved ones only."""
        path, value = self._spelling.approved
        found = self._read(self._app.admin_approved, path)
        if found.value is not True and not self.accepts(_APPROVED):
            self._set("permitted users", found, ((path, value),), "app-admin-approved")

    def relaxation(self) -> None:
        """IP relaxation: none."""
        path, value = self._spelling.relaxation
        found = self._read(self._app.ip_relaxation, path)
        if found.value is not IpRelaxation.ENFORCE and not self.accepts(_ENFORCED):
            self._set("IP relaxation", found, ((path, value),), "app-ip-enforced")

    def refresh(self) -> None:
        """Refresh tokens end after 30 idle days; a bounded policy stays, since a plan only ever tightens."""
        if self.accepts(_BOUNDED):
            return
        most = self._judged.refresh_days
        days = str(min(_IDLE_DAYS, most))
        edits = [(path, text.replace(str(_IDLE_DAYS), days)) for path, text in self._spelling.refresh]
        found = self._read(self._app.refresh_policy, edits[0][0])
        if not found.gap and found.value is None and found.texts:
            found = _Found(gap=f"its value is one that sfharden doesn't know: {show_names(found.texts)}")
        hours = found.value.hours if found.value else None
        if hours == 0 and reading.fold_name(found.texts[0]) != "zero":
            found = _Found(gap=f"Salesforce doesn't write a lifetime of zero: {found.texts[0]}")
        if found.gap or hours is None or hours > most * 24:
            self._set("refresh token policy", found, edits, "app-refresh-token-bounded")

    def _read(self, reader: Callable[[], Fact[T]], path: str) -> _Found[T]:
        try:
            fact = reader()
        except CannotTell as reason:
            if reading.is_damaged(self._part, path):
                return _Found(gap=reason.reason)
            there = self._part.values.get(path, ())
            return _Found(texts=tuple(value.text for value in there if value.text))
        return _Found(fact.value, (fact.text,))

    def _set(self, what: str, found: _Found[T], edits: Sequence[tuple[str, str]], control: str) -> None:
        if found.gap:
            self._say_gap(what, found.gap)
            return

        def do(data: bytes, where: str) -> bytes:
            for path, text in edits:
                data = xml_edit.set_text(data, path, text, where)
            return data

        after = " ".join(text for _, text in edits)
        self._draft.edit(self._draft.open(self._part), what, (found.texts, (after,)), control, do)
        if not found.texts:
            self._draft.undo.append(
                f"The {what} of the app '{self._app.name}' was not in its file; deploying that file again may "
                "leave the new value. Set it back by hand."
            )

    def _say_gap(self, what: str, reason: str, way: str = " Mend it by hand.") -> None:
        self._draft.conditions.append(
            f"The {what} of the app '{self._app.name}' can't be planned: {ended(reason)}{way}"
        )

    def assign(self, assignment: AppAssignment) -> None:
        """Only the integration's profiles, and System Administrator where it's assigned already."""
        if not assignment.differs:
            return
        current, names = assignment.current, assignment.names
        path = self._spelling.profiles

        def do(data: bytes, where: str) -> bytes:
            if self._app.external:
                return xml_edit.set_text(data, path, ",".join(names), where)
            entries: list[tuple[object, Content]] = [(name, name) for name in names]
            return xml_edit.replace_list(data, path, entries, lambda element: element.value, where)

        file = self._draft.open(self._part)
        control = "app-limited-to-integration-profile"
        self._draft.edit(file, "assigned profiles", (current, names), control, do)
        if not current:
            self._draft.undo.append(
                f"The app '{self._app.name}' had no profiles assigned; deploying its file again may leave the new "
                "ones. Take them away by hand."
            )

    def permission_sets(self) -> None:
        """Who holds a permission set is not metadata, so whether it must go is for a person to say."""
        if self.accepts(_LIMITED):
            return
        try:
            held = [fact.value for fact in self._app.permission_sets()]
        except CannotTell as reason:
            self._say_gap("list of permission sets", reason.reason)
            return
        if held:
            self._draft.manual.append(
                f"The app '{self._app.name}' is also assigned by permission set: {every_name(held)}. "
                "Look at who holds it, and take it away from the app unless only the integration's users do."
            )
