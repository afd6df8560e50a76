"""The profile's controls: every edge of the ranges, names that resolve, and files that can't be trusted."""

from typing import Any

import pytest

from sfharden.errors import InputError
from sfharden.model.snapshot import Gap
from tests.orgs import healthy, served
from tests.orgs.constants import PROFILE_NAME
from tests.orgs.healthy import CONNECTED
from tests.orgs.metadata import HEALTHY, INTEGRATION, PROFILE, RANGES, login_range, permission, xml

COVER, KEEP, BOUNDED = (
    "login-ranges-cover-egress",
    "login-ranges-keep-operator-way-in",
    "login-ranges-bounded",
)
EVERYWHERE = "login-ranges-everywhere"
OPERATOR = ("198.51.100.7", "198.51.100.7")
MOST_V6 = ("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")


def ranged(*ranges: tuple[str, str]) -> dict[str, str]:
    """The healthy org with these login ranges on the integration's profile."""
    text = "".join(login_range(*pair) for pair in ranges)
    return healthy.swapped(CONNECTED, PROFILE, (RANGES, text))


def everywhere(files: healthy.Files) -> tuple[str, str]:
    """Status and severity of the integration's profile under login-ranges-everywhere."""
    results = healthy.report(files, healthy.control(EVERYWHERE)).results
    (result,) = [one for one in results if one.subject.name == "Logic Apps Integration"]
    return result.status.value, result.severity.value


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([("192.0.2.0", "192.0.2.15"), OPERATOR], "pass"),
        ([("192.0.2.0", "192.0.2.7"), ("192.0.2.8", "192.0.2.15"), OPERATOR], "pass"),
        ([("192.0.2.1", "192.0.2.15"), OPERATOR], "fail"),
        ([("192.0.2.0", "192.0.2.14"), OPERATOR], "fail"),
        ([("192.0.2.0", "192.0.2.7"), ("192.0.2.9", "192.0.2.15"), OPERATOR], "fail"),
        ([("::ffff:192.0.2.0", "::ffff:192.0.2.15"), OPERATOR], "pass"),
    ],
)
def test_egress_must_be_inside_to_the_last_address(ranges: list[tuple[str, str]], expected: str) -> None:
    assert healthy.status(COVER, ranged(*ranges)) == expected


def test_half_of_the_egress_missing_is_counted_and_shown() -> None:
    result = healthy.verdict(COVER, ranged(("192.0.2.0", "192.0.2.7"), OPERATOR))
    assert result.status.value == "fail"
    assert "8 of 16 egress addresses" in result.message
    assert result.evidence[0].observed == "192.0.2.8-192.0.2.15"


@pytest.mark.parametrize(("egress", "expected"), [("2001:db8:10::/64", "pass"), ("2001:db8:10::/63", "fail")])
def test_ipv6_egress_is_judged_like_ipv4(egress: str, expected: str) -> None:
    files = ranged(("2001:db8:10::", "2001:db8:10::ffff:ffff:ffff:ffff"), OPERATOR)
    by = healthy.integration(egress=[egress])
    assert healthy.status(COVER, files, by) == expected
    assert healthy.status(BOUNDED, files, by) == "pass"


@pytest.mark.parametrize(
    ("known", "expected"), [((), "unknown"), (("192.0.2.1",), "unknown"), (("203.0.113.9",), "fail")]
)
def test_egress_that_is_not_fully_known_never_passes(known: tuple[str, ...], expected: str) -> None:
    egress = healthy.integration(egress=known).egress
    gappy = egress.model_copy(update={"gaps": (Gap(what="export.json", reason="there is none"),)})
    result = healthy.verdict(COVER, CONNECTED, healthy.integration(egress=gappy))
    assert result.status.value == expected
    if expected == "unknown":
        assert "there is none" in result.message


def test_no_egress_at_all_is_unknown_not_covered() -> None:
    assert healthy.status(COVER, CONNECTED, healthy.integration(egress=())) == "unknown"


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (["198.51.100.7"], "pass"),
        (["192.0.2.3"], "pass"),
        (["198.51.100.8"], "fail"),
        (["198.51.100.7", "198.51.100.6"], "fail"),
    ],
)
def test_the_operators_way_in_must_be_inside(operator: list[str], expected: str) -> None:
    result = healthy.verdict(KEEP, CONNECTED, healthy.integration(operator_ranges=operator))
    assert result.status.value == expected
    if expected == "fail":
        assert operator[-1] in healthy.shown(result)


