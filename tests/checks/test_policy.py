"""Policy files: the shipped ones are whole, a user's own works without Python, and complaints name line and word."""

import re
from pathlib import Path

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import (
    AZURE_POLICY,
    DEFAULT_POLICIES,
    REQUESTS_POLICY,
    Control,
    Policy,
    load_policy,
    shipped_names,
)
from sfharden.checks.registry import CHECKS
from sfharden.errors import InputError
from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.metadata import INTEGRATION, NOW

LOGIC_APPS = {
    "integration-profile-dedicated", "integration-profile-least-privilege", "login-ranges-cover-egress",
    "login-ranges-keep-operator-way-in", "login-ranges-bounded", "app-admin-approved", "app-ip-enforced",
    "app-limited-to-integration-profile", "ip-enforced-on-every-request", "login-ranges-everywhere",
    "tokens-issued-after-hardening", "tokens-held-by-integration-users", "failure-and-success-observed",
    "session-not-locked-to-ip", "integration-user-can-call-api",
}  # fmt: skip
OAUTH_2026 = {
    "app-refresh-token-bounded", "app-pkce-required", "app-scopes-minimal", "app-installed", "tokens-fresh",
    "approve-uninstalled-apps-restricted", "use-any-api-client-restricted", "api-access-control-on",
    "password-and-user-agent-flows-blocked", "session-timeout-bounded", "trusted-ranges-bounded",
    "app-token-allowlist", "mydomain-login-enforced", "external-client-app-secrets-protected", "login-outside-ranges-absent",
}  # fmt: skip
AZURE, WAF = load_policy(AZURE_POLICY), load_policy("app-proxy-waf")
REQUESTS = load_policy(REQUESTS_POLICY)
SHIPPED = [
    (policy.name, control)
    for policy in (*healthy.shipped(), REQUESTS, AZURE, WAF)
    for control in policy.controls
]
EVERY_CONTROL = pytest.mark.parametrize(
    "control", [one for _, one in SHIPPED], ids=[one.id for _, one in SHIPPED]
)

MINE = """\
name: mine
title: My own
source: our wiki
controls:
  - id: passwords-long
    title: Passwords are long
    severity: low
    rationale: Short ones are guessed.
    remediation: Make them longer.
    check: setting
    with:
      path: SecuritySettings.sessionSettings.sessionTimeout
      one_of: [TwoHours, FifteenMinutes]
"""


