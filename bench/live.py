"""Measures the reading of a running org: the embedded one, served by a process of its own.

A process of its own, so that the reader and the org don't take turns on one interpreter.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sfharden.salesforce.metadata_api import Polling

_SERVER = """
import json, sys
from datetime import UTC, datetime
from sfharden.emulator.http.server import serve
from tests.orgs.sized import Spread, sized_org
given = json.loads(sys.argv[1])
spread = Spread(**given.pop("spread", {}))
latency = given.pop("latency", 0.0)
with serve(sized_org(datetime.now(UTC).replace(microsecond=0), spread=spread, **given), latency=latency) as org:
    print(json.dumps([org.base_url, org.tokens["auditor"]]), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"calls": len(org.requests), "together": org.max_in_flight}), flush=True)
        org.requests.clear()
"""
READER = """
import json, resource, sys, time
from sfharden.cli import main
start = time.perf_counter()
code = main(sys.argv[1:])
seconds = time.perf_counter() - start
print(json.dumps([code, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


class Run(NamedTuple):
    """One run of the program: exit code, seconds, peak megabytes, calls, calls at once at most."""

    code: int
    seconds: float
    megabytes: float
    calls: int
    together: int


class Org:
    """The embedded org in its process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.url, self._token = self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def run(self, *arguments: str) -> Run:
        """Run the program on it in another process."""
        command = [sys.executable, "-c", READER, *arguments, "--instance-url", self.url]
        environment = {"SF_ACCESS_TOKEN": self._token, "PYTHONPATH": str(Path(__file__).parent.parent)}
        done = subprocess.run(
            command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        assert self._process.stdin
        self._process.stdin.write("told?\n")
        self._process.stdin.flush()
        told = self._answer()
        code, seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
        return Run(code, seconds, megabytes, told["calls"], told["together"])


@contextmanager
def org(**size: Any) -> Iterator[Org]:
    """Serve an org of that size; see `tests.orgs.sized.sized_org`, and `latency` in seconds."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, json.dumps(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
    ) as process:
        try:
            yield Org(process)
        finally:
            process.kill()


# The longest chain of calls of which each needs the one before, for 6,000 tokens: agree on a version, count and
# first page side by side, a window of two pages, the count at the end. And, as long: version, list, retrieve, and
# asking twice for the zip, which has the waits between on top.
_CHAIN = ("versions", "first page", "window", "second page", "count")
_LATENCY = 0.05


def large_org(latency: float = _LATENCY, **size: Any) -> tuple[Run, float]:
    """500 profiles, 15 apps, 200 users, 6,000 tokens, `latency` seconds an answer: the best of three.

    With its ratio to the critical path: the longest chain, times the latency.
    """
    with tempfile.TemporaryDirectory() as folder, org(latency=latency, **size) as running:
        target = str(Path(folder) / "snapshot.json")
        runs = [running.run("snapshot", "-o", target) for _ in range(3)]
    best = min(runs, key=lambda run: run.seconds)
    return best, best.seconds / (len(_CHAIN) * latency)


def many_people(users: int, apps: int) -> tuple[Run, int]:
    """Users who all have a token of each external client app, which OauthToken doesn't show.

    With how many calls the goal allows: 60, and one for a hundred users of each app.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        org(users=users, external=apps, hidden=True) as running,
    ):
        target = Path(folder) / "snapshot.json"
        run = running.run("snapshot", "-o", str(target))
        told = json.loads(target.read_text("utf-8"))["org"]["external_tokens"]
        assert len(told) >= users * apps, "somebody's is missing"
    return run, 60 + users * apps // 100


def slow_retrieve(seconds: float) -> tuple[Run, float]:
    """A retrieve that takes so long, and how much later than that the whole reading ends."""
    polls, spent = 0, 0.0
    for wait in Polling().waits(lambda: 0.0):
        if spent + wait >= seconds:
            break
        polls, spent = polls + 1, spent + wait
    with tempfile.TemporaryDirectory() as folder, org(latency=0.0, polls=polls) as running:
        run = running.run("snapshot", "-o", str(Path(folder) / "snapshot.json"))
    return run, run.seconds - seconds


def many_tokens(count: int) -> Run:
    """Tokens of 3 users of one app, 1,000 at each moment, saved to a snapshot."""
    spread = {"users": 3, "apps": 1, "per_moment": 1000}
    with (
        tempfile.TemporaryDirectory() as folder,
        org(profiles=20, apps=2, users=10, tokens=count, spread=spread) as running,
    ):
        target = Path(folder) / "snapshot.json"
        run = running.run("snapshot", "-o", str(target))
        held = json.loads(target.read_text("utf-8"))
        assert len(held["org"]["tokens"]) == count, "tokens are missing"
        return run


def many_logins(count: int) -> Run:
    """Logins of 180 days; making them takes the embedded org longer than reading them takes us."""
    with (
        tempfile.TemporaryDirectory() as folder,
        org(profiles=20, apps=5, users=50, tokens=0, logins=count) as running,
    ):
        return running.run("snapshot", "-o", str(Path(folder) / "snapshot.json"), "--logins-since", "179d")
