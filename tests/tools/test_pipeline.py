"""What other people's pipelines run: it ends in a report, and no file that it judges runs code or steers the forge."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sfharden.cli import main
from tests.published import against_junit, against_sarif
from tools.lock import ROOT

SAMPLE = ROOT / "sfharden" / "demo" / "sample"
FILES = "logic-apps-salesforce-files"
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(not BASH, reason="there is no bash here")


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def script_of(step: dict[str, Any], place: str) -> str:
    """A step's script without what the forge fills in for where this repository is."""
    script: str = step.get("run") or step["bash"]
    return script.replace(place, str(ROOT))


def run_step(
    script: str, folder: Path, given: dict[str, str], forge: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run a script as a forge does, with this Python in the place of a new environment."""
    environment = {"PATH": os.environ["PATH"], "GIVEN_PYTHON": sys.executable, **given, **(forge or {})}
    done = subprocess.run(
        [str(BASH), "-e", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout


def inputs(names: dict[str, Any], filled: dict[str, str]) -> dict[str, str]:
    """The environment that a forge makes: each variable names one input, and nothing else."""
    found = {
        name: re.fullmatch(r"\$\{\{ (?:inputs|parameters)\.([\w-]+) \}\}", text)
        for name, text in names.items()
    }
    assert all(found.values())
    return {name: filled.get(match[1], "") for name, match in found.items() if match}


FORMS = ("report.json", "report.sarif", "report.junit.xml", "report.html", "report.md")
GIVEN = {
    "source": "force-app",
    "integration": "integration.yaml",
    "policy": FILES,
    "report": "\n".join(["", *FORMS, ""]),
}


def logging_python(folder: Path) -> tuple[str, Path]:
    """A Python that notes what it is started with, and the notes."""
    log, program = folder / "started", folder / "python"
    program.write_text(f'#!/bin/sh\necho "$*" >>{shlex.quote(str(log))}\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return str(program), log


def all_written(folder: Path) -> bool:
    """Each form is there, valid, and of the same run."""
    told = json.loads((folder / "report.json").read_text("utf-8"))
    sarif = (folder / "report.sarif").read_text("utf-8")
    assert against_sarif(sarif) == []
    assert against_junit((folder / "report.junit.xml").read_text("utf-8")) == []
    failed = {one["fingerprint"] for one in told["results"] if one["status"] == "fail" and not one["known"]}
    listed = [one for one in json.loads(sarif)["runs"][0]["results"] if one["kind"] == "fail"]
    marks = [mark for one in listed for mark in one["partialFingerprints"].values()]
    assert {mark.partition(":")[0] for mark in marks} == failed
    return all((folder / one).stat().st_size for one in FORMS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with the metadata of the embedded org."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "checkout"))


@needs_bash
def test_the_action_ends_in_a_report(folder: Path, tmp_path: Path) -> None:
    action = load("action.yml")
    (step,) = action["runs"]["steps"]
    given = inputs(step["env"], GIVEN | {"fail-on": action["inputs"]["fail-on"]["default"]})
    page = tmp_path / "page.md"
    python, log = logging_python(tmp_path)
    forge = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "GITHUB_STEP_SUMMARY": str(page),
        "GIVEN_PYTHON": python,
    }
    code, shown = run_step(script_of(step, "$GITHUB_ACTION_PATH"), folder, given, forge)
    assert code == 1
    first, *lines = shown.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32
    end = lines.index(f"::{token}::")
    assert "app-admin-approved" in "".join(lines[:end])
    annotations = lines[end + 1 :]
    assert any("file=force-app/" in one and "app-admin-approved" in one for one in annotations)
    assert all(re.match("::(error|warning|notice) ", one) for one in annotations)
    assert "app-admin-approved" in page.read_text("utf-8")
    assert all_written(folder)
    assert log.read_text().count("-m sfharden check") == 1
    assert (tmp_path / "outputs").read_text() == "exit-code=1\n"


@needs_bash
def test_the_azure_template_ends_in_a_report(folder: Path) -> None:
    template = load("tools/azure-steps.yml")
    (step,) = template["steps"]
    given = inputs(step["env"], GIVEN | {"sfharden": str(ROOT), "failOn": "critical"})
    code, shown = run_step(step["bash"], folder, given)
    assert (code, "app-admin-approved" in shown) == (0, True)  # nothing there is critical
    assert "::" not in shown
    assert all_written(folder)
    assert step["workingDirectory"] == "${{ parameters.folder }}"


@needs_bash
@pytest.mark.parametrize("name", ["action.yml", "tools/azure-steps.yml"])
def test_with_a_baseline_only_what_is_new_counts(folder: Path, name: str) -> None:
    loaded = load(name)
    (step,) = loaded["runs"]["steps"] if "runs" in loaded else loaded["steps"]
    fixed = {"fail-on": "low", "failOn": "low", "sfharden": str(ROOT)}

    def judge(**more: str) -> int:
        given = inputs(step["env"], GIVEN | fixed | more)
        return run_step(script_of(step, "$GITHUB_ACTION_PATH"), folder, given)[0]

    assert judge(report="earlier.json") == 1
    assert judge(baseline="earlier.json") == 0
    assert all_written(folder)
    flows = next((folder / "force-app").rglob("OauthOidc.settings*"))
    flows.write_text(flows.read_text("utf-8").replace("UsrAgtFlow>true", "UsrAgtFlow>false"), "utf-8")
    assert judge(baseline="earlier.json") == 1
    assert judge(baseline="none.json") == 2


@pytest.mark.parametrize("name", ["action.yml", "tools/azure-steps.yml"])
def test_nothing_from_outside_stands_in_the_text_of_a_script(name: str) -> None:
    loaded = load(name)
    steps = loaded["runs"]["steps"] if "runs" in loaded else loaded["steps"]
    assert not any("${{" in (step.get("run") or step.get("bash") or "") for step in steps)
    asked = {text for step in steps for text in step["env"].values()} | {steps[0].get("workingDirectory", "")}
    offered = loaded["inputs"] if "inputs" in loaded else {one["name"] for one in loaded["parameters"]}
    assert set(re.findall(r"(?:inputs|parameters)\.([\w-]+)", " ".join(asked))) == set(offered)


@needs_bash
def test_names_give_no_orders_to_the_forge(folder: Path) -> None:
    profile = folder / "force-app/main/default/profiles/Admin.profile-meta.xml"
    shutil.copy(profile, profile.with_name("##vso[task.b]##[c].profile-meta.xml"))
    given = {"GIVEN_SOURCE": "force-app"}
    for forge in ({}, {"GITHUB_ACTIONS": "true"}):
        _, shown = run_step(f"bash {shlex.quote(str(ROOT))}/tools/pipeline.sh", folder, given, forge)
        assert "\ufffd#vso[task.b]" in shown
        assert "##" not in shown


@needs_bash
def test_no_module_of_the_judged_folder_is_run(folder: Path) -> None:
    for name in ("sfharden", "click", "yaml", "json", "secrets", "sitecustomize"):
        (folder / f"{name}.py").write_text("open('ran', 'w')\n")
    code, _ = run_step(
        f"bash {shlex.quote(str(ROOT))}/tools/pipeline.sh", folder, {"GIVEN_SOURCE": "force-app"}
    )
    assert code == 1
    assert not (folder / "ran").exists()


@needs_bash
def test_the_exit_code_is_that_of_the_check(folder: Path) -> None:
    words = f"bash {shlex.quote(str(ROOT))}/tools/pipeline.sh"
    assert run_step(words, folder, {"GIVEN_SOURCE": "no-such-folder"})[0] == 2
    assert run_step(words, folder, {})[0] != 0
    unwritable = {"GIVEN_SOURCE": "force-app", "GIVEN_REPORT": "no/such/folder/report.json"}
    assert run_step(words, folder, unwritable)[0] not in (0, 4)


def test_a_new_environment_takes_only_what_the_lock_names() -> None:
    script = (ROOT / "tools/pipeline.sh").read_text("utf-8")
    installs = [line for line in script.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes -r tools/locked/run.txt" in line for line in installs)


def test_the_hook_ends_in_a_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    program, *words = shlex.split(hook["entry"])
    assert program == "sfharden"
    assert hook["pass_filenames"] is False
    assert hook["always_run"] is True
    monkeypatch.chdir(folder)
    assert main([*words, *hook["args"]]) == 1
    assert "app-admin-approved" in capsys.readouterr().out


# The image ---------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    lines = (ROOT / "tools/Containerfile").read_text("utf-8").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line) if name != "#"]


def test_the_image_is_not_root_and_starts_the_program() -> None:
    last: dict[str, str] = dict(instructions())
    assert int(last["USER"].partition(":")[0]) > 0
    assert json.loads(last["ENTRYPOINT"]) == ["/opt/sfharden/bin/sfharden"]
    assert main(json.loads(last["CMD"])) == 0


def test_the_image_takes_only_a_release_and_what_the_lock_names() -> None:
    copied = {
        one
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for one in rest.split()[:-1]
    }
    assert copied == {"tools/locked/run.txt", "dist/SHA256SUMS", "dist/sfharden-*-py3-none-any.whl"}
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert all(
        "--require-hashes -r run.txt" in one or "--no-index --no-deps sfharden-" in one for one in installs
    )
    assert any("sha256sum --check" in rest for _, rest in instructions())
