"""Measures what users wait for, as ratios to a floor measured in the same run.

Run with `make bench`. Nothing here passes or fails: the goals are printed beside the figures. Give the folder
of profiles to parse in SFHARDEN_BENCH_PROFILES; without it, generated ones are used. `--logins` adds the one case
that takes a minute; `--org` runs only those that read an org, `--events` only event logs, with the
largest, `--azure` only the reading of Azure.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers import expat

from azure_reading import large_azure
from events import measured, write_event_log
from generate import write_integration, write_profile, write_tree
from live import large_org, many_logins, many_people, many_tokens, slow_retrieve
from revoking import revoke_all

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.emulator.generate import healthy_org
from sfharden.model.snapshot import Component, Group, Snapshot, Source, Tool, Value
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.metadata_files import load_snapshot
from tests.orgs.constants import NOW
from tests.orgs.served import read_once

RUNS = 5


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the fastest of some runs, which is the least disturbed one."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def report(what: str, figure: str, goal: str) -> None:
    """One line of the result."""
    print(f"{what:<52} {figure:>16}   goal {goal}")


def bench_start() -> None:
    """`sfharden --help` against an interpreter that does nothing."""
    program = Path(sys.executable).with_name("sfharden")
    quiet = {"stdout": subprocess.DEVNULL}
    floor = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True, **quiet), 15)  # type: ignore[call-overload]
    start = best(lambda: subprocess.run([program, "--help"], check=True, **quiet), 15)  # type: ignore[call-overload]
    report("sfharden --help / python -c pass", f"{start / floor:.1f}x", "at most 8x")


def bench_parse(folder: Path) -> None:
    """Reading a folder of profiles against a bare expat pass over the same bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())

    def floor() -> None:
        for path in files:
            try:
                expat.ParserCreate().Parse(path.read_bytes(), True)
            except expat.ExpatError:
                continue

    bare, ours = best(floor), best(lambda: load_snapshot(folder, "bench"))
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    report(
        f"parse {len(files)} profiles, {megabytes:.0f} MB / bare expat", f"{ours / bare:.2f}x", "at most 3x"
    )


def bench_memory(folder: Path) -> None:
    """Peak memory of reading about 100 MB, in a process of its own."""
    code = (
        "import sys, resource; from pathlib import Path; from sfharden.sources.metadata_files import load_snapshot;"
        "load_snapshot(Path(sys.argv[1]), 'bench');"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    write_tree(folder, files=60, megabytes_each=1.7)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True
    )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    report(f"peak memory, tree of {size:.0f} MB", f"{int(done.stdout) / 1024:.0f} MB", "under 150 MB")


def bench_evaluate() -> None:
    """Judging a large org."""
    ranges = tuple(
        Group(line=1, values={"startAddress": f"198.51.{n}.0", "endAddress": f"198.51.{n}.9"})
        for n in range(5)
    )
    profiles = [
        Component(
            kind="Profile", name=f"Profile {n:04}", file=f"{n}.profile", groups={"loginIpRanges": ranges},
            values={"custom": (Value(text="true", line=1),)}, permissions={f"P{n}": 1 for n in range(40)},
        )
        for n in range(1000)
    ]  # fmt: skip
    apps = [
        Component(
            kind="ConnectedApp", name=f"App{n}", file=f"{n}.connectedApp",
            values={"label": (Value(text=f"App {n}", line=1),)},
        )
        for n in range(200)
    ]  # fmt: skip
    snapshot = Snapshot(
        tool=Tool(version="bench"),
        source=Source(kind="files", name="bench"),
        components=tuple(profiles + apps),
    )
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    taken = best(lambda: evaluate(snapshot, policies, (), (), now, "bench"))
    report("evaluate 1,000 profiles and 200 apps", f"{taken:.2f} s", "under 1 s")


def bench_fit() -> None:
    """Fitting many ranges into few."""
    chance = random.Random(1)  # noqa: S311 - made-up addresses
    starts = [chance.randrange(2**32) for _ in range(100_000)]
    base = 0xFFFF << 32
    pairs = [(base + start, base + min(start + chance.randrange(64), 2**32 - 1)) for start in starts]
    taken = best(lambda: AddressSet.from_intervals(pairs).fit(5))
    report("normalise 100,000 ranges and fit them into 5", f"{taken:.2f} s", "under 1 s")