def test_without_ranges_nothing_is_said_to_keep_the_operators_way_in() -> None:
    statuses = {control: healthy.status(control, ranged()) for control in (COVER, KEEP, BOUNDED)}
    assert statuses == {COVER: "fail", KEEP: "unknown", BOUNDED: "fail"}


@pytest.mark.parametrize(
    ("last", "surplus", "expected"),
    [("192.0.2.15", 0, "pass"), ("192.0.2.16", 0, "fail"), ("192.0.2.25", 10, "pass"), ("192.0.2.26", 10, "fail")],
)  # fmt: skip
def test_the_tolerance_is_exact(last: str, surplus: int, expected: str) -> None:
    files = ranged(("192.0.2.0", last), OPERATOR)
    assert healthy.status(BOUNDED, files, surplus_addresses=surplus) == expected


@pytest.mark.parametrize(("last", "expected"), [("192.0.3.15", "pass"), ("192.0.3.16", "fail")])
def test_without_a_word_of_the_policy_as_much_is_tolerated_as_the_shipped_one_says(
    last: str, expected: str
) -> None:
    files = ranged(("192.0.2.0", last), OPERATOR)  # 256 more than needed, or 257
    silent = healthy.control(BOUNDED).model_copy(update={"with_": {}})
    for control in (silent, healthy.control(BOUNDED)):
        (result,) = healthy.report(files, control).results
        assert result.status.value == expected


def test_surplus_in_many_ranges_is_added_up() -> None:
    files = ranged(("192.0.2.0", "192.0.2.15"), OPERATOR, ("10.0.0.1", "10.0.0.2"), ("10.0.1.1", "10.0.1.2"))
    assert healthy.status(BOUNDED, files, surplus_addresses=4) == "pass"
    result = healthy.verdict(BOUNDED, files, surplus_addresses=3)
    assert result.status.value == "fail"
    assert "10.0.0.1-10.0.0.2" in result.message


def test_surplus_beside_unknown_egress_is_not_called_surplus() -> None:
    gap = Gap(what="export.json", reason="there is none")
    egress = INTEGRATION.egress.model_copy(update={"gaps": (gap,)})
    by = healthy.integration(egress=egress)
    wide = ranged(("192.0.0.0", "192.0.255.255"), OPERATOR)
    assert healthy.status(BOUNDED, wide, by) == "unknown"
    assert healthy.verdict(BOUNDED, ranged(("0.0.0.0", "255.255.255.255")), by).severity.value == "critical"


@pytest.mark.parametrize(
    "ranges",
    [
        [("0.0.0.0", "255.255.255.255")],
        [("0.0.0.0", "255.255.255.255"), OPERATOR],
        [("0.0.0.0", "127.255.255.255"), ("128.0.0.0", "255.255.255.255")],
        [("::ffff:0:0", "::ffff:ffff:ffff")],
        [MOST_V6, OPERATOR],
        [("::1:0:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")],
    ],
)
def test_ranges_that_keep_nobody_out_are_critical(ranges: list[tuple[str, str]]) -> None:
    files = ranged(*ranges)
    result = healthy.verdict(BOUNDED, files)
    assert (result.status.value, result.severity.value) == ("fail", "critical")
    assert everywhere(files) == ("fail", "critical")


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([("10.0.0.0", "10.255.255.255")], ("pass", "medium")),
        ([("10.0.0.0", "11.0.0.0")], ("fail", "medium")),
        ([("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")], ("pass", "medium")),
        ([("2001:db8::", "2001:db9::")], ("fail", "medium")),
        ([], ("unknown", "medium")),
        ([("10.0.0.0", "10.0.0.300")], ("unknown", "medium")),
        ([("0.0.0.0", "255.255.255.255"), ("10.0.0.0", "10.0.0.300")], ("fail", "critical")),
    ],
)
def test_every_profile_is_held_to_ranges_that_restrict_somebody(
    ranges: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    assert everywhere(ranged(*ranges)) == expected


def test_profiles_that_cannot_be_read_are_named_beside_the_others() -> None:
    assert healthy.by_subject(EVERYWHERE, healthy.cut_off(CONNECTED, PROFILE)) == {
        "Admin": "pass",
        "Logic Apps Integration": "unknown",
    }


def test_two_files_of_one_profile_are_told_apart() -> None:
    files = {**CONNECTED, f"b/{PROFILE}": HEALTHY[PROFILE][:200], f"c/{PROFILE}": HEALTHY[PROFILE]}
    assert healthy.by_subject(EVERYWHERE, files) == {
        "Admin": "pass",
        f"Logic Apps Integration ({PROFILE})": "pass",
        f"Logic Apps Integration (c/{PROFILE})": "pass",
        f"Logic Apps Integration (b/{PROFILE})": "unknown",
    }


def test_no_profile_at_all_is_unknown() -> None:
    files = {path: text for path, text in CONNECTED.items() if not path.endswith(".profile")}
    assert healthy.by_subject(EVERYWHERE, files) == {"org": "unknown"}


def test_the_same_profile_read_twice_is_one_profile() -> None:
    reordered = HEALTHY[PROFILE].replace(permission("ApiEnabled"), "\n\n" + permission("ApiEnabled"))
    assert healthy.status(COVER, {**CONNECTED, f"b/{PROFILE}": reordered}) == "pass"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("192.0.2.15", "192.0.2.14"),
        (RANGES, RANGES + login_range("10.0.0.1", "10.0.0.300")),
        ("<custom>true", "<custom>false"),
        ("ApiEnabled", "ModifyAllData"),
    ],
)
def test_profile_files_that_differ_give_no_verdict(old: str, new: str) -> None:
    other = HEALTHY[PROFILE].replace(old, new)
    files = {**CONNECTED, f"b/{PROFILE}": other}
    for control in (COVER, KEEP, BOUNDED, "integration-profile-least-privilege", "app-ip-enforced"):
        assert healthy.status(control, files) == "unknown", control


