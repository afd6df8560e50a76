"""What `check` would leave unknown, by reason, and what to do about each. Every verdict is `evaluate`'s own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.checks.needs import NEEDS, Need, held_by_caller, needs_of, unmet
from sfharden.checks.policy import Policy
from sfharden.checks.registry import CHECKS
from sfharden.facts.index import Index
from sfharden.facts.known_apps import NOT_INSTALLED
from sfharden.facts.naming import lost_names
from sfharden.model import kinds, org
from sfharden.model.integration import Integration
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import ANY_KIND, Gap, Snapshot
from sfharden.text.wording import ended

# Metadata API Guide, ExtlClntAppOauthSettings and ExtlClntAppGlobalOauthSettings, Special Access Rules: both are
# handed out only where the org lets consumer secrets be read by the Metadata API, which a hardened one doesn't.
_SECRET_KINDS: Final = (kinds.EXTERNAL_OAUTH, kinds.EXTERNAL_GLOBAL_OAUTH)
STANZA: Final = "`check -f waivers` prints what to put into the integration file."
_EXPOSED: Final = (
    "Salesforce hands that file out only where the org lets consumer secrets be read, which is worse than not knowing. "
    f"Look at the app in Setup, External Client App Manager; if it's right there, accept it: {STANZA}"
)
_AGAIN: Final = "Read the org again. If it stays, nothing that rests on it can be told."


def or_accept(result: Result) -> str:
    """Where nothing is known that makes it told: what mends a failure, in case it is one, else a waiver."""
    mend = f"If it fails: {ended(result.remediation)} " if result.remediation else ""
    return f"{mend}If it holds already, accept it: {STANZA}"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Controls that would be unknown for one reason. `subjects` are those that are not the org as a whole."""

    controls: tuple[str, ...]
    subjects: tuple[str, ...]
    reason: str
    remedy: str


def foresee(
    report: Report, snapshot: Snapshot, policies: Sequence[Policy], integrations: Sequence[Integration]
) -> tuple[Foreseen, ...]:
    """The report's open unknowns by reason; without an integration also what any integration's controls would lack."""
    remedy = _Remedies(snapshot, policies, integrations)
    groups: dict[str, list[Result]] = {}
    for result in report.results:
        if result.is_open:
            groups.setdefault(result.message, []).append(result)
    found = tuple(_foreseen(reason, results, remedy) for reason, results in groups.items())
    return found if integrations else (*found, *remedy.of_any_integration())


def _foreseen(reason: str, results: Sequence[Result], remedy: "_Remedies") -> Foreseen:
    subjects = (f"{one.subject.kind} '{one.subject.name}'" for one in results if one.subject.kind != "org")
    controls = tuple(dict.fromkeys(one.control for one in results))
    return Foreseen(controls, tuple(dict.fromkeys(subjects)), reason, remedy.of(results[0]))


class _Remedies:
    """The ways out, the surest first."""

    def __init__(
        self, snapshot: Snapshot, policies: Sequence[Policy], integrations: Sequence[Integration]
    ) -> None:
        self._snapshot = snapshot
        self._integrations = {one.name: one for one in integrations}
        self._lost = {one.name: lost_names(Index(snapshot), one) for one in integrations}
        self._controls = {one.id: one for policy in policies for one in policy.controls}
        # Where it can't be told what this login holds, it may be anything.
        self._lacked = needs_of(snapshot) if held_by_caller(snapshot) is None else tuple(unmet(snapshot))

    def of(self, result: Result) -> str:
        """What to do about an unknown result. It never asks for what is there already."""
        ways: tuple[Callable[[Result], str], ...] = (
            self._name, self._install, self._egress, self._hidden, self._hardened_at, self._secrets, self._rights
        )  # fmt: skip
        return next((text for way in ways if (text := way(result))), or_accept(result))

    def of_any_integration(self) -> Iterator[Foreseen]:
        """What was not read of a whole part that controls of an integration rest on, whichever it is."""
        gaps = {(gap.kind, gap.reason): gap for gap in self._snapshot.gaps if not gap.name}
        for gap in gaps.values():
            controls = tuple(
                one.id for one in self._controls.values() if self._is_of_integrations(one.check, gap)
            )
            if controls:
                reason = f"{gap.what}: {gap.reason}"
                yield Foreseen(controls, (), reason, self._grant(self._needs_of([gap])) or _AGAIN)

    @staticmethod
    def _is_of_integrations(check: str, gap: Gap) -> bool:
        known = CHECKS[check]
        return known.scope == "integration" and _hides(gap, known.parts)

    # Ways out -------------------------------------------------------------------------------

    def _name(self, result: Result) -> str:
        lost = self._lost.get(result.integration or "", ())
        keys = dict.fromkeys(one.key for one in lost if one.reason in result.message)
        return f"Correct {' and '.join(keys)} in the integration file." if keys else ""

    @staticmethod
    def _install(result: Result) -> str:
        return (
            "Install it, or correct app in the integration file." if NOT_INSTALLED in result.message else ""
        )

    def _egress(self, result: Result) -> str:
        integration = self._integrations.get(result.integration or "")
        if integration and any(gap.reason in result.message for gap in integration.egress.gaps):
            return "Mend that entry under egress in the integration file."
        return ""

    def _hidden(self, result: Result) -> str:
        """The right to what a gap hides that the reason names."""
        return self._grant(self._needs_of(self._named(result)))

    def _named(self, result: Result) -> list[Gap]:
        return [gap for gap in self._snapshot.gaps if gap.reason in result.message]

    def _rights(self, result: Result) -> str:
        """Where the reason names no gap: the right to what the control rests on, as far as this login lacks it."""
        parts = set(CHECKS[self._controls[result.control].check].parts)
        return (
            "" if self._named(result) else self._grant(one for one in self._lacked if parts & set(one.parts))
        )

    def _needs_of(self, gaps: Iterable[Gap]) -> tuple[Need, ...]:
        return tuple(need for need in self._lacked if any(_hides(gap, need.parts) for gap in gaps))

    @staticmethod
    def _grant(needs: Iterable[Need]) -> str:
        labels = ", ".join(need.label for need in needs)
        return f"Let this login have: {labels} (`doctor --permission-set`)." if labels else ""

    def _hardened_at(self, result: Result) -> str:
        integration = self._integrations.get(result.integration or "")
        if integration is None or "hardened_at" not in result.message:
            return ""
        if integration.hardened_at is None:
            return "Add hardened_at, when the hardening was done, to the integration file."
        return "Read the org again once that moment is past."

    @staticmethod
    def _secrets(result: Result) -> str:
        return _EXPOSED if any(kind in result.message for kind in _SECRET_KINDS) else ""


def _hides(gap: Gap, parts: Iterable[str]) -> bool:
    """Whether a gap may hide something of one of these parts; a gap of a metadata type is one of the metadata."""
    return gap.kind == ANY_KIND or (gap.kind if gap.kind in _PARTS else org.METADATA) in set(parts)


_PARTS: Final = frozenset(part for check in CHECKS.values() for part in check.parts) | frozenset(
    part for need in NEEDS for part in need.parts
)
