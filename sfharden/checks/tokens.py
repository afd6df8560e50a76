"""Checks of OAuth tokens: whose they are, how old, of which apps. Only a running org knows them.

Object Reference, OauthToken: tokens carry the label of their app, which anybody may copy, and a menu item that
leads to the app's record, which nobody can. So a label may make a token suspicious, and never clears one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from sfharden.checks.common import (
    TOKEN_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    app_subject,
    attempt,
    failed,
    named_apart,
    not_applicable,
    org_subject,
    passed,
    unknown,
)
from sfharden.checks.observed import FRESH_TOKENS, HELD, answers
from sfharden.checks.seen import Seen
from sfharden.facts.directory import NEEDS_ORG, Directory
from sfharden.facts.one_by_one import IDLE_DAYS, hinges_on, is_idle, refuse_summed
from sfharden.facts.ownership import AppMarks, Tie, managed_by, require_links
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.base import Model
from sfharden.model.org import Token
from sfharden.model.results import Evidence, Status, Subject
from sfharden.text.look_alike import NO_NAME
from sfharden.text.names import literal
from sfharden.text.wording import all_of, count, minute, show_names

_FROM_FILES = f"it {NEEDS_ORG} (OAuth tokens are not in metadata files)"


def judge_after_hardening(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """No token of the app was created before the hardening."""
    hardened = context.integration.hardened_at
    yield from _seen(context, FRESH_TOKENS, f"created since {minute(hardened)}" if hardened else "")


def judge_holders(context: Context, _: NoParameters) -> Iterable[Verdict]:
    """No token of the app belongs to anybody but the integration's users."""
    yield from _seen(context, HELD, show_names(context.integration.users))


def _seen(context: Context, control: str, expected: str) -> Iterator[Verdict]:
    """What `observed` says, with the tokens that it rests on."""
    (found,) = answers(Seen(context.facts, context.integration, context.read_at), control)
    if found.status is Status.FAIL:
        evidence = _told(context.facts.directory, found.tokens, expected)
    elif found.status is Status.PASS:
        number = f"{len(found.tokens):,}" if found.tokens else "none"
        evidence = (Evidence(what="tokens", observed=number, source=org.TOKENS),)
    else:
        evidence = (Evidence(what="reason", observed=found.message, source=found.where),)
    yield Verdict(found.status, app_subject(context), found.message, evidence)


class Installed(Model):
    """`allowed_apps`: labels of apps that needn't be managed. A label proves nothing: look at each of them."""

    allowed_apps: tuple[str, ...] = ()


def judge_installed(context: Context, parameters: Installed) -> Iterator[Verdict]:
    """Every token is of an app that the org manages."""
    if not context.facts.live:
        raise CannotTell(_FROM_FILES)
    directory = context.facts.directory
    tokens, managed = directory.tokens, managed_by(directory)
    strange = [one for one in tokens if not managed(one)]
    groups = _by_app(strange)
    for subject, group in zip(_subjects(groups), groups, strict=True):
        yield attempt(subject, lambda s=subject, g=group: _judge_strange(directory, parameters, s, g))  # type: ignore[misc]
    if tokens.gap:
        yield unknown(org_subject(context), tokens.gap)
    elif not strange:
        evidence = Evidence(what="tokens", observed=f"{len(tokens.rows):,}", source=org.TOKENS)
        yield passed(
            org_subject(context),
            f"{all_of(len(tokens.rows), 'token')} of apps the org manages.",
            evidence,
        )


def _judge_strange(directory: Directory, parameters: Installed, subject: Subject, group: "_Group") -> Verdict:
    """Tokens whose app is not among those that the org manages; the org's tooling has such tokens, too."""
    apps, label = directory.apps, group.label
    if group.app_id:
        raise CannotTell(f"its app ({group.app_id}) is not among those that were read")
    if literal(label) in map(literal, parameters.allowed_apps):
        evidence = _told(directory, group.tokens, "")
        return not_applicable(
            subject,
            "The policy spares apps of this name, by the name alone, which proves nothing.",
            *evidence,
        )
    named = AppMarks.of((), (name for one in apps for name in (one.label, one.api_name)))
    if named.tie(label) is not Tie.NONE:
        raise CannotTell(
            f"{count(len(group.tokens), 'token')} {_carry(group.tokens)} the name of an app that the org manages, "
            "but nothing links them to it: they may be of a look-alike"
        )
    require_links(directory)
    return failed(
        subject,
        f"The org doesn't manage this app; {_users(directory, group.tokens)} "
        f"gave it {count(len(group.tokens), 'token')}.",
        *_told(directory, group.tokens, "an app that is installed"),
    )


class Fresh(Model):
    """`most_idle_days`: how long a token may stay unused."""

    most_idle_days: int = Field(default=IDLE_DAYS, ge=1)


