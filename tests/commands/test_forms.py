"""Every form of a real run: valid, agreeing in every count, harmless; and a pull request that brings one bad line."""

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sfharden.emulator.http.server import DemoServer, serve
from sfharden.model.results import ResultState
from sfharden.report.form_registry import BY_NAME
from tests.orgs import azure_side as az
from tests.orgs.constants import INTEGRATION_YAML, NOW
from tests.orgs.files import APP, HEALTHY, Files, changed, write, xml
from tests.orgs.sized import sized_org
from tests.published import against_junit, against_ocsf, against_sarif
from tests.report.forms_kit import COUNTED, counted

from .kit import Run

OIDC = "settings/OauthOidc.settings"
POLICY = "logic-apps-salesforce-files"
CHECKED: dict[str, Callable[[str], list[str]]] = {
    "sarif": against_sarif,
    "junit": against_junit,
    "ocsf": against_ocsf,
}
NAMES = {
    "json": "r.json", "markdown": "r.md", "csv": "r.csv", "sarif": "r.sarif", "junit": "r.junit.xml", "ocsf": "r.ocsf.json",
    "html": "r.html",
}  # fmt: skip


def forms_of(run: Run, folder: Path, *words: object, screen: str) -> tuple[int, dict[str, str]]:
    """One run with every form: those with an ending as files, one on standard output."""
    outputs = [word for name in NAMES.values() for word in ("-o", folder / name)]
    code, out, _ = run(*words, *outputs, "-o", "-", "-f", screen)
    return code, {screen: out, **{form: (folder / name).read_text("utf-8") for form, name in NAMES.items()}}


def require_agreement(texts: dict[str, str]) -> dict[ResultState, int]:
    """Valid by their schemas, and every count the same."""
    for form, complaints in CHECKED.items():
        assert complaints(texts[form]) == [], form
    told = {form: counted(text, form) for form, text in texts.items()}
    assert all(one == told["json"] for one in told.values()), told
    return told["json"]


def test_the_embedded_org_in_every_form(run: Run, tmp_path: Path) -> None:
    code, texts = forms_of(run, tmp_path, "check", "--demo", screen="table")
    counts = require_agreement(texts)
    assert code == 1
    assert counts[ResultState.FAIL] > 20
    assert set(texts) | {"github", "waivers"} >= set(COUNTED)
    assert run("report", tmp_path / "r.json", "-f", "github")[1].count("::error ") == counts[ResultState.FAIL]


def test_a_hardened_untidy_org_in_every_form(
    run: Run, server: DemoServer, integration: Path, tmp_path: Path
) -> None:
    code, texts = forms_of(
        run, tmp_path, "check", "--instance-url", server.base_url, "-i", integration, screen="table"
    )
    counts = require_agreement(texts)
    assert (code, counts[ResultState.FAIL], counts[ResultState.PASS] > 25) == (0, 0, True)
    assert '"kind": "fail"' not in texts["sarif"]


