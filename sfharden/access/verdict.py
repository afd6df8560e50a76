"""A rule's answer, and how answers are put together."""

from sfharden.access.facts import Outcome, Reason


def allowed(text: str, rule: str) -> Reason:
    """The rule lets them through."""
    return Reason(text, rule, Outcome.ALLOWED)


def refused(text: str, rule: str) -> Reason:
    """The rule keeps them out."""
    return Reason(text, rule, Outcome.REFUSED)


def unknown(text: str, rule: str) -> Reason:
    """The rule's facts are not known, or what it says is not documented."""
    return Reason(text, rule, Outcome.CANNOT_TELL)


def either(text: str, *cases: Reason) -> Reason:
    """The answer where a fact is not known: that of the first case if all agree, else cannot tell, as `text` says."""
    if len({case.outcome for case in cases}) == 1:
        return cases[0]
    return unknown(text, cases[0].rule)


def by_fact(fact: bool | None, text: str, when_true: Reason, when_false: Reason) -> Reason:
    """The case that a fact picks; both, if it's not known."""
    if fact is None:
        return either(text, when_true, when_false)
    return when_true if fact else when_false
