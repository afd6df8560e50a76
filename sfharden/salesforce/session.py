"""The wire to an org: what of its answers is tried again, and what says that there were too many calls."""

from typing import Final

from sfharden.ports import CallLog, Timing, no_log
from sfharden.salesforce.guard import READING
from sfharden.text.redact import Secret
from sfharden.web.concurrency import ConcurrencyLimit
from sfharden.web.guard import Rule
from sfharden.web.large_answers import LargeAnswers
from sfharden.web.meter import CallMeter
from sfharden.web.origin import WebOrigin
from sfharden.web.retry import RetryPolicy
from sfharden.web.session import Peer, ServiceWire
from sfharden.web.transport import Bounds

_LIMIT: Final = "REQUEST_LIMIT_EXCEEDED"
_LIMIT_STATUSES: Final = frozenset({403, 429, 500})


def _is_limit(status: int, body: bytes) -> bool:
    return status in _LIMIT_STATUSES and _LIMIT.encode() in body[:4096]


ORG: Final = Peer(
    name="the org",
    # 420, 502 and 503 come from the edge or in maintenance (REST API Guide, Status Codes); 504 likewise.
    retried=frozenset({420, 502, 503, 504}),
    limited=_is_limit,
    limit_code=_LIMIT,
    limit_hint="A daily or a concurrent limit of the org's is reached; try later.",
    redirects=3,
    redirect_hint="Check the org's address; use its My Domain address.",
    usage_header="Sforce-Limit-Info",
)


class Wire(ServiceWire):
    """Sends calls to one org; see `ServiceWire`."""

    def __init__(
        self,
        origin: WebOrigin,
        token: Secret | None,
        *,
        meter: CallMeter,
        rules: tuple[Rule, ...] = READING,
        timing: Timing | None = None,
        retries: RetryPolicy | None = None,
        bounds: Bounds | None = None,
        limit: ConcurrencyLimit | None = None,
        large: LargeAnswers | None = None,
        log: CallLog = no_log,
    ) -> None:
        super().__init__(
            ORG,
            origin,
            token,
            meter=meter,
            rules=rules,
            timing=timing,
            retries=retries,
            bounds=bounds,
            limit=limit,
            large=large,
            log=log,
        )
