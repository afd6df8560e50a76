"""Revoking many tokens of the embedded org, against the time that the org's own answers take."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sfharden.model.snapshot import Tool
from sfharden.revocation.approve import approve_expected
from sfharden.revocation.execute import WORKERS, Doors, Keys, execute
from sfharden.revocation.journal import Disk, create_journal
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import Actor, Header, State
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, connect
from sfharden.salesforce.handles import handle_of
from sfharden.salesforce.revoker import revoker_of
from sfharden.text.redact import Secret
from sfharden.web.concurrency import ConcurrencyLimit
from sfharden.web.meter import CallMeter
from tests.orgs.sized import sized_org

LATENCY = 0.05  # seconds an answer
NOW = datetime(2026, 11, 24, tzinfo=UTC)


# In a process of its own, as a real org is: in ours, its threads would compete with those that are measured.
_SERVER = """
import json, sys
from datetime import UTC, datetime
from sfharden.emulator.http.server import serve
from tests.orgs.sized import sized_org
org = sized_org(datetime(2026, 11, 24, tzinfo=UTC), profiles=5, apps=5, users=50, tokens=int(sys.argv[1]))
with serve(org, latency=float(sys.argv[2])) as server:
    print(json.dumps([server.base_url, server.tokens["auditor"]]), flush=True)
    sys.stdin.read()
    print(len(org.tokens), flush=True)
"""


@contextmanager
def _served(tokens: int) -> Iterator[tuple[str, Secret]]:
    """The address and a token of a running org; in the end it must have no authorisation left."""
    arguments = [sys.executable, "-c", _SERVER, str(tokens), str(LATENCY)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        url, token = json.loads(process.stdout.readline())
        yield url, Secret(token)
        process.stdin.close()
        assert process.stdout.readline().strip() == "0"


def revoke_all(folder: Path, tokens: int) -> float:
    """Seconds that revoking so many tokens takes, journal and its fsyncs included, as a ratio to the floor.

    The floor is number × latency / workers: what the org's answers alone would take.
    """
    org = sized_org(NOW, profiles=5, apps=5, users=50, tokens=tokens)
    secrets = {
        handle_of(secret, org.id): secret for secret in (Secret(one.delete_token) for one in org.tokens)
    }
    planned = tuple(PlannedToken(handle=handle, app="App", user="user") for handle in sorted(secrets))
    plan = RevocationPlan(org_id=org.id, selection="all tokens", tokens=planned)
    approval = approve_expected(plan, tokens)
    head = Header(
        at=NOW, tool=Tool(version="bench"), who=Actor(username="bench"), approved=approval.how,
        fingerprint=plan.fingerprint, count=tokens, plan=plan,
    )  # fmt: skip
    with _served(tokens) as (url, token):
        connection = connect(sign_in_with_token(url, token), API_VERSIONS, CallMeter())
        journal = create_journal(folder / "journal.jsonl", head, Disk(lambda: NOW))
        with revoker_of(connection, WORKERS) as revoker:
            doors = Doors(revoker, ConcurrencyLimit(WORKERS), time.sleep)
            start = time.perf_counter()
            stopped = execute(plan, approval, plan.handles, Keys(secrets, frozenset()), journal, doors)
            taken = time.perf_counter() - start
        counts = journal.read().counts()
        journal.close()
        connection.wire.close()
    assert stopped is None
    assert counts[State.REVOKED] == tokens
    return taken / (tokens * LATENCY / WORKERS)
