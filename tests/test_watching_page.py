"""What docs/watching.md shows runs: each script on the embedded org, night after night; the files are those of their forges."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from tests.checks.drift.planted import PLANTED
from tests.orgs.constants import NOW
from tests.orgs.served import INTEGRATION_FILE

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/watching.md").read_text("utf-8")
RELAXED = next(one for one in PLANTED if one.name == "IP relaxation")


def block(title: str, language: str) -> str:
    found = re.search(rf"^## {title}\n(?:(?!^## ).*\n)*?```{language}\n((?:.*\n)*?)```", PAGE, re.MULTILINE)
    assert found, title
    return found[1]


@pytest.fixture
def org() -> DemoOrg:
    return healthy_org(NOW)


@pytest.fixture
def server(org: DemoOrg) -> Iterator[DemoServer]:
    with serve(org) as running:
        yield running


@pytest.fixture
def shims(tmp_path: Path, server: DemoServer) -> Mapping[str, str]:
    """An environment in which `sfharden` reads the embedded org, whichever was named, and each `date` is another night."""
    folder = tmp_path / "bin"
    folder.mkdir()
    source = f"--instance-url {server.base_url}"
    for name, lines in {
        "sfharden": (
            "import os, sys",
            f"words = ' '.join(sys.argv[1:]).replace('--org production', '{source}')",
            f"words = words.replace('--instance-url https://acme.my.salesforce.com --client-id KEY', '{source}')",
            f"os.execv({sys.executable!r}, [{sys.executable!r}, '-m', 'sfharden', *words.split()])",
        ),
        "date": (
            "import pathlib",
            f"nights = pathlib.Path({str(tmp_path / 'nights')!r})",
            "nights.write_text(nights.read_text() + 'x') if nights.exists() else nights.write_text('x')",
            "print(f'202611{len(nights.read_text()):02}T031700Z')",
        ),
    }.items():
        path = folder / name
        path.write_text("\n".join((f"#!{sys.executable}", *lines, "")), "utf-8")
        path.chmod(0o755)
    states = tmp_path / "states"
    states.mkdir()
    (states / "integration.yaml").write_text(INTEGRATION_FILE, "utf-8")
    return {
        "PATH": f"{folder}:/usr/bin:/bin", "STATES": str(states), "SF_ACCESS_TOKEN": server.tokens["auditor"],
        "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }  # fmt: skip


def shell(script: str, environment: Mapping[str, str]) -> tuple[int, str]:
    made = subprocess.run(
        ["/bin/sh", "-c", script], env=dict(environment), cwd=environment["STATES"], capture_output=True, text=True, check=False
    )  # fmt: skip
    return made.returncode, made.stdout


def states(environment: Mapping[str, str]) -> list[str]:
    return sorted(one.name for one in Path(environment["STATES"]).glob("state-*.json"))


def relax(org: DemoOrg) -> None:
    RELAXED.make(org)
    sync(org)


def test_the_script_of_cron_is_quiet_until_somebody_relaxes_a_policy(
    org: DemoOrg, shims: Mapping[str, str]
) -> None:
    script = block("By cron", "sh")
    assert shell(script, shims) == (0, "")
    assert shell(script, shims) == (0, "")
    relax(org)
    code, out = shell(script, shims)
    assert code == 1
    assert "app-ip-enforced" in out
    assert len(states(shims)) == 3


def test_a_night_on_which_nothing_could_be_read_keeps_the_last_state(shims: Mapping[str, str]) -> None:
    script = block("By cron", "sh")
    assert shell(script, shims)[0] == 0
    assert shell(script, {**shims, "SF_ACCESS_TOKEN": "wrong"})[0] == 3
    assert len(states(shims)) == 1


def test_the_script_keeps_thirty_states(shims: Mapping[str, str]) -> None:
    folder = Path(shims["STATES"])
    script = block("By cron", "sh")
    assert shell(script, shims)[0] == 0
    (first,) = states(shims)
    text = (folder / first).read_bytes()
    for at in range(1, 40):
        (folder / f"state-202501{at:02}T000000Z.json").write_bytes(text)
    assert shell(script, shims)[0] == 0
    kept = states(shims)
    assert len(kept) == 30
    assert kept[0] == "state-20250112T000000Z.json"
    assert kept[-2:] == [first, "state-20261102T031700Z.json"]


def runs(title: str) -> list[str]:
    job: Any = yaml.safe_load(block(title, "yaml"))["jobs"]["watch"]
    return [
        step["run"]
        for step in job["steps"]
        if "run" in step and "pipx" not in step["run"] and "gh " not in step["run"]
    ]


def test_the_workflow_is_green_at_first_and_red_when_a_policy_is_relaxed(
    org: DemoOrg, shims: Mapping[str, str]
) -> None:
    steps, folder = runs("GitHub Actions"), Path(shims["STATES"])
    assert [shell(step, shims)[0] for step in steps] == [0, 0, 0]
    (folder / "before").mkdir()
    (folder / "state.json").rename(folder / "before" / "state.json")
    relax(org)
    assert [shell(step, shims)[0] for step in steps] == [0, 1, 0]
    assert "app-ip-enforced" in Path(shims["GITHUB_STEP_SUMMARY"]).read_text("utf-8")


def test_the_workflow_may_write_nothing_and_names_each_action_by_commit() -> None:
    workflow: Any = yaml.safe_load(block("GitHub Actions", "yaml"))
    assert set(workflow["permissions"].values()) == {"read"}
    used = [step["uses"] for step in workflow["jobs"]["watch"]["steps"] if "uses" in step]
    assert all(one.endswith("@COMMIT") for one in used)


def test_the_job_runs_the_script_once_a_night_and_holds_no_secret() -> None:
    job: Any = yaml.safe_load(block("An Azure Container Apps job", "yaml"))["properties"]
    settings, (container,) = job["configuration"], job["template"]["containers"]
    cron = next(line for line in block("By cron", "crontab").splitlines() if "watch.sh" in line)
    assert settings["scheduleTriggerConfig"]["cronExpression"] == cron.partition(" /")[0]
    assert settings["replicaRetryLimit"] == 0
    assert container["command"][-1].endswith("watch.sh")
    mounts = {one["volumeName"] for one in container["volumeMounts"]}
    assert mounts == {one["name"] for one in job["template"]["volumes"]}
    named = {one["name"] for one in settings["secrets"]}
    assert {one["secretRef"] for one in container["env"] if "secretRef" in one} == named
    assert all("value" not in one for one in settings["secrets"])
