"""What `check` would leave unknown of the Azure side, by reason, with the rights that Azure itself named as missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.checks.azure.common import SCOPE
from sfharden.checks.policy import Policy
from sfharden.checks.registry import CHECKS
from sfharden.checks.remedies import STANZA, Foreseen, or_accept
from sfharden.model.azure import AzureGap, AzureSnapshot, key_of, segment_after
from sfharden.model.results import Report, Result

_AGAIN: Final = "Read it again. If it stays, nothing that rests on it can be told."
_NAME: Final = "Correct azure in the integration file."
_BY_ID: Final = "Or name by id, in the integration file (azure:), what is yours, and read that alone."
# Only who may change an app sees its settings, so no right to read mends it.
_SETTINGS: Final = "Judge the app from files, its template or its settings among them (--azure-exports): who may only read sees none."
_UNREAD_SETTINGS: Final = ("app settings were not read", "in its settings, which aren't read")
_OF_A_HOLDER: Final = ("under its condition isn't evaluated",)
_HOLDER: Final = (
    "Look who it is (`az ad user show --id OBJECT-ID`, or `az ad group show`, `az ad sp show`) and what the condition leaves "
    f"(`az role assignment list --assignee OBJECT-ID --all`). Whom you mean goes to allowed_principals; else accept it: {STANZA}"
)
_BY_NAME: Final = ("nothing of that name was read", "resources are called so")


@dataclass(frozen=True, slots=True)
class MissingRight:
    """A right that Azure named when it refused: where, what it was asked for, and the controls that are unknown for it."""

    action: str
    places: tuple[str, ...]
    asked_for: tuple[str, ...]
    controls: tuple[str, ...]


def controls_of_azure(policies: Iterable[Policy]) -> frozenset[str]:
    """The controls of the Azure side."""
    every = (one for policy in policies for one in policy.controls)
    return frozenset(one.id for one in every if (check := CHECKS.get(one.check)) and check.scope == SCOPE)


def of_azure(report: Report, policies: Iterable[Policy]) -> tuple[Result, ...]:
    """The results of controls of the Azure side."""
    own = controls_of_azure(policies)
    return tuple(one for one in report.results if one.control in own)


def missing_rights(read: AzureSnapshot, results: Iterable[Result]) -> tuple[MissingRight, ...]:
    """By right, in the order of their names."""
    unknown = [one for one in results if one.is_open]
    by_right: dict[str, list[AzureGap]] = {}
    for gap in read.gaps:
        if gap.action:
            by_right.setdefault(gap.action, []).append(gap)
    return tuple(_missing(action, by_right[action], unknown) for action in sorted(by_right))


def _missing(action: str, gaps: list[AzureGap], unknown: list[Result]) -> MissingRight:
    controls = (one.control for one in unknown if any(_rests_on(one, gap) for gap in gaps))
    return MissingRight(
        action,
        tuple(dict.fromkeys(place_of(gap.path) for gap in gaps)),
        tuple(dict.fromkeys(gap.what for gap in gaps)),
        tuple(dict.fromkeys(controls)),
    )


def _rests_on(result: Result, gap: AzureGap) -> bool:
    """Whether an unknown result names what wasn't read: in its reason, or as what it is about."""
    told = (result.message, *(one.observed for one in result.evidence))
    return any(gap.what in one for one in told) or key_of(result.subject.name) == key_of(gap.path)


def place_of(path: str) -> str:
    """Where a right must be given for a path to be read."""
    for word, noun in (
        ("resourcegroups", "resource group"),
        ("subscriptions", "subscription"),
        ("managementgroups", "management group"),
    ):
        if name := segment_after(path, word):
            return f"{noun} {name}"
    return "the tenant"


def foresee_azure(read: AzureSnapshot, results: Iterable[Result]) -> tuple[Foreseen, ...]:
    """The open unknowns by reason and way out."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        if one.is_open:
            groups.setdefault((one.message, _remedy(one, read)), []).append(one)
    return tuple(_foreseen(reason, remedy, found) for (reason, remedy), found in groups.items())


def _foreseen(reason: str, remedy: str, results: list[Result]) -> Foreseen:
    subjects = (_subject(one) for one in results if one.subject.kind != SCOPE)
    controls = tuple(dict.fromkeys(one.control for one in results))
    return Foreseen(controls, tuple(dict.fromkeys(subjects)), reason, remedy)


def _subject(result: Result) -> str:
    return f"{result.subject.kind} '{result.subject.name}'"


def _remedy(result: Result, read: AzureSnapshot) -> str:
    """What to do about one unknown."""
    gaps = [gap for gap in read.gaps if gap.path and _rests_on(result, gap)]
    rights = list(dict.fromkeys(_grants(gaps)))
    if rights:
        way = f"Let this login have: {'; '.join(rights)} (`doctor --azure-role`)."
        searched = any(key_of(result.subject.name) == key_of(gap.path) for gap in gaps)
        return f"{way} {_BY_ID}" if searched else way
    if gaps:
        return _AGAIN
    if any(words in result.message for words in _BY_NAME):
        return _NAME
    if any(words in result.message for words in _UNREAD_SETTINGS):
        return _SETTINGS
    if any(words in result.message for words in _OF_A_HOLDER):
        return _HOLDER
    return or_accept(result)


def _grants(gaps: Iterable[AzureGap]) -> Iterator[str]:
    for gap in gaps:
        if gap.action:
            yield f"{gap.action} in {place_of(gap.path)}"