@pytest.mark.parametrize("name", ["Admin", "System Administrator", "SYSTEM administrator"])
def test_a_standard_profile_is_found_by_label_and_api_name(name: str) -> None:
    by = healthy.integration(profile=name, egress=["203.0.113.1"], operator_ranges=["203.0.113.9"])
    assert healthy.status(COVER, CONNECTED, by) == "pass"
    assert healthy.status("integration-profile-dedicated", CONNECTED, by) == "fail"


def test_a_mistyped_profile_is_unknown_and_the_near_name_is_suggested() -> None:
    by = healthy.integration(profile="Logic App Integration")
    result = healthy.verdict(COVER, CONNECTED, by)
    assert result.status.value == "unknown"
    assert "Did you mean 'Logic Apps Integration'" in result.message


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ("ModifyAllData", "fail"), ("ViewAllData", "fail"), ("ManageUsers", "fail"), ("AuthorApex", "fail"),
        ("CustomizeApplication", "fail"), ("RunReports", "pass"), ("ModifyAllDat", "unknown"),
    ],
)  # fmt: skip
def test_administrative_permissions_are_too_much(granted: str, expected: str) -> None:
    text = permission("ApiEnabled") + permission(granted)
    files = healthy.swapped(CONNECTED, PROFILE, (permission("ApiEnabled"), text))
    result = healthy.verdict("integration-profile-least-privilege", files)
    assert result.status.value == expected
    if expected == "fail":
        assert granted in result.message


def test_a_permission_spelled_out_as_not_granted_is_not_held() -> None:
    off = permission("ModifyAllData").replace("true", "false")
    files = healthy.swapped(CONNECTED, PROFILE, (permission("ApiEnabled"), permission("ApiEnabled") + off))
    assert healthy.status("integration-profile-least-privilege", files) == "pass"


HOLDERS = {
    "approve-uninstalled-apps-restricted": "CanApproveUninstalledApps",
    "use-any-api-client-restricted": "UseAnyApiClient",
}


@pytest.mark.parametrize(("control", "name"), HOLDERS.items())
def test_holders_are_named_and_files_never_prove_that_there_are_no_others(control: str, name: str) -> None:
    assert healthy.by_subject(control, CONNECTED) == {"org": "unknown"}
    granting = xml("PermissionSet", f"<label>Robots</label>{permission(name)}")
    files = healthy.swapped(CONNECTED, PROFILE, ("ApiEnabled", name))
    files |= {"permissionsets/Robots.permissionset": granting, f"b/{PROFILE}": files[PROFILE]}
    assert healthy.by_subject(control, files) == {
        "org": "unknown",
        "Robots": "fail",
        f"Logic Apps Integration ({PROFILE})": "fail",
        f"Logic Apps Integration (b/{PROFILE})": "fail",
    }


def test_the_administrator_may_approve_uninstalled_apps_but_not_use_any_client() -> None:
    for control, name in HOLDERS.items():
        files = healthy.swapped(CONNECTED, "profiles/Admin.profile", ("ApiEnabled", name))
        expected = {"org": "unknown"} | ({"Admin": "fail"} if name == "UseAnyApiClient" else {})
        assert healthy.by_subject(control, files) == expected


