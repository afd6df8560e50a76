"""Rows that may explain a change: between the two readings, of that very name; and honest where none does."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.checks.drift.components import compare_components
from sfharden.checks.drift.found import About, ChangedFact, Side
from sfharden.checks.drift.trail import MOST_ROWS, Explainer
from sfharden.model import org
from sfharden.model.drift import Explanation, FactChange
from sfharden.model.snapshot import Component, Gap
from tests.orgs.constants import NOW

from .kit import LATER, part, side

BETWEEN = NOW + timedelta(hours=3)
ADA = org.User("005000000000002AAA", "ada@acme.example", "00e1", True, "Standard", None)
RELAXED = (
    "Changed connected app {} IP relaxation setting from Enforce IP restrictions to Relax IP restrictions"
)


def row(
    display: str, *, at: datetime = BETWEEN, section: str = "Application", action: str = "x"
) -> org.SetupChange:
    return org.SetupChange(at, action, section, display, ADA.id)


def app(name: str, relaxation: str, label: str = "") -> Component:
    return part(name=name, label=label or name, oauthPolicy__ipRelaxation=relaxation)


def explained(
    *rows: org.SetupChange, others: tuple[Component, ...] = (), label: str = "CRM", gaps: tuple[Gap, ...] = ()
) -> Explanation:
    """What explains that the app CRM was relaxed."""
    old = side(app("CRM", "ENFORCE", label), *others)
    new = side(app("CRM", "BYPASS", label), *others, at=LATER, setup_changes=rows, users=(ADA,), gaps=gaps)
    return explain(old, new)


def explain(old: Side, new: Side) -> Explanation:
    (found,) = (one for one in compare_components(old, new) if isinstance(one, ChangedFact))
    return Explainer(old, new).explain(found).explained


def test_one_row_that_names_it_is_likely_and_says_who() -> None:
    found = explained(row(RELAXED.format("CRM")))
    assert found.telling == "likely"
    assert (found.rows[0].who, found.rows[0].at) == ("ada@acme.example", BETWEEN)


def test_who_was_logged_in_as_another_is_told() -> None:
    one = row(RELAXED.format("CRM"))._replace(delegate="kim@acme.example")
    assert (explained(one).rows[0].who, explained(one).rows[0].delegate) == (
        "ada@acme.example",
        "kim@acme.example",
    )


def test_several_rows_are_candidates_and_none_is_picked() -> None:
    found = explained(row(RELAXED.format("CRM")), row(RELAXED.format("CRM"), at=BETWEEN + timedelta(hours=1)))
    assert (found.telling, len(found.rows)) == ("candidates", 2)


def test_the_same_row_in_both_states_is_one() -> None:
    one = row(RELAXED.format("CRM"))
    old, new = (
        side(app("CRM", "ENFORCE"), setup_changes=(one,)),
        side(app("CRM", "BYPASS"), at=LATER, setup_changes=(one, one)),
    )
    assert explain(old, new).telling == "likely"


@pytest.mark.parametrize("at", [NOW - timedelta(days=1), NOW, LATER + timedelta(seconds=1)])
def test_a_row_before_or_after_explains_nothing(at: datetime) -> None:
    assert explained(row(RELAXED.format("CRM"), at=at)).telling == "none"


def test_a_row_at_the_moment_of_the_later_reading_counts() -> None:
    assert explained(row(RELAXED.format("CRM"), at=LATER)).telling == "likely"


def test_a_part_that_was_read_late_has_a_later_window() -> None:
    """What was changed while the earlier state was read may be in it already."""
    old, new = (
        side(app("CRM", "ENFORCE"), at=BETWEEN),
        side(app("CRM", "BYPASS"), at=LATER, setup_changes=(row(RELAXED.format("CRM")),)),
    )
    began = Side(old.snapshot.model_copy(update={"taken_at": NOW}))
    assert explain(began, new).telling == "none"


@pytest.mark.parametrize(
    "name",
    [
        "CRM Sync",
        "Acme CRM",
        "CRMs",
        "crm",
        "C",
        "CRM IP relaxation setting from A to B; Changed connected app X",
    ],
)
def test_a_row_on_another_name_explains_nothing(name: str) -> None:
    assert explained(row(RELAXED.format(name))).telling == "none"


@pytest.mark.parametrize("name", ["CRM Sync", "Acme CRM", "CRM_Old", "CRM IP relaxation setting from"])
def test_a_row_on_a_longer_name_that_is_known_is_that_ones(name: str) -> None:
    quoted = row(f'Changed connected app "{name}"')
    assert explained(row(RELAXED.format(name)), quoted, others=(app(name, "ENFORCE"),)).telling == "none"


def test_a_name_that_two_apps_bear_is_never_likely() -> None:
    found = explained(
        row(RELAXED.format("Courier")), label="Courier", others=(app("Courier_Old", "ENFORCE", "Courier"),)
    )
    assert (found.telling, found.note) == ("candidates", "several are called so")


@pytest.mark.parametrize(
    ("display", "section"),
    [
        ("Changed connected app CRM scopes from null to full", "Application"),
        ('Changed connected app "CRM": refresh token policy', "Application"),
        ("Changed connected app CRM: callback URL", "Application"),
        ("Changed Lightning Page: CRM", "Lightning Pages"), ('Changed tabs of custom app "CRM"', "Custom Apps"),
        ('Changed connected app "Acme" to be like connected app "CRM"', "Application"),
        ('Installed connected app "CRM"', "Connected Apps"), ('Deleted connected app "CRM"', "Connected Apps"),
        (RELAXED.format("CRM"), "Manage Users"),
        ("CRM", "Application"), ("", ""),
    ],
)  # fmt: skip
def test_a_row_on_another_property_or_of_another_section_explains_nothing(display: str, section: str) -> None:
    assert explained(row(display, section=section)).telling == "none"


@pytest.mark.parametrize(
    "display",
    [
        'Changed connected app "CRM"',
        "Changed connected app CRM: IP relaxation changed",
        "Changed external client app 'CRM' once",
    ],
)
def test_a_whole_name_in_quotes_or_before_a_colon_is_enough(display: str) -> None:
    """It tells no direction: so it is a candidate."""
    assert explained(row(display, section="")).telling == "candidates"


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_name_with_anything_at_its_ends_is_another(before: str, after: str) -> None:
    if before.strip() or after.strip():
        assert explained(row(RELAXED.format(f"{before}CRM{after}"))).telling == "none"


def test_only_the_latest_of_very_many_rows_are_listed_and_the_others_counted() -> None:
    rows = (row(RELAXED.format("CRM"), at=BETWEEN + timedelta(minutes=at)) for at in range(MOST_ROWS + 5))
    found = explained(*rows)
    assert (len(found.rows), found.note) == (MOST_ROWS, "rows that fit, not shown: 5")


def test_a_maker_that_nobody_knows_is_told_by_id() -> None:
    old, new = (
        side(app("CRM", "ENFORCE")),
        side(app("CRM", "BYPASS"), at=LATER, setup_changes=(row(RELAXED.format("CRM")),)),
    )
    assert explain(old, new).rows[0].who == ADA.id


# What the trail can't tell -----------------------------------------------------------------------


def test_a_trail_that_is_not_there_is_not_read_and_one_that_is_partial_says_so() -> None:
    gap = Gap(what="Setup changes", reason="not permitted", kind=org.SETUP_CHANGES)
    old, new = side(app("CRM", "ENFORCE")), side(app("CRM", "BYPASS"), at=LATER, gaps=(gap,))
    found = explain(old, new)
    assert (found.telling, "not permitted" in found.note) == ("not-read", True)
    partial = explained(gaps=(gap,))
    assert (partial.telling, "not permitted" in partial.note) == ("none", True)


def test_what_lies_before_the_trail_begins_is_said() -> None:
    old, new = side(), side(at=LATER, setup_changes=())
    assert Explainer(old, new).trail.note == ""
    assert "from 2026-11-25 on only" in Explainer(old, new, LATER).trail.note
    late = side(at=NOW + timedelta(days=200), setup_changes=())
    assert "180 days" in Explainer(old, late).trail.note


def test_states_without_a_time_place_no_row() -> None:
    old, new = (
        side(app("CRM", "ENFORCE")),
        side(app("CRM", "BYPASS"), at=LATER, setup_changes=(row(RELAXED.format("CRM")),)),
    )
    timeless = Side(old.snapshot.model_copy(update={"taken_at": None}))
    assert "when it was read" in Explainer(timeless, new).trail.note
    assert Explainer(old, new).trail.rows == 1


def test_what_may_be_hidden_is_not_explained() -> None:
    fact = FactChange(part="ConnectedApp", kind="ConnectedApp", name="CRM", what="file", change="unclear")
    found = ChangedFact(fact, About("app", ("CRM",)))
    installed = row("Installed Connected App CRM to Salesforce", section="Connected Apps")
    new = side(at=LATER, setup_changes=(installed,))
    assert Explainer(side(), new).explain(found).explained.telling == "none"
    came = ChangedFact(fact.model_copy(update={"change": "came"}), About("app", ("CRM",), aspect="came"))
    assert Explainer(side(), new).explain(came).explained.telling == "likely"


def test_a_changed_app_is_no_installed_one() -> None:
    fact = FactChange(part="ConnectedApp", kind="ConnectedApp", name="CRM", what="file", change="came")
    found = ChangedFact(fact, About("app", ("CRM",), aspect="came"))
    for display, telling in (
        ('Changed connected app "CRM"', "none"),
        ('Installed connected app "CRM"', "likely"),
    ):
        new = side(at=LATER, setup_changes=(row(display),))
        assert Explainer(side(), new).explain(found).explained.telling == telling


# Which rows, more closely ------------------------------------------------------------------------


def ask(
    about: About,
    *rows: org.SetupChange,
    change: str = "changed",
    part: str = "Profile",
    old: Side | None = None,
) -> Explanation:
    """What explains a change that is about these names."""
    fact = FactChange.model_validate(
        {"part": part, "kind": "k", "name": "n", "what": "w", "change": change, "added": about.members}
    )
    new = side(at=LATER, setup_changes=rows, users=(ADA,))
    return Explainer(old or side(), new).explain(ChangedFact(fact, about)).explained


def test_a_row_without_a_section_may_be_of_any() -> None:
    assert explained(row(RELAXED.format("CRM"), section="")).telling == "likely"


def test_what_nothing_explains_says_just_that() -> None:
    assert explained().note == "no row explains it"


def test_a_longer_name_that_only_the_earlier_state_knows_counts_too() -> None:
    quoted = row('Changed connected app "CRM"')
    renamed = row("Changed connected app CRM: x: IP relaxation")
    old = side(app("CRM", "ENFORCE"), app("CRM: x", "ENFORCE"))
    new = side(app("CRM", "BYPASS"), at=LATER, setup_changes=(renamed, quoted))
    found = [
        one
        for one in compare_components(old, new)
        if isinstance(one, ChangedFact) and one.fact.what != "file"
    ]
    explanation = Explainer(old, new).explain(found[0]).explained
    assert [one.display for one in explanation.rows] == [quoted.display]


@pytest.mark.parametrize("first", [True, False])
def test_a_name_that_two_apps_bore_on_either_side_is_never_likely(first: bool) -> None:
    twin = app("Courier_Old", "ENFORCE", "Courier")
    sides = ((twin,), ()) if first else ((), (twin,))
    old = side(app("CRM", "ENFORCE", "Courier"), *sides[0])
    new = side(
        app("CRM", "BYPASS", "Courier"), *sides[1], at=LATER, setup_changes=(row(RELAXED.format("Courier")),)
    )
    found = [
        one
        for one in compare_components(old, new)
        if isinstance(one, ChangedFact) and one.fact.what != "file"
    ]
    assert Explainer(old, new).explain(found[0]).explained.telling == "candidates"


@pytest.mark.parametrize(
    ("display", "telling"),
    [
        ('Changed profile "Ops": permission Modify All Data turned on', "likely"),
        ('Changed profile "Ops": permission View Setup and Configuration turned on', "none"),
        ("Changed profile Ops: general user permission Modify All Data was changed from disabled to enabled", "likely"),
        ("Changed profile Ops: administrative permission API Only User was changed from disabled to enabled", "likely"),
        ("Changed profile Ops: general user permission Manage Users was changed from disabled to enabled", "none"),
    ],
)  # fmt: skip
def test_a_row_on_permissions_names_one_that_changed(display: str, telling: str) -> None:
    about = About("profile", ("Ops",), aspect="userPermissions", members=("ModifyAllData", "ApiUserOnly"))
    assert ask(about, row(display, section="Manage Users")).telling == telling


@pytest.mark.parametrize("family", ["assignment", "assignment of a group"])
def test_an_assignment_is_told_by_the_users_record_id(family: str) -> None:
    noun = "Permission set group" if "group" in family else "Permission set"
    about = About(family, ("Ops",), ids=("005000000000007AAA",), aspect="came")
    mine = row(f"{noun} Ops: assigned to user D (UserID: [005000000000007])", section="Manage Users")
    other = row(f"{noun} Ops: assigned to user D (UserID: [005000000000008])", section="Manage Users")
    gone = row(f"{noun} Ops: unassigned from user D (UserID: [005000000000007])", section="Manage Users")
    found = ask(about, other, mine, gone, part=org.ASSIGNMENTS)
    assert (found.telling, [one.display for one in found.rows]) == ("likely", [mine.display])


@pytest.mark.parametrize(
    ("display", "section", "telling"),
    [
        ("Deployed a.profile, b.profile", "Deploy", "likely"), ("Deployed a.profile, b.profile", "Other", "none"),
        ("Validated a.profile, b.profile", "Deploy", "none"), ("Deployed ab.profile, b.profile2", "Deploy", "none"),
    ],
)  # fmt: skip
def test_a_deployment_names_the_file_whole(display: str, section: str, telling: str) -> None:
    about = About("profile", ("A",), aspect="x", files=("b.profile",))
    assert ask(about, row(display, section=section)).telling == telling
    unclear = About("profile", ("A",), files=("b.profile",))
    assert ask(unclear, row(display, section=section), change="unclear").telling == "none"


def test_trusted_ranges_have_rows_without_a_name() -> None:
    about = About("settings", ("Security",), aspect="ipRanges", members=("192.0.2.0-192.0.2.9",))
    mine = row("Added Ip AllowList from 192.0.2.0 to 192.0.2.9", section="Security Controls")
    other = row("Added Ip AllowList from 10.0.0.0 to 10.0.0.9", section="Security Controls")
    assert ask(about, other, mine).rows[0].display == mine.display
    assert ask(about, other).telling == "none"


def test_the_trail_counts_rows_up_to_the_later_reading() -> None:
    rows = (row("a", at=NOW), row("b", at=LATER), row("c", at=LATER + timedelta(seconds=1)))
    explainer = Explainer(side(), side(at=LATER, setup_changes=rows), NOW - timedelta(days=1))
    assert (explainer.trail.rows, explainer.trail.note) == (1, "")
    assert Explainer(side(), side(at=LATER, setup_changes=()), NOW).trail.note == ""
