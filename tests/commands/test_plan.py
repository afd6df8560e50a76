"""`sfharden plan` through the command line: every exit code, every format, and what is left on the disk."""

import html
import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from sfharden.demo.sample import sample_folder
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.generate import ELSEWHERE
from sfharden.plan.fingerprint import digest
from sfharden.sources.metadata_files import load_proposal
from tests.conftest import Run
from tests.emulator.kit import NOW
from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.files import APP, ECA_OAUTH_POLICY, EXTERNAL, HEALTHY, PROFILE, SECURITY, write
from tests.plan.kit import git_apply

# Where the demo's thief called from: no egress of the integration.
NOBODYS = tuple(word for one in ELSEWHERE for word in ("--expect-refused", one))


def bad() -> dict[str, str]:
    """What is wrong here can be planned without asking who has the profile."""
    return {**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(bad(), tmp_path / "src")
    (tmp_path / "i.yaml").write_text(INTEGRATION)
    return tmp_path


CONTROL = """\
name: mine
title: mine
source: mine
controls:
  - id: my-ranges
    title: bounded
    severity: high
    rationale: mine
    remediation: mine
    check: login_ranges_bounded
    with: {surplus_addresses: 256}
"""


def arguments(place: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("plan", "--source", place / "src", "-i", place / "i.yaml", *more)


def rewrite(place: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(place / "src")
    write(files, place / "src")


def flat(text: str) -> str:
    """Wrapped text and commands on one line."""
    return " ".join(text.replace("\\\n", "\n").split())


def test_a_plan_is_shown_and_nothing_written(run: Run, place: Path) -> None:
    code, out, err = run(*arguments(place))
    assert (code, err) == (0, "")
    assert "IP relaxation\n    today   Relax IP restrictions\n    after   Enforce IP restrictions\n" in out
    assert (
        flat(out)
        .partition(" Next: ")[2]
        .startswith(f"sfharden plan --source {place}/src -i {place}/i.yaml -o change ")
    )
    assert "sf project deploy" not in out
    assert {one.name for one in place.iterdir()} == {"src", "i.yaml"}


def test_a_plan_is_written(run: Run, place: Path) -> None:
    code, out, err = run(*arguments(place, "-o", place / "plan"))
    assert code == 0
    assert (
        f"sf project deploy start --metadata-dir {place}/plan/package --target-org YOUR_ORG --dry-run"
        in flat(out)
    )
    assert "Wrote" in err
    written = {
        one.relative_to(place / "plan").as_posix() for one in (place / "plan").rglob("*") if one.is_file()
    }
    assert written == {
        "README.md", "plan.json", f"package/{APP}", "package/package.xml", f"rollback/{APP}", "rollback/package.xml",
    }  # fmt: skip
    for one in (place / "plan").rglob("*"):
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600)
        assert one.is_dir() or b"HUSH" not in one.read_bytes()
    assert "HUSH" not in out + err
    assert all(load_proposal(place / "plan" / one, "1").gaps == () for one in ("package", "rollback"))


def test_nothing_to_change(run: Run, place: Path) -> None:
    rewrite(place, HEALTHY)
    code, out, _ = run(*arguments(place, "-o", place / "plan"))
    assert code == 0
    assert out.endswith("Nothing to change.\n")
    assert not (place / "plan").exists()


def test_what_check_passes_is_left_and_a_policy_says_what_that_is(run: Run, place: Path) -> None:
    rewrite(place, {**HEALTHY, PROFILE: HEALTHY[PROFILE].replace("192.0.2.15", "192.0.2.99")})
    assert run(*arguments(place))[1].endswith("Nothing to change.\n")
    tight = CONTROL.replace("256", "10")
    (place / "mine.yaml").write_text(tight)
    _, out, _ = run(*arguments(place, "--policy", place / "mine.yaml"))
    assert "192.0.2.0-192.0.2.99" in out
    assert f"--policy {place}/mine.yaml" in flat(out)
    assert run(*arguments(place, "--policy", "no-such-policy"))[0] == 2


def test_what_is_waived_is_left_and_told(run: Run, place: Path) -> None:
    waiver = (
        "waivers:\n  - {control: app-ip-enforced, subject: Azure Logic Apps, reason: a partner, owner: ann, "
        "expires: 2026-12-31}\n"
    )
    (place / "i.yaml").write_text(INTEGRATION + waiver)
    _, out, _ = run(*arguments(place))
    assert "IP relaxation" not in out
    assert "app-ip-enforced is waived for 'Azure Logic Apps' (a partner; ann, until 2026-12-31)" in flat(out)
    (place / "i.yaml").write_text(INTEGRATION + waiver.replace("2026-12-31", "2026-11-01"))
    assert "IP relaxation" in run(*arguments(place))[1]


def test_what_cannot_be_told_is_exit_4(run: Run, place: Path) -> None:
    rewrite(place, {**HEALTHY, PROFILE: HEALTHY[PROFILE].replace("192.0.2.15", "192.0.9.99")})
    code, out, _ = run(*arguments(place))
    assert code == 4
    assert "LOOK AT THIS FIRST" in out


def test_a_plan_that_locks_out_is_refused_unless_accepted(run: Run, place: Path) -> None:
    (place / "i.yaml").write_text(INTEGRATION.replace("Logic Apps Integration", "System Administrator"))
    code, out, err = run(*arguments(place))
    assert (code, out) == (3, "")
    assert "would lock out: 'System Administrator' is a standard profile" in err
    assert "--accept-lockout-risk" in err
    code, out, _ = run(*arguments(place, "--accept-lockout-risk", "-o", place / "plan"))
    assert code == 4
    assert "ACCEPTED RISK" in out
    assert "ACCEPTED RISK" in (place / "plan/README.md").read_text()
    assert json.loads((place / "plan/plan.json").read_text())["lockouts"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ranges: [192.0.2.0/28]", "logic_app: gone.json", "are not all known"),
        ("[198.51.100.7]", "[0.0.0.0]", "shut the operator out"),
        ("app: Azure Logic Apps", "app: Nobody", "no app named 'Nobody'"),
    ],
)
def test_refusals_no_flag_overrules(run: Run, place: Path, old: str, new: str, said: str) -> None:
    (place / "i.yaml").write_text(INTEGRATION.replace(old, new))
    code, out, err = run(*arguments(place, "--accept-lockout-risk", "-o", place / "plan"))
    assert (code, out) == (3, "")
    assert said in err
    assert err.count("\n") <= 2
    assert not (place / "plan").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--validate",), "needs a running org"),
        (("--fit", "0"), "--fit"),
        (("--api-version", "66"), "such as 66.0"),
        (("-f", "pdf"), "pdf"),
        (("--plan", "nowhere"), "There is no plan in"),
        (("--demo",), "exactly one source"),
    ],
)
def test_wrong_usage(run: Run, place: Path, more: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments(place, *more))
    assert (code, out) == (2, "")
    assert said in err


