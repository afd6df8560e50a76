"""AzSK C120: what connectors and HTTP steps send is encrypted on its way (reference §1.7)."""

from collections.abc import Iterator
from typing import Final

from sfharden.azure.calls import https_host, is_salesforce_host
from sfharden.azure.connectors import (
    AZURE_SERVICES,
    DATA_COLLECTOR,
    OTHER_VENDORS,
    SALESFORCE,
    connector_of,
    is_signed_in,
    through_gateway,
)
from sfharden.azure.flow_code import FlowCode
from sfharden.azure.http_steps import http_calls
from sfharden.azure.index import AzureValue, given
from sfharden.azure.objects import text
from sfharden.checks.azure.common import azure_check, seen, subject_of
from sfharden.checks.azure.each_flow import judge_flows
from sfharden.checks.azure.used_connections import used_connections
from sfharden.checks.common import (
    Context,
    NoParameters,
    Verdict,
    attempt,
    failed,
    manual,
    not_applicable,
    passed,
)
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count

LOGIN_URI: Final = "properties.nonSecretParameterValues.token:LoginUri"
_VALUES: Final = "properties.nonSecretParameterValues"


def judge_transit(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Each connection that is used, and the HTTP steps of each workflow."""
    side = context.azure
    connections, unread = used_connections(side)
    for one in connections:
        about = subject_of(one)
        yield attempt(about, lambda one=one, about=about: _connection(one, about))  # type: ignore[misc]
    yield from unread
    yield from judge_flows(side, _flow)


def _connection(one: AzureResource, subject: Subject) -> Verdict:
    connector = connector_of(one)
    where = one.where("/properties/api/id")
    named = Evidence(what="connector", observed=connector, expected="one that encrypts", source=where)
    if connector == "ftp":
        return failed(subject, "FTP sends passwords and files in plain text.", named)
    if connector == SALESFORCE:
        return _salesforce(one, subject)
    if connector in ("sftp", "sftpwithssh"):
        return _sftp(one, subject)
    if connector == "smtp":
        return _smtp(one, subject)
    if through_gateway(one) or connector == "filesystem":
        raise CannotTell("it goes through a gateway, and the way behind that isn't told", where)
    if connector in AZURE_SERVICES or connector == DATA_COLLECTOR or is_signed_in(connector):
        return passed(subject, f"The service behind {connector} refuses what isn't encrypted.", named)
    if connector in OTHER_VENDORS:
        return manual(subject, f"No property tells how {connector} is called: ask its vendor.", named)
    raise CannotTell(f"{connector} is not among the connectors known here", where)


def _salesforce(one: AzureResource, subject: Subject) -> Verdict:
    """What it signs in at may fail; that the connector never calls without encryption is inferred (reference §1.7)."""
    found = given(one, LOGIN_URI)
    host = login_host(found)
    evidence = seen("token:LoginUri", found, "https://, a host of Salesforce")
    if text(found.value).casefold().startswith("http://"):
        return failed(subject, "It signs in at an address without encryption.", evidence)
    if not host or not is_salesforce_host(host):
        raise CannotTell("where it signs in is no address of Salesforce that is known", found.where)
    return manual(
        subject, "It signs in at Salesforce by HTTPS; no property tells how it calls: attest that.", evidence
    )


def login_host(found: AzureValue) -> str:
    """The host of an https address; empty for any other text, and for one that readers of addresses don't agree on."""
    return https_host(text(found.value).strip())


def _sftp(one: AzureResource, subject: Subject) -> Verdict:
    found = given(one, f"{_VALUES}.acceptAnySshHostKey")
    evidence = seen("acceptAnySshHostKey", found, "false")
    if _truth(found):
        return failed(subject, "It trusts whoever answers: the host's key isn't checked.", evidence)
    return passed(subject, "SSH encrypts, and the host's key is checked.", evidence)


def _smtp(one: AzureResource, subject: Subject) -> Verdict:
    found = given(one, f"{_VALUES}.enableSSL")
    evidence = seen("enableSSL", found, "true")
    if not _truth(found):
        return failed(subject, "It sends mail without encryption.", evidence)
    return manual(subject, "It asks for encryption: show that the server never goes without.", evidence)


def _truth(found: AzureValue) -> bool:
    written = str(found.value).casefold()
    if written not in ("true", "false"):
        raise CannotTell("it is neither true nor false", found.where)
    return written == "true"


def _flow(code: FlowCode, subject: Subject) -> Verdict:
    calls = list(http_calls(code))
    plain = [one for one in calls if one.scheme == "http"]
    if plain:
        evidence = [
            Evidence(
                what=f"address of '{one.step}'",
                observed="http://",
                expected="https://",
                source=code.where(one.pointer),
            )
            for one in plain
        ]
        steps = len({one.step for one in plain})
        return failed(
            subject, f"{count(steps, 'step')} call{'s' * (steps == 1)} without encryption.", *evidence
        )
    for one in calls:
        if one.scheme != "https":
            raise CannotTell(
                f"the address that step '{one.step}' calls isn't written out", code.where(one.pointer)
            )
    if not calls:
        return not_applicable(subject, f"None of its {count(len(code.steps), 'step')} calls by HTTP.")
    shown = Evidence(
        what="addresses",
        observed=f"https:// in {count(len(calls), 'call')}",
        expected="https://",
        source=code.where(),
    )
    return passed(subject, "Each of its HTTP calls is by HTTPS.", shown)


CHECKS = {"azure_connectors_encrypt": azure_check(NoParameters, judge_transit)}
