"""Snapshot, policies, integrations, waivers and the time: to a report. Pure; the same input gives the same report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError

from sfharden.checks.azure.attested import attested
from sfharden.checks.azure.common import SCOPE
from sfharden.checks.azure.contexts import azure_contexts, gaps_of_azure, origin_of
from sfharden.checks.common import Check, Context, Verdict, app_subject, manual, unknown
from sfharden.checks.policy import Control, Policy
from sfharden.checks.registry import CHECKS
from sfharden.egress.outlook import warnings_of
from sfharden.errors import InputError, UsageError
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.naming import to_mend
from sfharden.facts.values import CannotTell, KeptBack, NotShown
from sfharden.model import kinds
from sfharden.model.integration import Integration, Waiver, integration_names
from sfharden.model.results import Evidence, Report, Result, Status, Subject, Waived, fingerprint
from sfharden.model.snapshot import Snapshot, Tool
from sfharden.text.names import is_meant, suggestion
from sfharden.text.redact import safe_text
from sfharden.text.wording import count, ended, show_names

SOON_DAYS: Final = 14  # a waiver's last days, in which each report says so
LONG_DAYS: Final = 366  # beyond this a waiver is told each time: nobody remembers why it was granted
# What a subscriber sets of a packaged app, and so is shown: its absence is nothing that a maker keeps back.
_SUBSCRIBERS: Final = frozenset({"app_admin_approved", "app_ip_enforced", "app_refresh_bounded"})
_ENDED: Final = {"fail": "failed", "unknown": "is unknown"}


@dataclass(frozen=True, slots=True)
class _Task:
    control: Control
    check: Check
    parameters: Any


def evaluate(
    snapshot: Snapshot,
    policies: Sequence[Policy],
    integrations: Sequence[Integration],
    waivers: Sequence[Waiver],
    now: datetime,
    tool_version: str,
) -> Report:
    """Judge every control. Controls of scope `integration` run once for each integration; where there is none, those
    that ask about an app alone run for every app.

    `now` is an aware time and dates the report. Raises InputError for a policy that names an unknown check
    or gives it wrong parameters, UsageError where there is nothing to judge.
    """
    tasks, now = tuple(_prepare(policies)), now.astimezone(UTC)
    facts = Index(snapshot)
    of_azure = any(task.check.scope == SCOPE for task in tasks)
    azure = tuple(azure_contexts(facts, integrations, now)) if of_azure else ()  # an index of every row: once
    results = [
        result
        for task in tasks
        for context, integration in _contexts(task, facts, integrations, now, azure)
        for result in _judge(task, context, integration)
    ]
    if (
        not results
    ):  # every control is an integration's, and there is none: nothing said must not look like nothing wrong
        raise UsageError("These policies judge integrations only: nothing was judged.", "Give -i FILE.")
    waived = [_apply(result, waivers, now) for result in results]
    ordered = tuple(sorted(waived, key=_order))
    return Report(
        tool=Tool(version=tool_version),
        generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        source=snapshot.source,
        azure=origin_of(snapshot.azure),
        **_org(snapshot),
        policies=tuple(policy.name for policy in policies),
        integrations=integration_names(integrations),
        summary=_summary(ordered),
        results=ordered,
        gaps=(
            *snapshot.gaps,
            *gaps_of_azure(snapshot.azure),
            *(gap for one in integrations for gap in one.egress.gaps),
        ),
        warnings=(
            *(snapshot.azure.warnings if snapshot.azure else ()),
            *_egress_warnings(integrations, now),
            *_waiver_warnings(waivers, ordered, tasks, now),
        ),
        to_mend=tuple(text for one in integrations for text in to_mend(facts, one)),
    )


def _org(snapshot: Snapshot) -> dict[str, Any]:
    """Which org it is, where that was read."""
    found = snapshot.org.organization if snapshot.org else None
    return {"org_name": found.name, "is_sandbox": found.is_sandbox} if found else {}


def _contexts(
    task: _Task,
    facts: Index,
    integrations: Sequence[Integration],
    now: datetime,
    azure: Sequence[tuple[Context, Integration | None]],
) -> Iterator[tuple[Context, Integration | None]]:
    """What a control is judged of."""
    if task.check.scope == SCOPE:
        yield from azure
    elif task.check.scope != "integration":
        yield Context(facts, now), None
    elif integrations:
        for one in integrations:
            yield Context(facts, now, one, _all=tuple(integrations)), one
    elif task.check.alone:
        for app in facts.apps:
            yield Context(facts, now).of_side(app), None


def _prepare(policies: Iterable[Policy]) -> Iterator[_Task]:
    seen: dict[str, str] = {}
    for policy in policies:
        for control in policy.controls:
            if control.id in seen:
                raise InputError(
                    f"Control {control.id} is in two policies: {seen[control.id]} and {policy.name}."
                )
            seen[control.id] = policy.name
            yield _task(policy, control)


def _task(policy: Policy, control: Control) -> _Task:
    where = f"Policy {policy.name}, control {control.id}"
    check = CHECKS.get(control.check)
    if check is None:
        raise InputError(
            f"{where}: there is no check named '{safe_text(control.check, limit=80)}'."
            f"{suggestion(control.check, CHECKS)}"
        )
    try:
        return _Task(control, check, check.parameters.model_validate(control.with_))
    except ValidationError as error:
        raise InputError(*_complaint(error, check, where)) from None


def _complaint(error: ValidationError, check: Check, where: str) -> tuple[str, str]:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = ".".join(map(str, first["loc"])) or "with"
    shown = safe_text(name, limit=80)
    if first["type"] == "extra_forbidden":
        hint = suggestion(name, check.parameters.model_fields).strip()
        return f"{where}: its check has no parameter '{shown}'.", hint
    said = safe_text(str(first["msg"]).removeprefix("Value error, "), limit=200)
    return f"{where}, parameter {shown}: {said}", ""


def _judge(task: _Task, context: Context, integration: Integration | None) -> Iterator[Result]:
    name = integration.name if integration else None
    judged = False
    try:
        for verdict in _verdicts(task, context):
            judged = True
            yield _result(task.control, attested(verdict, task.control.id, integration, context.now), name)
        if not judged:  # nothing said must not look like nothing wrong
            raise CannotTell("there was nothing to judge")
    except CannotTell as reason:
        yield _result(task.control, _untellable(task, context, reason), name)


def _untellable(task: _Task, context: Context, reason: CannotTell) -> Verdict:
    """Unknown; but of an app that is judged for itself, what the org keeps to its maker is for a person to ask about.

    A subscriber is handed their own part of a packaged app, and of an external client app not what its secrets stand
    beside (Metadata API Guide, ConnectedApp; ExtlClntAppGlobalOauthSettings).
    """
    subject = task.check.subject(context)
    alone = task.check.alone and not context.of_integration
    if alone and context.facts.live and _is_kept_from_us(task, context, reason):
        evidence = Evidence(what="reason", observed=reason.reason, source=reason.where)
        text = f"The org doesn't show it: {ended(reason.reason)} Look there, or ask its maker."
        return manual(subject, text, evidence)
    return unknown(subject, reason.reason, reason.where)


def _is_kept_from_us(task: _Task, context: Context, reason: CannotTell) -> bool:
    app = context.app
    packaged = "__" in app.name and bool(app.parts) and task.control.check not in _SUBSCRIBERS
    # What failed to be read was not kept back.
    failed = context.facts.snapshot.gaps_of(kinds.EXTERNAL_OAUTH, kinds.EXTERNAL_GLOBAL_OAUTH)
    return (isinstance(reason, KeptBack) and not failed) or (packaged and isinstance(reason, NotShown))


def _verdicts(task: _Task, context: Context) -> Iterable[Verdict]:
    """What a check says; of a migrated app what it says of both sides, as one verdict."""
    sides = context.sides if task.check.subject is app_subject else ()
    if len(sides) < 2:
        return task.check.judge(context, task.parameters)
    return _together(context, task, sides)


# Of two sides the worse one counts: either lets people in.
_WORST: Final = (Status.FAIL, Status.UNKNOWN, Status.MANUAL, Status.PASS, Status.NOT_APPLICABLE)


def _together(context: Context, task: _Task, sides: Iterable[App]) -> Iterator[Verdict]:
    subject = app_subject(context)
    found = {side.kind: _one_verdict(context.of_side(side), task, subject) for side in sides}
    worst = min(found.values(), key=lambda one: _WORST.index(one.status))
    if len({one.message for one in found.values()}) == 1:
        yield worst
        return
    words = {kind: kind.replace("-", " ") for kind in found}
    yield Verdict(
        worst.status,
        subject,
        " ".join(
            f"As a{'n' if kind[0] == 'e' else ''} {words[kind]}: {one.message}" for kind, one in found.items()
        ),
        tuple(
            part.model_copy(update={"what": f"{words[kind]}: {part.what}"})
            for kind, one in found.items()
            for part in one.evidence
        ),
        worst.severity,
    )


def _one_verdict(context: Context, task: _Task, subject: Subject) -> Verdict:
    """A check of an app gives one verdict; with several, the worst of them stands for all."""
    try:
        found = list(task.check.judge(context, task.parameters))
    except CannotTell as reason:
        return unknown(subject, reason.reason, reason.where)
    if not found:
        return unknown(subject, "there was nothing to judge")
    return min(found, key=lambda one: _WORST.index(one.status))


def _result(control: Control, verdict: Verdict, integration: str | None) -> Result:
    return Result(
        control=control.id,
        subject=verdict.subject,
        status=verdict.status,
        severity=verdict.severity or control.severity,
        title=control.title,
        message=verdict.message,
        evidence=verdict.evidence,
        remediation=control.remediation,
        references=control.references,
        integration=integration,
        fingerprint=fingerprint(control.id, verdict.subject, integration),
    )


def _apply(result: Result, waivers: Iterable[Waiver], now: datetime) -> Result:
    """A failed or unknown result with its waiver, if one in force names this control, subject and status."""
    for waiver in waivers:
        if names(waiver, result) and waiver.expires >= now.date():
            granted = Waived(reason=waiver.reason, owner=waiver.owner, expires=waiver.expires)
            return result.model_copy(update={"waived": granted})
    return result


def names(waiver: Waiver, result: Result) -> bool:
    """Whether a waiver is about a result: its control, its status and its subject."""
    return (
        waiver.control == result.control
        and waiver.status == result.status.value
        and is_meant(waiver.subject, result.subject.name)
    )


def _egress_warnings(integrations: Iterable[Integration], now: datetime) -> Iterator[str]:
    for integration in integrations:
        for warning in dict.fromkeys(warnings_of(integration.egress, now.date())):
            yield f"Egress of {integration.name}: {warning}"


def _waiver_warnings(
    waivers: Iterable[Waiver], results: Sequence[Result], tasks: Iterable[_Task], now: datetime
) -> Iterator[str]:
    known = {task.control.id for task in tasks}
    for waiver in waivers:
        named = f"Waiver of {waiver.control} for '{waiver.subject}'"
        if waiver.expires < now.date():
            yield f"{named} expired on {waiver.expires} (owner: {waiver.owner})."
        elif waiver.control not in known:
            yield f"{named}: no such control in these policies.{suggestion(waiver.control, known)}"
        elif not any(names(waiver, result) for result in results):
            yield f"{named} is not used: nothing {_ENDED[waiver.status]} there. {_what_then(waiver, results)}"
        elif (days := (waiver.expires - now.date()).days) <= SOON_DAYS:
            when = count(days, "day")
            yield f"{named} ends in {when}, on {waiver.expires} (owner: {waiver.owner})."
        elif days > LONG_DAYS:
            yield f"{named} ends in over a year, on {waiver.expires}: who will remember? (owner: {waiver.owner})."


def _what_then(waiver: Waiver, results: Iterable[Result]) -> str:
    """A subject that the control doesn't even have may be misspelt; then those that it may mean are named."""
    own = [one for one in results if one.control == waiver.control]
    if any(is_meant(waiver.subject, one.subject.name) for one in own):
        return "Remove it."
    meant = {one.subject.name for one in own if one.status.value == waiver.status and not one.waived}
    if not meant:
        return "Remove it."
    listed = show_names(f"'{safe_text(name, limit=120)}'" for name in meant)
    return f"It {_ENDED[waiver.status]} for {listed}: is that meant?"


def _order(result: Result) -> tuple[int, str, str, str, str]:
    subject = result.subject
    return (-result.severity.rank, result.control, subject.name, subject.kind, result.integration or "")


def _summary(results: Iterable[Result]) -> dict[str, int]:
    counts = Counter("waived" if result.waived else result.status.value for result in results)
    names = [Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE, Status.MANUAL]
    return {name: counts[name] for name in [*(status.value for status in names), "waived"]}
