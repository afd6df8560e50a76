"""The project's own promises: documents that agree with the code, and a wheel that is whole."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from sfharden.checks.policy import (
    AZURE_POLICY,
    DEFAULT_POLICIES,
    REQUESTS_POLICY,
    load_policy,
    policies_folder,
)
from sfharden.checks.registry import CHECKS
from sfharden.cli import COMMANDS
from sfharden.errors import Exit

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_each_direct_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    asked_for = (*project["dependencies"], *project["optional-dependencies"]["events"])
    wanted = {re.split(r"[>=\[]", line)[0] for line in asked_for}
    listed = set(re.findall(r"^\| ([A-Za-z0-9-]+) \|", read("docs/dependencies.md"), re.M)) - {
        "package",
        "---",
    }
    assert listed == wanted


def test_what_is_imported_is_a_dependency_of_its_own() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = {re.split(r"[>=\[]", line)[0].lower() for line in project["dependencies"]}
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "sfharden").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    # pydantic pins its core to one version; the others are of extras, imported only where these were asked for.
    tops = {name.partition(".")[0] for name in imported} - {"sfharden", "pydantic_core", "azure", "duckdb"}
    distributions = packages_distributions()
    assert {distributions[top][0].lower() for top in tops - sys.stdlib_module_names} == declared


def test_every_command_and_exit_code_is_told_of_and_how_to_begin_first() -> None:
    readme, running = read("README.md"), read("docs/running.md")
    assert all(f"`{name}`" in readme for name in COMMANDS)
    for code in (
        Exit.OK,
        Exit.FINDINGS,
        Exit.USAGE,
        Exit.NO_VERDICT,
        Exit.INCOMPLETE,
        Exit.BUG,
        Exit.INTERRUPTED,
    ):
        assert f"| {int(code)} |" in running
    first_screen = readme[:1500]
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.write_docs", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_check_is_used_and_every_control_is_explained() -> None:
    controls = [
        control
        for name in (*DEFAULT_POLICIES, REQUESTS_POLICY, AZURE_POLICY, "app-proxy-waf")
        for control in load_policy(name).controls
    ]
    assert set(CHECKS) == {control.check for control in controls}
    assert all(control.references for control in controls)
    assert len({control.id for control in controls}) == len(controls)


def test_the_policies_are_found_in_a_checkout() -> None:
    assert (policies_folder() / "logic-apps-salesforce.yaml").is_file()


def test_the_forge_tries_every_system_and_python_that_is_promised() -> None:
    workflow = yaml.safe_load(read(".github/workflows/ci.yml"))
    matrices = [job["strategy"]["matrix"] for job in workflow["jobs"].values()]
    promised = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    pythons = {one.rpartition(" ")[2] for one in promised if "Python :: 3." in one}
    assert all(set(one["python"]) == pythons for one in matrices)
    names = {
        "ubuntu-latest": "POSIX :: Linux",
        "macos-latest": "MacOS",
        "windows-latest": "Microsoft :: Windows",
    }
    systems = {f"Operating System :: {names[one]}" for matrix in matrices for one in matrix["system"]}
    assert systems == {one for one in promised if one.startswith("Operating System")}


WORKFLOWS = sorted(path.name for path in (ROOT / ".github/workflows").iterdir())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_forge_runs_nothing_that_could_change_under_its_name(name: str) -> None:
    text = read(f".github/workflows/{name}")
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", one) for one in used)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("${{" in step.get("run", "") for step in steps)
    places = re.findall(r"tests/[\w./]+|tools/locked/[\w.]+", text.partition("jobs:")[2])
    assert all((ROOT / one).exists() for one in places)
    targets = re.findall(r"make ([a-z -]+?)(?: PYTHON|$)", text, re.M)
    assert all(f"\n{one}:" in read("Makefile") for words in targets for one in words.split())


def test_only_what_runs_none_of_our_code_may_sign_and_publish() -> None:
    jobs = yaml.safe_load(read(".github/workflows/release.yml"))["jobs"]
    (may_write,) = [job for job in jobs.values() if "permissions" in job]
    assert may_write["permissions"] == {"contents": "write", "id-token": "write", "attestations": "write"}
    words = " ".join(step.get("run", "") + step.get("uses", "") for step in may_write["steps"])
    assert not re.search(r"make|pip|python|sfharden|actions/checkout", words)


def test_each_line_of_the_threat_model_names_tests_that_exist() -> None:
    rows = [line.strip("|").split("|") for line in read("SECURITY.md").splitlines() if line.startswith("| ")]
    told = [row for row in rows if row[0].strip() not in ("who", "---")]
    assert len(told) > 20
    for who, *_, held_by in told:
        places = re.findall(r"`(tests/[\w./]+\.py)`", held_by)
        assert places, who
        assert all("def test_" in read(one) for one in places), who


@pytest.mark.slow
def test_the_wheel_holds_policies_sample_and_type_marker(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path))
    names = set(zipfile.ZipFile(built).namelist())
    for name in (
        "sfharden/shipped_policies/logic-apps-salesforce.yaml",
        "sfharden/demo/sample/integration.yaml",
        "sfharden/demo/sample/force-app/main/default/settings/Security.settings-meta.xml",
        "sfharden/report/check_page/page.html",
        "sfharden/py.typed",
    ):
        assert name in names


def test_an_installed_wheel_finds_its_policies_and_runs_the_demo(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path))
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(tmp_path / "site")
    sample = str(ROOT / "sfharden" / "demo" / "sample")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import sfharden;"
        f"assert sfharden.__file__.startswith({str(tmp_path)!r}); from sfharden.cli import main;"
        f"assert main(['check', '--source', {sample!r}]) == 1; assert main(['controls']) == 0; sys.exit(main(['demo']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "login-ranges-cover-egress" in done.stdout
