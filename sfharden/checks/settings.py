"""The generic check of settings, and the checks of org-wide ranges and sessions."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import Field, StrictBool, StrictInt, model_validator

from sfharden.addresses import show_ranges
from sfharden.checks.common import (
    Check,
    Context,
    Verdict,
    attempt,
    failed,
    judge_settings,
    named_apart,
    org_subject,
    passed,
    unknown,
)
from sfharden.facts import values as facts
from sfharden.facts.defaults import setting
from sfharden.facts.profiles import NEARLY_EVERYBODY, ranges_of
from sfharden.facts.values import CannotTell
from sfharden.model import kinds, org
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.model.snapshot import Component
from sfharden.text.wording import count, show_names

Scalar = bool | int | str


class Setting(Model):
    """`path` (or `paths`) starts with the metadata type; exactly one operator says what must hold.

    Types are strict: `true` is not 1, and a value of another type than the wanted one can't be judged.
    """

    path: str = ""
    paths: tuple[str, ...] = ()
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = None
    none_of: tuple[Scalar, ...] | None = None
    at_least: StrictInt | None = None
    at_most: StrictInt | None = None
    is_empty: StrictBool | None = None
    caveat: str = ""

    @model_validator(mode="after")
    def _one_operator(self) -> "Setting":
        given = [name for name in OPERATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(OPERATORS)}")
        if bool(self.path) == bool(self.paths):
            raise ValueError("give either path or paths")
        if any(len(path.split(".")) < 2 for path in self.every_path):
            raise ValueError("a path is a metadata type, a dot, and an element")
        if len({path.split(".")[0] for path in self.every_path}) > 1:
            raise ValueError("all paths must start with the same metadata type")
        return self

    @property
    def every_path(self) -> tuple[str, ...]:
        """The paths, however many were given."""
        return self.paths or (self.path,)

    @property
    def operator(self) -> str:
        """The name of the one operator given."""
        return next(name for name in OPERATORS if getattr(self, name) is not None)


# Longer ones are nobody's setting, and Python refuses to read very long ones.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


def _typed(text: str, like: Scalar) -> Scalar:
    """The text as the type of the wanted value. Raises CannotTell if it isn't of that type."""
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise CannotTell(f"'{text}' is neither true nor false")
        return text == "true"
    if isinstance(like, int):
        if not _WHOLE_NUMBER.fullmatch(text):
            raise CannotTell(f"'{text}' is not a whole number")
        return int(text)
    return text


def _member(text: str, wanted: tuple[Scalar, ...]) -> bool:
    return any(_typed(text, one) == one for one in wanted)


COMPARISONS: dict[str, Callable[[str, Any], bool]] = {
    "equals": lambda text, wanted: _typed(text, wanted) == wanted,
    "one_of": _member,
    "none_of": lambda text, wanted: not _member(text, wanted),
    "at_least": lambda text, wanted: int(_typed(text, 0)) >= wanted,
    "at_most": lambda text, wanted: int(_typed(text, 0)) <= wanted,
}


OPERATORS = (*COMPARISONS, "is_empty")


def judge_setting(context: Context, parameters: Setting) -> Iterator[Verdict]:
    """Every path holds what the operator wants."""
    kind = parameters.every_path[0].split(".")[0]
    if kind in kinds.SETTINGS_KINDS:
        yield from judge_settings(
            context, kind, lambda one, subject: _judge(context, one, subject, parameters)
        )
        return
    components = list(context.facts.snapshot.of_kind(kind))
    gaps = [gap for gap in context.facts.snapshot.gaps if gap.kind == kind]
    if not components and not gaps:
        raise CannotTell(f"no {kind} was read")
    named = ((one.name, one.file) for one in components)
    subjects = iter(named_apart(kind, (*named, *((gap.name or gap.what, gap.what) for gap in gaps))))
    for component, subject in zip(components, subjects, strict=False):
        yield attempt(subject, lambda c=component, s=subject: _judge(context, c, s, parameters))  # type: ignore[misc]
    for gap, subject in zip(gaps, subjects, strict=True):
        yield unknown(subject, f"{gap.what} can't be read: {gap.reason}", gap.what)


