"""A published app behind an application gateway: is the firewall on every route, and can it be passed by?

Documented is client, Application Proxy, connector, private gateway with firewall, app. The other order, a public gateway
before `*.msappproxy.net`, leaves that name open to everybody (Microsoft Entra documentation, Application Proxy with
Application Gateway WAF; reference §5).
"""

from collections.abc import Iterator

from sfharden.azure.gateways import GATEWAYS, Route, prevents, routes_of
from sfharden.azure.index import AzureIndex
from sfharden.checks.azure.common import azure_check, judge_each
from sfharden.checks.common import Context, NoParameters, Verdict, failed, manual, not_applicable
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Severity, Subject
from sfharden.text.wording import show_names


def judge_gateway(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """On every route the firewall prevents, and nobody reaches the app beside it."""
    side = context.azure
    yield from judge_each(
        side, side.index.of_type(GATEWAYS), lambda one, subject: _judge(side.index, one, subject)
    )


def _judge(index: AzureIndex, gateway: AzureResource, subject: Subject) -> Verdict:
    routes = routes_of(gateway)
    if not routes:
        return not_applicable(subject, "None of its rules leads to a backend.")
    open_ = [(route, where) for route in routes for on, where in [prevents(index, gateway, route)] if not on]
    if open_:
        evidence = (
            Evidence(
                what=f"firewall of {route.name}",
                observed="off, or only detects",
                expected="on, Prevention",
                source=where,
            )
            for route, where in open_
        )
        return failed(
            subject, f"No firewall prevents on {show_names(route.name for route, _ in open_)}.", *evidence
        )
    proxied = [route for route in routes if route.leads_to_proxy]
    if proxied:
        return _passed_by(gateway, subject, proxied)
    if any(route.is_public for route in routes):
        return manual(
            subject,
            "It answers the public, and what stands behind it isn't told: show that the app answers nobody else.",
        )
    return manual(
        subject,
        "It's private and prevents. Show that the backend answers it alone (network rules), and that the connector's DNS leads to it.",
    )


def _passed_by(gateway: AzureResource, subject: Subject, routes: list[Route]) -> Verdict:
    """A header that the app checks is the only hindrance there; that it does only a person knows. Values are never told."""
    where = gateway.where("/properties/backendAddressPools")
    if all(route.headers for route in routes):
        names = show_names(sorted({name for route in routes for name in route.headers}))
        evidence = Evidence(
            what="request header",
            observed=names,
            expected="checked by the app",
            source=gateway.where("/properties/rewriteRuleSets"),
        )
        said = "Its backend is Application Proxy's public name. Each route writes a header: show that the app refuses requests without it. Every Reader can read that header's value."
        return manual(subject, said, evidence)
    evidence = Evidence(
        what="backend",
        observed="*.msappproxy.net",
        expected="the app, behind a private gateway",
        source=where,
    )
    return failed(
        subject,
        "The firewall can be passed by: its backend is Application Proxy's public name, which answers everybody.",
        evidence,
        severity=Severity.HIGH,
    )


CHECKS = {"azure_gateway_firewall": azure_check(NoParameters, judge_gateway)}
