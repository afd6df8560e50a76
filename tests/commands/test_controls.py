"""`sfharden controls`: all of them, or one explained."""

import shlex
from pathlib import Path

import pytest

from .kit import Run


def test_controls_lists_all_and_explains_one(run: Run) -> None:
    _, listed, _ = run("controls")
    assert listed.count("\n") > 27
    assert "Next:\n  sfharden controls ID\n" in listed
    _, explained, _ = run("controls", "login-ranges-bounded")
    for part in ("Why", "How to mend it", "surplus_addresses: 256", "Security Guide"):
        assert part in explained


def test_controls_of_azure_are_tried_where_there_is_an_azure(run: Run) -> None:
    _, listed, _ = run("controls", "--policy", "azure-logic-apps")
    told = listed[listed.index("Next:") :]
    assert "sfharden demo --serve" in told
    assert "check --demo" not in told


def test_an_unknown_control_is_refused_and_a_near_one_named(run: Run) -> None:
    code, out, err = run("controls", "login-ranges-bound")
    assert (code, out) == (2, "")
    assert "Did you mean 'login-ranges-bounded'" in err
    code, out, err = run("controls", "\x1b[2J" + "x" * 500)
    assert (code, out) == (2, "")
    assert "\x1b" not in err
    assert len(err) < 400


def test_a_policy_of_one_s_own_lists_its_own_controls_only(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "name: mine\ntitle: Mine\nsource: me\n"
        "include: [{policy: salesforce-oauth-2026, controls: [use-any-api-client-restricted]}]\n",
        "utf-8",
    )
    code, out, _ = run("controls", "--policy", policy)
    assert code == 0
    assert "use-any-api-client-restricted" in out
    assert "mydomain-login-enforced" not in out
    assert run("controls", "mydomain-login-enforced", "--policy", policy)[0] == 2


OWN = """\
name: mine
title: Mine
source: me
controls:
  - id: session-times-out-in-an-hour
    title: Sessions end
    severity: medium
    rationale: They are worth stealing.
    remediation: Shorten them.
    check: setting
    with: {path: SecuritySettings.sessionSettings.sessionTimeout, equals: SixtyMinutes}
"""


def test_what_is_to_be_typed_next_finds_the_controls_of_a_policy_of_one_s_own(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my policy.yaml").write_text(OWN, "utf-8")
    asked = ("--policy", "my policy.yaml")
    _, listed, _ = run("controls", *asked)
    _, judged, _ = run("check", "--demo", *asked)
    _, _, err = run("controls", "nosuch", *asked)
    for text, name in ((listed, "ID"), (judged, "session-times-out-in-an-hour"), (err, "")):
        words = ["sfharden", "controls", *([name] if name else []), *asked]
        assert shlex.join(words) in " ".join(text.replace("\\\n", " ").split())
    assert run("controls", "session-times-out-in-an-hour", *asked)[0] == 0


def test_coverage_tells_of_every_baseline_what_is_judged_and_why_not_the_rest(run: Run) -> None:
    code, out, _ = run("controls", "--coverage")
    assert code == 0
    for name in ("salesforce-shr", "sbs-0.4.1", "salesforce-partner-2026"):
        assert f"{name}:" in out
    assert "by app-device-flow-off" in out
    assert "SBS-DATA-003" in out
    assert "app-refresh-token-idle-limit (--policy salesforce-partner-2026)" in out
    assert run("controls", "app-refresh-token-idle-limit")[0] == 0