def test_sources_that_cannot_be_planned_on(run: Run, place: Path) -> None:
    assert run("plan", "--source", place / "src")[0] == 2
    run("snapshot", "--source", place / "src", "-o", place / "snapshot.json")
    code, _, err = run("plan", "--snapshot", place / "snapshot.json", "-i", place / "i.yaml")
    assert code == 2
    assert "doesn't hold the files themselves" in err


def test_a_file_that_cannot_be_edited_is_exit_2(run: Run, place: Path) -> None:
    (place / "src" / APP).write_bytes(bad()[APP].replace("UTF-8", "UTF-16").encode("utf-16"))
    code, _, err = run(*arguments(place))
    assert code == 2
    assert "its encoding is not UTF-8" in err


def test_the_diff_is_for_git(run: Run, place: Path) -> None:
    code, shown, _ = run(*arguments(place, "-f", "diff"))
    assert code == 0
    assert "HUSH" not in shown
    git_apply(place / "src", shown.encode())
    assert run(*arguments(place))[1].endswith("Nothing to change.\n")
    git_apply(place / "src", shown.encode(), "-R")
    assert (place / "src" / APP).read_text() == bad()[APP]


@pytest.mark.parametrize("form", ["table", "json", "diff"])
def test_ranges_that_admit_too_many_strangers_are_looked_at_first(run: Run, place: Path, form: str) -> None:
    (place / "i.yaml").write_text(INTEGRATION.replace("198.51.100.7", "198.51.100.7, 10.9.0.1, 192.9.0.1"))
    code, out, err = run(*arguments(place, "-f", form, "--fit", "2", "-o", place / "plan"))
    assert code == 4
    shown = flat(err if form == "diff" else out)
    assert "login-ranges-bounded tolerates 256 and would fail" in shown
    page = (place / "plan/README.md").read_text()
    assert page.index("that nobody needs") < page.index("## What changes")


