"""What a plan is written as: package, rollback, plan.json, README.md; no secret in any of them."""

import json
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.integration import Egress
from sfharden.model.org import Organization
from sfharden.model.plan import Plan
from sfharden.plan.package import all_files, diff, package_files, plan_json, rollback_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.readme import escaped
from sfharden.plan.steps import Commands, wrapped
from sfharden.plan.wording import deploy_command, heading
from sfharden.report.plan_table import render_plan
from sfharden.text.terminal import Terminal
from tests.orgs.metadata import APP, PROFILE, SECURITY

from .kit import Files, git_apply, healthy, integration, org, outcome, planned, write

NS = "{http://soap.sforce.com/2006/04/metadata}"
SECRET = b"HUSH-HUSH"


def everything_bad() -> dict[str, bytes]:
    files = healthy()
    files[PROFILE] = files[PROFILE].replace(b"192.0.2.15", b"192.0.2.99")
    files[APP] = files[APP].replace(b"ENFORCE", b"BYPASS").replace(b"Approved>true", b"Approved>false")
    files[SECURITY] = files[SECURITY].replace(b"Request>true", b"Request>false")
    return files


@pytest.fixture
def bad() -> PlanResult:
    return planned(everything_bad())


def test_the_package_names_exactly_its_files(bad: PlanResult) -> None:
    package = package_files(bad)
    assert set(package) == {"package.xml", PROFILE, APP, SECURITY}
    root = ET.fromstring(package["package.xml"])  # noqa: S314 - our own
    members = {
        one.findtext(f"{NS}name"): [member.text for member in one.findall(f"{NS}members")]
        for one in root.findall(f"{NS}types")
    }
    assert members == {
        "ConnectedApp": ["Azure_Logic_Apps"],
        "Profile": ["Logic Apps Integration"],
        "Settings": ["Security"],
    }
    assert root.findtext(f"{NS}version") == "66.0"


def test_members_are_named_as_their_files_are() -> None:
    files = {
        **healthy(),
        "x/A%26B %E2%82%AC.profile-meta.xml": healthy()[PROFILE].replace(b"192.0.2.15", b"192.0.2.9"),
    }
    result = planned(files, integration(profile="A&B €"))
    package = package_files(result)
    assert "profiles/A%26B %E2%82%AC.profile" in package
    assert b"<members>A%26B %E2%82%AC</members>" in package["package.xml"]


def test_the_rollback_is_the_originals(bad: PlanResult) -> None:
    source, rollback = everything_bad(), rollback_files(bad)
    assert set(rollback) == set(package_files(bad))
    assert rollback[PROFILE] == source[PROFILE]
    assert rollback[SECURITY] == source[SECURITY]
    assert rollback["package.xml"] == package_files(bad)["package.xml"]


def test_a_secret_is_left_out_everywhere_and_said_so(bad: PlanResult, tmp_path: Path) -> None:
    source = everything_bad()
    assert SECRET in source[APP]
    written = all_files(bad, Commands("plan"))
    assert not any(SECRET in data for data in written.values())
    assert rollback_files(bad)[APP] == source[APP].replace(
        b"<consumerSecret>HUSH-HUSH</consumerSecret>\n", b""
    )
    assert bad.plan.left_out == ("consumerSecret of ConnectedApp 'Azure_Logic_Apps'",)
    assert b"consumerSecret" in written["README.md"]
    assert SECRET not in diff(bad)
    assert "HUSH" not in render_plan(bad.plan, Terminal(), ())
    write(tmp_path, source)
    git_apply(tmp_path, diff(bad))  # the line that's kept out of the context stays in the file
    assert SECRET in (tmp_path / APP).read_bytes()


def test_a_secret_on_the_line_of_a_change_is_masked() -> None:
    files = everything_bad()
    files[APP] = files[APP].replace(b"</consumerSecret>\n", b"</consumerSecret>")
    shown = diff(planned(files))
    assert SECRET not in shown
    assert b"<consumerSecret>***</consumerSecret><isAdminApproved>true" in shown


def test_the_same_facts_give_the_same_bytes(bad: PlanResult) -> None:
    again = planned(everything_bad())
    assert all_files(again, Commands("plan")) == all_files(bad, Commands("plan"))
    content = json.loads(plan_json(bad))
    assert content["schema"] == "sfharden.plan/1"
    assert Plan.model_validate(content) == bad.plan


