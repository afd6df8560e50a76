"""The SCM site of a Standard app: where its workflows are deployed, and its connections read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sfharden.azure.index import AzureValue, given
from sfharden.azure.side import AzureSide
from sfharden.azure.site_config import public_access_is_off, site_setting
from sfharden.checks.azure.admitted import Declared, RangeLimits, judge_admitted
from sfharden.checks.azure.common import azure_check, seen
from sfharden.checks.azure.hosting import judge_hosted
from sfharden.checks.azure.site_callers import MAIN, SCM, restricted
from sfharden.checks.common import Context, Verdict, attempt, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.results import Evidence, Severity, Status, Subject

_WAYS: Final = ("scm", "ftp")
_BASIC: Final = "Basic credentials publish to it"


def judge_scm_closed(context: Context, parameters: RangeLimits) -> Iterator[Verdict]:
    """The SCM site lets few addresses in, and takes no basic credentials."""
    side = context.azure
    yield from judge_hosted(context, SITES, lambda site, subject: _judge(side, site, subject, parameters))


def _judge(side: AzureSide, site: AzureResource, subject: Subject, limits: RangeLimits) -> Verdict:
    """Open and with basic credentials is worst; either alone is less; what fails for sure counts."""
    callers = attempt(subject, lambda: _callers(side, site, subject, limits))
    basic = attempt(subject, lambda: _credentials(side, site, subject))
    both = (callers, basic)
    failing = [one for one in both if one.status is Status.FAIL]
    if failing:
        lowest = None if len(failing) == len(both) else Severity.MEDIUM
        said = " ".join(one.message for one in failing)
        found = tuple(part for one in both for part in one.evidence)
        return failed(subject, said, *found, severity=lowest)
    return next(
        (one for one in both if one.status is Status.UNKNOWN),
        replace(callers, message=_both(both), evidence=_all(both)),
    )


def _both(verdicts: tuple[Verdict, ...]) -> str:
    return " ".join(one.message for one in verdicts)


def _all(verdicts: tuple[Verdict, ...]) -> tuple[Evidence, ...]:
    return tuple(part for one in verdicts for part in one.evidence)


def _callers(side: AzureSide, site: AzureResource, subject: Subject, limits: RangeLimits) -> Verdict:
    """Its own rules, or the app's where it takes those over."""
    which = MAIN if _takes_over(side, site) else SCM
    verdict = judge_admitted(subject, restricted(side, site, which), Declared("", ()), limits)
    if verdict.status is Status.FAIL and public_access_is_off(side.index, site):
        raise CannotTell("public access to the app is off, and whether that closes its SCM site isn't sure")
    return verdict


def _takes_over(side: AzureSide, site: AzureResource) -> bool:
    return site_setting(side.index, site, f"{SCM}UseMain").value is True


def _credentials(side: AzureSide, site: AzureResource, subject: Subject) -> Verdict:
    """Of both ways to publish. Raises CannotTell unless one is allowed, or both were read."""
    found: list[tuple[str, AzureValue]] = []
    unread: CannotTell | None = None
    for way in _WAYS:
        try:
            found.append((way, _allowed(side, site, way)))
        except CannotTell as reason:
            unread = unread or reason
    evidence = [
        seen(f"basic credentials by {way}", one, "false", shown=str(one.value).lower()) for way, one in found
    ]
    if allowed := [way for way, one in found if one.value is True]:
        return failed(subject, f"{_BASIC}: {' and '.join(allowed)}.", *evidence)
    if unread:
        raise unread
    return passed(subject, "Basic credentials publish nothing.", *evidence)


def _allowed(side: AzureSide, site: AzureResource, way: str) -> AzureValue:
    path = f"{site.id}/basicPublishingCredentialsPolicies/{way}"
    found = given(
        side.index.resource(path, f"basic credentials by {way} of {site.shown}"), "properties.allow"
    )
    if not isinstance(found.value, bool):
        raise CannotTell("whether basic credentials are allowed is neither true nor false", found.where)
    return found


CHECKS = {"azure_scm_closed": azure_check(RangeLimits, judge_scm_closed)}
