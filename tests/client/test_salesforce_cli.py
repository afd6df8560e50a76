"""The commands that `plan` prints, typed as they stand: the real Salesforce CLI against the embedded org.

Runs where `sf` is found on a Node that it takes (docs/plan.md says how to get one); `make test-sf`.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sfharden.demo.sample import integration_path
from sfharden.demo.tour_org import CALLER, serve_tour
from sfharden.emulator.generate import OPERATOR
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.xmltree import Node, parse
from sfharden.files.programs import Surroundings
from tests.conftest import NOW, Run

pytestmark = pytest.mark.sf

_OLDEST_NODE = 22  # package.json of @salesforce/cli 2.150
_QUIET = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SFDX_DISABLE_DNS_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
}

# Loaded before the CLI: a host's name is noted in place of being looked up, so nothing but loopback is reached.
_NO_NAMES = """
const dns = require("dns"), fs = require("fs");
for (const name of ["lookup", "resolve", "resolve4", "resolve6"]) {
  dns[name] = (host, ...rest) => {
    fs.appendFileSync(__dirname + "/looked-up", host + "\\n");
    rest.at(-1)(Object.assign(new Error("not in a test"), {code: "ENOTFOUND"}));
  };
}
"""


@pytest.fixture(scope="module", name="sf")
def _sf() -> Path:
    """The Salesforce CLI. Skips where it isn't, or stands on a Node that it doesn't take."""
    try:
        program = Surroundings.of_process().find("sf")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        told = ""
    node = re.search(r"node-v(\d+)", told)
    if not node or int(node[1]) < _OLDEST_NODE:
        pytest.skip(f"no Salesforce CLI on Node {_OLDEST_NODE} or later in PATH")
    return program


@pytest.fixture(name="server")
def _server() -> Iterator[DemoServer]:
    with serve_tour(NOW) as running:
        yield running


class Shell:
    """A terminal in a folder of its own, with a home of its own."""

    def __init__(self, sf: Path, folder: Path, token: str) -> None:
        self._sf, self.folder = sf, folder
        (folder / "home").mkdir()
        (folder / "no-names.cjs").write_text(_NO_NAMES)
        self.variables = {
            **_QUIET,
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "NODE_OPTIONS": f"--require {folder / 'no-names.cjs'}",
            "SF_ACCESS_TOKEN": token,
        }

    def type(self, command: str) -> str:
        """Run a printed command of the CLI, which must do it; what it says."""
        first, *words = shlex.split(command)
        assert first == "sf"
        done = subprocess.run(
            [self._sf, *words],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture(name="shell")
def _shell(sf: Path, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    shell = Shell(sf, tmp_path, server.tokens[CALLER])
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "NODE_OPTIONS", "SF_ACCESS_TOKEN", *_QUIET):
        monkeypatch.setenv(name, shell.variables[name])
    yield shell
    assert not (tmp_path / "looked-up").exists(), (tmp_path / "looked-up").read_text()


def printed(text: str) -> list[str]:
    """The commands of the Salesforce CLI in what is shown, each on one line."""
    return re.findall(r"^ +(sf .*)$", re.sub(r"\\\n\s*", "", text), re.M)


def trees(org: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What the org's files say, in whatever order."""
    return {path: sorted(_lines(parse(content))) for path, content in org.items() if content}


def _lines(node: Node, above: str = "") -> Iterator[str]:
    path = f"{above}.{node.name}"
    yield f"{path}={node.text.strip()}"
    for child in node.children:
        yield from _lines(child, path)


def plan(run: Run, *source: str) -> tuple[str, str]:
    """A plan, as the terminal and as README.md show it."""
    words = (*source, "-i", str(integration_path()), "--my-address", OPERATOR, "-o", "the change")
    code, out, err = run("plan", *words)
    assert code in (0, 4), err
    page = Path("the change/README.md")
    return out, page.read_text("utf-8") if page.exists() else ""


def test_a_plan_is_tried_deployed_and_undone_as_it_says(run: Run, server: DemoServer, shell: Shell) -> None:
    shown, page = plan(run, "--instance-url", server.base_url)
    sign_in, dry_run, deploy, roll_back = printed(page)
    assert printed(shown) == [sign_in, dry_run, deploy]
    before = trees(server.org.metadata)

    assert "Successfully authorized" in shell.type(sign_in)
    shell.type(
        "sf project retrieve start --manifest 'the change/package/package.xml' --target-metadata-dir got --unzip "
        "--target-org YOUR_ORG"
    )
    got = {one.name for one in (shell.folder / "got").rglob("*.*") if one.is_file()}
    assert got >= {one.name for one in (shell.folder / "the change/package").rglob("*.*") if one.is_file()}

    assert "Dry-run complete" in shell.type(dry_run)
    assert trees(server.org.metadata) == before
    shell.type(deploy)
    # The CLI knows the org by now, and so does --org: on what was deployed nothing is planned.
    assert "Nothing to change." in run("plan", "--org", "YOUR_ORG", "-i", integration_path())[1]
    shell.type(roll_back)
    assert trees(server.org.metadata) == before


def test_what_the_org_refuses_is_refused_to_the_cli(run: Run, server: DemoServer, shell: Shell) -> None:
    _, page = plan(run, "--instance-url", server.base_url)
    sign_in, dry_run, *_ = printed(page)
    shell.type(sign_in)
    profile = next((shell.folder / "the change/package/profiles").iterdir())
    profile.write_text(profile.read_text("utf-8").replace("198.51.100.7", "198.51.100.777"), "utf-8")
    with pytest.raises(AssertionError, match=r"198\.51\.100\.777"):
        shell.type(dry_run)


def test_over_rest_the_same_is_deployed(run: Run, server: DemoServer, shell: Shell) -> None:
    _, page = plan(run, "--instance-url", server.base_url)
    sign_in, _, deploy, _ = printed(page)
    shell.variables["SF_ORG_METADATA_REST_DEPLOY"] = "true"
    shell.type(sign_in)
    before = trees(server.org.metadata)
    assert "REST API" in shell.type(deploy)
    assert trees(server.org.metadata) != before
