"""What check would leave unknown, and the way out of each: the same unknowns, and nothing asked for that is there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sfharden.checks.evaluate import evaluate
from sfharden.checks.needs import GRANTED, NEEDS
from sfharden.checks.remedies import Foreseen, foresee
from sfharden.model import kinds, org
from sfharden.model.integration import Egress, Integration, Waiver
from sfharden.model.results import Report
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import served
from tests.orgs.cases import UNREADABLE
from tests.orgs.constants import HARDENED_INTEGRATION, INTEGRATION, NOW
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, TABLES, running

ALL_RIGHTS = tuple(sorted(GRANTED))


def login(*, without: str = "", told: bool = True) -> dict[str, Any]:
    """Tables with a caller who holds everything that is needed but one permission; or of whom nothing is told."""
    held = tuple(name for name in ALL_RIGHTS if name != without) if told else None
    caller = org.Caller(user_id="005X", username="x@acme.example", permissions=held)
    if not told:
        return {"caller": None}
    return {"caller": caller, "permission_names": (*TABLES.permission_names, *ALL_RIGHTS)}


def judged(snapshot: Snapshot, *by: Integration, waivers: tuple[Waiver, ...] = ()) -> Report:
    return evaluate(snapshot, shipped(), by, waivers, NOW, "0")


def foreseen(snapshot: Snapshot, *by: Integration, waivers: tuple[Waiver, ...] = ()) -> tuple[Foreseen, ...]:
    return foresee(judged(snapshot, *by, waivers=waivers), snapshot, shipped(), by)


def remedy(control: str, snapshot: Snapshot, *by: Integration) -> str:
    return next(one.remedy for one in foreseen(snapshot, *by) if control in one.controls)


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_the_same_controls_are_unknown_as_in_check_each_with_reason_and_remedy(name: str) -> None:
    for make in UNREADABLE[name]:
        snapshot = make()
        report = judged(snapshot, served.INTEGRATION)
        found = foresee(report, snapshot, shipped(), [served.INTEGRATION])
        unknown = [one for one in report.results if one.is_open]
        assert {one.control for one in unknown} == {control for one in found for control in one.controls}
        assert {one.message for one in unknown} == {one.reason for one in found}
        assert all(one.remedy for one in found)


def test_nothing_is_foreseen_of_a_healthy_org() -> None:
    assert foreseen(served.healthy(), served.INTEGRATION) == ()
    # Without an integration every app is asked about, and the org hands out no file of one.
    (other,) = foreseen(served.healthy())
    assert other.subjects == ("connected-app 'Vault'",)
    assert "hands out no metadata of 'Vault'" in other.reason


@pytest.mark.parametrize(
    ("kind", "lacked", "control"),
    [
        (org.TOKENS, "CustomizeApplication", "tokens-held-by-integration-users"),
        (org.PERMISSION_SETS, "ViewSetup", "approve-uninstalled-apps-restricted"),
        (org.PROFILES, "ViewAllProfiles", "integration-profile-dedicated"),
        (kinds.PROFILE, "ViewAllProfiles", "integration-profile-dedicated"),
    ],
)
def test_what_a_gap_hides_takes_the_right_to_see_it(kind: str, lacked: str, control: str) -> None:
    gap = Gap(what="Some rows", reason="this login may not see everything", kind=kind)
    snapshot = running(FILES, gap, **login(without=lacked))
    label = next(need.label for need in NEEDS if lacked in need.names)
    assert remedy(control, snapshot, HARDENED_INTEGRATION) == (
        f"Let this login have: {label} (`doctor --permission-set`)."
    )


def test_a_right_that_is_held_is_not_asked_for() -> None:
    gap = Gap(what="Some rows", reason="the org stopped answering", kind=org.TOKENS)
    for found in foreseen(running(FILES, gap, **login()), HARDENED_INTEGRATION):
        assert "Let this login have" not in found.remedy


def test_where_it_cannot_be_told_what_is_held_every_right_that_may_be_lacked_is_named() -> None:
    gap = Gap(what="Some rows", reason="cut off", kind=org.LOGINS)
    said = remedy(
        "login-outside-ranges-absent", running(FILES, gap, **login(told=False)), HARDENED_INTEGRATION
    )
    assert "Manage Users, Monitor Login History" in said


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"app": "Azure Logic App"}, "app"),
        ({"profile": "Logic Apps Integratio"}, "profile"),
        ({"users": ("svcc@acme.example",)}, "users"),
    ],
)
def test_a_name_that_leads_nowhere_is_to_be_corrected(changes: dict[str, Any], key: str) -> None:
    integration = HARDENED_INTEGRATION.model_copy(update=changes)
    said = {one.remedy for one in foreseen(running(**login()), integration) if "named" in one.reason}
    assert said == {f"Correct {key} in the integration file."}


def test_an_app_that_nobody_installed_is_to_be_installed_or_corrected() -> None:
    fake = served.token(app_label="Azure Logic App", app_id="")
    by = served.INTEGRATION.model_copy(update={"app": "Azure Logic App"})
    said = remedy("app-ip-enforced", served.changed(tokens=(*served.table("tokens"), fake)), by)
    assert said == "Install it, or correct app in the integration file."


def test_egress_that_is_not_known_is_to_be_mended() -> None:
    gap = Gap(
        what="egress of crm-sync: x.json", reason="there is no such file", kind="Egress", name="crm-sync"
    )
    egress = Egress(addresses=INTEGRATION.egress.addresses, gaps=(gap,))
    integration = HARDENED_INTEGRATION.model_copy(update={"egress": egress})
    said = remedy("login-ranges-cover-egress", running(**login()), integration)
    assert said == "Mend that entry under egress in the integration file."


def test_a_hardening_that_was_not_told_is_to_be_added_and_one_to_come_awaited() -> None:
    control = "tokens-issued-after-hardening"
    assert remedy(control, running(**login()), INTEGRATION).startswith("Add hardened_at")
    later = INTEGRATION.model_copy(update={"hardened_at": datetime(2027, 1, 1, tzinfo=UTC)})
    assert remedy(control, running(**login()), later) == "Read the org again once that moment is past."


def test_a_file_that_only_a_weaker_org_hands_out_is_not_asked_for() -> None:
    snapshot = served.healthy()
    kept = tuple(one for one in snapshot.components if one.kind != kinds.EXTERNAL_OAUTH)
    said = remedy("app-scopes-minimal", snapshot.model_copy(update={"components": kept}), served.EXTERNAL)
    assert "worse than not knowing" in said
    assert "check -f waivers" in said


def test_otherwise_it_is_to_be_made_so_or_accepted() -> None:
    snapshot = served.with_value(
        served.healthy(), kinds.SECURITY, "Security", "sessionSettings.sessionTimeout", "SomeDay"
    )
    said = remedy("session-timeout-bounded", snapshot, served.INTEGRATION)
    assert said.startswith("If it fails: Setup, Session Settings")
    assert "check -f waivers" in said


def test_what_a_waiver_covers_is_not_foreseen() -> None:
    (one,) = (
        result for result in judged(running(**login()), INTEGRATION).results
        if result.control == "tokens-issued-after-hardening"
    )  # fmt: skip
    waiver = Waiver(
        control=one.control,
        subject=one.subject.name,
        status="unknown",
        reason="r",
        owner="o",
        expires=NOW.date(),
    )
    said = foreseen(running(**login()), INTEGRATION, waivers=(waiver,))
    assert one.control not in {control for found in said for control in found.controls}


def more(*gaps: Gap) -> list[Foreseen]:
    """What gaps add to what is foreseen without an integration."""
    usual = foreseen(running(**login()))
    return [one for one in foreseen(running(FILES, *gaps, **login())) if one not in usual]


def test_without_an_integration_what_any_of_them_rests_on_is_foreseen() -> None:
    (found,) = more(Gap(what="Logins", reason="the org stopped answering", kind=org.LOGINS))
    assert {"failure-and-success-observed", "login-outside-ranges-absent"} <= set(found.controls)
    assert found.reason == "Logins: the org stopped answering"
    assert found.remedy.startswith("Read the org again")


def test_without_an_integration_one_file_or_what_nothing_rests_on_is_no_matter() -> None:
    said = more(
        Gap(what="x.profile", reason="cut off", kind=kinds.PROFILE, name="X"),
        Gap(what="Setup changes", reason="cut off", kind=org.SETUP_CHANGES),
    )
    assert {control for found in said for control in found.controls} <= {"login-ranges-everywhere"}