def test_markdown_is_the_page_that_is_written(run: Run, place: Path) -> None:
    code, out, _ = run(*arguments(place, "-f", "markdown", "-o", place / "plan"))
    assert code == 0
    assert out == (place / "plan/README.md").read_text()
    assert "- **" not in out.partition("## What changes")[2].partition("##")[0]
    code, out, err = run("plan", "--demo", "-f", "markdown")
    assert code == 4
    assert out.startswith("# Sandbox org Acme")
    assert err.count("Look at this first: ") == 1  # the logins of today stand in no file


def test_html_is_the_whole_plan_with_what_logins_say_today(run: Run, place: Path) -> None:
    many = [f"192.0.2.{number}" for number in range(1, 60, 2)]
    (place / "i.yaml").write_text(INTEGRATION.replace("192.0.2.0/28", ", ".join(many)))
    code, out, _ = run(*arguments(place, "-f", "html", "-o", place / "plan"))
    assert code == 4
    assert (code, out) == run(*arguments(place, "-f", "html", "-o", place / "plan"))[:2]
    changes = json.loads((place / "plan/plan.json").read_text())["changes"]
    ranges = [one for change in changes for one in (*change["before"], *change["after"])]
    assert set(many) <= set(ranges)
    assert all(f"<bdi>{one}</bdi>" in out for one in ranges if one[0].isdigit())
    assert "aren't written yet" not in out
    code, out, err = run("plan", "--demo", "-f", "html")
    assert code == 4
    (seen,) = [line for line in err.splitlines() if line.startswith("Look at this first: ")]
    assert seen.removeprefix("Look at this first: ") in html.unescape(out)
    assert "aren't written yet" in out