def judge_fresh(context: Context, parameters: Fresh) -> Iterator[Verdict]:
    """No token is stale, unused, or of an inactive user. A token's last use may be missing."""
    if not context.facts.live:
        raise CannotTell(f"it {NEEDS_ORG} (OAuth tokens and users are not in metadata files)")
    tokens = context.facts.directory.tokens
    since = context.read_at - timedelta(days=parameters.most_idle_days)
    groups = _by_app(tokens)
    for subject, group in zip(_subjects(groups), groups, strict=True):
        verdict = attempt(subject, lambda s=subject, g=group: _judge_fresh(context, since, s, g))  # type: ignore[misc]
        if verdict.status is Status.PASS and tokens.gap:
            continue  # there may be more of this app's
        yield verdict
    if tokens.gap:
        yield unknown(org_subject(context), tokens.gap)
    elif not groups:
        yield passed(org_subject(context), "There are no tokens at all.")


def _judge_fresh(context: Context, since: datetime, subject: Subject, group: "_Group") -> Verdict:
    directory = context.facts.directory
    stale = [one for one in group.tokens if is_idle(one, since)]
    unused = [
        one
        for one in group.tokens
        if not one.last_used and one.created and one.created < since and not one.summed
    ]
    known = directory.users_by_id
    inactive = [one for one in group.tokens if one.user_id in known and not known[one.user_id].active]
    parts = (
        (f"last used before {minute(since)}", stale),
        ("never used", unused),
        ("of inactive users", inactive),
    )
    if any(found for _, found in parts):
        return _not_fresh(subject, {how: found for how, found in parts if found})
    if any(not one.last_used and not one.created for one in group.tokens):
        raise CannotTell("a token came without any time")
    refuse_summed((one for one in group.tokens if hinges_on(one, since)), since)
    if unread := [one for one in group.tokens if one.user_id not in known]:
        raise CannotTell(f"the users of {count(len(unread), 'token')} were not read")
    return passed(
        subject,
        f"{all_of(len(group.tokens), 'token')} fresh, and of active users.",
        Evidence(what="tokens", observed=f"{len(group.tokens):,}", source=org.TOKENS),
    )


def _not_fresh(subject: Subject, faults: Mapping[str, list[Token]]) -> Verdict:
    evidence = [
        Evidence(
            what=f"tokens {how}",
            observed=f"{len(found):,}: {show_names(one.handle for one in found)}",
            expected="none",
            source=org.TOKENS,
        )
        for how, found in faults.items()
    ]
    message = "; ".join(f"{count(len(found), 'token')} {how}" for how, found in faults.items())
    return failed(subject, f"{message}.", *evidence)


@dataclass(frozen=True, slots=True)
class _Group:
    """The tokens of one app, as far as tokens tell it apart."""

    label: str
    app_id: str
    tokens: Sequence[Token]


def _by_app(tokens: Iterable[Token]) -> list[_Group]:
    found: dict[tuple[str, str], list[Token]] = {}
    for one in tokens:
        found.setdefault((one.app_label, one.app_id[:15]), []).append(one)
    return [_Group(label, group[0].app_id, group) for (label, _), group in sorted(found.items())]


def _subjects(groups: Iterable[_Group]) -> list[Subject]:
    return named_apart(
        "app",
        ((one.label if one.label.strip() else NO_NAME, one.app_id or "not installed") for one in groups),
    )


def _told(directory: Directory, tokens: Sequence[Token], expected: str) -> tuple[Evidence, ...]:
    """How many tokens, since when, whose, and by which names they can be found again."""
    times = [one.created for one in tokens if one.created]
    oldest = f", the oldest of {minute(min(times))}" if times else ""
    return (
        Evidence(what="tokens", observed=f"{len(tokens):,}{oldest}", expected=expected, source=org.TOKENS),
        Evidence(what="users", observed=_users(directory, tokens), source=org.TOKENS),
        Evidence(what="handles", observed=show_names(one.handle for one in tokens), source=org.TOKENS),
    )


def _users(directory: Directory, tokens: Iterable[Token]) -> str:
    return show_names({directory.username(one.user_id) for one in tokens})


def _carry(found: Sequence[Token]) -> str:
    return "carries" if len(found) == 1 else "carry"


CHECKS = {
    "tokens_after_hardening": Check(
        "integration", NoParameters, judge_after_hardening, app_subject, TOKEN_PARTS
    ),
    "tokens_of_integration_users": Check(
        "integration", NoParameters, judge_holders, app_subject, (*TOKEN_PARTS, org.USERS)
    ),
    "apps_installed": Check("org", Installed, judge_installed, org_subject, TOKEN_PARTS),
    "tokens_fresh": Check(
        "org", Fresh, judge_fresh, org_subject, (org.TOKENS, org.EXTERNAL_TOKENS, org.USERS)
    ),
}
