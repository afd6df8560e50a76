"""Org-wide settings: the generic check and its operators, several files of one kind, trusted ranges."""

from typing import Any

import pytest

from sfharden.errors import InputError
from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED
from tests.orgs.metadata import APP, HEALTHY, SECURITY, xml

OIDC = "settings/OauthOidc.settings"
SETTINGS = {
    "ip-enforced-on-every-request": SECURITY,
    "trusted-ranges-bounded": SECURITY,
    "session-not-locked-to-ip": SECURITY,
    "api-access-control-on": "settings/ConnectedApp.settings",
    "password-and-user-agent-flows-blocked": OIDC,
    "mydomain-login-enforced": "settings/MyDomain.settings",
    "external-client-app-secrets-protected": "settings/ExternalClientApp.settings",
}
CONTROLS = pytest.mark.parametrize(("control", "path"), SETTINGS.items())


def trusting(*ranges: tuple[str, str]) -> dict[str, str]:
    """The healthy org with these trusted ranges."""
    text = "".join(f"<ipRanges><end>{end}</end><start>{start}</start></ipRanges>" for start, end in ranges)
    return healthy.swapped(
        CONNECTED, SECURITY, ("<networkAccess/>", f"<networkAccess>{text}</networkAccess>")
    )


@CONTROLS
def test_a_settings_file_that_is_lost_leaves_its_control_unknown(control: str, path: str) -> None:
    missing = {name: text for name, text in CONNECTED.items() if name != path}
    assert healthy.status(control, missing) == "unknown"
    assert healthy.status(control, healthy.cut_off(CONNECTED, path)) == "unknown"
    assert healthy.status(control, {**CONNECTED, path: ""}) == "unknown"


@CONTROLS
def test_an_empty_settings_file_proves_nothing(control: str, path: str) -> None:
    kind = HEALTHY[path].split("<")[2].split(" ")[0]
    assert healthy.status(control, {**CONNECTED, path: xml(kind, "")}) == "unknown"


@CONTROLS
def test_a_second_copy_that_is_cut_off_spoils_the_pass(control: str, path: str) -> None:
    files = {**CONNECTED, f"b/{path}": CONNECTED[path][:150]}
    assert set(healthy.by_subject(control, files).values()) == {"unknown"}


@CONTROLS
def test_two_equal_copies_pass_and_are_told_apart(control: str, path: str) -> None:
    assert list(healthy.by_subject(control, {**CONNECTED, f"b/{path}": CONNECTED[path]}).values()) == [
        "pass",
        "pass",
    ]


@pytest.mark.parametrize("control", list(SETTINGS)[3:])
def test_of_two_switches_each_must_stand_right(control: str) -> None:
    path = SETTINGS[control]
    wanted, other = ("false", "true") if "secrets" in control else ("true", "false")
    lines = [line for line in HEALTHY[path].splitlines() if f">{wanted}<" in line][:2]
    for line in lines:
        bad = healthy.swapped(CONNECTED, path, (line, line.replace(wanted, other)))
        assert healthy.status(control, bad) == "fail"
        assert healthy.status(control, healthy.swapped(CONNECTED, path, (line, ""))) == "unknown"
        assert healthy.status(control, healthy.swapped(CONNECTED, path, (wanted, "perhaps"))) == "unknown"
    worse = healthy.swapped(CONNECTED, path, (lines[0], ""), (lines[1], lines[1].replace(wanted, other)))
    assert healthy.status(control, worse) == "fail"


def test_a_caveat_goes_with_a_failure_only() -> None:
    path = SETTINGS["api-access-control-on"]
    off = healthy.swapped(CONNECTED, path, (">true<", ">false<"))
    assert "Support" in healthy.verdict("api-access-control-on", off).message
    assert "Support" not in healthy.verdict("api-access-control-on", CONNECTED).message


# The generic check -----------------------------------------------------------------------------

VALUES = xml(
    "SecuritySettings",
    "<a>true</a><n>5</n><neg>-5</neg><w>Low</w><huge>" + "9" * 5000 + "</huge><odd>--5</odd><nothing/>"
    "<networkAccess><ipRanges><end>192.0.2.1</end><start>192.0.2.1</start></ipRanges></networkAccess>"
    "<passwordPolicies><complexity>3</complexity><rule>A</rule><rule>B</rule></passwordPolicies>",
)


