"""The loopback ARM: a tenant on a port of its own, with who may come in and what shall go wrong."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sfharden.emulator.azure import refusals
from sfharden.emulator.azure.faults import ENDINGS, AzureFault, AzureFaultKind, changed, instead
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.routes import answer
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.tokens import arm_token
from sfharden.emulator.http.faults import choose
from sfharden.emulator.http.listener import Ending, Outcome, Served, Sleep, listen
from sfharden.emulator.wire import Reply, Request

_GONE: Final = frozenset({AzureFaultKind.RESET, AzureFaultKind.SILENCE})


@dataclass
class AzureServer(Served):
    """A running ARM. `token` is the one that comes in; `leaks` tells where it stood in an address."""

    tenant: Tenant
    token: str = field(repr=False)
    expired: set[str] = field(default_factory=set, repr=False)
    faults: list[AzureFault] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def calls(self) -> list[str]:
        """What was asked, in order, as `METHOD target`."""
        return [f"{one.method} {one.target}" for one in self.requests]

    @property
    def writes(self) -> list[str]:
        """What was asked with anything but GET: nothing, of a client that only reads."""
        return [f"{one.method} {one.target}" for one in self.requests if one.method != "GET"]

    def respond(self, ordinal: int, request: Request) -> Outcome:
        """The answer, or what a fault makes of it."""
        with self._lock:
            rule = choose(self.faults, ordinal, f"{request.method} {request.target}")
            if self.token in request.target:
                self.leaks.append(f"{request.method} {request.path}: the token stands in the address")
        if rule is None:
            return Outcome(self._headed(self._work(request), ordinal))
        reply = Reply(0) if rule.kind in _GONE else self._faulty(rule, request)
        ending = ENDINGS.get(rule.kind, Ending.WHOLE)
        return Outcome(self._headed(reply, ordinal), ending, "", rule.kind, rule.pause)

    def _faulty(self, rule: AzureFault, request: Request) -> Reply:
        return instead(rule, request) or changed(rule, self._work(request), request)

    def _work(self, request: Request) -> Reply:
        try:
            self._check_token(request)
            return answer(self.tenant, request)
        except refusals.ArmRefusalError as error:
            return error.reply()

    def _check_token(self, request: Request) -> None:
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            raise refusals.no_token()
        if request.bearer in self.expired:
            raise refusals.expired_token()
        if request.bearer != self.token:
            raise refusals.invalid_token()

    def _headed(self, reply: Reply, ordinal: int) -> Reply:
        """The headers of every answer that helps to find a call again, or to slow down (reference 2.5)."""
        name = guid("request", ordinal)
        mine = (
            ("x-ms-request-id", name),
            ("x-ms-correlation-request-id", name),
            ("x-ms-ratelimit-remaining-subscription-global-reads", str(max(0, 3750 - ordinal))),
        )
        return Reply(reply.status, reply.body, reply.content_type, (*reply.headers, *mine))


@contextmanager
def serve_azure(
    tenant: Tenant,
    *,
    token: str = "",
    faults: Mapping[str, AzureFaultKind] | None = None,
    latency: float = 0.0,
    sleep: Sleep = time.sleep,
) -> Iterator[AzureServer]:
    """Serve a tenant on a loopback port of its own until the block ends.

    `token`: what callers must bring; made up if there is none, in `server.token`. `faults`: by the
    pattern of a path (`calls.CALLS` has one for each call). `latency` in seconds an answer.
    """
    made = token or arm_token(tenant.clock(), caller=tenant.caller, tenant_id=tenant.tenant_id)
    rules = [AzureFault(kind, path=path) for path, kind in (faults or {}).items()]
    served = AzureServer(tenant, made, faults=rules, latency=latency, sleep=sleep)
    with listen(served, "loopback-arm"):
        yield served
