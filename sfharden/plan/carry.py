"""A plan carried over: what was planned, and tried, on one org beside what is planned on another.

The other org is read and planned on by itself, so nothing of the first one goes there: no consumer key, no record id, no
file. What is compared is what changes, setting by setting.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.facts.directory import same_record
from sfharden.model.plan import Plan, PlannedChange
from sfharden.plan.fingerprint import digest
from sfharden.plan.refusal import refused
from sfharden.plan.setup_words import before_and_after
from sfharden.plan.wording import heading, subject
from sfharden.text.names import canonical_profile
from sfharden.text.wording import count

_SO_ALREADY: Final = "it's so here already, unless the integration file names another app or profile"
_WHY_NOT: Final = "either it's so here already, or what else this plan says tells why not"
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Carried:
    """How a plan compares with the one that it was carried over from. `differences` must be looked at."""

    origin: str
    same: int
    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One sentence."""
        also = f" {count(len(self.differences), 'difference')}." if self.differences else ""
        return f"Carried over: {count(self.same, 'change')} as in the plan for {self.origin}.{also}"


def carried(old: Plan, new: Plan) -> Carried:
    """Compare them. Raises NoVerdictError for two plans of one org."""
    if old.org and new.org and same_record(old.org.id, new.org.id):
        raise refused(
            f"The plan to carry over was made for this same org, {new.org.id}.",
            "Name the plan of the other org; --plan DIR tells whether one of this org still holds.",
        )
    there, here = _by_key(old), _by_key(new)
    both = [key for key in there if key in here]
    same = [key for key in both if _names(there[key]) == _names(here[key])]
    other = [_other_value(there[key], here[key]) for key in both if key not in same]
    missing = [f"Planned there and not here: {_told(one)}" for key, one in there.items() if key not in here]
    more = [
        f"Planned here and not there, so not tried there: {_told(one)}."
        for key, one in here.items()
        if key not in there
    ]
    by_hand = set(new.manual) - set(old.manual)  # a step that was there, too, tells of no difference
    clear = not (new.conditions or by_hand or new.lockouts)
    absent = tuple(f"{one}: {_SO_ALREADY if clear else _WHY_NOT}." for one in missing)
    differences = (*_other_fit(old, new), *other, *more, *(() if clear else absent))
    return Carried(heading(old).removesuffix("."), len(same), differences, absent if clear else ())


def refuse_changed_package(plan: Plan, found: Mapping[str, bytes]) -> None:
    """Raise NoVerdictError unless the package in a plan's folder is what the plan says that it is."""
    told = {f"package/{one.member}": one.package_sha256 for one in plan.files}
    package = {path: digest(data) for path, data in found.items() if path.startswith("package/")}
    package.pop("package/package.xml", None)
    if package != told:
        raise refused(
            "The plan to carry over was changed: its package is not the one that it tells of.", "Plan again."
        )


def _by_key(plan: Plan) -> dict[_Key, PlannedChange]:
    return {(one.kind, canonical_profile(one.name), one.setting): one for one in plan.changes}


def _names(change: PlannedChange) -> Sequence[str]:
    """The values, in no order where that says nothing; profiles as the org matches their names."""
    return sorted(map(canonical_profile, change.after))


def _other_value(there: PlannedChange, here: PlannedChange) -> str:
    mine, yours = before_and_after(here)[1], before_and_after(there)[1]
    only = [
        ("only here", [one for one in mine if one not in yours]),
        ("only there", [one for one in yours if one not in mine]),
    ]
    parts = "; ".join(f"{label} {', '.join(texts)}" for label, texts in only if texts)
    return f"Another value than there: {subject(here)}, {here.setting}: {parts}."


def _told(change: PlannedChange) -> str:
    return f"{subject(change)}, {change.setting} ({', '.join(before_and_after(change)[1])})"


def _other_fit(old: Plan, new: Plan) -> Iterator[str]:
    if old.fit != new.fit:
        said = [f"--fit {one}" if one else "no --fit" for one in (old.fit, new.fit)]
        yield f"That plan was made with {said[0]}, this one with {said[1]}."
