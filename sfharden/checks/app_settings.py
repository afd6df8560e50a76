"""Checks of an app's own settings: what of a stolen token, code or secret is still worth something."""

from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import Field, StrictBool, field_validator

from sfharden.checks.common import (
    APP_PARTS,
    Check,
    Context,
    NoParameters,
    Verdict,
    app_subject,
    fact_evidence,
    failed,
    manual,
    not_applicable,
    passed,
    require_own_run_as,
)
from sfharden.facts.app_switches import SWITCHES, switch_of
from sfharden.facts.apps import App
from sfharden.facts.values import CannotTell, Fact, NotShown
from sfharden.model import kinds, org
from sfharden.model.base import Model
from sfharden.model.results import Evidence
from sfharden.text.names import suggestion

_WORDS: Final = {True: "on", False: "off"}
# The admin's own switch of an external client app.
_POLICY_SWITCH: Final = (kinds.EXTERNAL_OAUTH_POLICY, "isClientCredentialsFlowEnabled")


class Switches(Model):
    """`required`: by the name of a switch, whether it must be on."""

    required: dict[str, StrictBool] = Field(min_length=1)

    @field_validator("required")
    @classmethod
    def _known(cls, value: dict[str, bool]) -> dict[str, bool]:
        for name in value:
            if name not in SWITCHES:
                raise ValueError(f"there is no switch '{name}'.{suggestion(name, SWITCHES)}")
        return value


def judge_switches(context: Context, parameters: Switches) -> Iterable[Verdict]:
    """Every switch is as it must be, on either kind of app."""
    subject, app = app_subject(context), context.app
    evidence: list[Evidence] = []
    wrong: list[str] = []
    right: list[str] = []
    reasons: list[CannotTell] = []
    for name, wanted in parameters.required.items():
        switch = SWITCHES[name]
        try:
            found = switch_of(context.facts, app, switch)
        except CannotTell as reason:
            reasons.append(reason)
            continue
        # What fails is read first: it's the line to mend.
        at = len(evidence) if found.value is wanted else len(wrong)
        evidence.insert(at, fact_evidence(switch.words, found, _WORDS[wanted]))
        told = f"{switch.words} is {_WORDS[found.value]}"
        (right if found.value is wanted else wrong).append(told)
    if wrong:
        yield failed(subject, _sentence(wrong), *evidence)
    elif reasons:
        raise reasons[0]
    else:
        yield passed(subject, _sentence(right), *evidence)


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


# The client credentials flow --------------------------------------------------------------------


def judge_client_credentials(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """The flow is off, unless the integration file says that the integration signs in by it, as its own user."""
    subject, app = app_subject(context), context.app
    said = tuple(_flow_switches(app))
    on = next((fact for fact in said if fact.value), None)
    if on is None:
        if len(said) < len(_flow_places(app)):
            raise NotShown("no file says whether the client credentials flow is on", app.where)
        evidence = fact_evidence("client credentials flow", said[0], "off")
        yield passed(subject, "The client credentials flow is off.", evidence)
        return
    evidence = fact_evidence("client credentials flow", on, "off")
    if not context.signs_in_by_client_credentials:
        yield failed(
            subject, "Whoever has the app's secret gets in: the client credentials flow is on.", evidence
        )
        return
    require_own_run_as(context)
    text = "The integration signs in by the client credentials flow, by design, and as its own user."
    yield not_applicable(subject, text, evidence)


def _flow_switches(app: App) -> Iterator[Fact[bool]]:
    """What the developer's settings say, and of an external client app its policy; a silent file says nothing.

    Either word may say that the flow is on, so it is known to be off only where both were read.
    """
    for kind, path in _flow_places(app):
        app.require_part(kind)
        if not app.is_silent(kind, path):
            yield app.flag(kind, path)


def _flow_places(app: App) -> tuple[tuple[str, str], ...]:
    kind, path, *_ = SWITCHES["client_credentials"].place(app)
    return (_POLICY_SWITCH, (kind, path)) if app.external else ((kind, path),)


# The certificate --------------------------------------------------------------------------------


def judge_certificate(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """An app that signs in with nobody present does so by a certificate, whose key never leaves its holder.

    A certificate makes the JWT bearer flow possible (Metadata API Guide, ConnectedApp, oauthConfig.certificate). That
    metadata doesn't show one of an external client app is the word of others, so there its absence tells nothing.
    """
    subject, app = app_subject(context), context.app
    kind, path = _certificate_place(app)
    flows = tuple(_flow_switches(app))
    if any(part.kind == kind for part in app.parts) and not app.is_silent(kind, path):
        where = app.written(kind, path).where
        evidence = Evidence(what="certificate", observed="there", expected="one", source=where)
        if any(fact.value for fact in flows):
            text = (
                "The app has a certificate, and the client credentials flow is on, too: by which of them it signs in "
                "no call tells. Switch the flow off if it is the certificate."
            )
            yield manual(subject, text, evidence)
            return
        yield passed(subject, "The app signs in by a certificate.", evidence)
        return
    if not any(fact.value for fact in flows):
        if len(flows) < len(_flow_places(app)):
            raise NotShown("no file says by which flows the app signs in", app.where)
        text = "No certificate, and no flow that needs one: a person authorises the connection."
        yield not_applicable(subject, text)
    elif app.external:
        raise CannotTell("metadata may not show the certificate of an external client app", app.where)
    else:
        evidence = Evidence(what="certificate", observed="none", expected="one", source=app.where)
        yield failed(subject, "The app signs in with nobody present, by a secret alone.", evidence)


def _certificate_place(app: App) -> tuple[str, str]:
    if app.external:
        return kinds.EXTERNAL_GLOBAL_OAUTH, "certificate"
    return kinds.CONNECTED_APP, "oauthConfig.certificate"


# The end of connected apps ----------------------------------------------------------------------


def judge_supported(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """An external client app. The end of support for connected apps is announced, by one source; no verdict rests on it."""
    subject, app = app_subject(context), context.app
    evidence = Evidence(what="kind", observed=app.kind.replace("-", " "), source=app.where)
    if app.external:
        yield passed(subject, "It is an external client app.", evidence)
        return
    text = (
        "It is a connected app. Support for those is announced to end with Summer '27; they go on working. Plan the "
        "move to an external client app, and enter its token allowlist again: the migration loses it."
    )
    yield manual(subject, text, evidence)


CHECKS = {
    "app_switches": Check("integration", Switches, judge_switches, app_subject, APP_PARTS, alone=True),
    "app_client_credentials": Check(
        "integration", NoParameters, judge_client_credentials, app_subject, APP_PARTS, alone=True
    ),
    "app_certificate": Check(
        "integration", NoParameters, judge_certificate, app_subject, APP_PARTS, alone=True
    ),
    "app_supported": Check(
        "integration", NoParameters, judge_supported, app_subject, (*APP_PARTS, org.APPS), alone=True
    ),
}
