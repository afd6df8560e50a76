"""Making a plan: looked at twice, past the lock-out guard, with a word on what was waived."""

from dataclasses import replace
from datetime import date

import pytest

from sfharden.checks.planned import judge_planned
from sfharden.errors import NoVerdictError
from sfharden.model.integration import Waiver
from sfharden.model.planned import Judged
from sfharden.model.snapshot import Snapshot
from sfharden.plan.make import (
    Drafted,
    Findings,
    Material,
    draw_up,
    explained,
    guarded,
    proposed,
    waiting,
    with_waivers,
)
from sfharden.plan.planner import Options
from tests.orgs.constants import NOW
from tests.orgs.judging import shipped
from tests.orgs.metadata import APP, PROFILE, SECURITY

from .kit import HEALTHY_BYTES, PROFILE_NAME, Files, integration

RELAXED = {**HEALTHY_BYTES, APP: HEALTHY_BYTES[APP].replace(b"ENFORCE", b"BYPASS")}


def drafted(material: Material) -> Drafted:
    return draw_up(material, [integration()], Options())


def test_what_is_planned_is_what_is_read_back() -> None:
    material = Files(RELAXED).material()
    made = drafted(material)
    assert {change.file for change in made.planned.plan.changes} == {APP}
    assert made.after == material.with_files(
        material.snapshot, [replace(made.raw[APP], content=made.planned.files[0].after)]
    )
    assert (
        drafted(replace(material, snapshot=made.after, raw=Files(HEALTHY_BYTES).material().raw)).planned.files
        == ()
    )


def test_a_file_that_would_have_to_change_again_is_refused() -> None:
    """As if the edit had not taken: the file is not as Salesforce writes it."""
    material = replace(Files(RELAXED).material(), with_files=lambda before, _files: before)
    with pytest.raises(NoVerdictError, match=r"Azure_Logic_Apps\.connectedApp can't be edited so that its"):
        drafted(material)


def test_what_would_no_longer_be_read_is_refused() -> None:
    def refuses(_before: Snapshot, _files: object) -> Snapshot:
        raise NoVerdictError("it would no longer be metadata that can be read")

    with pytest.raises(NoVerdictError, match="no longer"):
        drafted(replace(Files(RELAXED).material(), with_files=refuses))


# The lock-out guard ------------------------------------------------------------------------------


def judged(
    found: Findings, *, accepted: bool = False, files: Files | None = None
) -> tuple[list[object], Drafted]:
    material = (files or Files(RELAXED)).material()
    made, asked = drafted(material), []

    def guard(before: Snapshot, after: Snapshot) -> Findings:
        asked.append((before, after))
        return found

    planned = guarded(material, made, guard, accepted)
    assert asked in ([], [(material.snapshot, made.after)])
    return list(asked), replace(made, planned=planned)


def test_a_plan_that_shuts_somebody_out_is_refused_unless_that_is_accepted() -> None:
    found = Findings(("the operator comes from elsewhere", "eve comes from elsewhere"))
    with pytest.raises(NoVerdictError, match=r"would lock out: the operator .* \(and 1 more\)"):
        judged(found)
    _, made = judged(found, accepted=True)
    assert made.planned.plan.lockouts == found.shut_out


def test_what_the_guard_cannot_tell_is_to_be_looked_at_first() -> None:
    _, made = judged(Findings((), ("where eve comes from", "where eve comes from")))
    assert made.planned.plan.conditions == ("where eve comes from",)
    assert made.planned.plan.lockouts == ()


def test_nobody_is_shut_out_by_a_plan_that_changes_nothing() -> None:
    asked, made = judged(Findings(("the operator",)), files=Files(HEALTHY_BYTES))
    assert not asked
    assert made.planned.plan.lockouts == ()


def test_the_guard_judges_the_files_as_they_would_be() -> None:
    asked, made = judged(Findings())
    assert asked
    assert made.after != Files(RELAXED).material().snapshot


# Waivers -----------------------------------------------------------------------------------------


def by_check(snapshot: Snapshot, *waivers: Waiver) -> Judged:
    return judge_planned(snapshot, shipped(), [integration()], waivers, NOW)


def waiver(control: str, subject: str) -> Waiver:
    return Waiver(
        control=control, subject=subject, reason="a partner", owner="ann", expires=date(2027, 1, 31)
    )


@pytest.mark.parametrize(
    ("control", "subject", "left"),
    [
        ("app-ip-enforced", "Azure Logic Apps", True),
        ("app-ip-enforced", "Azure*", True),
        ("app-ip-enforced", "Another App", False),
        ("login-ranges-bounded", "Logic Apps Integration", False),
    ],
)
def test_what_somebody_answers_for_is_left_as_it_is_and_told(control: str, subject: str, left: bool) -> None:
    material = Files(RELAXED).material()
    found = by_check(material.snapshot, waiver(control, subject))
    planned = with_waivers(draw_up(material, [integration()], Options(), found).planned, found)
    assert (planned.plan.changes == ()) is left
    told = [one for one in planned.plan.notes if "a partner; ann, until 2027-01-31" in one]
    assert len(told) == left


