"""Measures the reading of a large Azure: the loopback ARM, served by a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from live import READER, Run

from sfharden.azure.arm import WIDTH

LATENCY: Final = 0.05
_SERVER: Final = """
import json, sys
from datetime import UTC, datetime
from sfharden.emulator.azure.scale import by_scale
from sfharden.emulator.azure.server import serve_azure
from sfharden.emulator.azure.tokens import arm_token
now = datetime.now(UTC).replace(microsecond=0)
tenant = by_scale(now, workflows=100, groups=20)
token = arm_token(now, caller=tenant.caller, tenant_id=tenant.tenant_id)
with serve_azure(tenant, token=token, latency=float(sys.argv[1])) as arm:
    print(json.dumps([arm.base_url, arm.token]), flush=True)
    told = 0
    for _ in sys.stdin:
        print(json.dumps([len(arm.calls) - told, arm.max_in_flight]), flush=True)
        told = len(arm.calls)
"""


def large_azure(runs: int = 3) -> tuple[Run, float]:
    """100 workflows in 20 groups: the best of some runs of `check --azure`, and its ratio to the critical path.

    That is as long as the calls take where all of them are so many at once as ever, and each takes the latency.
    """
    here = str(Path(__file__).parent.parent)
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(LATENCY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": here},
    ) as process:
        assert process.stdin
        assert process.stdout
        url, token = json.loads(process.stdout.readline())
        found = []
        for _ in range(runs):
            done = subprocess.run(
                [sys.executable, "-c", READER, "check", "--azure", "--quiet"],
                check=True,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": here, "AZURE_ACCESS_TOKEN": token, "SFHARDEN_AZURE_ENDPOINT": url},
            )
            process.stdin.write("told?\n")
            process.stdin.flush()
            calls, together = json.loads(process.stdout.readline())
            code, seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
            found.append(Run(code, seconds, megabytes, calls, together))
        process.kill()
    best = min(found, key=lambda one: one.seconds)
    return best, best.seconds / (best.calls / WIDTH * LATENCY)
