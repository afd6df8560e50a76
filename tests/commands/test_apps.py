"""`sfharden apps`: every app of an org, the worst first; from files too; at the price of one `check`."""

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_LABEL, ELSEWHERE, INTEGRATION_USER, healthy_org, integration_login
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import connected_app_xml
from sfharden.emulator.untidy import COURIER
from tests.orgs.constants import NOW
from tests.orgs.files import APP, HEALTHY, changed, write
from tests.orgs.served import doors
from tests.orgs.sized import sized_org

from .kit import Run, widest, words

SHARED = Path(os.environ.get("SFHARDEN_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
CORPUS = SHARED / "connected-apps"


def test_a_hardened_orgs_own_apps_have_nothing_to_mend(ask: Run) -> None:
    code, out, _ = ask("apps")
    assert "0 with something to mend" in out
    assert widest(out) <= 80
    # What a package's developer doesn't show is for a person to ask about; an app without any file is not known.
    assert code == 4
    assert COURIER in out
    assert "1 not wholly known, 5 to look at yourself" in words(out)


def test_the_worst_app_stands_first_with_its_fix_and_what_mending_would_refuse(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = healthy_org(NOW)
    org.metadata[APP] = connected_app_xml(
        APP_LABEL, admin_approved=False, relaxation="BYPASS", refresh="infinite"
    )
    sync(org)
    service = org.user(INTEGRATION_USER)
    assert service is not None
    strange = integration_login(org, service, NOW, ELSEWHERE[1])
    org.logins = LoginStore(sorted((*org.logins, strange), key=lambda one: one.time))
    with serve(org) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        code, out, _ = run("apps", "--instance-url", server.base_url, through=doors())
        _, told, _ = run("apps", "--instance-url", server.base_url, "-f", "json", through=doors())
    assert code == 1
    assert re.search(r"^Azure Logic Apps +connected +1 +1 ", out, re.MULTILINE)
    assert out.index("Azure Logic Apps") < out.index(COURIER)
    assert "Fix: Manage the app's policies: Permitted Users" in out
    assert f"1 login from outside its users' login ranges: {ELSEWHERE[1]}" in words(out)
    worst = json.loads(told)["apps"][0]
    assert worst["label"] == APP_LABEL
    controls = worst["controls"]
    assert {controls[name]["status"] for name in ("app-admin-approved", "app-ip-enforced")} == {"fail"}
    assert controls["app-ip-enforced"]["if_mended"]["effect"] == "refused"
    assert controls["app-refresh-token-bounded"]["if_mended"]["effect"] == "nothing"
    assert re.search(r"connectedApp:\d+$", controls["app-admin-approved"]["where"])


def test_check_without_an_integration_judges_them_too(ask: Run, org: DemoOrg) -> None:
    org.metadata[APP] = connected_app_xml(APP_LABEL, relaxation="BYPASS")
    sync(org)
    code, out, _ = ask("check", "-f", "json")
    assert code == 1
    found = [one for one in json.loads(out)["results"] if one["control"] == "app-ip-enforced"]
    assert {one["subject"]["name"]: one["status"] for one in found}["Azure_Logic_Apps"] == "fail"
    assert len(found) >= 3


def test_a_folder_of_metadata_is_judged_without_an_org(run: Run, tmp_path: Path) -> None:
    folder = write(changed(APP, "ENFORCE", "BYPASS"), tmp_path / "force-app")
    code, out, _ = run("apps", "--source", folder)
    assert code == 1
    assert "Tokens" not in out
    assert words("can't tell, Azure Logic Apps: what an app is used for needs a live org") in words(out)
    code, out, _ = run("apps", "--source", write(HEALTHY, tmp_path / "healthy"), "-f", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["app"] == "Azure_Logic_Apps"
    assert row["app-pkce-required"] == "pass"


def test_a_folder_without_an_app_says_so(run: Run, tmp_path: Path) -> None:
    folder = write({path: text for path, text in HEALTHY.items() if path != APP}, tmp_path / "force-app")
    _, out, _ = run("apps", "--source", folder)
    assert "No apps were read." in out


@pytest.mark.parametrize("by", ["apps", "check"])
def test_what_a_baseline_has_is_known_and_what_is_new_counts(run: Run, tmp_path: Path, by: str) -> None:
    folder, earlier = tmp_path / "force-app", tmp_path / "earlier.json"
    policy = ("--policy", "logic-apps-salesforce-files")
    write(changed(APP, "<isPkceRequired>true", "<isPkceRequired>false"), folder)

    def apps(*words: object) -> tuple[int, str]:
        code, out, _ = run("apps", "--source", folder, *policy, "--baseline", earlier, *words)
        return code, out

    assert run(by, "--source", folder, *policy, "-o", earlier)[0] == 1
    code, out = apps()
    assert code == 0
    assert "app-pkce-required (medium): 1 known" in words(out)
    assert "k known since the baseline" in words(out)
    assert ("1 finding known" in out, "WARNINGS" in out, "not judged" in out) == (True, False, False)
    (row,) = csv.DictReader(io.StringIO(apps("-f", "csv")[1]))
    (app,) = json.loads(apps("-f", "json")[1])["apps"]
    told = app["controls"]["app-pkce-required"]
    assert (row["app-pkce-required"], told["status"], told["known"]) == ("known", "fail", True)
    worse = (folder / APP).read_text("utf-8")
    (folder / APP).write_text(worse.replace("ENFORCE", "BYPASS"), "utf-8")
    assert apps()[0] == 1
    (folder / APP).write_text(HEALTHY[APP], "utf-8")
    code, out = apps()
    assert code == 0
    assert "fixed: app-pkce-required" in out


def test_what_apps_saved_is_shown_in_the_other_forms_too(run: Run, tmp_path: Path) -> None:
    folder, saved = write(changed(APP, "ENFORCE", "BYPASS"), tmp_path / "force-app"), tmp_path / "apps.json"
    _, at_once, _ = run("apps", "--source", folder, "-f", "sarif")
    run("apps", "--source", folder, "-o", saved)
    code, later, _ = run("report", saved, "-f", "sarif")
    assert (code, json.loads(later)["runs"][0]["results"]) == (0, json.loads(at_once)["runs"][0]["results"])


def test_names_are_foreign_text(run: Run, tmp_path: Path) -> None:
    hostile = changed(
        APP, "<label>Azure Logic Apps</label>", "<label>=cmd|'/c calc'!A1 \u202e&#x9b;31m</label>"
    )
    folder = write(hostile, tmp_path / "force-app")
    _, table, _ = run("apps", "--source", folder)
    _, cells, _ = run("apps", "--source", folder, "-f", "csv")
    assert not {"\u202e", "\x9b"} & {*table, *cells}
    assert ",'=cmd" in cells


def test_an_org_of_500_profiles_and_200_apps_fits_a_screen_and_the_calls_of_a_check(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(sized_org(NOW, profiles=500, apps=200, users=50, tokens=1000, logins=200)) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        where = ("--instance-url", server.base_url)
        _, out, cost = run("apps", *where, through=doors())
        _, _, price = run("check", *where, "--logins-since", "90d", through=doors())
    assert calls(cost) <= calls(price)
    table = out.partition("x fails")[0]
    assert len(table.splitlines()) <= 50
    assert "and 1" in table  # the others are counted
    assert widest(out) <= 80


def calls(told: str) -> int:
    found = re.search(r"([\d,]+) API call", told)
    assert found, told
    return int(found[1].replace(",", ""))


def test_what_it_would_ask_is_told_before(ask: Run, server: DemoServer) -> None:
    before = len(server.requests)
    code, out, _ = ask("apps", "--explain-api")
    assert code == 0
    assert "OauthToken" in out
    assert len(server.requests) == before


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_app_of_the_corpus_gets_its_verdicts_with_file_and_line(run: Run) -> None:
    code, out, _ = run("apps", "--source", CORPUS, "-f", "json")
    apps = json.loads(out)["apps"]
    assert code == 1
    assert len(apps) == len({one["name"] for one in apps}) == len([*CORPUS.glob("*.connectedApp*")])
    for app in apps:
        assert len(app["controls"]) >= 10
        assert all(one["where"] for one in app["controls"].values() if one["status"] in ("pass", "fail"))