def _judge(context: Context, component: Component, subject: Subject, parameters: Setting) -> Verdict:
    evidence: list[Evidence] = []
    bad: list[str] = []
    reasons: list[CannotTell] = []
    for path in parameters.every_path:
        inner = path.split(".", 1)[1]
        try:
            observed, where, holds = _observe(context, component, inner, parameters)
        except CannotTell as reason:
            reasons.append(reason)
            continue
        expected = f"{parameters.operator} {_shown(getattr(parameters, parameters.operator))}"
        evidence.append(Evidence(what=inner, observed=observed, expected=expected, source=where))
        if not holds:
            evidence.insert(len(bad), evidence.pop())  # what fails is read first: it's the line to mend
            bad.append(f"{inner.split('.')[-1]} is {observed}")
    caveat = f" {parameters.caveat}" if parameters.caveat else ""
    if bad:
        return failed(subject, f"{'; '.join(bad)}.{caveat}", *evidence)
    if reasons:
        raise reasons[0]
    held = "; ".join(f"{one.what.split('.')[-1]} is {one.observed}" for one in evidence)
    return passed(subject, f"{held}.", *evidence)


def _observe(context: Context, component: Component, path: str, parameters: Setting) -> tuple[str, str, bool]:
    if parameters.is_empty is not None:
        observed, where = _content(component, path)
        return observed or "empty", where, (not observed) is parameters.is_empty
    fact = setting(component, path, live=context.facts.live)
    wanted = getattr(parameters, parameters.operator)
    return fact.text, fact.where, COMPARISONS[parameters.operator](fact.value, wanted)


def _content(component: Component, path: str) -> tuple[str, str]:
    """What is at the path in words, empty if it's there and empty, and where. Raises CannotTell if it's not there.

    An element that is left out of a parent that is there counts as empty.
    """
    facts.refuse_gap(component, path)
    parent = path.rpartition(".")[0]
    if not facts.has(component, path) and not (parent and facts.has(component, parent)):
        raise CannotTell(f"{path} is not in the file", component.file)
    if groups := component.groups.get(path):
        return f"a list of {len(groups)}", component.where(groups[0].line)
    if filled := [value for value in component.values.get(path, ()) if value.text]:
        return show_names(value.text or "" for value in filled), component.where(filled[0].line)
    if any(key.startswith(f"{path}.") for key in (*component.values, *component.groups)):
        return "not empty", component.file
    return "", component.file


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


class TrustedRanges(Model):
    """`most_addresses` of IPv4 and `most_ipv6_addresses` that may be trusted org-wide."""

    most_addresses: int = Field(default=65536, ge=0)
    most_ipv6_addresses: int = Field(default=2**80, ge=0)


def judge_trusted_ranges(context: Context, parameters: TrustedRanges) -> Iterator[Verdict]:
    """The union of the org's trusted ranges is small.

    Inside them a login meets no identity challenge (Security Guide, Set Trusted IP Ranges). One range holds
    at most a /7, so a list that trusts everybody is made of many; only their union shows it.
    """
    yield from judge_settings(
        context, kinds.SECURITY, lambda one, subject: _judge_trusted(one, subject, parameters)
    )


def _judge_trusted(component: Component, subject: Subject, parameters: TrustedRanges) -> Verdict:
    ranges = ranges_of(component, "networkAccess.ipRanges", "start", "end")
    v4, v6 = ranges.addresses.v4.size, ranges.addresses.v6.size
    evidence = Evidence(
        what="trusted ranges",
        observed=f"{count(ranges.entries, 'range')}, {count(v4 + v6, 'address')}: {show_ranges(ranges.addresses)}",
        expected=f"at most {count(parameters.most_addresses, 'IPv4 address')}",
        source=ranges.where,
    )
    if v4 >= NEARLY_EVERYBODY:
        how = "all of IPv4" if v4 == 2**32 else count(v4, "IPv4 address")
        message = f"{count(ranges.entries, 'range')} together trust {how}, so no login is ever challenged."
        return failed(subject, message, evidence, severity=Severity.CRITICAL)
    if v4 > parameters.most_addresses or v6 > parameters.most_ipv6_addresses:
        return failed(
            subject,
            f"Trusted org-wide: {count(v4 + v6, 'address')} in {count(ranges.entries, 'range')}.",
            evidence,
        )
    ranges.require_whole()
    if not facts.has(component, "networkAccess"):
        raise CannotTell("networkAccess is not in the file", component.file)
    return passed(
        subject,
        f"Trusted org-wide: {count(v4 + v6, 'address')} in {count(ranges.entries, 'range')}.",
        evidence,
    )


CHECKS = {
    "setting": Check("org", Setting, judge_setting, org_subject, (org.METADATA,)),
    "trusted_ranges": Check(
        "org", TrustedRanges, judge_trusted_ranges, org_subject, (org.METADATA,), worst=Severity.CRITICAL
    ),
}