@pytest.mark.parametrize(
    ("path", "parameters", "expected"),
    [
        ("a", {"equals": True}, "pass"), ("a", {"equals": False}, "fail"), ("a", {"equals": 1}, "unknown"),
        ("a", {"equals": "true"}, "pass"), ("a", {"one_of": [1]}, "unknown"), ("n", {"equals": True}, "unknown"),
        ("n", {"equals": 5}, "pass"), ("n", {"equals": "5"}, "pass"), ("n", {"equals": 6}, "fail"),
        ("w", {"one_of": ["Low", "High"]}, "pass"), ("w", {"one_of": ["low"]}, "fail"),
        ("w", {"none_of": ["Low"]}, "fail"), ("w", {"none_of": ["High"]}, "pass"), ("w", {"none_of": [3]}, "unknown"),
        ("n", {"at_least": 5}, "pass"), ("n", {"at_least": 6}, "fail"),
        ("n", {"at_most": 5}, "pass"), ("n", {"at_most": 4}, "fail"),
        ("neg", {"at_most": -5}, "pass"), ("neg", {"at_least": 0}, "fail"),
        ("w", {"at_least": 1}, "unknown"), ("a", {"at_least": 1}, "unknown"), ("odd", {"at_least": 1}, "unknown"),
        ("huge", {"at_least": 1}, "unknown"), ("gone", {"none_of": ["x"]}, "unknown"),
        ("gone", {"equals": False}, "unknown"), ("gone.deeper", {"equals": 1}, "unknown"),
        ("nothing", {"equals": ""}, "unknown"), ("nothing", {"none_of": ["x"]}, "unknown"),
        ("nothing", {"is_empty": True}, "pass"), ("nothing", {"is_empty": False}, "fail"),
        ("w", {"is_empty": True}, "fail"), ("w", {"is_empty": False}, "pass"),
        ("networkAccess.ipRanges", {"is_empty": True}, "fail"), ("networkAccess.ipRanges", {"is_empty": False}, "pass"),
        ("networkAccess", {"is_empty": True}, "fail"), ("passwordPolicies", {"is_empty": True}, "fail"),
        ("passwordPolicies.rule", {"is_empty": False}, "pass"), ("passwordPolicies.rule", {"equals": "A"}, "unknown"),
        ("passwordPolicies.gone", {"is_empty": True}, "pass"), ("gone.deeper", {"is_empty": True}, "unknown"),
        ("gone", {"is_empty": True}, "unknown"),
    ],
)  # fmt: skip
def test_operators_are_strict_about_types_and_presence(
    path: str, parameters: dict[str, Any], expected: str
) -> None:
    mine = healthy.setting(path=f"SecuritySettings.{path}", **parameters)
    (result,) = healthy.report({SECURITY: VALUES}, mine).results
    assert result.status.value == expected, result.message


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"path": "SecuritySettings.a"}, "exactly one of"),
        ({"path": "SecuritySettings.a", "equals": True, "at_most": 3}, "exactly one of"),
        ({"equals": True}, "either path or paths"),
        ({"path": "SecuritySettings.a", "paths": ["SecuritySettings.b"], "equals": True}, "either path or paths"),
        ({"path": "SecuritySettings", "equals": True}, "a dot"),
        ({"paths": ["SecuritySettings.a", "MyDomainSettings.b"], "equals": True}, "same metadata type"),
        ({"path": "SecuritySettings.a", "at_least": True}, "at_least"),
        ({"path": "SecuritySettings.a", "at_most": "5"}, "at_most"),
        ({"path": "SecuritySettings.a", "is_empty": "yes"}, "is_empty"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        healthy.report(CONNECTED, healthy.setting(**parameters))


def test_a_setting_of_any_type_is_judged_for_every_component_and_gap() -> None:
    mine = healthy.setting(path="ConnectedApp.oauthConfig.isAdminApproved", equals=True)
    files = {**CONNECTED, "b/Other.connectedApp": "<ConnectedApp", f"c/{APP}": CONNECTED[APP]}
    found = {one.subject.name: one.status.value for one in healthy.report(files, mine).results}
    assert found == {
        f"Azure_Logic_Apps ({APP})": "pass",
        f"Azure_Logic_Apps (c/{APP})": "pass",
        "Other": "unknown",
    }
    assert [one.status.value for one in healthy.report({}, mine).results] == ["unknown"]


# Trusted ranges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], ("pass", "high")),
        ([("10.0.0.0", "10.0.255.255")], ("pass", "high")),
        ([("10.0.0.0", "10.1.0.0")], ("fail", "high")),
        ([("10.0.0.0", "10.0.127.255"), ("10.0.64.0", "10.0.255.255")], ("pass", "high")),
        ([(f"{2 * n}.0.0.0", f"{2 * n + 1}.255.255.255") for n in range(128)], ("fail", "critical")),
        ([("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")], ("fail", "high")),
        ([("10.0.0.0", "10.0.0.999")], ("unknown", "high")),
        ([("10.0.0.9", "10.0.0.1")], ("unknown", "high")),
        ([("0.0.0.0", "255.255.255.255"), ("10.0.0.9", "10.0.0.1")], ("fail", "critical")),
    ],
)
def test_trusted_ranges_are_judged_by_their_union(
    ranges: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    result = healthy.verdict("trusted-ranges-bounded", trusting(*ranges))
    assert (result.status.value, result.severity.value) == expected


def test_many_trusted_ranges_are_shown_capped_and_counted() -> None:
    result = healthy.verdict(
        "trusted-ranges-bounded", trusting(*((f"10.{n}.0.0", f"10.{n}.255.254") for n in range(20)))
    )
    assert "and 14 more" in healthy.shown(result)
