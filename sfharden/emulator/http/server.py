"""The embedded org on a loopback port: its routes, and the faults around them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sfharden.emulator.backend import Backend
from sfharden.emulator.http import oauth_routes, rest_routes, soap_routes
from sfharden.emulator.http.faults import Fault, FaultKind, changed, choose, instead
from sfharden.emulator.http.leaks import leaks_in
from sfharden.emulator.http.listener import Ending, Outcome, Served, Sleep, listen
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import Reply, Request, refusal_reply

_LONGEST_TARGET: Final = 16_384
_ENDINGS: Final = {
    FaultKind.RESET: Ending.RESET,
    FaultKind.LOST: Ending.RESET,
    FaultKind.SILENCE: Ending.SILENCE,
    FaultKind.TRUNCATED: Ending.CUT,
}


@dataclass
class DemoServer(Served):
    """A running org: its callers' tokens, and what shall go wrong."""

    org: DemoOrg
    backend: Backend
    faults: list[Fault] = field(default_factory=list)

    @property
    def tokens(self) -> dict[str, str]:
        """Access tokens of the org's callers, by the callers' names."""
        return self.org.callers

    def respond(self, ordinal: int, request: Request) -> Outcome:
        """The org's answer, or what a fault makes of it."""
        soap = request.segments[:2] == ["services", "Soap"]
        operation = soap_routes.operation_of(request.body) if soap else ""
        rule = self.choose(ordinal, f"{request.method} {request.target} {operation}".strip())
        reply = changed(rule, self._reply(request, rule, soap))
        kind = rule.kind if rule else None
        ending = _ENDINGS.get(kind, Ending.WHOLE) if kind else Ending.WHOLE
        return Outcome(reply, ending, operation, kind)

    def choose(self, ordinal: int, label: str) -> Fault | None:
        """The fault that hits a request, if any."""
        with self._lock:
            return choose(self.faults, ordinal, label)

    def _reply(self, request: Request, rule: Fault | None, soap: bool) -> Reply:
        if len(request.target) > _LONGEST_TARGET:
            return refusal_reply(RefusalError("URI_TOO_LONG", "URI Too Long"))
        if sum(map(len, request.headers.values())) + len(request.target) > _LONGEST_TARGET:
            return refusal_reply(RefusalError("HEADERS_TOO_LARGE", "Request Header Fields Too Large"))
        if rule and rule.kind in (FaultKind.RESET, FaultKind.SILENCE):
            return Reply(0)
        return (instead(rule, soap=soap) if rule else None) or self.work(request)

    def work(self, request: Request) -> Reply:
        """The org's answer."""
        try:
            with self.org.lock:
                self.org.leaks.extend(leaks_in(self.org, request))
                return self._routed(request)
        except RefusalError as error:
            return refusal_reply(error)

    def _routed(self, request: Request) -> Reply:
        head = request.segments[:2]
        if head == ["services", "data"]:
            reply = rest_routes.answer(self.backend, request)
            usage = rest_routes.usage_header(self.backend)
            return Reply(reply.status, reply.body, reply.content_type, (*reply.headers, usage))
        if head == ["services", "Soap"]:
            return soap_routes.answer(self.backend, request)
        if head == ["services", "oauth2"]:
            return oauth_routes.answer(self.backend, request)
        raise RefusalError("NOT_FOUND", "The requested resource does not exist")


@contextmanager
def serve(org: DemoOrg, *, latency: float = 0.0, sleep: Sleep = time.sleep) -> Iterator[DemoServer]:
    """Serve an org on a loopback port of its own until the block ends. `latency` in seconds an answer."""
    demo = DemoServer(org, Backend(org), latency=latency, sleep=sleep)
    with listen(demo, "demo-org"):
        yield demo
