"""Twenty changes and more between two readings of the embedded org: all told, all attributed that left a row, none wrongly."""

from dataclasses import replace
from functools import cache

import pytest

from sfharden.checks.drift.compare import area_of, compare_reports, compare_states
from sfharden.checks.evaluate import evaluate
from sfharden.emulator.generate import healthy_org
from sfharden.errors import UsageError
from sfharden.model import org as tables
from sfharden.model.drift import Drift, FactChange
from sfharden.model.events import EventPeriod, EventSnapshot
from sfharden.model.results import Report
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import NOW
from tests.orgs.judging import shipped
from tests.orgs.served import INTEGRATION, read_snapshot

from .planted import AT, CULPRIT, LATER, PLANTED, Planted, read_later, two_states, with_tables


def judged(snapshot: Snapshot) -> tuple[Snapshot, Report]:
    assert snapshot.taken_at
    return snapshot, evaluate(snapshot, shipped(), [INTEGRATION], [], snapshot.taken_at, "0")


def drift(old: Snapshot, new: Snapshot) -> Drift:
    return compare_states(judged(old), judged(new), "0")


@cache
def planted() -> tuple[Snapshot, Snapshot, Drift]:
    old, new = two_states()
    return old, new, drift(old, new)


@cache
def quiet() -> tuple[Snapshot, Snapshot]:
    """Two readings between which nothing happened."""
    return read_snapshot(healthy_org(NOW)), read_later(healthy_org(NOW))


def fact(found: Drift, told: tuple[str, str, str]) -> FactChange:
    kind, name, what = told
    fitting = [
        one
        for one in found.facts or ()
        if (one.kind, one.name) == (kind, name) and (one.what == what or one.what.startswith(f"{what}."))
    ]
    assert fitting, (told, [(one.kind, one.name, one.what) for one in found.facts or ()])
    return fitting[0]


def test_there_are_twenty_changes_at_least() -> None:
    assert len(PLANTED) >= 22
    assert sum(one.row is not None for one in PLANTED) >= 20


WAYLESS = ("refresh token for ever", "token allowlist widened", "login hours")  # their rows tell no direction


@pytest.mark.parametrize("one", PLANTED, ids=[one.name for one in PLANTED])
def test_every_planted_change_is_told_and_its_own_row_explains_it(one: Planted) -> None:
    explained = fact(planted()[2], one.told).explained
    if one.row is None:
        assert (explained.telling, explained.rows) == ("none", ())
        return
    assert explained.telling == ("candidates" if one.name in WAYLESS else "likely"), explained
    (row,) = explained.rows
    assert row.who == CULPRIT
    assert AT <= row.at < LATER


def test_nothing_is_told_but_what_was_planted_and_what_follows_from_it() -> None:
    planned = {(one.told[0], one.told[1]) for one in PLANTED}
    beyond = [one for one in planted()[2].facts or () if (one.kind, one.name) not in planned]
    assert beyond == []


def test_what_others_did_or_did_to_others_explains_nothing() -> None:
    old, new = two_states([replace(one, row=None) for one in PLANTED])
    found = drift(old, new)
    assert found.trail
    assert found.trail.rows >= 15
    assert {one.explained.telling for one in found.facts or ()} == {"none"}


def test_verdicts_name_the_facts_behind_them() -> None:
    found = planted()[2]
    facts = found.facts or ()
    behind = {one.control: [facts[at].what for at in one.facts] for one in found.of_turn("regressed")}
    assert behind["app-admin-approved"] == ["oauthConfig.isAdminApproved"]
    assert "oauthPolicy.ipRelaxation" in behind["app-ip-enforced"]
    assert behind["api-access-control-on"] == ["enableAdminApprovedAppsOnly"]
    assert behind["tokens-held-by-integration-users"] == ["tokens of dana.reyes@acme.example"]


def test_an_org_at_rest_has_no_drift() -> None:
    found = drift(*quiet())
    assert (found.verdicts, found.facts, found.gaps, found.warnings) == ((), (), (), ())


