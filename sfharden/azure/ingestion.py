"""The Logs Ingestion API: rows to a table of Log Analytics, by a data collection rule. The one POST that leaves for Azure.

Host, path, limits and answers: reference, Azure controls §2.5, §3.1, §3.2 (azure-monitor-docs, logs-ingestion-api-overview).
"""

import gzip
import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

from sfharden.azure.clouds import Cloud
from sfharden.azure.signing_in import AzureSession
from sfharden.errors import UsageError
from sfharden.ports import CallLog, SendOutcome, Timing, no_log
from sfharden.text.redact import safe_text
from sfharden.web.batches import Batch, Row
from sfharden.web.guard import Outgoing
from sfharden.web.meter import CallMeter
from sfharden.web.origin import WebOrigin, server_at
from sfharden.web.posting import RETRIED, RETRIES, post_rows
from sfharden.web.session import Answer, Peer, ServiceWire, WireCall
from sfharden.web.transport import Bounds

_API_VERSION: Final = "2023-01-01"
_WANTED: Final = "--endpoint must look like https://NAME.REGION-1.ingest.monitor.azure.com"
# The suffix of every endpoint of a cloud, what a token for it is asked for, and who signs in there (reference §2.5).
_CLOUDS: Final = (
    (".ingest.monitor.azure.com", "https://monitor.azure.com", "login.microsoftonline.com"),
    (".ingest.monitor.azure.us", "https://monitor.azure.us", "login.microsoftonline.us"),
    (".ingest.monitor.azure.cn", "https://monitor.azure.cn", "login.chinacloudapi.cn"),
)
_RULE: Final = re.compile(r"dcr-[0-9a-zA-Z]{1,64}")
_STREAM: Final = re.compile(r"Custom-[A-Za-z][A-Za-z0-9_]{0,99}")
_PATH: Final = re.compile(rf"/dataCollectionRules/{_RULE.pattern}/streams/{_STREAM.pattern}")
_GZIP: Final = b"\x1f\x8b"

INGESTION: Final = Peer(
    name="Log Analytics",
    retried=RETRIED,
    limited=lambda status, _body: status == 429,
    limit_code="HTTP 429",
    limit_hint="Send the report again later.",
    redirects=0,
    redirect_hint="Check --endpoint and the proxy.",
)
_WORDS: Final = {
    400: "the rows don't fit the stream: does the rule declare every column? (HTTP 400)",
    401: "the token was not accepted (HTTP 401)",
    403: "not allowed: who signs in needs Monitoring Metrics Publisher on the rule, minutes ago at least (HTTP 403)",
    404: "there is no such rule or stream (HTTP 404)",
    413: "too large for Log Analytics (HTTP 413)",
}


def monitor_at(endpoint: str) -> Cloud:
    """The Azure Monitor behind an endpoint as a user writes it: in one of the three clouds, or on this machine.

    Raises UsageError for anything else: a token is sent there.
    """
    origin = server_at(endpoint, _WANTED)
    if origin.is_loopback:
        return Cloud("this machine", origin, "https://monitor.azure.com", None)
    for suffix, resource, login in _CLOUDS:
        if origin.host.endswith(suffix):
            return Cloud(suffix.removeprefix("."), origin, resource, frozenset({resource}), login)
    raise UsageError(_WANTED, f"{safe_text(origin.host, limit=80)} is no host of Azure Monitor's.")


def stream_path(rule: str, stream: str) -> str:
    """Where the rows of a stream go. Raises UsageError for names that neither a rule nor a stream has."""
    if not _RULE.fullmatch(rule):
        raise UsageError(
            "--rule takes the rule's immutable id, such as dcr-0123456789abcdef0123456789abcdef."
        )
    if not _STREAM.fullmatch(stream):
        raise UsageError("--stream takes the name of a custom stream, such as Custom-SfhardenFindings.")
    return f"/dataCollectionRules/{rule}/streams/{stream}"


def sends_rows(request: Outgoing) -> bool:
    """A packed POST of rows to a stream, and nothing else."""
    posts = request.method == "POST" and request.content_type == "application/json"
    return posts and bool(_PATH.fullmatch(request.path)) and request.body.startswith(_GZIP)


class LogAnalytics:
    """One stream of one rule, open for rows."""

    def __init__(
        self,
        session: AzureSession,
        path: str,
        run_id: str,
        *,
        timing: Timing | None = None,
        bounds: Bounds | None = None,
        log: CallLog = no_log,
    ) -> None:
        self._path, self._run = path, UUID(run_id)
        self._wire = ServiceWire(
            INGESTION,
            session.cloud.origin,
            session.token,
            meter=CallMeter(None, reserve_share=None),
            rules=(sends_rows,),
            timing=timing,
            retries=RETRIES,
            bounds=bounds,
            log=log,
        )

    @property
    def origin(self) -> WebOrigin:
        """Where the token goes."""
        return self._wire.origin

    def close(self) -> None:
        """Close the pooled connections."""
        self._wire.close()

    def send(self, rows: Iterable[Row]) -> SendOutcome:
        """Send all rows; each is taken once, or given up."""
        return post_rows(self._wire, rows, self._call, _refusal)

    def _call(self, batch: Batch) -> WireCall:
        return WireCall(
            "POST",
            self._path,
            "the rows",
            "rows",
            params={"api-version": _API_VERSION},
            headers={
                "Content-Type": "application/json",
                "Content-Encoding": "gzip",
                # The same for each attempt, and for each sending of the same report.
                "x-ms-client-request-id": str(uuid5(self._run, f"batch {batch.number}")),
            },
            body=gzip.compress(batch.body, mtime=0),
            reading=False,
            again_if_refused=True,
        )


def _refusal(answer: Answer) -> str:
    """Why the rows were not taken; empty for 204, which alone says that they were."""
    if answer.status == 204:
        return ""
    return _WORDS.get(answer.status, f"answered HTTP {answer.status}, which is not the service's yes (204)")
