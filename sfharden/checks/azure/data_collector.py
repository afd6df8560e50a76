"""Nothing sends findings or records through the Data Collector API, which left support on 2026-09-14 (ALA §4.1)."""

import re
from collections.abc import Iterator
from typing import Final

from sfharden.azure.calls import api_name
from sfharden.azure.connectors import DATA_COLLECTOR, connector_of
from sfharden.azure.expressions import resource_path
from sfharden.azure.flow_code import FlowCode, told_references
from sfharden.azure.http_steps import http_calls
from sfharden.azure.side import AzureSide, Reference, references_of
from sfharden.checks.azure.common import azure_check
from sfharden.checks.azure.each_flow import judge_flows
from sfharden.checks.common import Context, NoParameters, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count

_HOST: Final = re.compile(r"(?i)\.ods\.opinsights\.azure\.(?:com|us|cn)$")
_WANTED: Final = "the Logs Ingestion API"


def judge_data_collector(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """No workflow uses the retired connector, nor calls its API by HTTP."""
    side = context.azure
    yield from judge_flows(side, lambda code, subject: _judge(side, code, subject))


def _judge(side: AzureSide, code: FlowCode, subject: Subject) -> Verdict:
    bad, reasons = list[Evidence](), list[CannotTell]()
    for one in references_of(code.resource):
        try:
            if _connector(side, code, one) == DATA_COLLECTOR:
                bad.append(_evidence(code, f"connection '{one.key}'", DATA_COLLECTOR, ""))
        except CannotTell as reason:
            reasons.append(reason)
    for call in http_calls(code):
        if _HOST.search(call.host):
            bad.append(_evidence(code, f"address of '{call.step}'", call.host, call.pointer))
        elif not call.host and not call.is_salesforce and call.sign_in != "description":
            reasons.append(CannotTell(f"of step '{call.step}' where to isn't told", code.where(call.pointer)))
    if bad:
        return failed(
            subject, "It sends through the Data Collector API, with the workspace's shared key.", *bad
        )
    if reasons:
        raise reasons[0]
    used = count(len(told_references(code.resource)), "connection")
    evidence = _evidence(code, "connections", f"{used}, none of {DATA_COLLECTOR}", "")
    return passed(subject, "It uses neither the Data Collector connector nor its address.", evidence)


def _connector(side: AzureSide, code: FlowCode, one: Reference) -> str:
    """By the workflow's own word, else by the connection's."""
    named = api_name(resource_path(one.api)).removeprefix("shared_")
    if named:
        return named
    if found := side.index.find(one.connection):
        return connector_of(found)
    raise CannotTell(f"which connector its connection '{one.key}' is of isn't told", code.where())


def _evidence(code: FlowCode, what: str, observed: str, pointer: str) -> Evidence:
    return Evidence(what=what, observed=observed, expected=_WANTED, source=code.where(pointer))


CHECKS = {"azure_data_collector_absent": azure_check(NoParameters, judge_data_collector)}
