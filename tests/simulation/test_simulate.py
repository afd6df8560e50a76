"""The whole simulation: today and after a proposal, and what may not be called safe."""

from sfharden.model.snapshot import Gap
from sfharden.simulation.simulate import simulate
from tests.orgs.constants import ADMIN_DESK, HARDENED_INTEGRATION, INTEGRATION, NOW
from tests.orgs.files import APP, PROFILE, SECURITY
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, UNLOCKED, changed, login, proposed, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated


def test_a_proposal_of_what_is_there_changes_nothing() -> None:
    found = simulated({SECURITY: UNLOCKED})
    (one,) = found.integrations
    assert (found.locked_out, found.breaks, found.unknown) == (False, False, False)
    assert (found.controls, found.gaps) == ((), ())
    assert all(change.before.outcome is change.after.outcome for change in one.matrix)


def test_a_control_that_comes_out_otherwise_is_told_with_both_sides() -> None:
    (change,) = simulated(ADMIN_DESK_OPEN).controls
    assert (change.control, change.subject) == ("ip-enforced-on-every-request", "settings 'Security'")
    assert change.before
    assert change.after
    assert (change.before.status.value, change.after.status.value) == ("pass", "fail")


def test_an_integration_or_operator_that_would_be_refused_is_broken_or_locked_out() -> None:
    egress = changed(PROFILE, ("192.0.2.15", "192.0.2.7"))
    assert simulated({PROFILE: egress[PROFILE]}).breaks
    operator = changed(PROFILE, ("198.51.100.7", "198.51.100.8"))
    assert simulated({PROFILE: operator[PROFILE]}).locked_out


def test_a_gap_of_the_proposal_or_of_the_egress_leaves_it_unknown() -> None:
    gap = Gap(what="x", reason="gone", kind="Profile")
    found = simulate(
        running(),
        proposed({SECURITY: UNLOCKED}, gap),
        [HARDENED_INTEGRATION],
        shipped(),
        (),
        NOW,
        caller_address=ADMIN_DESK,
    )
    assert found.gaps == (gap,)
    assert found.unknown
    egress = INTEGRATION.egress.model_copy(update={"gaps": (gap,)})
    partly = INTEGRATION.model_copy(update={"egress": egress})
    found = simulate(running(), proposed({}), [partly], shipped(), (), NOW, caller_address=ADMIN_DESK)
    assert gap in found.gaps


def test_a_gap_that_was_there_before_is_not_held_against_the_proposal() -> None:
    gap = Gap(what="x", reason="gone", kind="Flow")
    assert simulated({SECURITY: UNLOCKED}, running(FILES, gap)).gaps == ()


def test_without_logins_nothing_is_replayed_and_that_is_not_known_to_be_safe() -> None:
    found = simulated({SECURITY: UNLOCKED}, running(logins=None))
    assert found.integrations[0].replay is None
    assert found.unknown


def test_logins_are_replayed_under_the_proposal() -> None:
    relaxed = running(changed(APP, ("ENFORCE", "BYPASS")), logins=(login(source="100.64.3.2"),))
    played = simulated({APP: FILES[APP]}, relaxed).integrations[0].replay
    assert played
    assert [group.source_ip for group in played.refused] == ["100.64.3.2"]
