"""Apps and tokens: counted by user and app; another table, another label or another handle is no other token."""

from datetime import timedelta

import pytest

from sfharden.checks.drift.apps import APPS, compare_tokens
from sfharden.checks.drift.found import ChangedFact, Side
from sfharden.checks.drift.rows import compare_table
from sfharden.model import org
from sfharden.model.drift import DriftGap, FactChange
from sfharden.model.snapshot import Gap
from tests.orgs.constants import NOW

from .kit import part, side

CRM = org.AppRow("0H4000000000001AAA", "CRM", "CRM_App", False, True)
TOKEN = org.Token("h1", "CRM", CRM.id, "0051", NOW, NOW, 3, False)
OTHER = TOKEN._replace(handle="h2", created=NOW + timedelta(hours=1), last_used=NOW + timedelta(hours=2))
DANA = org.User("0051", "dana@acme.example", "00e1", True, "Standard", None)
SUMMED = TOKEN._replace(handle="s", external=True, summed=True)


def tokens(*rows: org.Token, external: tuple[org.Token, ...] | None = (), gap: str = "") -> Side:
    gaps = (Gap(what="OAuth tokens", reason=gap, kind=org.TOKENS),) if gap else ()
    return side(tokens=rows, external_tokens=external, users=(DANA,), gaps=gaps)


def told(old: Side, new: Side) -> list[FactChange]:
    return [one.fact for one in compare_tokens(old, new) if isinstance(one, ChangedFact)]


def test_tokens_are_told_by_user_and_app_with_the_first_and_the_last() -> None:
    (one,) = told(tokens(TOKEN), tokens(TOKEN, OTHER, OTHER._replace(handle="h3")))
    assert (one.name, one.what, one.change) == ("CRM", "tokens of dana@acme.example", "changed")
    assert (one.was, one.now) == ("1 token", "3 tokens")
    assert one.added == ("2 tokens, issued 2026-11-24 13:00 UTC, last used 2026-11-24 14:00 UTC",)


def test_the_first_and_the_last_token_of_a_user_and_app_came_and_went() -> None:
    assert [one.change for one in told(tokens(), tokens(TOKEN))] == ["came"]
    assert [one.change for one in told(tokens(TOKEN), tokens())] == ["gone"]


@pytest.mark.parametrize(
    "later",
    [
        TOKEN._replace(last_used=NOW + timedelta(days=1), use_count=9), TOKEN._replace(handle="another"),
        TOKEN._replace(app_label="CRM renamed"), TOKEN._replace(app_id=""),
    ],
    ids=["used", "handle", "renamed", "link lost"],
)  # fmt: skip
def test_a_token_that_looks_another_is_the_same(later: org.Token) -> None:
    assert told(tokens(TOKEN), tokens(later)) == []


def test_a_token_that_moved_to_the_other_table_is_the_same() -> None:
    assert told(tokens(TOKEN), tokens(external=(TOKEN._replace(external=True),))) == []


def test_one_row_for_all_and_a_row_each_are_not_held_against_each_other() -> None:
    single = SUMMED._replace(handle="t", summed=False)
    (one,) = told(tokens(external=(SUMMED,)), tokens(external=(single,)))
    assert one.change == "unclear"
    (came,) = told(tokens(), tokens(external=(SUMMED,)))
    assert "stands for all" in came.note


def test_a_table_that_was_not_read_makes_its_tokens_unclear_and_a_gap() -> None:
    unread = tokens(TOKEN, external=None)
    external = TOKEN._replace(handle="x", external=True, created=NOW - timedelta(days=1))
    read = tokens(TOKEN, external=(external,))
    assert (
        [one.change for one in told(read, unread)]
        == [one.change for one in told(unread, read)]
        == ["unclear"]
    )
    (lost,) = (one for one in compare_tokens(read, unread) if isinstance(one, DriftGap))
    (won,) = (one for one in compare_tokens(unread, read) if isinstance(one, DriftGap))
    assert (lost.is_new, won.is_new) == (True, False)


def test_tokens_that_a_gap_may_hide_are_not_gone() -> None:
    (one,) = told(tokens(TOKEN, OTHER), tokens(TOKEN, gap="a page failed"))
    assert (one.change, "a page failed" in one.note) == ("unclear", True)


def test_metadata_files_have_no_tokens() -> None:
    assert list(compare_tokens(side(files=True), side(files=True))) == []


def test_two_users_of_an_app_without_a_name_are_two() -> None:
    nameless = TOKEN._replace(app_label="", app_id="")
    found = told(tokens(), tokens(nameless, nameless._replace(user_id="0052", handle="h9")))
    assert [(one.name, one.what) for one in found] == [
        ("(no name)", "tokens of dana@acme.example"), ("(no name)", "tokens of 0052"),
    ]  # fmt: skip


def apps(old: Side, new: Side) -> list[tuple[str, str, str, str, str]]:
    facts = (one.fact for one in compare_table(old, new, APPS) if isinstance(one, ChangedFact))
    return [(one.name, one.what, one.change, one.was, one.now) for one in facts]


def test_an_app_came_went_and_changed_its_label_or_who_may_use_it() -> None:
    later = CRM._replace(label="CRM Sync", admin_approved=False)
    assert apps(side(apps=(CRM,)), side(apps=(later,))) == [
        ("CRM_App", "label", "changed", "CRM", "CRM Sync"),
        ("CRM_App", "permitted users", "changed", "admin-approved users", "all users"),
    ]
    assert apps(side(apps=(CRM,)), side(apps=())) == [("CRM_App", "app", "gone", "", "")]


def test_who_may_use_an_app_is_told_by_its_file_where_both_have_it_and_not_where_a_record_does_not_tell() -> (
    None
):
    file, later = part(name="CRM_App"), CRM._replace(admin_approved=False)
    assert apps(side(file, apps=(CRM,)), side(file, apps=(later,))) == []
    assert apps(side(apps=(CRM,)), side(apps=(CRM._replace(admin_approved=None),))) == []


def test_external_client_apps_that_may_be_hidden_are_not_gone() -> None:
    external = CRM._replace(id="0xI000000000001AAA", external=True)
    gap = Gap(what="External client apps", reason="not permitted", kind=org.EXTERNAL_APPS)
    old, new = side(apps=(CRM, external)), side(apps=(), gaps=(gap,))
    found = [one.fact for one in compare_table(old, new, APPS) if isinstance(one, ChangedFact)]
    assert {one.kind: one.change for one in found} == {
        "ConnectedApp": "gone", "ExternalClientApplication": "unclear",
    }  # fmt: skip


def test_a_token_names_its_app_by_the_record_where_it_has_no_label() -> None:
    nameless = TOKEN._replace(app_label="")
    old = side(tokens=(), external_tokens=(), apps=(CRM,))
    (one,) = told(old, side(tokens=(nameless,), external_tokens=(), apps=(CRM,)))
    assert one.name == "CRM"


def test_the_span_of_several_tokens_is_told_and_times_that_are_not_known_are_left_out() -> None:
    first, unused = (
        TOKEN._replace(created=NOW - timedelta(days=2)),
        TOKEN._replace(handle="u", created=None, last_used=None),
    )
    (one,) = told(tokens(), tokens(first, TOKEN, unused))
    assert one.added == (
        "3 tokens, issued 2026-11-22 12:00 UTC to 2026-11-24 12:00 UTC, last used 2026-11-24 12:00 UTC",
    )
    assert one.removed == ()
