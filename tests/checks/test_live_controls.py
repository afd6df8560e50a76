"""Every shipped control on a running org: passing on the healthy one, failing by one change, unknown unread."""

import pytest

from sfharden.model import org
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import live
from tests.orgs.healthy import shipped
from tests.orgs.live_cases import FAILING, UNREADABLE, Make

CONTROLS = [control.id for policy in shipped() for control in policy.controls]

TOLD_ONLY = {"connected-app-end-of-support"}  # an announced date fails nobody


def test_every_control_is_tried_in_all_three_ways() -> None:
    assert sorted(UNREADABLE) == sorted(CONTROLS)
    assert sorted({*FAILING, *TOLD_ONLY}) == sorted(CONTROLS)


def test_the_healthy_org_passes_everything_and_lacks_nothing() -> None:
    assert live.healthy().gaps == ()
    found = live.judged(live.healthy())
    others = {result.control: result.status.value for result in found if result.status.value != "pass"}
    assert others.pop("connected-app-end-of-support") == "manual"
    assert others.pop("app-token-allowlist") == "manual"  # of a connected app only the switch shows
    assert others.pop("app-digital-signature") == "not-applicable"
    assert {result.control for result in found if result.status.value == "pass"} == {
        one
        for one in CONTROLS
        if one not in ("connected-app-end-of-support", "app-digital-signature", "app-token-allowlist")
    }
    assert set(others.values()) <= {"not-applicable"}


def test_an_external_client_app_passes_what_can_be_read_of_it() -> None:
    found = live.judged(live.healthy(), [live.EXTERNAL])
    odd = {
        result.control: result.message
        for result in found
        if result.status.value not in ("pass", "not-applicable")
    }
    assert odd.pop("app-scopes-minimal") == (
        "Can't tell: no ExtlClntAppOauthSettings file of the app was read."
    )
    # The developer's settings are handed out only where secrets may be read through APIs.
    unread = "Can't tell: no ExtlClntAppGlobalOauthSettings file of the app was read."
    assert odd == dict.fromkeys(
        (
            "app-refresh-token-rotation", "app-device-flow-off", "app-secret-required",
            "app-client-credentials-off", "app-digital-signature",
        ),
        unread,
    )  # fmt: skip


def test_a_snapshot_written_and_read_again_gives_the_same_results() -> None:
    again = Snapshot.model_validate_json(live.healthy().model_dump_json(by_alias=True))
    assert live.judged(again) == live.judged(live.healthy())


@pytest.mark.parametrize("control", sorted(FAILING))
def test_one_change_fails(control: str) -> None:
    statuses = {result.status.value for result in live.results(FAILING[control](), control)}
    assert "fail" in statuses


@pytest.mark.parametrize(
    ("control", "make"), [(control, make) for control, makes in UNREADABLE.items() for make in makes]
)
def test_what_was_not_read_is_unknown(control: str, make: Make) -> None:
    """For controls that judge many subjects, what was read may still pass: the org as a whole doesn't."""
    found = live.results(make(), control)
    assert "unknown" in {result.status.value for result in found}
    if control not in ("login-ranges-everywhere", "session-timeout-bounded"):
        assert "pass" not in {result.status.value for result in found}


TABLES = {
    org.USERS: "users",
    org.PROFILES: "profiles",
    org.PERMISSION_SETS: "permission_sets",
    org.ASSIGNMENTS: "assignments",
    org.APP_ACCESS: "app_access",
    org.APPS: "apps",
    org.TOKENS: "tokens",
    org.EXTERNAL_TOKENS: "external_tokens",
    org.LOGINS: "logins",
}


@pytest.mark.parametrize("control", sorted(FAILING))
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("how", ["unread", "emptied", "in gap"])
def test_reading_less_never_clears_what_fails(control: str, kind: str, how: str) -> None:
    """Whatever part is not read, or came empty or cut off: no failure turns into a pass."""
    whole = FAILING[control]()
    assert whole.org is not None
    rows = {"unread": None, "emptied": (), "in gap": getattr(whole.org, TABLES[kind])}[how]
    tables = whole.org.model_copy(update={TABLES[kind]: rows})
    gap = Gap(what=kind, reason="not all of it came", kind=kind)
    poorer = whole.model_copy(update={"org": tables, "gaps": (*whole.gaps, gap)})
    failing = {result.subject for result in live.results(whole, control) if result.status.value == "fail"}
    cleared = [
        result
        for result in live.results(poorer, control)
        if result.subject in failing and result.status.value in ("pass", "not-applicable")
    ]
    assert cleared == []
