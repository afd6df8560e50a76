"""Who has a profile: others are never shut out in silence."""

import pytest

from sfharden.errors import NoVerdictError
from sfharden.facts.index import Index
from sfharden.model.snapshot import Gap
from sfharden.plan.desired import profile_goals
from sfharden.plan.draft import Draft
from sfharden.plan.people import another_profile, assignment_step, check_people, check_users
from tests.orgs.files import APP, PROFILE

from .kit import (
    PROFILE_NAME,
    SERVICE,
    Files,
    healthy,
    integration,
    on,
    org,
    outcome,
    planned,
    user,
)


def test_who_has_the_profile_is_asked_of_the_org() -> None:
    files = on(PROFILE, "192.0.2.15", "192.0.2.14")
    good = outcome(Files(files, org=org(user("SVC@acme.example")))).planned
    assert (good.plan.conditions, good.plan.lockouts, good.plan.manual) == ((), (), ())
    idle = org(user(SERVICE), user("gone@acme.example", active=False), user("admin@acme.example", "00e2"))
    assert outcome(Files(files, org=idle)).planned.plan.conditions == ()
    with pytest.raises(NoVerdictError, match=r"also that of eve@acme\.example"):
        outcome(Files(files, org=org(user(SERVICE), user("eve@acme.example"))))


def test_who_has_the_profile_may_not_be_told() -> None:
    files = on(PROFILE, "192.0.2.15", "192.0.2.14")
    assert "can't be told" in planned(files).plan.conditions[0]
    partial = Files(files, (Gap(what="Users", reason="cut off", kind="User"),), org(user(SERVICE)))
    assert "cut off" in outcome(partial).planned.plan.conditions[0]
    stranger = Files(
        files, (Gap(what="Users", reason="cut off", kind="User"),), org(user("eve@acme.example"))
    )
    with pytest.raises(NoVerdictError, match=r"eve@acme\.example"):
        outcome(stranger)


def test_a_standard_profile_of_unknown_users_is_a_lockout() -> None:
    result = planned(healthy(), integration(profile="System Administrator"))
    assert "standard profile" in result.plan.lockouts[0]
    assert any("a profile of its own" in note for note in result.plan.notes)
    assert any(
        one.after == (PROFILE_NAME, "System Administrator") or "System Administrator" in one.after
        for one in result.plan.changes
    )


def test_users_of_another_profile_would_be_refused_by_the_app() -> None:
    files = on(APP, "ENFORCE", "BYPASS")
    result = outcome(Files(files, org=org(user(SERVICE, "00e2"), user("x@acme.example", "00e2")))).planned
    assert result.plan.lockouts == (
        f"The app would refuse {SERVICE}, who has another profile than '{PROFILE_NAME}'.",
    )
    assert "Setup, Users" in result.plan.manual[0]
    nobody = outcome(Files(files, org=org(user("x@acme.example", "00e2")))).planned
    assert "no active user" in nobody.plan.conditions[0]


def test_an_app_is_not_limited_in_silence_to_a_profile_that_its_users_may_not_have() -> None:
    gap = Gap(what="Users", reason="cut off", kind="User")
    files = Files(on(APP, "ENFORCE", "BYPASS"), (gap,), org(user("x@acme.example", "00e2")))
    (condition,) = outcome(files).planned.plan.conditions
    assert f"Whether {SERVICE} has the profile" in condition


def test_who_has_a_custom_profile_that_can_not_be_told_is_a_condition_and_no_lockout() -> None:
    facts = Index(Files(healthy()).material().snapshot)
    (goal,) = profile_goals([integration()])
    draft = Draft({})
    check_people(draft, facts.directory, goal, facts.profile(PROFILE_NAME))
    (condition,) = draft.conditions
    assert f"Anybody but {SERVICE} who has it will be shut out" in condition
    assert draft.lockouts == []


def test_files_never_tell_who_has_a_profile_so_that_is_a_note_and_no_condition() -> None:
    facts = Index(Files(healthy()).material().snapshot)
    (goal,) = profile_goals([integration()])
    draft = Draft({})
    check_users(draft, facts.directory, goal)
    assert draft.conditions == []
    assert "the app will refuse whoever hasn't" in draft.notes[0]


def test_the_step_that_no_metadata_can_do() -> None:
    assert assignment_step("P", ["b", "a"]) == "Give a, b the profile 'P' (Setup, Users, Edit)."


@pytest.mark.parametrize("clone_from", [None, "Minimum Access - Salesforce"])
def test_a_template_is_asked_for_unless_one_is_named(clone_from: str | None) -> None:
    (goal,) = profile_goals([integration(clone_from=clone_from)])
    assert ("clone_from" in another_profile(goal)) is (clone_from is None)
    shared = org(user(SERVICE), user("other@acme.example"))
    with pytest.raises(NoVerdictError) as refused:
        outcome(
            Files(on(PROFILE, "192.0.2.15", "192.0.2.14"), org=shared), integration(clone_from=clone_from)
        )
    assert ("clone_from" in refused.value.hint) is (clone_from is None)


def test_a_user_who_is_not_there_is_told_with_the_near_one_whatever_else_is_planned() -> None:
    files = Files(healthy(), org=org(user(SERVICE)))
    plan = outcome(files, integration(users=("svcc@acme.example",))).planned.plan
    (condition,) = plan.conditions
    assert condition.endswith(f"Did you mean '{SERVICE}'?")
    assert outcome(files).planned.plan.conditions == ()
