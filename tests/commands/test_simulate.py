"""`simulate`: the change before the change, through the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.emulator.generate import EGRESS_USED, INTEGRATION_USER, OPERATOR, healthy_org, integration_login
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.model.snapshot import Snapshot
from sfharden.sources.snapshot_file import save_snapshot
from sfharden.text.wrapping import display_width
from tests.conftest import NOW as SERVED_NOW
from tests.conftest import Run
from tests.orgs.constants import HARDENED_YAML as YAML
from tests.orgs.metadata import APP, PROFILE, SECURITY, login_range, permission, write, xml
from tests.orgs.running import (  # fmt: skip
    ADMIN,
    ADMIN_DESK,
    DANA,
    ELSEWHERE,
    FILES,
    UNLOCKED,
    USERS,
    changed,
    login,
    running,
)
from tests.orgs.served import INTEGRATION_FILE
from tests.orgs.unhardened import says

LOOSE = changed(
    APP, ("ENFORCE", "BYPASS"), files=changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))
)
HARDEN = {APP: FILES[APP], SECURITY: UNLOCKED}
ADMIN_LOGIN = login(ADMIN, ADMIN_DESK, subtype="UsernamePasswordUiLogin", app="Browser")


def arguments(
    folder: Path, snapshot: Snapshot, proposal: dict[str, str], *more: str, address: str = ADMIN_DESK
) -> list[str]:
    save_snapshot(snapshot, folder / "org.json")
    (folder / "i.yaml").write_text(YAML, "utf-8")
    package = write(proposal, folder / "package")
    given = ["simulate", "--snapshot", folder / "org.json", "-i", folder / "i.yaml", "--with", package]
    return [*map(str, given), "--my-address", address, *more]


def words(out: str) -> str:
    return " ".join(out.split())


def test_hardening_shows_today_and_after_side_by_side(run: Run, tmp_path: Path) -> None:
    before = running(LOOSE, logins=(login(), ADMIN_LOGIN))
    code, out, err = run(*arguments(tmp_path, before, HARDEN))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert max(map(display_width, lines)) <= 80
    line = next(one for one in lines if "A stolen refresh token" in one)
    assert line.split()[-3:] == ["LET", "IN", "refused"]
    assert "nobody who must get in would be shut out" in out
    assert "Of 2 successful logins since 2026-09-21, 2 would be let in again, 0 refused" in words(out)


def test_controls_that_would_change_are_listed(run: Run, tmp_path: Path) -> None:
    out = run(*arguments(tmp_path, running(LOOSE), HARDEN))[1]
    line = next(one for one in out.splitlines() if one.startswith("app-ip-enforced"))
    assert line.split() == ["app-ip-enforced", "fail", "pass"]
    assert "ip-enforced-on-every-request" in out
    assert "app-pkce-required" not in out


def test_a_locked_out_operator_is_one_plain_sentence_and_exit_code_one(run: Run, tmp_path: Path) -> None:
    shut = {PROFILE: xml("Profile", login_range("192.0.2.0", "192.0.2.15"))}
    code, out, _ = run(*arguments(tmp_path, running(), shut))
    assert code == 1
    assert "LOCKED OUT" in out
    assert "The operator ranges would be shut out" in words(out)


OFF = "<isClientCredentialEnabled>false<"
TRUE_AND_FALSE = permission("ApiEnabled") + permission("ApiEnabled").replace("true", "false")
NO_ACCOUNT = "<objectPermissions><allowRead>false</allowRead><object>Account</object></objectPermissions>"


@pytest.mark.parametrize(
    ("path", "mark", "more", "code", "said"),
    [
        (APP, OFF, OFF.replace("false", "true"), 1, "OPENS A WAY IN"),
        (PROFILE, "</Profile>", f"{TRUE_AND_FALSE}</Profile>", 4, "NOT KNOWN TO BE SAFE"),
        (PROFILE, "</Profile>", f"{NO_ACCOUNT}</Profile>", 4, "changes objectPermissions of Profile"),
    ],
)
def test_what_opens_a_way_in_or_may_take_something_is_never_exit_code_nought(
    path: str, mark: str, more: str, code: int, said: str, run: Run, tmp_path: Path
) -> None:
    proposal = {path: changed(path, (mark, more))[path]}
    found, out, _ = run(*arguments(tmp_path, running(logins=(login(),)), proposal))
    assert found == code
    assert said in words(out)
    assert "nobody who must get in would be shut out" not in words(out)


def test_a_proposal_that_breaks_the_integration_is_exit_code_one(run: Run, tmp_path: Path) -> None:
    narrow = {
        PROFILE: xml(
            "Profile", login_range("192.0.2.0", "192.0.2.7") + login_range("198.51.100.7", "198.51.100.7")
        )
    }
    code, out, _ = run(*arguments(tmp_path, running(), narrow))
    assert code == 1
    assert "nobody who must get in would be shut out" not in words(out)
    assert "LOCK-OUT GUARD for crm-sync: BREAKS THE INTEGRATION" in out
    line = next(one for one in out.splitlines() if "The Logic App refreshes" in one)
    assert line.split()[-4:] == ["let", "in", "IN", "PART"]


def test_what_cannot_be_told_is_exit_code_four(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*arguments(tmp_path, running(), {PROFILE: xml("Profile", permission("ApiEnabled"))}))
    assert code == 4
    assert "NOT KNOWN TO BE SAFE" in out
    code, out, _ = run(*arguments(tmp_path, running(LOOSE, logins=None), HARDEN))
    assert code == 4
    assert "No login could be replayed" in out


def test_refused_logins_say_who_from_where_and_when(run: Run, tmp_path: Path) -> None:
    before = running(LOOSE, logins=(login(), login(source=ELSEWHERE, times=41, days=3)))
    _, out, _ = run(*arguments(tmp_path, before, HARDEN))
    text = words(out)
    for part in ("Would be refused", "svc@acme.example", ELSEWHERE, "41", "2026-11-21", "2026-11-23"):
        assert part in text
    assert "nobody predicted" in text
    assert max(map(display_width, out.splitlines())) <= 80


def test_explain_shows_each_step_with_its_rule(run: Run, tmp_path: Path) -> None:
    _, out, _ = run(*arguments(tmp_path, running(LOOSE), HARDEN, "--explain", "stolen-refresh-token"))
    text = words(out)
    assert "Today: A stolen refresh token" in text
    assert "After the proposal:" in text
    assert "refuses: The address is outside the profile's login ranges" in text
    assert "[Help: Connected App IP Relaxation and Continuous IP Enforcement]" in text
    assert max(map(display_width, out.splitlines())) <= 80


def test_explain_tells_the_parts_of_a_set_apart(run: Run, tmp_path: Path) -> None:
    wide = changed(PROFILE, ("<custom>", login_range("100.64.0.0", "100.127.255.255") + "<custom>"))
    _, out, _ = run(*arguments(tmp_path, running(wide), HARDEN, "--explain", "stolen-refresh-token"))
    assert "4,194,304 addresses, such as 100.64.0.0: let in" in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--explain", "stolen-refresh-tokn"], "Did you mean 'stolen-refresh-token'"),
        (["--my-address", "here"], "not an IPv4 or IPv6 address"),
    ],
)
def test_wrong_usage(run: Run, tmp_path: Path, more: list[str], said: str) -> None:
    code, out, err = run(*arguments(tmp_path, running(), HARDEN, *more))
    assert (code, out) == (2, "")
    assert said in err


def test_a_proposal_without_metadata_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run(*arguments(tmp_path, running(), {"notes.txt": "nothing"}))
    assert code == 2
    assert "holds no metadata" in err


def test_a_broken_file_in_the_proposal_is_named_and_nothing_is_safe(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*arguments(tmp_path, running(), {**HARDEN, PROFILE: "<Profile>"}))
    assert code == 4
    assert "NOT READ" in out
    assert "Logic Apps Integration.profile" in out


def test_what_a_proposal_brings_of_other_types_is_named_and_nothing_is_safe(run: Run, tmp_path: Path) -> None:
    group = "permissionsetgroups/G.permissionsetgroup"
    before = running(LOOSE, logins=(login(), ADMIN_LOGIN))
    proposal = {**HARDEN, group: xml("PermissionSetGroup", "<label>G</label>")}
    code, out, _ = run(*arguments(tmp_path, before, proposal))
    assert code == 4
    assert group in out
    assert "which was not judged" in words(out)


def test_a_whole_project_ends_in_nothing_unknown_unless_it_may_touch_who_gets_in(
    run: Run, tmp_path: Path
) -> None:
    source = {f"force-app/main/default/{path}-meta.xml": text for path, text in FILES.items()}
    beside = {
        f"force-app/main/default/{path}-meta.xml": xml("X", "")
        for path in ("layouts/A.layout", "objects/A/fields/B.field", "lwc/c/c.js", "reports/S/W.report")
    }
    before = running(logins=(login(), ADMIN_LOGIN))
    code, out, _ = run(*arguments(tmp_path, before, {**source, **beside}))
    assert code == 0, out
    handler = {"force-app/main/default/classes/Handler.cls-meta.xml": xml("ApexClass", "")}
    code, out, _ = run(*arguments(tmp_path, before, {**source, **beside, **handler}))
    assert code == 4
    assert "Handler.cls-meta.xml" in out


def test_json_holds_everything(run: Run, tmp_path: Path) -> None:
    before = running(LOOSE, logins=(login(), login(source=ELSEWHERE)))
    report = tmp_path / "r.json"
    run(*arguments(tmp_path, before, HARDEN, "-f", "json", "-o", str(report)))
    data = json.loads(report.read_text("utf-8"))
    assert data["schema"] == "sfharden.simulation/1"
    (one,) = data["integrations"]
    rows = {row["id"]: row for row in one["matrix"]}
    assert rows["stolen-refresh-token"]["before"]["outcome"] == "allowed"
    assert rows["stolen-refresh-token"]["after"]["cases"][0]["reasons"][0]["leads_to"] == "refused"
    assert one["replay"]["refused"][0]["source_ip"] == ELSEWHERE
    assert one["guard"]["safe"] is True
    changed_controls = {item["control"] for item in data["controls"]}
    assert "app-ip-enforced" in changed_controls
    assert [item["name"] for item in data["proposal"]["components"]] == ["Azure_Logic_Apps", "Security"]


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    given = arguments(tmp_path, running(LOOSE), HARDEN)
    assert run(*given)[1] == run(*given)[1]


def test_hostile_names_reach_no_terminal(run: Run, tmp_path: Path) -> None:
    evil = USERS[2]._replace(username="dana\x1b[2J\u202e@acme.example\nLOCK-OUT GUARD: safe")
    before = running(
        LOOSE,
        users=(*USERS[:2], evil),
        logins=(
            login(DANA, ELSEWHERE, app="Azure Logic Apps\x07", subtype="OauthWebServer"),
            login(DANA, ELSEWHERE),
        ),
    )
    for more in ([], ["--explain", "phished-user"]):
        _, out, _ = run(*arguments(tmp_path, before, HARDEN, *more))
        assert not {"\x1b", "\u202e", "\x07"} & set(out)
        assert "\nLOCK-OUT GUARD: safe" not in out
        assert max(map(display_width, out.splitlines())) <= 80


def test_a_page_is_written_by_its_ending_and_is_green_as_the_guard_is(run: Run, tmp_path: Path) -> None:
    before = running(LOOSE, logins=(login(), ADMIN_LOGIN))
    given = arguments(tmp_path, before, HARDEN)
    assert run(*given, "-o", str(tmp_path / "s.html"))[:2] == (0, "")
    page = (tmp_path / "s.html").read_text("utf-8")
    assert '<header class="head good">' in page
    assert "A stolen refresh token" in page
    broken = running(LOOSE, logins=(login(source=ELSEWHERE),))
    code, out, _ = run(*arguments(tmp_path, broken, HARDEN, "-f", "html"))
    assert code == 1
    assert '<header class="head bad">' in out


def test_the_demo_can_be_simulated_from_files(run: Run, tmp_path: Path) -> None:
    package = write(HARDEN, tmp_path / "package")
    (tmp_path / "i.yaml").write_text(YAML, "utf-8")
    code, out, _ = run("simulate", "--demo", "-i", tmp_path / "i.yaml", "--with", package)
    assert code in (1, 4)
    assert "Who gets in: crm-sync" in out


@pytest.mark.parametrize(("members", "code"), [("<types><members>Admin</members></types>", 4), ("", 0)])
def test_a_proposal_that_deletes_is_not_told_to_the_end(
    run: Run, tmp_path: Path, members: str, code: int
) -> None:
    words_ = arguments(tmp_path, running(LOOSE, logins=(login(), ADMIN_LOGIN)), HARDEN)
    (tmp_path / "package" / "destructiveChangesPost.xml").write_text(f"<Package>{members}</Package>", "utf-8")
    found, out, _ = run(*words_)
    assert found == code
    assert ("destructiveChangesPost.xml" in out) is bool(members)


def test_a_plan_is_no_proposal_but_its_package_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", "utf-8")
    integration = tmp_path / "i.yaml"
    integration.write_text(YAML, "utf-8")
    code, _, err = run("simulate", "--demo", "-i", integration, "--with", tmp_path)
    assert code == 2
    assert "/package" in err


# What the embedded org tells ----------------------------------------------------------------------

WRONG_REGION = (
    "      - service_tags: ServiceTags_Public_20261116.json\n        tag: AzureConnectors.NorthEurope\n"
)
RIGHT_REGION = WRONG_REGION.replace("NorthEurope", "WestEurope")
DECLARED = "      - ranges: [" + INTEGRATION_FILE.partition("      - ranges: [")[2].partition("\n")[0] + "\n"


def tags_file() -> str:
    """Two regions; the integration calls from the second."""
    values = [
        {
            "name": f"AzureConnectors.{region}",
            "properties": {"region": region.lower(), "addressPrefixes": prefixes},
        }
        for region, prefixes in (
            ("NorthEurope", ["192.0.2.0/28"]),
            ("WestEurope", [f"{one}/32" for one in EGRESS_USED]),
        )
    ]
    return json.dumps({"cloud": "Public", "changeNumber": 1, "values": values})


class Place:
    """A folder with an integration file that may be wrong, and an embedded org served for it."""

    def __init__(self, run: Run, folder: Path, url: str, org: DemoOrg) -> None:
        self._run, self._folder, self._url, self.org = run, folder, url, org
        (folder / "ServiceTags_Public_20261116.json").write_text(tags_file(), "utf-8")

    def declare(self, egress: str) -> None:
        """Write the integration file with this egress."""
        (self._folder / "i.yaml").write_text(INTEGRATION_FILE.replace(DECLARED, egress), "utf-8")

    def ask(self, command: str, *more: str | Path) -> tuple[int, str]:
        """Run a command on the org."""
        given = ("--instance-url", self._url, "-i", self._folder / "i.yaml", "--my-address", OPERATOR)
        code, out, err = self._run(command, *given, *more)
        assert out, err
        return code, words(out)

    def written(self, command: str, target: Path, *more: str | Path) -> tuple[int, str]:
        """Run a command that writes its report as JSON."""
        given = ("--instance-url", self._url, "-i", self._folder / "i.yaml", "--my-address", OPERATOR)
        code, _, err = self._run(command, *given, *more, "-f", "json", "-o", target)
        assert target.exists(), err
        return code, err

    def planned(self) -> tuple[int, str]:
        """Make a plan into a folder."""
        return self.ask("plan", "-o", self._folder / "change")

    def simulated(self, *more: str) -> tuple[int, str]:
        """Simulate that plan."""
        return self.ask("simulate", "--with", self._folder / "change" / "package", *more)


@pytest.fixture
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The healthy, untidy org with a login of its integration every night."""
    org = healthy_org(SERVED_NOW)
    service = next(one for one in org.users if one.username == INTEGRATION_USER)
    nights = [
        integration_login(org, service, SERVED_NOW - timedelta(days=day + 1), EGRESS_USED[day % 2])
        for day in range(24)
    ]
    org.logins = LoginStore(nights)
    with serve(org) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        yield Place(run, tmp_path, server.base_url, org)


