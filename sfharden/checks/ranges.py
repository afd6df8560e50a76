"""Checks of the integration's login ranges: they hold what they must, and nothing else."""

from collections.abc import Iterable

from pydantic import Field

from sfharden.addresses import show_ranges, union
from sfharden.checks.common import (
    PROFILE_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    failed,
    passed,
    profile_subject,
)
from sfharden.facts.profiles import (
    NEARLY_EVERYBODY,
    TOLERATED_SURPLUS,
    LoginRanges,
    keeps_nobody_out,
    login_ranges,
)
from sfharden.facts.values import CannotTell
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.model.snapshot import Component
from sfharden.text.wording import are, count, the_whole


def _no_ranges(subject: Subject, profile: Component) -> Verdict:
    evidence = Evidence(what="login ranges", observed="none", expected="at least one", source=profile.file)
    return failed(
        subject, "The profile has no login ranges, so it keeps nobody out, whatever the app says.", evidence
    )


def judge_cover_egress(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """The ranges hold every address the integration calls from."""
    subject, profile, egress = profile_subject(context), context.profile, context.integration.egress
    ranges = login_ranges(profile)
    if not ranges.entries and not ranges.broken:
        context.facts.require_whole(profile, "login ranges")
        yield _no_ranges(subject, profile)
        return
    missing = egress.addresses - ranges.addresses
    if missing:
        ranges.require_whole()
        evidence = Evidence(
            what="egress addresses outside the login ranges",
            observed=show_ranges(missing),
            expected="none",
            source=ranges.where,
        )
        total = egress.addresses.size
        yield failed(
            subject,
            f"{missing.size:,} of {count(total, 'egress address')} {are(missing.size)} outside its login ranges: "
            f"{show_ranges(missing)}. Calls from there will be refused.",
            evidence,
        )
        return
    ranges.require_whole()
    if egress.gaps:
        raise CannotTell(f"some egress addresses are not known: {egress.gaps[0].reason}", egress.gaps[0].what)
    if not egress.addresses:
        raise CannotTell("the integration has no egress addresses")
    evidence = Evidence(
        what="egress addresses inside the login ranges",
        observed=f"all {egress.addresses.size:,}",
        expected="all",
        source=ranges.where,
    )
    yield passed(
        subject, f"Its login ranges hold {the_whole(egress.addresses.size, 'egress address')}.", evidence
    )


def judge_keep_operator(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """The ranges hold every operator range: the way in that must survive."""
    subject, profile = profile_subject(context), context.profile
    ranges, wanted = login_ranges(profile), context.integration.operator_ranges
    missing = wanted - ranges.addresses
    if not ranges.entries and not ranges.broken:
        if context.facts.live:
            yield _nobody_kept_out(subject, profile)
            return
        # A profile without ranges keeps nobody out, but a file cut down to a few sections looks the same.
        raise CannotTell("the file has no login ranges that could hold the operator's way in", profile.file)
    ranges.require_whole()
    if missing:
        evidence = Evidence(
            what="operator addresses outside the login ranges",
            observed=show_ranges(missing),
            expected="none",
            source=ranges.where,
        )
        yield failed(
            subject,
            f"The operator's way in is shut: {show_ranges(missing)} is outside its login ranges.",
            evidence,
        )
        return
    evidence = Evidence(
        what="operator ranges", observed=show_ranges(wanted), expected="inside", source=ranges.where
    )
    yield passed(subject, "Its login ranges hold every operator range.", evidence)


def _nobody_kept_out(subject: Subject, profile: Component) -> Verdict:
    evidence = Evidence(what="login ranges", observed="none", source=profile.file)
    return passed(
        subject,
        "The profile has no login ranges, so it keeps the operator out as little as anybody.",
        evidence,
    )


class Bounded(Model):
    """`surplus_addresses`: how many addresses beyond need the ranges may admit."""

    surplus_addresses: int = Field(default=TOLERATED_SURPLUS, ge=0)


def judge_bounded(context: Context, parameters: Bounded) -> Iterable[Verdict]:
    """The ranges admit nothing beyond egress and operator of the integrations that have the profile, within a tolerance."""
    subject, profile = profile_subject(context), context.profile
    ranges = login_ranges(profile)
    if not ranges.entries and not ranges.broken:
        context.facts.require_whole(profile, "login ranges")
        yield _no_ranges(subject, profile)
        return
    if keeps_nobody_out(ranges.addresses):
        yield admits_everybody(subject, ranges)
        return
    sharing = context.of_profile
    surplus = ranges.addresses - union(one.egress.addresses | one.operator_ranges for one in sharing)
    within = surplus.size <= parameters.surplus_addresses
    gaps = [gap for one in sharing for gap in one.egress.gaps]
    if not within and gaps:
        gap = gaps[0]
        raise CannotTell(f"some egress addresses are not known: {gap.reason}", gap.what)
    evidence = Evidence(
        what="addresses beyond egress and operator ranges",
        observed=f"{surplus.size:,}: {show_ranges(surplus)}" if surplus else "0",
        expected=f"at most {parameters.surplus_addresses:,}",
        source=ranges.where,
    )
    if not within:
        yield failed(
            subject,
            f"Its login ranges admit {count(surplus.size, 'address')} that nobody needs: {show_ranges(surplus)}.",
            evidence,
        )
        return
    ranges.require_whole()
    yield passed(
        subject,
        f"Its login ranges admit {count(surplus.size, 'address')} beyond egress and operator.",
        evidence,
    )


def admits_everybody(subject: Subject, ranges: LoginRanges) -> Verdict:
    v4, v6 = ranges.addresses.v4.size, ranges.addresses.v6.size
    everything = "every IPv4 address" if v4 == 2**32 else f"{v4:,} of {2**32:,} IPv4 addresses"
    if v4 < NEARLY_EVERYBODY:
        everything = count(v6, "IPv6 address")
    evidence = Evidence(
        what="login ranges",
        observed=show_ranges(ranges.addresses),
        expected="few addresses",
        source=ranges.where,
    )
    return failed(
        subject,
        f"Its login ranges admit {everything} ({show_ranges(ranges.addresses)}), so they keep nobody out.",
        evidence,
        severity=Severity.CRITICAL,
    )


CHECKS = {
    "login_ranges_cover_egress": Check(
        "integration", NoParameters, judge_cover_egress, profile_subject, PROFILE_PARTS
    ),
    "login_ranges_keep_operator": Check(
        "integration", NoParameters, judge_keep_operator, profile_subject, PROFILE_PARTS
    ),
    "login_ranges_bounded": Check(
        "integration", Bounded, judge_bounded, profile_subject, PROFILE_PARTS, worst=Severity.CRITICAL
    ),
}