def test_an_untidy_org_of_500_profiles_in_every_form(
    run: Run, integration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(sized_org(NOW, profiles=500, users=400, tokens=500)) as server:
        monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
        where = ("--instance-url", server.base_url, "-i", integration)
        code, texts = forms_of(run, tmp_path, "check", *where, screen="github")
        _, apps = forms_of(run, tmp_path, "apps", *where[:2], screen="github")
    counts = require_agreement(texts)
    assert (code, sum(counts.values()) > 500) == (1, True), counts
    assert all(len(text) < 3_000_000 for text in texts.values())
    apps.pop("csv"), apps.pop("markdown")  # rows of apps
    assert sum(require_agreement(apps).values()) > 50


# A pull request --------------------------------------------------------------------------------


class Change:
    """A repository with a baseline that has a finding, and what a change of it comes to."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self.folder = run, folder
        (folder / ".git").mkdir()
        (folder / "i.yaml").write_text(INTEGRATION_YAML, "utf-8")
        self.write(changed(APP, "<isPkceRequired>true", "<isPkceRequired>false"))
        assert self.check("-o", folder / "baseline.json")[0] == 1

    def write(self, files: Files) -> None:
        write(files, self.folder / "force-app")

    def check(self, *words: object) -> tuple[int, str]:
        place = ("--source", self.folder / "force-app", "-i", self.folder / "i.yaml", "--policy", POLICY)
        code, out, _ = self._run("check", *place, *words)
        return code, out

    def judged(self) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and SARIF results against the baseline."""
        code, text = self.check("--baseline", self.folder / "baseline.json", "-f", "sarif")
        assert against_sarif(text) == []
        return code, json.loads(text)["runs"][0]["results"]


@pytest.fixture
def change(run: Run, tmp_path: Path) -> Change:
    return Change(run, tmp_path)


BAD = dict(HEALTHY) | {APP: HEALTHY[APP].replace("<isPkceRequired>true", "<isPkceRequired>false")}


def test_one_bad_line_is_one_result_at_that_line_and_mended_it_is_green(change: Change) -> None:
    assert change.judged() == (0, [])
    worse = BAD | {OIDC: BAD[OIDC].replace("blockOAuthUnPwFlow>true", "blockOAuthUnPwFlow>false")}
    change.write(worse)
    code, (one,) = change.judged()
    lines = (change.folder / "force-app" / OIDC).read_text("utf-8").splitlines()
    at = 1 + next(number for number, line in enumerate(lines) if "blockOAuthUnPwFlow>false" in line)
    place = one["locations"][0]["physicalLocation"]
    assert (code, one["kind"], one["baselineState"]) == (1, "fail", "new")
    assert (place["artifactLocation"]["uri"], place["region"]) == (f"force-app/{OIDC}", {"startLine": at})
    # Moved down, it is the same finding; and mended, all is as before.
    change.write(worse | {OIDC: worse[OIDC].replace("?>", "?>\n<!-- a\nb -->", 1)})
    _, (moved,) = change.judged()
    assert moved["partialFingerprints"] == one["partialFingerprints"]
    assert moved["locations"][0]["physicalLocation"]["region"]["startLine"] == at + 2
    change.write(BAD)
    assert change.judged() == (0, [])


def test_what_was_fixed_is_told_and_what_nobody_judged_is_not_fixed(change: Change) -> None:
    change.write(HEALTHY)
    code, out = change.check("--baseline", change.folder / "baseline.json")
    assert code == 0
    assert "fixed: app-pkce-required" in out
    other = ("--policy", "salesforce-oauth-2026", "--only", "passed")
    (change.folder / "force-app" / APP).unlink()
    _, out = change.check("--baseline", change.folder / "baseline.json", *other)
    assert "fixed: app-pkce-required" not in out


@pytest.mark.parametrize("waived", [False, True])
def test_a_baseline_lets_nothing_pass_that_is_unknown(change: Change, *, waived: bool) -> None:
    """Only a waiver does."""
    (change.folder / "force-app" / OIDC).write_text("<OauthOidcSettings>", "utf-8")
    _, out = change.check("-f", "waivers")
    if waived:
        said = out.replace("WHY THIS IS ACCEPTED", "w").replace("WHO ANSWERS FOR IT", "o")
        path = change.folder / "i.yaml"
        path.write_text(path.read_text("utf-8") + said, "utf-8")
    change.check("-o", change.folder / "baseline.json")
    assert change.check("--baseline", change.folder / "baseline.json", "-f", "sarif")[0] == (
        0 if waived else 4
    )


def test_a_baseline_that_is_none_is_told_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check", "--source", tmp_path / "none", "--baseline", tmp_path / "none.json")
    assert code == 2
    assert "there is no report" in err


# Names -----------------------------------------------------------------------------------------


def test_hostile_names_in_an_orgs_files_are_harmless_in_every_form(run: Run, tmp_path: Path) -> None:
    name = "=cmd|'/c calc'!A1 <script>@all ##vso[task.complete] \u202e\x9b2J [x](https://evil.example)"
    open_to_all = xml("Profile", "<custom>true</custom><loginIpRanges><endAddress>255.255.255.255</endAddress>"
                      "<startAddress>0.0.0.0</startAddress></loginIpRanges>")  # fmt: skip
    source = write({f"profiles/{quote(name, safe='')}.profile": open_to_all}, tmp_path / "org")
    for form in BY_NAME:
        _, out, err = run("check", "--source", source, "-f", form)
        shown = (out + err).replace("\n", "")
        assert "cmd" in shown, (form, out)
        assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cf")], form
        assert "##vso[" not in shown, form
        if form in ("markdown", "junit"):
            assert "<script>" not in shown.replace("\\<script\\>", "")
        if form == "markdown":
            assert not re.search(r"(?<!\\)\]\(https:", shown)
        if form == "csv":
            assert ",=cmd" not in shown


@pytest.mark.parametrize("is_described", [True, False])
@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("screen", ["table", "waivers", "github"])
def test_azure_alone_in_every_form(
    run: Run, tmp_path: Path, screen: str, *, is_described: bool, is_kept: bool
) -> None:
    (tmp_path / "flow.json").write_text(
        json.dumps(
            az.workflow().model_dump(mode="json")["document"]
            | {"id": az.WORKFLOW, "type": az.workflow().type}
        )
    )
    (tmp_path / "i.yaml").write_text(f"{INTEGRATION_YAML}    azure: {{workflows: [{az.WORKFLOW}]}}\n")
    source: tuple[object, ...] = ("--azure-exports", tmp_path / "flow.json")
    if is_kept:
        assert run("snapshot", *source, "-o", tmp_path / "s.json")[0] == 0
        source = ("--snapshot", tmp_path / "s.json")
    described = ("-i", tmp_path / "i.yaml") if is_described else ()
    code, texts = forms_of(run, tmp_path, "check", *source, *described, screen=screen)
    assert code in (1, 4)
    counts = require_agreement({form: text for form, text in texts.items() if form in COUNTED})
    assert sum(counts.values()) > 10
