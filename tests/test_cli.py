"""The command line through its entry point: what a person types, what they see, every exit code."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sfharden.checks import evaluate as evaluate_module
from sfharden.report.check_table import display_width
from tests.conftest import Run
from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.files import APP, HEALTHY, PROFILE, SECURITY, changed, write, xml


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION, "utf-8")
    return path


ROOT = Path(__file__).resolve().parent.parent


def test_the_tour_goes_from_bad_to_all_green_and_shows_what_to_type(run: Run) -> None:
    before = os.environ.get("SF_ACCESS_TOKEN")
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    commands = [line.split()[1:3] for line in out.splitlines() if line.startswith("$ ")]
    assert commands == [
        ["sfharden", "check"],
        ["sfharden", "plan"],
        ["sfharden", "simulate"],
        ["sf", "project"],
        ["sfharden", "revoke"],
        ["sfharden", "revoke"],
        ["sfharden", "verify"],
        ["sfharden", "check"],
    ]
    for words in (
        "21 failed",
        "12 passed",
        "LET IN   refused",
        "7 revoked",
        "0 failed, 0 unknown, 33 passed.",
    ):
        assert words in out
    tables = [line for line in out.splitlines() if not line.startswith("$ ")]
    assert max(map(display_width, tables)) <= 80
    assert "!" not in out  # every access token has one
    assert os.environ.get("SF_ACCESS_TOKEN") == before


def test_the_table_fits_eighty_columns_and_ends_with_the_next_step(run: Run) -> None:
    _, out, _ = run("check", "--demo")
    assert max(display_width(line) for line in out.splitlines()) <= 80
    assert out.index("FAILED") < out.index("UNKNOWN") < out.index("PASSED") < out.index("Next:")


def test_a_healthy_org_in_files_is_incomplete_because_files_hold_no_tokens(
    run: Run, org: Path, integration: Path
) -> None:
    code, out, _ = run("check", "--source", org, "-i", integration)
    assert code == 4
    assert "FAILED" not in out
    assert "needs a live org" in " ".join(out.split())


def test_nothing_unknown_and_nothing_found_is_zero(run: Run, org: Path, tmp_path: Path) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "name: mine\ntitle: Mine\nsource: me\ncontrols:\n  - id: a-b\n    title: T\n    severity: low\n"
        "    rationale: R\n    remediation: M\n    check: setting\n"
        "    with: {path: MyDomainSettings.canOnlyLoginWithMyDomainUrl, equals: true}\n",
        "utf-8",
    )
    assert run("check", "--source", org, "--policy", policy)[0] == 0
    (org / "broken.profile").write_text(
        "<Profile>", "utf-8"
    )  # named, and nothing that was judged rests on it
    code, out, _ = run("check", "--source", org, "--policy", policy)
    assert (code, "broken.profile" in out, "1 not read" in out) == (0, True, True)
    damaged = next(org.rglob("MyDomain.settings*"))
    damaged.write_text("<MyDomainSettings>", "utf-8")
    assert run("check", "--source", org, "--policy", policy)[0] == 4


def test_a_repository_can_end_in_zero_once_its_unknowns_are_accepted(
    run: Run, org: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "name: mine\ntitle: Mine\nsource: me\n"
        "include: [{policy: salesforce-oauth-2026, controls: [mydomain-login-enforced, use-any-api-client-restricted]}]\n",
        "utf-8",
    )
    integration = org.parent / "integration.yaml"
    text = (ROOT / "sfharden/demo/sample/integration.yaml").read_text("utf-8").partition("waivers:")[0]
    asked = ("check", "--source", org, "--policy", policy, "-i", integration)
    integration.write_text(text, "utf-8")
    assert run(*asked)[0] == 4
    code, stanzas, _ = run(*asked, "-f", "waivers")
    integration.write_text(text + stanzas, "utf-8")
    assert run(*asked)[0] == 2  # nobody has said why yet
    spoken = stanzas.replace("WHY THIS IS ACCEPTED", "files can't tell").replace("WHO ANSWERS FOR IT", "ops")
    integration.write_text(text + spoken, "utf-8")
    code, out, _ = run(*asked)
    assert (code, "files can't tell" in out, "1 waived" in out) == (0, True, True)


def test_fail_on_sets_the_bar(run: Run, tmp_path: Path, integration: Path) -> None:
    files = changed(APP, "<isPkceRequired>true", "<isPkceRequired>false")
    org = write(files, tmp_path / "weak")
    assert run("check", "--source", org, "-i", integration)[0] == 1
    assert run("check", "--source", org, "-i", integration, "--fail-on", "high")[0] == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "Give a source"),
        (["check", "--demo", "--source", "x"], "exactly one source"),
        (["check", "--source", "/nowhere/at/all"], "no folder, zip or file"),
        (["check", "--demo", "--policy", "logic-apps-salesforc"], "Did you mean"),
        (["check", "--demo", "-i", "/nowhere.yaml"], "no integration file"),
        (["check", "--snapshot", "/nowhere.json"], "no snapshot"),
        (["check", "--demo", "-f", "xls"], "xls"),
        (["chek"], "Did you mean 'check'"),
        (["controls", "app-admin-aproved"], "Did you mean 'app-admin-approved'"),
        (["snapshot", "--demo"], "--output"),
    ],
)
def test_wrong_usage_is_two_with_one_line_and_a_hint(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err


def test_unknown_key_in_the_integration_file_names_line_and_suggestion(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(INTEGRATION.replace("operator_ranges", "operator_range"), "utf-8")
    code, _, err = run("check", "--demo", "-i", path)
    assert code == 2
    assert "line 9" in err
    assert "Did you mean 'operator_ranges'" in err


@pytest.mark.parametrize("line", ["hardened_at: 2026", "hardened_at: 1764", "hardened_at: '1764000000'"])
def test_a_bare_number_is_no_time(run: Run, tmp_path: Path, line: str) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(INTEGRATION + f"    {line}\n", "utf-8")
    code, _, err = run("check", "--demo", "-i", path)
    assert code == 2
    assert "hardened_at" in err
    path.write_text(INTEGRATION + "    hardened_at: 2026-11-20T09:00:00Z\n", "utf-8")
    assert run("check", "--demo", "-i", path)[0] == 1


@pytest.mark.parametrize("version", ["true", "2", "one"])
def test_only_version_one_is_accepted(run: Run, tmp_path: Path, version: str) -> None:
    path = tmp_path / "i.yaml"
    path.write_text(INTEGRATION.replace("version: 1", f"version: {version}"), "utf-8")
    assert run("check", "--demo", "-i", path)[0] == 2


def test_a_file_that_cannot_be_written_is_three(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check", "--demo", "-o", tmp_path / "no" / "such" / "r.txt")
    assert code == 3
    assert "can't be written" in err


def test_a_bug_is_seventy_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("token=00Dxx!secret")

    monkeypatch.setattr(evaluate_module, "_order", broken)
    code, _, err = run("check", "--demo")
    assert code == 70
    assert "RuntimeError" in err
    assert "secret" not in err
    assert "Traceback" not in err


def test_interruption_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate_module, "_order", interrupted)
    assert run("check", "--demo")[0] == 130


def test_two_runs_give_identical_bytes(run: Run, org: Path, integration: Path) -> None:
    for form in ("json", "table"):
        first = run("check", "--source", org, "-i", integration, "-f", form)
        assert first == run("check", "--source", org, "-i", integration, "-f", form)


def test_json_report_follows_its_schema(run: Run) -> None:
    import jsonschema

    _, out, _ = run("check", "--demo", "-f", "json")
    report = json.loads(out)
    schema = json.loads((ROOT / "docs/schemas/report-1.json").read_text("utf-8"))
    jsonschema.validate(report, schema)
    assert report["schema"] == "sfharden.report/1"
    assert report["generated_at"] == "2026-11-24T06:00:00Z"
    assert sum(report["summary"].values()) == len(report["results"])


def test_a_snapshot_gives_the_same_verdicts_and_is_private(
    run: Run, org: Path, integration: Path, tmp_path: Path
) -> None:
    path = tmp_path / "s.json"
    assert run("snapshot", "--source", org, "-o", path)[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    direct = json.loads(run("check", "--source", org, "-i", integration, "-f", "json")[1])
    stored = json.loads(run("check", "--snapshot", path, "-i", integration, "-f", "json")[1])
    assert direct == stored


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema":"sfharden.snapshot/9"}', "\x00"])
def test_what_is_no_snapshot_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(content, "utf-8")
    assert run("check", "--snapshot", path)[0] == 2


def test_no_secret_leaves_the_metadata(run: Run, org: Path, integration: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    streams = [*run("snapshot", "--source", org, "-o", path), path.read_text("utf-8")]
    streams += run("check", "--source", org, "-i", integration, "-f", "json")
    for stream in streams:
        assert "HUSH-HUSH" not in str(stream)
        assert "3MVG9SECRETLIKE" not in str(stream)


def test_hostile_names_cannot_speak_to_the_terminal(run: Run, tmp_path: Path) -> None:
    hostile = "Evil%1B[2J%E2%80%AEgpj"
    text = xml("Profile", "<custom>true</custom><loginIpRanges><endAddress>255.255.255.255</endAddress>"
               "<startAddress>0.0.0.0</startAddress></loginIpRanges>")  # fmt: skip
    org = write(
        {
            f"profiles/{hostile}.profile": text,
            "profiles/=cmd()|日本語のとても長い名前のプロファイル.profile": text,
        },
        tmp_path,
    )
    for arguments in (["check", "--source", org], ["init", "--source", org, "-o", tmp_path / "i.yaml"]):
        code, out, err = run(*arguments)
        assert code in (0, 1)
        assert not any(character in out + err for character in "\x1b\u202e")
        lines = [line for line in out.splitlines() if not line.lstrip().startswith(("sfharden", "Source"))]
        assert max(map(display_width, lines), default=0) <= 80
    assert "\x1b" not in (tmp_path / "i.yaml").read_text("utf-8")


def test_hostile_texts_in_metadata_cannot_speak_to_the_terminal(
    run: Run, integration: Path, tmp_path: Path
) -> None:
    hostile = "Evil\u009b2J\u202egpj"
    files = changed(APP, "<profileName>", f"<profileName>{hostile}</profileName><profileName>")
    files[APP] = files[APP].replace("<scopes>Api", f"<scopes>{hostile}")
    code, out, err = run("check", "--source", write(files, tmp_path / "o"), "-i", integration)
    assert code == 1
    assert "Evil" in out
    assert not any(character in out + err for character in "\x9b\u202e")


def test_a_device_is_written_to_and_not_replaced(run: Run, tmp_path: Path) -> None:
    link = tmp_path / "sink"
    link.symlink_to("/dev/null")
    assert run("check", "--demo", "-o", link)[0] == 1
    assert link.is_symlink()
    assert not link.is_file()


def test_init_writes_a_file_that_check_accepts_and_that_passes_nothing_by_its_placeholders(
    run: Run, org: Path, tmp_path: Path
) -> None:
    path = tmp_path / "i.yaml"
    code, _, err = run("init", "--source", org, "-o", path)
    assert code == 0
    first, second = err.splitlines()
    assert first.endswith("Edit what is marked, then:")
    assert second.startswith("  sfharden check --source ")
    code, out, _ = run("check", "--source", org, "-i", path, "-f", "json")
    assert code == 1
    results = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert results["login-ranges-cover-egress"] != "pass"
    assert results["login-ranges-keep-operator-way-in"] == "fail"
    assert run("init", "--source", org, "-o", path)[0] == 2
    assert run("init", "--source", org, "-o", path, "--force")[0] == 0


def test_without_an_integration_the_way_to_write_one_is_shown(run: Run, org: Path) -> None:
    _, out, _ = run("check", "--source", org)
    assert "sfharden init" in out
    assert "app-ip-enforced" not in out


def test_controls_lists_all_and_explains_one(run: Run) -> None:
    _, listed, _ = run("controls")
    assert listed.count("\n") > 27
    _, explained, _ = run("controls", "login-ranges-bounded")
    for part in ("Why", "How to mend it", "surplus_addresses: 256", "Security Guide"):
        assert part in explained


def test_a_folder_without_metadata_says_so_and_passes_nothing(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("check", "--source", tmp_path)
    assert code == 4
    assert "No Salesforce metadata was found" in out
    assert "PASSED" not in out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sfharden.cli import main; main(['--help']);"
        "heavy = {'pydantic', 'requests', 'simple_salesforce', 'tabulate', 'lxml', 'yaml'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSTARTUP"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_command_has_an_example_in_its_help(run: Run) -> None:
    for name in ("check", "snapshot", "init", "controls", "demo"):
        code, out, _ = run(name, "--help")
        assert code == 0
        assert "Example" in out
    assert "Exit codes" in run("--help")[1]


def test_waivers_are_applied_and_stale_ones_reported(run: Run, tmp_path: Path, integration: Path) -> None:
    org = write(changed(SECURITY, "EveryRequest>true", "EveryRequest>false"), tmp_path / "o")
    line = (
        "  - {control: ip-enforced-on-every-request, subject: Security, reason: r, owner: o, expires: %s}\n"
    )
    integration.write_text(INTEGRATION + "waivers:\n" + line % "2026-11-24", "utf-8")
    code, out, _ = run("check", "--source", org, "-i", integration)
    assert code == 4
    assert "WAIVED" in out
    integration.write_text(INTEGRATION + "waivers:\n" + line % "2026-11-23", "utf-8")
    code, out, _ = run("check", "--source", org, "-i", integration)
    assert code == 1
    assert "expired on 2026-11-23" in " ".join(out.split())


def test_the_source_may_be_one_file(run: Run, org: Path) -> None:
    code, out, _ = run("check", "--source", org / PROFILE)
    assert code == 4
    assert "login-ranges-everywhere" in out


def test_nothing_said_shows_the_help_and_not_an_error(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.startswith("Usage: sfharden")
    assert max(map(len, out.splitlines())) <= 80


def test_debug_may_stand_anywhere(run: Run) -> None:
    code, _, err = run("check", "--source", "/nowhere/at/all", "--debug")
    assert code == 2
    assert "Traceback" in err


def test_a_full_disk_is_no_bug_and_no_verdict() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sfharden", "controls"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"can't be written" in done.stderr


def test_a_plan_is_no_proposal_but_its_package_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", "utf-8")
    integration = tmp_path / "i.yaml"
    integration.write_text(INTEGRATION, "utf-8")
    code, _, err = run("simulate", "--demo", "-i", integration, "--with", tmp_path)
    assert code == 2
    assert "/package" in err


LONG = "x" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--source", LONG], ["check", "--snapshot", LONG], ["check", "--demo", "-i", LONG],
        ["check", "--demo", "--policy", f"{LONG}.yaml"], ["init", "--source", ".", "-o", LONG],
        ["simulate", "--source", ".", "-i", "i.yaml", "--with", LONG], ["egress", "--logic-app", LONG],
        ["egress", "--service-tags", LONG, "--tag", "x"], ["revoke", "--demo", "--app", "x", "--receipt", LONG],
        ["revoke", "--demo", "--resume", LONG], ["plan", "--source", ".", "-i", "i.yaml", "-o", LONG],
    ],
)  # fmt: skip
def test_a_path_that_can_not_be_looked_at_is_no_bug(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    write(HEALTHY, tmp_path)
    (tmp_path / "i.yaml").write_text(INTEGRATION, "utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code in (2, 3)
    assert err.startswith("Error: ")