def test_a_long_list_is_whole_with_full(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    many = [f"192.0.2.{number}" for number in range(1, 60, 2)]
    (place / "i.yaml").write_text(INTEGRATION.replace("192.0.2.0/28", ", ".join(many)))
    folded, whole = (flat(run(*arguments(place, *more))[1]) for more in ((), ("--full",)))
    assert "and 22 more, shown by --full" in folded
    assert set(many) <= set(whole.replace(",", "").split())
    out = run(*arguments(place, "-o", "plan"))[1]
    assert "more, all in plan/README.md" in flat(out)
    assert set(many) <= set((place / "plan/README.md").read_text().replace(",", "").split())


def test_json_is_the_plan(run: Run, place: Path) -> None:
    code, out, _ = run(*arguments(place, "-f", "json", "-o", place / "plan"))
    assert code == 0
    assert out == (place / "plan/plan.json").read_text()
    assert json.loads(out)["changes"][0]["after"] == ["ENFORCE"]
    assert run(*arguments(place, "-f", "json"))[1] == out


def test_a_folder_that_is_taken_is_refused_before_anything_is_read(run: Run, place: Path) -> None:
    (place / "src" / APP).write_text("no XML")
    for taken in ("src", "i.yaml"):
        code, out, err = run(*arguments(place, "-o", place / taken))
        assert (code, out) == (2, "")
        assert "is there already" in err
    code, out, err = run(*arguments(place, "-o", place / "gone/plan"))
    assert (code, out) == (3, "")
    assert "can't be written" in err


def test_the_steps_repeat_what_was_given(run: Run, place: Path) -> None:
    path = (place / "i.yaml").rename(place / "my file.yaml")
    asked = ("plan", "--source", place / "src", "-i", path)
    assert f"-i '{path}' --fit 9 --my-address 198.51.100.7 -o change" in flat(
        run(*asked, "--fit", "9", "--my-address", "198.51.100.7")[1]
    )
    out = run(*asked, "-o", place / "plan")[1]
    simulate = f"sfharden simulate --source {place}/src -i '{path}' --with {place}/plan/package"
    assert flat(out).partition(" Next: ")[2].startswith(f"{simulate} sf project deploy start")
    page = (place / "plan/README.md").read_text()
    assert f"    {simulate}\n    sf project deploy start" in page
    assert "       sfharden revoke --org YOUR_ORG --app 'Azure Logic Apps' --dry-run\n" in page
    assert "       sfharden revoke --org YOUR_ORG --app 'Azure Logic Apps'\n" in page
    assert f"       sfharden verify --org YOUR_ORG -i '{path}'\n" in page


def test_only_a_former_plan_is_replaced(run: Run, place: Path) -> None:
    (place / "plan").mkdir()
    (place / "plan/plan.json").write_text("{}")
    code, _, err = run(*arguments(place, "-o", place / "plan"))
    assert (code, "no former plan" in err) == (2, True)
    shutil.rmtree(place / "plan")
    assert run(*arguments(place, "-o", place / "plan"))[0] == 0
    assert run(*arguments(place, "-o", place / "plan"))[0] == 0
    (place / "plan/notes.txt").write_text("mine")
    assert run(*arguments(place, "-o", place / "plan"))[0] == 2


def test_a_former_plan_holds_until_something_moves(run: Run, place: Path) -> None:
    run(*arguments(place, "-o", place / "plan", "--fit", "9"))
    code, out, err = run(*arguments(place, "--plan", place / "plan"))
    assert (code, out) == (3, "")
    assert "made with --fit 9" in err
    again = ("--plan", place / "plan", "--fit", "9")
    code, out, err = run(*arguments(place, *again))
    assert (code, err) == (0, "")
    fingerprint = json.loads((place / "plan/plan.json").read_text())["fingerprint"][:12]
    told, _, steps = flat(out).partition(" Next: ")
    # A long folder's name may be broken anywhere.
    wanted = f"The plan in {place}/plan still holds (fingerprint {fingerprint})."
    assert "".join(told.split()).endswith("".join(wanted.split()))
    assert f"sf project deploy start --metadata-dir {place}/plan/package --target-org YOUR_ORG" in steps
    assert "sfharden plan" not in steps
    code, out, err = run(*arguments(place, *again, "-f", "json"))
    assert "still holds" in err
    assert json.loads(out)
    run(*arguments(place, "-o", place / "other"))
    rewrite(place, {**bad(), APP: bad()[APP].replace("Azure Logic", "Azure  Logic")})
    code, _, err = run(*arguments(place, "--plan", place / "other"))
    assert code == 3
    assert "has changed since" in err


def test_hostile_plans_name_no_file_outside(run: Run, place: Path) -> None:
    run(*arguments(place, "-o", place / "plan"))
    path = place / "plan/plan.json"
    content = json.loads(path.read_text())
    content["files"][0]["member"] = "../../i.yaml"
    path.write_text(json.dumps(content))
    code, out, err = run(*arguments(place, "--plan", place / "plan"))
    assert (code, out) == (3, "")
    assert "plan.json, line" in err


def put_right(plan: Path, member: str) -> None:
    """As somebody does who knows how plan.json is written."""
    told = json.loads((plan / "plan.json").read_text())
    for one in told["files"]:
        if one["member"] == member:
            one["package_sha256"] = digest((plan / "package" / member).read_bytes())
    (plan / "plan.json").write_text(json.dumps(told, indent=2) + "\n")


def changed(plan: Path, what: str) -> None:
    package, manifest = plan / "package" / APP, plan / "package/package.xml"
    if what == "manifest":
        manifest.write_text(manifest.read_text().replace("</Package>", "<!-- --></Package>"))
    elif what == "rollback":
        (plan / "rollback" / APP).write_text("<ConnectedApp/>")
    elif what == "commands":
        page = plan / "README.md"
        page.write_text(page.read_text().replace("sf project deploy", "echo hello; sf project deploy"))
    elif what == "hash put right":
        package.write_text(package.read_text().replace("ENFORCE", "BYPASS"))
        put_right(plan, APP)
    elif what == "one more":
        (plan / "package/destructiveChanges.xml").write_text("<Package/>")
    elif what == "gone":
        package.unlink()
    else:
        content = package.read_bytes()
        package.unlink()
        if what == "pipe":
            os.mkfifo(package)
        else:
            (plan.parent / "elsewhere").write_bytes(content)
            package.symlink_to(plan.parent / "elsewhere")


@pytest.mark.parametrize(
    "what", ["manifest", "rollback", "commands", "hash put right", "one more", "gone", "pipe", "link"]
)
@pytest.mark.parametrize("form", ["table", "json", "diff"])
def test_a_plan_that_was_changed_is_refused_with_no_command_below(
    run: Run, place: Path, what: str, form: str
) -> None:
    """S003."""
    run(*arguments(place, "-o", place / "plan"))
    assert run(*arguments(place, "--plan", place / "plan"))[0] == 0
    changed(place / "plan", what)
    code, out, err = run(*arguments(place, "--plan", place / "plan", "-f", form))
    assert (code, out) == (3, "")
    assert "The plan was changed" in err
    assert "sf project" not in err


def test_a_live_org_is_planned_validated_and_named(run: Run, tmp_path: Path) -> None:
    code, out, err = run("plan", "--demo", "-o", tmp_path / "plan", "--validate", *NOBODYS)
    assert code == 0
    assert out.startswith("Sandbox org Acme (00D")
    assert "The org would take the package; nothing was saved." in err
    assert SECURITY in {one.relative_to(tmp_path / "plan/package").as_posix() for one in (tmp_path / "plan").rglob("S*")
                        if "package" in one.parts}  # fmt: skip
    code, out, err = run("plan", "--demo", "--plan", tmp_path / "plan", "--validate", *NOBODYS)
    assert code == 0
    assert "stillholds" in "".join(out.split())


def test_a_waived_setting_is_planned_and_said(run: Run, place: Path) -> None:
    waiver = (
        "{control: app-ip-enforced, subject: Azure Logic Apps, reason: why, owner: me, expires: 2030-01-31}"
    )
    (place / "i.yaml").write_text(f"{INTEGRATION}waivers: [{waiver}]\n")
    code, out, _ = run(*arguments(place))
    assert code == 0
    assert "app-ip-enforced is waived for 'Azure Logic Apps' (why; me, until 2030-01-31)" in " ".join(
        out.split()
    )


def test_explain_api_makes_no_call(run: Run) -> None:
    code, out, _ = run("plan", "--demo", "--explain-api")
    assert code == 0
    assert "retrieve" in out


def test_a_package_that_the_org_refuses_is_exit_3(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_folder(), tmp_path / "sample")
    path = tmp_path / "sample/integration.yaml"
    many = ", ".join(f"198.51.100.{number}" for number in range(1, 19, 2))
    path.write_text(path.read_text().replace("[198.51.100.7]", f"[{many}]"))
    with serve_tour(NOW) as server:
        server.org.knobs.five_range_rule = True
        settings = server.org.metadata[SECURITY]
        server.org.metadata[SECURITY] = settings.replace(b"EveryRequest>false", b"EveryRequest>true")
        saved = dict(server.org.metadata)
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        asked = ("plan", "--instance-url", server.base_url, "-i", path, "--validate")
        code, out, err = run(*asked)
        assert code == 3
        assert "--fit 5" in out
        assert "Profile 'Logic Apps Integration': profiles/Logic Apps Integration.profile: " in err
        assert "more than five IP ranges" in err
        assert "would refuse the package" in err
        assert server.tokens["auditor"] not in out + err
        assert server.org.metadata == saved
        assert run(*asked, "--fit", "5", *NOBODYS)[0] == 0


def test_help_tells_the_exit_codes(run: Run) -> None:
    code, out, _ = run("plan", "--help")
    assert code == 0
    assert "3 refused, or out of date" in out
    assert "no command that deploys" in out


def test_logins_from_beyond_the_declared_egress_are_looked_at_first(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("plan", "--demo")
    assert code == 4
    told = flat(out).partition("LOOK AT THIS FIRST ")[2]
    assert told.startswith("- Of 'crm-sync', 2 addresses seen (")
    assert all(one in told for one in ELSEWHERE)
    assert "No declared tag or file holds it" in told
    code, out, _ = run("plan", "--demo", *NOBODYS)
    assert code == 0
    assert f"--expect-refused {ELSEWHERE[0]}" in flat(out).partition("Next: ")[2]


def test_whole_ranges_are_not_waved_through(run: Run) -> None:
    code, out, err = run("plan", "--demo", "--expect-refused", "192.0.2.0/24")
    assert (code, out) == (2, "")
    assert "--expect-refused: '192.0.2.0/24' is not one address" in err


def test_f041_a_profile_whose_name_has_a_comma(run: Run, place: Path) -> None:
    rewrite(place, EXTERNAL)
    (place / "src" / PROFILE).rename(place / "src/profiles/Logic%2C Apps.profile")
    policy = place / "src" / ECA_OAUTH_POLICY
    policy.write_text(policy.read_text().replace("AdminApprovedPreAuthorized", "AllSelfAuthorized"))
    (place / "i.yaml").write_text(INTEGRATION.replace("Logic Apps Integration", '"Logic, Apps"'))
    code, out, err = run(*arguments(place))
    assert (code, err) == (4, "")
    assert "Permitted users" not in out
    told = flat(out).partition("LOOK AT THIS FIRST ")[2]
    assert "'Logic, Apps' has a comma" in told
    assert "permission set" in told
    assert "record id" in told
    assert "lockout" not in out
