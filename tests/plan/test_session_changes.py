"""Enforcement on every request: turned on in the one clear file, and left to a person else."""

from sfharden.model.snapshot import Gap
from tests.orgs.files import SECURITY

from .kit import (
    Files,
    healthy,
    on,
    only,
    outcome,
    planned,
)


def test_every_request_enforcement_is_turned_on() -> None:
    result = planned(on(SECURITY, "Request>true", "Request>false"))
    assert only(result).after == ("true",)
    assert any("every profile with login ranges" in note for note in result.plan.notes)
    absent = planned(on(SECURITY, "<enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>\n", ""))
    assert "turn it off by hand" in absent.plan.undo[0]


def test_who_else_is_hit_by_enforcement_on_every_request_is_said_where_it_is_turned_on() -> None:
    result = planned(on(SECURITY, "Request>true", "Request>false"))
    assert any("installed packages and Apex" in note for note in result.plan.notes)
    assert not any("Apex" in note for note in planned(healthy()).plan.notes)


def test_sessions_locked_to_their_address_are_looked_at_first_whatever_else_is_planned() -> None:
    locked = on(SECURITY, "lockSessionsToIp>false", "lockSessionsToIp>true")
    both = {**locked, SECURITY: locked[SECURITY].replace(b"Request>true", b"Request>false")}
    for files in (locked, both):
        assert any("breaks the Azure connector" in one for one in planned(files).plan.conditions)
    perhaps = on(SECURITY, "lockSessionsToIp>false", "lockSessionsToIp>perhaps")
    for files in (healthy(), perhaps):
        assert not any("Azure connector" in one for one in planned(files).plan.conditions)


def test_session_settings_that_are_not_one_clear_file_are_left_to_a_person() -> None:
    none = {path: data for path, data in healthy().items() if path != SECURITY}
    two = {**healthy(), "other/Security.settings": healthy()[SECURITY]}
    odd = on(SECURITY, "Request>true", "Request>perhaps")
    for files in (none, two, odd):
        result = planned(files)
        assert result.plan.changes == ()
        assert "Session Settings" in result.plan.conditions[0]
    gap = Gap(what="settings/Security.settings", reason="broken", kind="SecuritySettings")
    assert "broken" in outcome(Files(none, (gap,))).planned.plan.conditions[0]