# What a person reads ------------------------------------------------------------------------------

HALF = ("192.0.2.0", "192.0.2.7")
STRANGERS = ("10.0.0.0", "10.0.3.231")
NO_RANGES = "The profile has no login ranges, so it keeps nobody out, whatever the app says."
AT = f"{PROFILE}:4"


@pytest.mark.parametrize(
    ("control", "ranges", "message", "evidence"),
    [
        (
            COVER,
            [("192.0.2.0", "192.0.2.15"), OPERATOR],
            "Its login ranges hold all 16 egress addresses.",
            ("egress addresses inside the login ranges", "all 16", "all", AT),
        ),
        (
            COVER,
            [HALF],
            "8 of 16 egress addresses are outside its login ranges: 192.0.2.8-192.0.2.15. Calls from there will be refused.",
            ("egress addresses outside the login ranges", "192.0.2.8-192.0.2.15", "none", AT),
        ),
        (COVER, [], NO_RANGES, ("login ranges", "none", "at least one", PROFILE)),
        (
            KEEP,
            [OPERATOR],
            "Its login ranges hold every operator range.",
            ("operator ranges", "198.51.100.7", "inside", AT),
        ),
        (
            KEEP,
            [HALF],
            "The operator's way in is shut: 198.51.100.7 is outside its login ranges.",
            ("operator addresses outside the login ranges", "198.51.100.7", "none", AT),
        ),
        (
            BOUNDED,
            [HALF, OPERATOR],
            "Its login ranges admit 0 addresses beyond egress and operator.",
            ("addresses beyond egress and operator ranges", "0", "at most 999", AT),
        ),
        (
            BOUNDED,
            [HALF, STRANGERS],
            "Its login ranges admit 1,000 addresses that nobody needs: 10.0.0.0-10.0.3.231.",
            ("addresses beyond egress and operator ranges", "1,000: 10.0.0.0-10.0.3.231", "at most 999", AT),
        ),
        (BOUNDED, [], NO_RANGES, ("login ranges", "none", "at least one", PROFILE)),
    ],
)
def test_each_verdict_says_what_was_looked_at_found_and_expected_and_where(
    control: str, ranges: list[tuple[str, str]], message: str, evidence: tuple[str, ...]
) -> None:
    wanted: dict[str, Any] = {"surplus_addresses": 999} if control == BOUNDED else {}
    result = healthy.verdict(control, ranged(*ranges), **wanted)
    assert result.message == message
    (seen,) = result.evidence
    assert (seen.what, seen.observed, seen.expected, seen.source) == evidence


@pytest.mark.parametrize(
    ("ranges", "everything", "shown"),
    [
        ([("0.0.0.0", "255.255.255.255")], "every IPv4 address", "0.0.0.0-255.255.255.255"),
        (
            [("0.0.0.0", "127.255.255.255")],
            "2,147,483,648 of 4,294,967,296 IPv4 addresses",
            "0.0.0.0-127.255.255.255",
        ),
        ([MOST_V6], "about 10^37 IPv6 addresses", "-".join(MOST_V6)),
        (
            [("0.0.0.0", "127.255.255.254"), MOST_V6],
            "about 10^37 IPv6 addresses",
            f"0.0.0.0-127.255.255.254, {'-'.join(MOST_V6)}",
        ),
    ],
)
def test_of_ranges_that_keep_nobody_out_it_says_whom_they_admit(
    ranges: list[tuple[str, str]], everything: str, shown: str
) -> None:
    result = healthy.verdict(BOUNDED, ranged(*ranges))
    assert result.message == f"Its login ranges admit {everything} ({shown}), so they keep nobody out."
    (seen,) = result.evidence
    assert (seen.what, seen.observed, seen.expected, seen.source) == (
        "login ranges",
        shown,
        "few addresses",
        AT,
    )


@pytest.mark.parametrize(
    ("last", "severity"),
    [("127.255.255.254", "high"), ("127.255.255.255", "critical"), ("128.0.0.0", "critical")],
)
def test_nearly_everybody_begins_at_exactly_half_of_ipv4(last: str, severity: str) -> None:
    result = healthy.verdict(BOUNDED, ranged(("0.0.0.0", last)))
    assert (result.status.value, result.severity.value) == ("fail", severity)
    assert ("that nobody needs" in result.message) == (severity == "high")


