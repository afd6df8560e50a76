"""The pages of `controls`: every control of a policy, and one in full, safe and within the screen."""

import pytest

from sfharden.checks.policy import DEFAULT_POLICIES, Policy, load_policy
from sfharden.report.controls_page import render_control, render_controls
from sfharden.text.wrapping import display_width

POLICIES = [load_policy(name) for name in DEFAULT_POLICIES]
CONTROLS = [(policy, control) for policy in POLICIES for control in policy.controls]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
def test_every_control_is_listed_with_its_severity(policy: Policy) -> None:
    lines = render_controls(policy, 110).splitlines()
    assert lines[0].startswith(policy.name)
    assert [line.split() for line in lines[1:] if line] == [
        [control.severity.value, control.id] for control in policy.controls
    ]


@pytest.mark.parametrize("width", [60, 80])
def test_every_shipped_control_says_what_why_and_how_within_the_screen(width: int) -> None:
    for policy, control in CONTROLS:
        text = render_control(policy, control, width)
        for title in ("What must hold", "Why", "How to mend it", "How it's judged", "Scope", "References"):
            assert f"\n{title}\n" in text
        assert "by no check" not in text
        _, _, rest = text.partition("\n")
        links = [line for line in rest.splitlines() if "://" not in line]
        assert max(map(display_width, links)) <= width


def test_a_control_says_that_a_case_of_it_can_be_worse() -> None:
    said = {one.id for policy, one in CONTROLS if "reported as critical" in render_control(policy, one, 80)}
    assert "login-ranges-everywhere" in said
    assert "login-ranges-cover-egress" not in said


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
def test_the_list_fits_the_screen(policy: Policy) -> None:
    assert max(map(display_width, render_controls(policy, 60).splitlines())) <= 60


def test_a_check_of_a_later_version_is_said_to_be_unknown() -> None:
    policy, control = CONTROLS[0]
    later = control.model_copy(
        update={"check": "later", "with_": {"most": 3, "on": True, "names": ["a", "b"]}}
    )
    text = render_control(policy, later, 80)
    assert "by no check that this version knows" in text
    assert "most: 3; on: true; names: a, b" in text


def test_a_policy_of_somebody_elses_does_not_steer_the_terminal() -> None:
    policy, control = CONTROLS[0]
    evil = "\x1b[2J\u202eevil"
    control = control.model_copy(update={"title": evil, "rationale": evil, "references": (evil,)})
    text = render_control(policy, control, 80) + render_controls(policy.model_copy(update={"title": evil}))
    assert not any(character in text for character in "\x1b\u202e")
