"""The steps after a plan: their order, which have nothing to do, and the way back."""

from sfharden.plan.ordered_steps import before_deploying, ordered_steps, way_back, whose
from sfharden.plan.steps import Commands
from tests.plan.kit import everything_bad, healthy, planned
from tests.plan.test_azure_side import CHANGE

COMMANDS = Commands("change")


def test_the_package_comes_first_and_tokens_go_before_the_time_is_written_down() -> None:
    names = [one.name for one in ordered_steps(planned(everything_bad()).plan, COMMANDS)]
    assert names == [
        "Profile", "App policy", "Session setting", "Revoke", "Write it down", "Reauthorise", "Test both ways", "Verify",
    ]  # fmt: skip


def test_the_azure_side_comes_after_the_org_works_and_says_what_its_commands_need() -> None:
    change = CHANGE.model_copy(update={"asks": ("{WORKSPACE_ID}",)})
    plan = planned(everything_bad()).plan.model_copy(update={"azure": (change,)})
    steps = list(ordered_steps(plan, COMMANDS))
    assert [one.name for one in steps][-3:] == ["Test both ways", "The Azure side", "Verify"]
    assert steps[-2].commands == ("sh change/azure/commands.sh", "sh change/azure/commands.sh 1")
    assert "`WORKSPACE_ID` (the resource id of" in steps[-2].text


def test_a_step_that_has_nothing_to_do_says_so() -> None:
    full, empty = (
        list(ordered_steps(planned(files).plan, COMMANDS)) for files in (everything_bad(), healthy())
    )
    assert not [one for one in full if "(Nothing to do.)" in one.text]
    assert [one.name for one in empty if "(Nothing to do.)" in one.text] == [
        "Profile",
        "App policy",
        "Session setting",
    ]


def test_tokens_are_looked_at_before_they_are_revoked_and_the_org_checks_before_it_takes() -> None:
    revoke = next(one for one in ordered_steps(planned(healthy()).plan, COMMANDS) if one.name == "Revoke")
    assert [one.endswith("--dry-run") for one in revoke.commands] == [True, False]
    assert [one.split()[1] for one in before_deploying(COMMANDS)] == ["simulate", "project", "project"]


def test_there_is_a_way_back_only_where_something_was_there() -> None:
    assert "change/rollback" in way_back(planned(everything_bad()).plan, COMMANDS)
    assert way_back(planned(healthy()).plan, COMMANDS) == ""


def test_files_do_not_tell_which_org_gets_it() -> None:
    assert whose(planned(healthy()).plan) == "Which org gets it is not known."
