"""What the tests of the wire share: an org's address, a made-up token, fake time, and a loopback server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sfharden.ports import CallLog, Timing, no_log
from sfharden.salesforce.guard import READING
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.session import Wire
from sfharden.text.redact import Secret
from sfharden.web.guard import Rule
from sfharden.web.meter import CallMeter
from sfharden.web.retry import RetryPolicy
from sfharden.web.session import WireCall
from sfharden.web.transport import Bounds
from tests.orgs.constants import NOW as NOW

ORG = "https://acme.my.salesforce.com"
DATA = f"{ORG}/services/data/v66.0"
QUERY = f"{DATA}/query/"
SOAP = f"{ORG}/services/Soap/m/66.0"
TOKEN = "00Dxx0000000001!AQ0AQMadeUp.Token_For-Tests"
LIMITS = WireCall("GET", "/services/data/v66.0/limits", "Asking for limits", "rest")


class FakeTime:
    """Time that passes only when somebody sleeps; remembers for how long."""

    def __init__(self) -> None:
        self.sleeps: list[float] = []
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def timing(self) -> Timing:
        return Timing(sleep=self.sleep, clock=lambda: self.seconds, chance=lambda: 0.5, now=lambda: NOW)


def make_wire(
    url: str = ORG,
    *,
    time: FakeTime | None = None,
    meter: CallMeter | None = None,
    rules: tuple[Rule, ...] = READING,
    bounds: Bounds | None = None,
    retries: RetryPolicy | None = None,
    log: CallLog = no_log,
) -> Wire:
    """A wire with a made-up token and fake time."""
    return Wire(
        parse_origin(url),
        Secret(TOKEN),
        meter=meter or CallMeter(),
        rules=rules,
        timing=(time or FakeTime()).timing(),
        bounds=bounds,
        retries=retries,
        log=log,
    )


def make_client(wire: Wire | None = None) -> OrgClient:
    """A client of API version 66.0."""
    return OrgClient(wire or make_wire(), "66.0")


Script = Callable[[BaseHTTPRequestHandler], None]


class LoopbackOrg:
    """A server on this machine that does what its script says, and remembers what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[str] = []


@contextmanager
def loopback_org(*scripts: Script) -> Iterator[LoopbackOrg]:
    """Serve the scripts, one a request; the last one serves all further requests."""
    lock = threading.Lock()
    pending = list(scripts)

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            with lock:
                org.seen.append(f"{self.command} {self.path}")
                script = pending.pop(0) if len(pending) > 1 else pending[0]
            script(self)

        do_GET = do_POST = _serve  # noqa: N815 - the base class names them so

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the base class names it so

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    org = LoopbackOrg(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield org
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Script:
    """A script that answers at once; header names are written with `_` for `-`."""

    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return script