def test_the_steps_stand_in_their_order(bad: PlanResult) -> None:
    page = all_files(bad, Commands("plan"))["README.md"].decode()
    words = [
        "**Profile.**",
        "**App policy.**",
        "**Session setting.**",
        "**Revoke.**",
        "**Write it down.**",
        "**Reauthorise.**",
        "**Test both ways.**",
        "**Verify.**",
    ]
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    assert "    sf project deploy start --metadata-dir plan/package --target-org YOUR_ORG --dry-run\n" in page
    assert "--metadata-dir plan/rollback --target-org YOUR_ORG\n" in page


def test_every_deployment_names_its_org(bad: PlanResult) -> None:
    page = all_files(bad, Commands("plan", org="my prod"))["README.md"].decode()
    lines = [line for line in page.splitlines() if "sf project deploy" in line]
    assert len(lines) == 3
    assert all("--target-org 'my prod'" in line for line in lines)


HOSTILE = "<img src=x onerror=alert(1)> [click](http://evil.example) `rm -rf` \x1b[31m\u202e www.evil.example"


def test_hostile_names_are_only_text() -> None:
    files = everything_bad()
    files[APP] = files[APP].replace(b"<profileName>Logic", b"<profileName>&lt;img&gt; [x](http://e) Logic")
    result = planned(files, integration(name=HOSTILE))
    page = all_files(result, Commands("plan"))["README.md"].decode()
    table = render_plan(result.plan, Terminal(), ())
    for text in (page, table):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<img" not in page.replace("\\<img", "")
    assert "](http" not in page.replace("\\](http", "")
    assert escaped("http://a `b` www.c") == "http\\://a \\`b\\` www\\.c"


def test_a_folder_name_is_quoted_in_commands() -> None:
    assert deploy_command("my plan; rm -rf ~").endswith(
        "--metadata-dir 'my plan; rm -rf ~' --target-org YOUR_ORG"
    )
    assert deploy_command("p", org="prod org", dry_run=True).endswith("--target-org 'prod org' --dry-run")


@pytest.mark.parametrize(
    ("sandbox", "first"), [(True, "Sandbox org Acme"), (False, "PRODUCTION org Acme"), (None, "PRODUCTION org Acme")]
)  # fmt: skip
def test_production_is_named_on_the_first_line(sandbox: bool | None, first: str) -> None:
    told = org().model_copy(update={"organization": Organization(id="00D1", name="Acme", is_sandbox=sandbox)})
    result = outcome(Files(healthy(), org=told)).planned
    assert render_plan(result.plan, Terminal(), ()).startswith(f"{first} (00D1)\n")
    assert all_files(result, Commands("p"))["README.md"].decode().startswith(f"# {first}")
    unread = outcome(Files(healthy(), org=org())).planned
    assert heading(unread.plan).startswith("PRODUCTION org")
    assert "PRODUCTION" in heading(planned(healthy()).plan)


def test_long_lists_are_cut_in_words_and_whole_in_the_plan(bad: PlanResult) -> None:
    egress = Egress(addresses=AddressSet.of(f"192.0.2.{number}" for number in range(1, 99, 2)))
    result = planned(healthy(), integration(egress=egress))
    (change,) = result.plan.changes
    assert len(change.after) == 50
    table = render_plan(result.plan, Terminal(), ("next step",))
    assert "and 42 more" in table
    assert table.endswith("Next:\n  next step\n")
    assert all(len(line) <= 80 for line in table.splitlines())


def test_accepted_risks_are_red(bad: PlanResult) -> None:
    plan = bad.plan.model_copy(update={"lockouts": ("Everybody.",)})
    assert "\x1b[31m\x1b[1mACCEPTED RISK" in render_plan(plan, Terminal(colour=True), ())
    assert "ACCEPTED RISK" in render_plan(plan, Terminal(), ())


@pytest.mark.parametrize("name", ["plan", "my plan's folder", "x" * 90])
def test_long_commands_are_wrapped_so_that_a_shell_takes_them(name: str) -> None:
    commands = Commands(name, source="--source 'my  files'", integration="it's mine.yaml", apps=("A  B",))
    for one in (commands.simulate(), *commands.deploy(), *commands.revoke(), commands.verify()):
        text = wrapped(one, 78)
        assert shlex.split(text.replace("\\\n", "")) == shlex.split(one)
        assert all(len(line) <= 78 for line in text.splitlines() if name not in line or len(name) < 20)
