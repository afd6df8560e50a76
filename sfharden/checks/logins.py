"""Checks of logins: what was seen to work, and what was seen to be refused. `observed` judges; here it's told."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from sfharden.checks.common import PROFILE_PARTS, Check, Context, NoParameters, Verdict, profile_subject
from sfharden.checks.observed import BOTH_SEEN, INSIDE, Observation, answers, worst
from sfharden.checks.seen import Seen
from sfharden.facts.logins import sources_of, times_of
from sfharden.model import org
from sfharden.model.org import Login
from sfharden.model.results import Evidence, Status, Subject
from sfharden.text.wording import day, show_names

_PARTS: Final = (*PROFILE_PARTS, org.LOGINS, org.USERS)


def judge_observed(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """Since the hardening: a success from egress and a refusal from elsewhere, and no success from elsewhere."""
    seen = Seen(context.facts, context.integration, context.read_at)
    found, subject = answers(seen, BOTH_SEEN), profile_subject(context)
    if worst(found) is not Status.PASS:
        yield told(subject, found, context.integration.hardened_at)
        return
    since, success, refusal = seen.since, found[0].logins, found[1].logins
    text = (
        f"Since {day(seen.start(since))} it got in from egress ({times_of(success, since)}), was refused from "
        f"elsewhere ({times_of(refusal, since)}), and never got in from elsewhere."
    )
    evidence = (
        _evidence("successes from egress", success, since),
        _evidence("refusals from elsewhere", refusal, since),
    )
    yield Verdict(Status.PASS, subject, text, evidence)


def judge_inside(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """No login of the profile's users succeeded from outside the profile's login ranges, as they are now."""
    seen = Seen(context.facts, context.integration, context.read_at)
    yield told(profile_subject(context), answers(seen, INSIDE), context.integration.hardened_at)


def told(subject: Subject, found: Sequence[Observation], since: datetime | None = None) -> Verdict:
    """A control's verdict from the answers to what it asks: those that decide it, in their words."""
    status = worst(found)
    deciding = [one for one in found if one.status is status]
    messages = " ".join(dict.fromkeys(one.message for one in deciding))
    return Verdict(status, subject, messages, tuple(e for one in deciding for e in _rows(one, since)))


def _rows(one: Observation, since: datetime | None) -> Iterator[Evidence]:
    if one.status is Status.UNKNOWN:
        yield Evidence(what="reason", observed=one.message, source=one.where)
    elif one.logins:
        yield _evidence("logins", one.logins, since)
        apps = show_names({login.application for login in one.logins})
        yield Evidence(what="apps", observed=apps, source=org.LOGINS)


def _evidence(what: str, logins: Sequence[Login], since: datetime | None) -> Evidence:
    observed = f"{times_of(logins, since)} from {sources_of(logins)}"
    return Evidence(what=what, observed=observed, source=org.LOGINS)


CHECKS = {
    "failure_and_success": Check("integration", NoParameters, judge_observed, profile_subject, _PARTS),
    "logins_inside_ranges": Check("integration", NoParameters, judge_inside, profile_subject, _PARTS),
}