@pytest.mark.parametrize("half", ["app-admin-approved", "app-limited-to-integration-profile"])
def test_of_two_changes_that_go_together_a_waiver_of_one_leaves_both(half: str) -> None:
    app = HEALTHY_BYTES[APP].replace(b"Approved>true", b"Approved>false")
    app = app.replace(f"<profileName>{PROFILE_NAME}</profileName>".encode(), b"")
    material = Files({**HEALTHY_BYTES, APP: app}).material()
    found = by_check(material.snapshot, waiver(half, "*"))
    plan = draw_up(material, [integration()], Options(), found).planned.plan
    assert plan.changes == ()
    assert [f"{half} is waived, and the two go together" in one for one in plan.manual] == [True]


def test_with_the_profile_assigned_a_waiver_of_the_others_leaves_admin_approval_to_be_planned() -> None:
    own = f"<profileName>{PROFILE_NAME}</profileName>".encode()
    app = HEALTHY_BYTES[APP].replace(b"Approved>true", b"Approved>false")
    app = app.replace(own, own + b"<profileName>Standard User</profileName>")
    material = Files({**HEALTHY_BYTES, APP: app}).material()
    found = by_check(material.snapshot, waiver("app-limited-to-integration-profile", "*"))
    plan = draw_up(material, [integration()], Options(), found).planned.plan
    assert [one.setting for one in plan.changes] == ["permitted users"]


# What it can't mend --------------------------------------------------------------------------------


def test_what_would_still_fail_is_told_once_and_not_of_who_waits_for_a_profile() -> None:
    made = drafted(Files(HEALTHY_BYTES).material()).planned
    fails = by_check(Files(RELAXED).material().snapshot)
    told = explained(made, fails, fails, ())
    (said,) = told.plan.manual
    assert said.startswith(
        "app-ip-enforced of 'Azure Logic Apps' would still fail, which this plan can't mend: The app"
    )
    assert explained(told, fails, fails, ()).plan.manual == (said,)
    assert explained(made, fails, fails, ["crm-sync"]).plan.manual == ()


def test_what_can_t_be_told_now_and_then_is_to_be_looked_at_first() -> None:
    made = drafted(Files(HEALTHY_BYTES).material()).planned
    open_set = HEALTHY_BYTES[APP].replace(
        b"<profileName>", b"<permissionSetName>Sync</permissionSetName><profileName>"
    )
    unknown = by_check(Files({**HEALTHY_BYTES, APP: open_set}).material().snapshot)
    (said,) = explained(made, unknown, unknown, ()).plan.conditions
    assert said.startswith("app-limited-to-integration-profile of 'Azure Logic Apps': Can't tell: ")
    known = by_check(Files(HEALTHY_BYTES).material().snapshot)
    assert explained(made, known, unknown, ()).plan.conditions == ()


def test_who_waits_is_whose_profile_is_not_there() -> None:
    snapshot = Files(HEALTHY_BYTES).material().snapshot
    other = integration(name="other", profile="Not Yet")
    assert waiting(snapshot, [integration(), other]) == ("other",)


def test_a_whole_bad_integration_is_planned_file_by_file() -> None:
    files = {
        **RELAXED,
        SECURITY: HEALTHY_BYTES[SECURITY].replace(
            b"<enforceIpRangesEveryRequest>true", b"<enforceIpRangesEveryRequest>false"
        ),
    }
    changed = {change.file for change in drafted(Files(files).material()).planned.plan.changes}
    assert changed == {APP, SECURITY}
    assert PROFILE not in changed


# A proposal that was never written ---------------------------------------------------------------


def told(made: Drafted, **what: tuple[str, ...]) -> Drafted:
    plan = made.planned.plan.model_copy(update=what)
    return replace(made, planned=replace(made.planned, plan=plan))


def test_a_proposal_has_the_files_that_change_and_no_others() -> None:
    found = proposed(drafted(Files(RELAXED).material()))
    assert [one.file for one in found.components] == [APP]
    assert found.gaps == ()
    assert proposed(drafted(Files(HEALTHY_BYTES).material())).components == ()


def test_what_must_be_looked_at_first_is_a_gap_of_the_proposal() -> None:
    found = proposed(told(drafted(Files(RELAXED).material()), conditions=("who has it can't be told",)))
    assert [(one.what, one.reason) for one in found.gaps] == [("the plan", "who has it can't be told")]


def test_a_plan_that_would_lock_out_is_no_proposal() -> None:
    with pytest.raises(NoVerdictError, match=r"would lock out: everybody \(and 1 more\)"):
        proposed(told(drafted(Files(RELAXED).material()), lockouts=("everybody", "and you")))
