"""The table of who gets in: its columns, the worst first, and nobody left out where cases are told as one."""

from dataclasses import replace

from sfharden.report.simulate_ways import ShownWay, WaysTable, ways_table
from sfharden.simulation.rows import Change, Standing
from sfharden.simulation.ways import Ways, ways_after, ways_today
from tests.orgs.constants import HARDENED_INTEGRATION, INTEGRATION
from tests.orgs.files import APP
from tests.orgs.tables import changed, proposed, running
from tests.simulation.kit import ADMIN_DESK_OPEN
from tests.simulation.test_by_hand import BARE
from tests.simulation.test_by_hand import simulated as with_steps

RELAXED = changed(APP, ("ENFORCE", "BYPASS"))


def today() -> Ways:
    return ways_today(running(RELAXED), [INTEGRATION])[0]


def standings(table: WaysTable, group: int) -> list[str]:
    return [one.cells[0][1] for one in table.groups[group][1]]


def test_today_alone_has_one_column() -> None:
    table = ways_table(today(), "w")
    assert table.columns == ("Today",)
    assert all(len(one.cells) == 1 and [row.when for row in one.rows] == ["Today"] for one in _all(table))


def test_a_change_has_two_and_the_steps_by_hand_a_third_only_where_they_differ() -> None:
    (after,) = ways_after(running(), proposed(ADMIN_DESK_OPEN), [HARDENED_INTEGRATION])
    assert ways_table(after, "w").columns == ("Today", "After")
    (one,) = with_steps(BARE).integrations
    table = ways_table(Ways(one.name, one.matrix), "w")
    assert table.columns == ("Today", "After", "By hand")
    assert all(len(each.cells) == 3 for each in _all(table))


def test_each_wish_has_its_own_part_with_the_wrong_ones_first() -> None:
    table = ways_table(today(), "w")
    assert [name for name, _ in table.groups] == ["MUST BE REFUSED", "MUST KEEP WORKING"]
    for group in (0, 1):
        tones = standings(table, group)
        assert tones == sorted(tones, key=("no", "unknown", "done").index)
    assert standings(table, 0)[0] == "no"
    assert len(_all(table)) == len(today().changes)


def test_what_the_change_leaves_wrong_stands_before_what_it_mends() -> None:
    good, bad = (next(one.before for one in today().changes if one.before.standing is wanted)
                 for wanted in (Standing.GOOD, Standing.BAD))  # fmt: skip
    good = replace(good, wish=bad.wish)
    mended, left, opened = Change(bad, good), Change(bad, bad), Change(good, bad)
    table = ways_table(Ways("x", (Change(good, good), mended, opened, left)), "w")
    found = [[tone for _, tone in one.cells] for one in table.groups[0][1]]
    assert found == [["no", "no"], ["done", "no"], ["no", "done"], ["done", "done"]]


def test_what_is_not_as_it_should_be_stands_in_capitals() -> None:
    for one in _all(ways_table(today(), "w")):
        ((word, tone),) = one.cells
        assert word.isupper() == (tone == "no")


def test_cases_alike_in_all_but_the_name_are_told_once_with_every_name() -> None:
    change = today().changes[0]
    (case, *_) = change.before.cases
    many = tuple(replace(case, who=f"Users of 'P{number}'") for number in range(500))
    row = replace(change.before, cases=(*many, replace(case, source="elsewhere")))
    (shown,) = ways_table(Ways("x", (Change(row, row),), proposed=False), "w").groups[0][1]
    first, other = shown.rows[0].cases
    assert first.who == tuple(one.who for one in many)
    assert (other.who, other.source) == ((case.who,), "elsewhere")


def test_every_reason_of_every_case_is_there() -> None:
    shown = {
        reason.text
        for one in _all(ways_table(today(), "w"))
        for row in one.rows
        for case in row.cases
        for _, reasons in case.parts
        for reason in reasons
    }
    for change in today().changes:
        for case in change.before.cases:
            parts = case.decision.parts
            reasons = case.decision.reasons if len(parts) < 2 else [r for p in parts for r in p.reasons]
            assert {one.text for one in reasons} <= shown


def _all(table: WaysTable) -> list[ShownWay]:
    return [one for _, found in table.groups for one in found]