def test_egress_of_the_wrong_region_is_a_break_that_names_every_refused_login(place: Place) -> None:
    place.declare(WRONG_REGION)
    code, out = place.planned()
    assert code == 4
    assert "none of the 2 addresses seen" in out
    assert "tag AzureConnectors.WestEurope of ServiceTags_Public_20261116.json holds it" in out
    code, out = place.simulated()
    assert code == 1
    assert "REFUSED LOGINS of crm-sync: 24 logins that got in would be refused" in out
    assert out.index("REFUSED LOGINS") < out.index("Who gets in")
    for address in EGRESS_USED:
        assert f"{address}: 12 logins, last 2026-11-2" in out
    assert "tag AzureConnectors.WestEurope of ServiceTags_Public_20261116.json holds it" in out
    assert "nobody who must get in would be shut out" not in out
    assert "BREAKS THE INTEGRATION" in out


def test_a_break_is_overridden_address_by_address_only(place: Place) -> None:
    place.declare(WRONG_REGION)
    place.planned()
    first, second = EGRESS_USED
    code, out = place.simulated("--expect-refused", first)
    assert (code, f"{second}: 12 logins" in out, f"{first}: 12 logins" in out) == (1, True, False)
    code, out = place.simulated(
        "--expect-refused", first, "--expect-refused", second, "--expect-refused", "192.0.2.1"
    )
    assert "--expect-refused 192.0.2.1: no login of an integration" in out
    assert "REFUSED LOGINS" not in out


