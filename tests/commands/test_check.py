"""`sfharden check` on files: exit codes, what is shown, and what never is."""

import json
import re
from pathlib import Path

import pytest

from sfharden.commands.check import exit_code
from sfharden.emulator.http.server import serve
from sfharden.errors import Exit
from sfharden.model.results import Report, Severity, Status
from sfharden.text.wrapping import display_width
from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.constants import NOW
from tests.orgs.files import APP, HEALTHY, SECURITY, changed, write, xml
from tests.orgs.sized import sized_org
from tests.report.forms_kit import WAIVED, named, report

from .kit import Run

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "sfharden" / "demo" / "sample" / "integration.yaml"


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION, "utf-8")
    return path


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


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (report(named(Status.PASS, "A")), Exit.OK),
        (report(named(Status.FAIL, "A", waived=WAIVED)), Exit.OK),
        (report(named(Status.FAIL, "A", severity=Severity.LOW)), Exit.OK),  # below the bar
        (report(named(Status.PASS, "A"), to_mend=("crm-sync, app: none",)), Exit.INCOMPLETE),
        (report(named(Status.NOT_APPLICABLE, "A")), Exit.INCOMPLETE),
        (report(named(Status.NOT_APPLICABLE, "A"), integrations=()), Exit.OK),  # `apps` of an org without any
    ],
)
def test_what_was_not_judged_never_ends_in_zero(given: Report, code: Exit) -> None:
    assert exit_code(given, Severity.HIGH) is code


def test_fail_on_sets_the_bar(run: Run, tmp_path: Path, integration: Path) -> None:
    files = changed(APP, "<isPkceRequired>true", "<isPkceRequired>false")
    org = write(files, tmp_path / "weak")
    assert run("check", "--source", org, "-i", integration)[0] == 1
    assert run("check", "--source", org, "-i", integration, "--fail-on", "high")[0] == 4


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
    assert report["generated_at"] == "2026-11-24T12:00:00Z"
    assert sum(report["summary"].values()) == len(report["results"])


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
        # A path that is to be typed again is never broken, however long the test's own folder is.
        own = ("sfharden", "Source", "--source", str(tmp_path))
        lines = [line for line in out.splitlines() if not line.lstrip(" '").startswith(own)]
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


def test_without_an_integration_the_way_to_write_one_is_shown(run: Run, org: Path) -> None:
    _, out, _ = run("check", "--source", org)
    assert "sfharden init" in out
    # Apps are judged for themselves; what rests on an integration isn't.
    assert "app-ip-enforced" in out
    assert "login-ranges-cover-egress" not in out


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


def test_an_org_of_500_profiles_takes_80_lines_unless_more_is_asked_for(
    run: Run, integration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(sized_org(NOW, profiles=500, users=400, tokens=500)) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        where = ("--instance-url", server.base_url, "-i", integration)
        _, out, _ = run("check", *where)
        _, full, _ = run("check", *where, "--full")
    assert len(out.splitlines()) <= 80
    assert len(full.splitlines()) > 400
    assert max(display_width(line) for line in (*out.splitlines(), *full.splitlines())) <= 80


def test_what_is_shown_can_be_chosen_and_a_slip_is_named(run: Run, org: Path, integration: Path) -> None:
    code, out, _ = run("check", "--source", org, "-i", integration, "--quiet")
    assert (code, out.count("\n")) == (4, 1)
    code, _, err = run("check", "--source", org, "-i", integration, "--only", "app-ip-enforce")
    assert code == 2
    assert "Did you mean 'app-ip-enforced'" in err


def test_no_plan_is_proposed_on_a_snapshot_without_the_files(run: Run, tmp_path: Path) -> None:
    """What is proposed runs: with the files it's proposed, and without them not."""
    for more, proposed in (((), False), (("--with-metadata",), True)):
        file = tmp_path / f"s{proposed}.json"
        run("snapshot", "--demo", *more, "-o", file)
        code, out, _ = run("check", "--snapshot", file, "-i", SAMPLE)
        assert (code, "sfharden plan " in out) == (1, proposed)


def test_the_verdict_is_said_where_the_report_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    _, out, err = run("check", "--demo", "-o", tmp_path / "r.html")
    assert out == ""
    assert re.search(r"Wrote .*\nNOT HARDENED: ", err)
    _, _, err = run("check", "--demo", "-o", tmp_path / "q.html", "--quiet")
    assert "HARDENED" not in err


def test_a_run_and_a_snapshot_say_how_far_back_their_logins_reach_and_come_to_the_same(
    run: Run, tmp_path: Path
) -> None:
    """A run reads 30 days of logins, a snapshot half a year: more is counted, and the message says since when."""
    file = tmp_path / "s.json"
    run("snapshot", "--demo", "-o", file)
    found = []
    for source in (("--demo",), ("--snapshot", file, "-i", SAMPLE)):
        _, out, _ = run("check", *source, "-f", "json", "--only", "login-outside-ranges-absent")
        (one,) = (
            one for one in json.loads(out)["results"] if one["control"] == "login-outside-ranges-absent"
        )
        found.append(one)
    assert [one["status"] for one in found] == ["fail", "fail"]
    for one in found:
        assert re.match(
            r"\d+ logins since \d{4}-\d\d-\d\d, as far back as logins were read, succeeded", one["message"]
        )