def test_the_same_two_states_give_the_same_drift() -> None:
    old, new, found = planted()
    assert drift(old, new).model_dump_json() == found.model_dump_json()


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("users", tables.USERS), ("permission_sets", tables.PERMISSION_SETS), ("assignments", tables.ASSIGNMENTS),
        ("apps", tables.APPS), ("app_access", tables.APP_ACCESS), ("tokens", tables.TOKENS), ("groups", tables.GROUPS),
    ],
)  # fmt: skip
def test_a_table_that_the_later_state_lacks_is_a_new_gap_and_nothing_of_it_is_gone(
    table: str, kind: str
) -> None:
    old, new = quiet()
    gap = Gap(what=kind, reason="not permitted", kind=kind)
    without = with_tables(new, **{table: None}).model_copy(update={"gaps": (gap,)})
    found = drift(old, without)
    assert [one for one in found.facts or () if one.change == "gone"] == []
    assert any(one.is_new and "not permitted" in one.reason for one in found.gaps)
    # The other way round nothing came, and nothing that was known is lost.
    back = drift(
        without.model_copy(update={"taken_at": old.taken_at}), new.model_copy(update={"taken_at": LATER})
    )
    assert [one for one in back.facts or () if one.change == "came"] == []
    assert not any(one.is_new for one in back.gaps)


def test_rows_that_a_gap_may_hide_are_neither_gone_nor_new() -> None:
    old, new = quiet()
    assert new.org
    assert new.org.tokens
    gap = Gap(what="OAuth tokens", reason="a page failed", kind=tables.TOKENS)
    partial = with_tables(new, tokens=new.org.tokens[:1]).model_copy(update={"gaps": (gap,)})
    found = drift(old, partial)
    assert {one.change for one in found.facts or () if one.part == tables.TOKENS} == {"unclear"}
    assert all("a page failed" in one.note for one in found.facts or () if one.part == tables.TOKENS)


def test_metadata_that_was_not_read_is_a_new_gap_and_no_file_is_gone() -> None:
    old, new = quiet()
    gap = Gap(what="profiles/Admin.profile", reason="it is damaged", kind="Profile", name="Admin")
    without = tuple(one for one in new.components if one.name != "Admin")
    found = drift(old, new.model_copy(update={"components": without, "gaps": (gap,)}))
    (one,) = [one for one in found.facts or () if one.name == "Admin"]
    assert (one.change, "it is damaged" in one.note) == ("unclear", True)
    assert any(one.is_new and "it is damaged" in one.reason for one in found.gaps)


def with_events(given: Snapshot, *kinds: str) -> Snapshot:
    periods = tuple(EventPeriod(kind, LATER, LATER, "a file") for kind in kinds)
    return given.model_copy(update={"events": EventSnapshot(periods=periods)})


@pytest.mark.parametrize("later", [(), (tables.LOGIN_EVENTS,), (tables.REQUESTS,)])
def test_event_logs_that_the_later_state_lacks_are_a_new_gap(later: tuple[str, ...]) -> None:
    old, new, _ = planted()
    both = tables.LOGIN_EVENTS, tables.REQUESTS
    found = drift(with_events(old, *both), with_events(new, *later) if later else new)
    whats = {one.what for one in found.gaps if one.is_new and "event logs" in one.what}
    assert len(whats) == 2 - len(later)
    assert not [one for one in drift(old, with_events(new, *both)).gaps if one.is_new]
    told = new.model_copy(
        update={"gaps": (*new.gaps, *(Gap(what=one, reason="r", kind=one) for one in both))}
    )
    assert len([one for one in drift(with_events(old, *both), told).gaps if one.is_new]) == 2


def test_a_trail_that_was_not_read_is_said_and_explains_nothing() -> None:
    old, new, _ = planted()
    found = drift(old, with_tables(new, setup_changes=None))
    assert found.trail
    assert not found.trail.is_read
    assert {one.explained.telling for one in found.facts or ()} == {"not-read"}


def test_two_orgs_and_a_later_state_that_is_earlier_are_refused() -> None:
    old, new = quiet()
    other = new.source.model_copy(update={"org_id": "00Dxx00000009ZzEAI"})
    with pytest.raises(UsageError, match="two orgs"):
        drift(old, new.model_copy(update={"source": other}))
    with pytest.raises(UsageError, match="after the later"):
        drift(new, old)


def test_of_two_reports_only_verdicts_are_compared() -> None:
    old, new, found = planted()
    reports = judged(old)[1], judged(new)[1]
    only = compare_reports(*reports, "0")
    assert only.facts is None
    assert only.trail is None
    assert [(one.control, one.turn) for one in only.verdicts] == [
        (one.control, one.turn) for one in found.verdicts
    ]
    with pytest.raises(UsageError, match="made after"):
        compare_reports(reports[1], reports[0], "0")


def test_each_fact_stands_under_a_head() -> None:
    heads = [area_of(one) for one in planted()[2].facts or ()]
    order = ["Apps", "Tokens", "Settings", "Profiles", "Rights and people", "Azure"]
    assert heads == sorted(heads, key=order.index)
