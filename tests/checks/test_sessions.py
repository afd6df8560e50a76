"""Sessions: how long idle ones last, by the org and by each profile; and whether ranges hold on every request."""

import pytest

from sfharden.model import kinds
from sfharden.model.snapshot import Component, Value
from tests.orgs import judging as healthy
from tests.orgs import served
from tests.orgs.constants import PROFILE_NAME
from tests.orgs.files import CONNECTED, OVERRIDE, SECURITY, cut_off, swapped

TIMEOUT = "session-timeout-bounded"


@pytest.mark.parametrize(
    ("word", "expected"),
    [("TwoHours", "pass"), ("FifteenMinutes", "pass"), ("FourHours", "fail"), ("TwentyFourHours", "fail"), ("Forever", "unknown"), ("", "unknown")],
)  # fmt: skip
def test_the_orgs_timeout(word: str, expected: str) -> None:
    files = swapped(CONNECTED, SECURITY, ("TwoHours", word))
    assert healthy.by_subject("session-timeout-bounded", files) == {
        "Security": expected,
        "logic apps integration": "pass",
        "org": "unknown",
    }


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [("0", "pass"), ("15", "pass"), ("120", "pass"), ("240", "fail"), ("1440", "fail"), ("-5", "unknown"), ("7", "unknown"), ("", "unknown"), ("2h", "unknown")],
)  # fmt: skip
def test_a_profiles_override_beats_a_good_timeout_of_the_org(minutes: str, expected: str) -> None:
    files = swapped(CONNECTED, OVERRIDE, (">30<", f">{minutes}<"))
    assert healthy.by_subject("session-timeout-bounded", files)["logic apps integration"] == expected


def test_zero_minutes_mean_two_hours() -> None:
    files = swapped(CONNECTED, OVERRIDE, (">30<", ">0<"))
    results = healthy.report(files, healthy.control("session-timeout-bounded", most_minutes=119)).results
    assert [one.status.value for one in results if one.subject.kind == "profile"] == ["fail"]


def test_overrides_that_are_lost_or_doubled_are_told_apart() -> None:
    files = {**CONNECTED, f"b/{OVERRIDE}": CONNECTED[OVERRIDE], f"c/{OVERRIDE}": "<Profile"}
    assert healthy.by_subject("session-timeout-bounded", files) == {
        "Security": "pass",
        f"logic apps integration ({OVERRIDE})": "pass",
        f"logic apps integration (b/{OVERRIDE})": "pass",
        "Logic_Apps": "unknown",
        "org": "unknown",
    }


def test_more_than_five_ranges_are_minded_where_the_setting_is_off() -> None:
    many = "".join(
        f"<loginIpRanges><endAddress>10.0.0.{n}</endAddress><startAddress>10.0.0.{n}</startAddress></loginIpRanges>"
        for n in range(6)
    )
    files = swapped(CONNECTED, "profiles/Admin.profile", ("<custom>", f"{many}<custom>"))
    off = swapped(files, SECURITY, ("EveryRequest>true", "EveryRequest>false"))
    result = healthy.verdict("ip-enforced-on-every-request", off)
    assert result.status.value == "fail"
    assert "Admin" in healthy.shown(result)
    assert healthy.status("ip-enforced-on-every-request", files) == "pass"


# A running org -----------------------------------------------------------------------------------


def test_every_override_of_the_timeout_is_known() -> None:
    plain = {"profile": "sales", "sessionTimeout": "60"}
    one = Component(
        kind=kinds.PROFILE_SESSION,
        name="sales",
        file="s.profileSessionSetting",
        values={key: (Value(text=text, line=1),) for key, text in plain.items()},
    )
    snapshot = served.healthy().model_copy(update={"components": (*served.healthy().components, one)})
    assert served.by_subject(snapshot, "session-timeout-bounded") == {"Security": "pass", "sales": "pass"}


def test_many_ranges_are_mentioned_with_enforcement_on_every_request() -> None:
    many = [(f"203.0.113.{n}", f"203.0.113.{n}") for n in range(0, 16, 2)]
    result = served.verdict(
        served.with_ranges(served.healthy(), PROFILE_NAME, *many), "ip-enforced-on-every-request"
    )
    assert result.status.value == "pass"
    assert any(PROFILE_NAME in one.observed for one in result.evidence)


def test_an_org_whose_settings_were_not_read_still_has_its_overrides_judged() -> None:
    files = cut_off(CONNECTED, SECURITY)
    found = healthy.by_subject(TIMEOUT, swapped(files, OVERRIDE, (">30<", ">1440<")))
    assert (found["Security"], found["logic apps integration"]) == ("unknown", "fail")


def test_where_no_metadata_was_read_an_override_may_be_anywhere() -> None:
    found = served.by_subject(served.changed(read_at={}), TIMEOUT)
    assert found["org"] == "unknown"


def test_the_bound_is_the_policy_s() -> None:
    assert served.by_subject(served.healthy(), TIMEOUT, most_minutes=15)["Security"] == "fail"
    assert served.by_subject(served.healthy(), TIMEOUT, most_minutes=1440)["Security"] == "pass"