# What can't be told -------------------------------------------------------------------------------

BROKEN = ("10.0.0.1", "10.0.0.300")


@pytest.mark.parametrize("control", [COVER, KEEP, BOUNDED])
@pytest.mark.parametrize(
    "files",
    [
        ranged(BROKEN),
        ranged(("192.0.2.0", "192.0.2.15"), OPERATOR, BROKEN),
        ranged(HALF, BROKEN),
        healthy.swapped(CONNECTED, PROFILE, (RANGES, "<loginIpRanges>192.0.2.1</loginIpRanges>")),
    ],
    ids=["the only one", "beside all that is needed", "beside too few", "no range at all"],
)
def test_a_range_that_cant_be_read_is_told_and_is_never_no_ranges(control: str, files: healthy.Files) -> None:
    result = healthy.verdict(control, files)
    assert result.status.value == "unknown"
    assert result.message.startswith("Can't tell: a login range can't be read: ")


def test_too_many_are_admitted_whatever_another_range_says() -> None:
    result = healthy.verdict(BOUNDED, ranged(HALF, STRANGERS, BROKEN))
    assert result.status.value == "fail"


@pytest.mark.parametrize(
    ("control", "reason"),
    [
        (COVER, "the file has no login ranges, but it may be a part of the profile"),
        (KEEP, "the file has no login ranges that could hold the operator's way in"),
        (BOUNDED, "the file has no login ranges, but it may be a part of the profile"),
    ],
)
def test_a_part_of_a_profile_without_ranges_proves_nothing(control: str, reason: str) -> None:
    part = healthy.swapped(ranged(), PROFILE, ("<custom>true</custom>", ""))
    result = healthy.verdict(control, part)
    assert (result.status.value, result.message) == ("unknown", f"Can't tell: {reason}.")


def test_of_several_gaps_in_the_egress_the_first_is_told() -> None:
    gaps = (Gap(what="a.json", reason="it is cut off"), Gap(what="b.json", reason="there is none"))
    by = healthy.integration(egress=INTEGRATION.egress.model_copy(update={"gaps": gaps}))
    for control, files in ((COVER, CONNECTED), (BOUNDED, ranged(STRANGERS))):
        result = healthy.verdict(control, files, by)
        assert result.message == "Can't tell: some egress addresses are not known: it is cut off."
        assert result.evidence[0].source == "a.json"
    assert healthy.status(BOUNDED, CONNECTED, by) == "pass"  # more egress makes no range too wide


def test_without_egress_that_is_the_reason() -> None:
    result = healthy.verdict(COVER, CONNECTED, healthy.integration(egress=()))
    assert result.message == "Can't tell: the integration has no egress addresses."


def test_a_tolerance_below_none_is_refused() -> None:
    with pytest.raises(InputError, match="surplus_addresses"):
        healthy.verdict(BOUNDED, CONNECTED, surplus_addresses=-1)


# A running org -----------------------------------------------------------------------------------


def test_a_profile_without_ranges_keeps_the_operator_out_as_little_as_anybody() -> None:
    bare = served.with_ranges(served.healthy(), PROFILE_NAME)
    result = served.verdict(bare, "login-ranges-keep-operator-way-in")
    assert result.status.value == "pass"
    assert (
        result.message
        == "The profile has no login ranges, so it keeps the operator out as little as anybody."
    )
    assert (result.evidence[0].what, result.evidence[0].observed) == ("login ranges", "none")
    for control in ("login-ranges-cover-egress", "login-ranges-bounded", "app-ip-enforced"):
        assert served.status(bare, control) == "fail"


def test_missing_and_surplus_addresses_are_ranges_capped_and_counted() -> None:
    every_other = [(f"203.0.113.{n}", f"203.0.113.{n}") for n in range(0, 16, 2)]
    result = served.verdict(
        served.with_ranges(served.healthy(), PROFILE_NAME, *every_other), "login-ranges-cover-egress"
    )
    assert "8 of 16 egress addresses" in result.message
    assert result.evidence[0].observed.endswith("203.0.113.11 and 2 more")
    surplus = [(f"10.0.{n}.0", f"10.0.{n}.99") for n in range(0, 20, 2)]
    result = served.verdict(
        served.with_ranges(served.healthy(), PROFILE_NAME, *surplus), "login-ranges-bounded"
    )
    assert result.evidence[0].observed.startswith("1,000: 10.0.0.0-10.0.0.99")
    assert result.evidence[0].observed.endswith("and 4 more")