def test_the_right_region_is_let_in_and_the_line_says_what_it_rests_on(place: Place) -> None:
    place.declare(RIGHT_REGION)
    says(SECURITY, "enforceIpRangesEveryRequest", "false")(place.org)
    code, out = place.planned()
    assert "declared egress" not in out
    code, out = place.simulated()
    assert code == 0, out
    assert "nobody who must get in would be shut out." in out
    rests = "Rests on: declared egress and operator ranges; 24 logins of the integration since 2026-10-25; the app's allowlist as it is, unseen (the app's allowlist is on, and no API shows its addresses); nobody unread."
    assert rests in out


def test_without_a_proposal_it_takes_what_plan_would_change(place: Place, tmp_path: Path) -> None:
    place.declare(WRONG_REGION)
    place.planned()
    told = [tmp_path / "with.json", tmp_path / "without.json"]
    code, _ = place.written("simulate", told[0], "--with", tmp_path / "change" / "package")
    assert place.written("simulate", told[1])[0] == code == 1
    first, second = (json.loads(one.read_text("utf-8")) for one in told)
    assert second["proposal"]["name"] == "what `plan` would change"
    for one in (first, second):
        del one["generated_at"], one["proposal"]["name"]
    assert first == second


def test_an_empty_plan_says_that_nothing_would_change(place: Place) -> None:
    place.declare(DECLARED)
    code, out = place.ask("simulate")
    assert code == 0
    assert "Proposal what `plan` would change Changes nothing: all would be as it is" in out
    assert "CONTROLS None would come out otherwise." in out
    assert "24 logins of the integration" in out


def test_a_snapshot_without_files_needs_a_proposal(run: Run, tmp_path: Path) -> None:
    given = [one for one in arguments(tmp_path, running(), HARDEN) if one != "--with"]
    given.remove(str(tmp_path / "package"))
    code, out, err = run(*given)
    assert (code, out) == (2, "")
    assert "to simulate: --with DIR|ZIP" in err


def test_files_are_planned_on_too_and_end_without_a_verdict_on_logins(run: Run, tmp_path: Path) -> None:
    write(LOOSE, tmp_path / "src")
    (tmp_path / "i.yaml").write_text(YAML, "utf-8")
    code, out, _ = run("simulate", "--source", tmp_path / "src", "-i", tmp_path / "i.yaml")
    assert code == 4
    assert "ConnectedApp 'Azure_Logic_Apps'" in words(out)
    assert "Logins were not read" in words(out)
    assert "nobody who must get in" not in words(out)
