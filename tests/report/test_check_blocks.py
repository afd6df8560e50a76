"""Blocks: by integration and control, the severest first; and a choice of results leaves the counts alone."""

from sfharden.model.results import Evidence, Severity, Status, Subject
from sfharden.report.check_blocks import PLANNED, blocks_of, holders_of, place_of, selected, subject_of

from .test_check_table import report, result


def test_a_block_is_as_severe_as_its_worst_result() -> None:
    blocks = blocks_of(
        [
            result(severity=Severity.LOW),
            result(severity=Severity.CRITICAL, subject=Subject(kind="p", name="x")),
        ]
    )
    assert [(one.severity, one.subjects) for one in blocks] == [(Severity.CRITICAL, 2)]


def test_the_same_control_of_two_integrations_is_two_blocks() -> None:
    assert [
        one.integration for one in blocks_of([result(), result(integration="b"), result(integration="a")])
    ] == ["a", "b", ""]


def test_choosing_leaves_the_summary() -> None:
    given = report(result(), result(Status.PASS))
    chosen = selected(given, ["passed"], Severity.LOW)
    assert [one.status for one in chosen.results] == [Status.PASS]
    assert chosen.summary == given.summary


def test_names_are_made_harmless() -> None:
    hostile = result(subject=Subject(kind="app", name="\x1b[2J"))
    assert "\x1b" not in subject_of(hostile)
    assert place_of(hostile) == ""


def test_a_role_is_told_by_whose_it_is() -> None:
    where = "/x/roleAssignments/81a1b614-1d86-5360-bf37-d00962393d66"
    held = Evidence(what="assignment of f647", observed="User f647: Owner at rg: may x", source=where)
    one = result(evidence=(held, Evidence(what="role assignments", observed="9 more")))
    assert place_of(one) == "[assignment of f647]"
    assert holders_of(one) == ("User f647: Owner at rg: may x",)
    assert holders_of(result()) == ()


def test_plan_writes_what_is_marked_so() -> None:
    """Each of these is a control of the shipped policies."""
    from sfharden.checks.policy import AZURE_POLICY, DEFAULT_POLICIES, load_policy
    from sfharden.plan.azure.planner import PLANNERS

    of_azure = load_policy(AZURE_POLICY).controls
    known = {one.id for name in DEFAULT_POLICIES for one in load_policy(name).controls}
    assert known | {one.id for one in of_azure} >= PLANNED
    assert {one.id for one in of_azure if one.check in PLANNERS} == PLANNED & {one.id for one in of_azure}