def own(tmp_path: Path, text: str = MINE, name: str = "mine.yaml") -> Policy:
    """A policy of the user's, loaded from a file."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return load_policy(str(path))


def refused(tmp_path: Path, old: str, new: str) -> InputError:
    """What is said of the file with one text changed."""
    assert old in MINE
    with pytest.raises(InputError) as caught:
        own(tmp_path, MINE.replace(old, new))
    return caught.value


@pytest.mark.parametrize(
    ("name", "ids"), [("logic-apps-salesforce", LOGIC_APPS), ("salesforce-oauth-2026", OAUTH_2026)]
)
def test_the_shipped_policies_hold_every_promised_control(name: str, ids: set[str]) -> None:
    assert {one.id for one in load_policy(name).controls} >= ids


def test_the_default_policies_are_shipped_and_go_together() -> None:
    assert set(DEFAULT_POLICIES) <= set(shipped_names())
    ids = [one.id for _, one in SHIPPED]
    assert len(set(ids)) == len(ids)
    for name, _ in SHIPPED:
        assert load_policy(name).name == name


def test_every_check_is_used_by_a_shipped_policy() -> None:
    assert {one.check for _, one in SHIPPED} == set(CHECKS)


@EVERY_CONTROL
def test_a_control_says_why_and_how_and_cites_somebody(control: Control) -> None:
    assert len(control.rationale) > 30
    assert len(control.remediation) > 20
    assert control.references
    assert control.rationale != control.remediation
    assert not re.search(
        r"/work|/tmp|TODO|\bblog\b", f"{control.rationale} {control.remediation} {control.references}"
    )


@EVERY_CONTROL
def test_a_control_is_accepted_and_judges_something(control: Control) -> None:
    for files in (CONNECTED, {}):
        assert healthy.report(files, control).results


@EVERY_CONTROL
def test_of_an_empty_source_nothing_is_known(control: Control) -> None:
    assert {one.status.value for one in healthy.report({}, control).results} == {"unknown"}


@EVERY_CONTROL
def test_the_parameters_are_the_checks_own(control: Control) -> None:
    assert set(control.with_) <= set(CHECKS[control.check].parameters.model_fields)


def test_every_app_control_cites_what_it_names() -> None:
    named = [
        one
        for _, one in SHIPPED
        if one.check.startswith("app_") and "Metadata API Guide" in str(one.references)
    ]
    assert len(named) >= 4


def test_a_user_adds_a_control_without_python(tmp_path: Path) -> None:
    report = evaluate(healthy.snapshot(CONNECTED), [own(tmp_path)], [INTEGRATION], [], NOW, "0")
    (result,) = report.results
    assert (result.control, result.status.value, result.severity.value) == ("passwords-long", "pass", "low")
    longer = healthy.swapped(CONNECTED, "settings/Security.settings", ("TwoHours", "TwelveHours"))
    (result,) = evaluate(healthy.snapshot(longer), [own(tmp_path)], [], [], NOW, "0").results
    assert result.status.value == "fail"
    assert "TwelveHours" in healthy.shown(result)
    assert "Security.settings:" in healthy.shown(result)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("severity: low", "severity: lov", 7, "severity"),
        ("id: passwords-long", "id: Passwords Long", 5, "id"),
        ("    rationale: Short ones are guessed.\n", "", 5, "control 1: 'rationale' is missing"),
        ("rationale: Short ones are guessed.", "rationale: ' '", 8, "rationale"),
        ("source: our wiki\n", "", 1, "'source' is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    error = refused(tmp_path, old, new)
    assert f"line {line}:" in error.message
    assert said in error.message


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("severity:", "severty:", "severity"),
        ("controls:", "control:", "controls"),
        ("    with:", "    wiht:", "with"),
    ],
)
def test_an_unknown_key_is_refused_with_the_near_name(tmp_path: Path, old: str, new: str, near: str) -> None:
    error = refused(tmp_path, old, new)
    assert f"{error.message} {error.hint}".count(f"'{near}'") >= 1


@pytest.mark.parametrize(
    "text",
    [
        "", "controls: [", "- a\n- b\n", "name: &a x\ntitle: *a\n", "!!python/object:os.system {}",
        MINE + "  - id: passwords-long\n    title: t\n    severity: low\n    rationale: r\n    remediation: r\n    check: c\n",
        MINE.replace("title: My own", "title: My own\ntitle: Another"),
        MINE.split("controls:", maxsplit=1)[0] + "controls: []\n",
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        own(tmp_path, text)
    assert "\n" not in caught.value.message


def test_yaml_words_that_look_like_booleans_stay_words(tmp_path: Path) -> None:
    policy = own(tmp_path, MINE.replace("[TwoHours, FifteenMinutes]", "[no, yes, on, 1:30]"))
    assert policy.controls[0].with_["one_of"] == ["no", "yes", "on", "1:30"]


def test_a_misspelt_name_is_refused_with_the_near_name() -> None:
    with pytest.raises(InputError, match="Did you mean 'logic-apps-salesforce'") as caught:
        load_policy("logic-app-salesforce")
    assert "salesforce-oauth-2026" in caught.value.hint


@pytest.mark.parametrize("name", ["nowhere.yaml", "folder.yaml"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError, match=r"There is no policy at|is a folder"):
        load_policy(str(tmp_path / name))


# Included controls -----------------------------------------------------------------------------

INCLUDING = """\
name: mine
title: Mine
source: Me
include:
  - policy: logic-apps-salesforce
    controls: [app-admin-approved, login-ranges-bounded]
"""


def test_a_policy_may_consist_of_controls_of_a_shipped_one(tmp_path: Path) -> None:
    found = own(tmp_path, INCLUDING)
    shipped = {one.id: one for one in load_policy("logic-apps-salesforce").controls}
    assert [one.id for one in found.controls] == ["app-admin-approved", "login-ranges-bounded"]
    assert all(one == shipped[one.id] for one in found.controls)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("app-admin-approved,", "app-admin-aproved,", "Did you mean 'app-admin-approved'"),
        ("policy: logic-apps-salesforce", "policy: logic-app-salesforce", "no other shipped policy"),
        ("app-admin-approved,", "login-ranges-bounded,", "included twice"),
        ("policy: logic-apps-salesforce", "policy: logic-apps-salesforce-files", "doesn't define itself"),
    ],
)
def test_what_cannot_be_included_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        own(tmp_path, INCLUDING.replace(old, new))


def test_a_policy_without_any_control_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give controls"):
        own(tmp_path, INCLUDING.partition("include")[0])


def test_what_files_can_answer_is_answered_from_files_alone() -> None:
    policy = load_policy("logic-apps-salesforce-files")
    for files in (CONNECTED, EXTERNAL):
        results = healthy.report(files, *policy.controls).results
        assert {(one.control, one.status.value) for one in results if one.status.value != "pass"} == {
            ("app-digital-signature", "not-applicable"),
            ("app-sender-constrained-tokens", "not-applicable"),
            *((("connected-app-end-of-support", "manual"),) if files is CONNECTED else ()),
        }
        assert {one.control for one in results} == {one.id for one in policy.controls}