def bench_long_lists(folder: Path) -> None:
    """Reading and judging by a long integration file against one a quarter as long."""

    def work(size: int) -> None:
        integrations, waivers = load_integrations(write_integration(folder / f"{size}.yaml", size))
        evaluate(tables, policies, integrations, waivers, datetime(2026, 1, 1, tzinfo=UTC), "bench")

    tables, policies = read_once(healthy_org(NOW)).snapshot, [load_policy(name) for name in DEFAULT_POLICIES]
    short, long = (best(lambda size=size: work(size), 2) for size in (5_000, 20_000))  # type: ignore[misc]
    report("20,000 users and ranges of an integration / 5,000", f"{long / short:.1f}x", "at most 5x")
    report("  the long one", f"{long:.1f} s", "a few seconds")


def bench_org() -> None:
    """Reading a large org, and many tokens; with `--logins` a million logins too, which takes a minute."""
    run, ratio = large_org()
    report("read 500 profiles, 6,000 tokens / critical path", f"{ratio:.1f}x", "at most 1.6x")
    report(
        f"  its {run.calls} calls, at most {run.together} at once",
        f"{run.seconds:.2f} s",
        "60 calls, 16 at once",
    )
    run, ratio = large_org(0.2)
    report("the same at 200 ms an answer / critical path", f"{ratio:.1f}x", "at most 1.6x")
    run, _ = large_org(external=5)
    report("calls with 5 external client apps besides", f"{run.calls}", "at most 60")
    run, allowed = many_people(20_000, 5)
    report(f"calls with 20,000 users of them ({run.seconds:.0f} s)", f"{run.calls:,}", f"at most {allowed:,}")
    run, late = slow_retrieve(10.0)
    report("a retrieve of 10 s: the reading ends later by", f"{late:.1f} s", "at most 3 s")
    run = many_tokens(100_000)
    report(f"read and save 100,000 tokens ({run.seconds:.0f} s)", f"{run.megabytes:.0f} MB", "under 300 MB")
    if "--logins" in sys.argv:
        run = many_logins(1_000_000)
        report(f"read 1,000,000 logins ({run.seconds:.0f} s)", f"{run.megabytes:.0f} MB", "under 400 MB")


def bench_revoke(folder: Path) -> None:
    """Revoking 5,000 tokens, each step on the disk before and after, against the org's own answers."""
    ratio = revoke_all(folder, 5000)
    report("revoke 5,000 tokens / number x latency / workers", f"{ratio:.2f}x", "at most 1.3x")


def bench_events(folder: Path) -> None:
    """Counting an event log of a million rows against a bare pass; of ten million with DuckDB where that's there (`--events`)."""
    log = folder / "log.csv"
    write_event_log(log, 1_000_000)
    bare, ours = measured("bare", log), measured("rows", log)
    report("count 1,000,000 requests / a bare pass of csv", f"{ours[0] / bare[0]:.1f}x", "at most 3x")
    report("  its peak memory", f"{ours[1]:.0f} MB", "under 300 MB")
    if "--events" in sys.argv:
        write_event_log(log, 10_000_000)
        ours = measured("disk", log)
        report(f"count 10,000,000 with the extra ({ours[0]:.0f} s)", f"{ours[1]:.0f} MB", "under 300 MB")


def bench_azure() -> None:
    """`check --azure` of 100 workflows in 20 groups, 50 ms a call, with imports and verdicts."""
    run, ratio = large_azure()
    report(
        f"check --azure, {run.calls} calls ({run.seconds:.1f} s) / critical path",
        f"{ratio:.2f}x",
        "at most 2x",
    )


def main() -> None:
    """All of it."""
    print(f"Python {sys.version.split()[0]}, best of {RUNS} runs")
    if "--org" in sys.argv:
        bench_org()
        return
    if "--azure" in sys.argv:
        bench_azure()
        return
    if "--events" in sys.argv:
        with tempfile.TemporaryDirectory() as name:
            bench_events(Path(name))
        return
    bench_start()
    with tempfile.TemporaryDirectory() as name:
        given = os.environ.get("SFHARDEN_BENCH_PROFILES")
        if given:
            bench_parse(Path(given))
        else:
            made = Path(name) / "profiles"
            made.mkdir()
            for number in range(40):
                write_profile(made / f"P{number}.profile", 0.25)
            bench_parse(made)
        bench_memory(Path(name) / "tree")
        bench_revoke(Path(name))
        bench_long_lists(Path(name))
        bench_events(Path(name))
    bench_evaluate()
    bench_fit()
    bench_org()
    bench_azure()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"(this process: {peak:.0f} MB at its peak)")


if __name__ == "__main__":
    main()
