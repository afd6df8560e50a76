"""What a plan is written as: package, rollback, plan.json, README.md; no secret in any of them."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sfharden.model.plan import Plan
from sfharden.plan.package import all_files, diff, package_files, plan_json, rollback_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.steps import Commands
from sfharden.report.plan_table import render_plan
from sfharden.text.terminal import Terminal
from tests.orgs.metadata import APP, PROFILE, SECURITY

from .kit import everything_bad, git_apply, healthy, integration, planned, write

NS = "{http://soap.sforce.com/2006/04/metadata}"
SECRET = b"HUSH-HUSH"


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
    ).replace(b"<consumerKey>3MVG9SECRETLIKE</consumerKey>", b"")
    assert not any(b"3MVG9SECRETLIKE" in data for data in written.values())
    assert bad.plan.left_out == ("consumerKey, consumerSecret of ConnectedApp 'Azure_Logic_Apps'",)
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
