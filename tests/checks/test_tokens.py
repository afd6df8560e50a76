"""Tokens: whose, how old, of which app; and look-alikes, which must never be taken for the app itself."""

from datetime import timedelta

import pytest

from sfharden.emulator.generate import ADMIN_USER, APP_LABEL, INTEGRATION_USER
from sfharden.model import org
from sfharden.model.org import AppRow, Token
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import live
from tests.orgs.healthy import shown
from tests.orgs.live import token, user
from tests.orgs.metadata import NOW

AFTER, HELD, INSTALLED, FRESH = (
    "tokens-issued-after-hardening",
    "tokens-held-by-integration-users",
    "app-installed",
    "tokens-fresh",
)
OLD = live.HARDENED - timedelta(days=1)
OTHER_ID = "0H4xx0000000099CAA"
# A long s, a no-break space, a zero-width space, a Cyrillic A, a full-width A.
LOOK_ALIKES = [
    "Azure Logic Appſ",
    "Azure\u00a0Logic Apps",
    "Azure Logic\u200b Apps",
    "Аzure Logic Apps",
    "Ａzure Logic Apps",
]


def tokens(*found: Token, gaps: tuple[Gap, ...] = ()) -> Snapshot:
    return live.changed(*gaps, tokens=found)


def with_app(row: AppRow, *found: Token) -> Snapshot:
    return live.changed(apps=(*live.table("apps"), row), tokens=found)


# After the hardening ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (token(created=live.HARDENED), "pass"),
        (token(created=OLD), "fail"),
        (token(created=OLD, app_id=""), "fail"),
        (token(created=OLD, app_id="", app_label="azure logic  APPS"), "fail"),
        (token(created=OLD, app_id="", app_label="Azure_Logic_Apps"), "fail"),
        (token(created=OLD, app_label="renamed since"), "fail"),
        (token(created=OLD, app_id=token().app_id[:15], app_label="renamed since"), "fail"),
        (token(created=OLD, app_id=OTHER_ID, app_label="Other"), "pass"),
        (token(created=None), "unknown"),
    ],
)
def test_tokens_of_the_app_are_those_of_its_id_and_those_under_its_name(one: Token, expected: str) -> None:
    assert live.status(tokens(one), AFTER) == expected


def test_old_tokens_are_counted_dated_and_named_by_handle_and_user() -> None:
    many = [token(handle=f"handle{n:02}", created=OLD - timedelta(days=n)) for n in range(9)]
    result = live.verdict(tokens(*many), AFTER)
    assert "9 tokens of the app" in result.message
    assert "the oldest of 2026-11-11" in result.evidence[0].observed
    assert result.evidence[1].observed == INTEGRATION_USER
    assert result.evidence[2].observed.endswith("handle05 and 3 more")


def test_no_token_at_all_passes_and_says_so() -> None:
    assert "no token of the app at all" in live.verdict(tokens(), AFTER).message
    assert "no token of the app at all" in live.verdict(tokens(), HELD).message


def test_without_a_date_of_hardening_nothing_can_be_told() -> None:
    by = live.INTEGRATION.model_copy(update={"hardened_at": None})
    result = live.verdict(live.healthy(), AFTER, by)
    assert result.status.value == "unknown"
    assert "no hardened_at" in result.message


@pytest.mark.parametrize("control", [AFTER, HELD])
def test_an_old_or_foreign_token_fails_even_if_more_may_be_missing(control: str) -> None:
    bad = token(created=OLD, user_id=user(ADMIN_USER).id)
    for kind in (org.TOKENS, org.EXTERNAL_TOKENS, org.APPS, org.USERS):
        gap = Gap(what=kind, reason="rows may be missing", kind=kind)
        assert live.status(tokens(bad, gaps=(gap,)), control) == "fail"


@pytest.mark.parametrize("control", [AFTER, HELD])
def test_tokens_of_external_client_apps_matter_to_those_only(control: str) -> None:
    snapshot = live.without(org.EXTERNAL_TOKENS, "external_tokens")
    assert live.status(snapshot, control) == "pass"
    assert live.status(snapshot, control, live.EXTERNAL) == "unknown"


@pytest.mark.parametrize("control", [AFTER, HELD])
def test_an_external_client_app_s_own_resource_is_believed(control: str) -> None:
    external: AppRow = next(one for one in live.table("apps") if one.external)
    bad = token(app_id=external.id, app_label="", external=True, created=OLD, user_id=user(ADMIN_USER).id)
    assert live.status(live.changed(external_tokens=(bad,)), control, live.EXTERNAL) == "fail"
    assert live.status(live.changed(external_tokens=(bad,)), control) == "pass"


# Whose ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [INTEGRATION_USER, INTEGRATION_USER.upper()])
def test_usernames_have_no_case(name: str) -> None:
    assert live.status(live.healthy(), HELD, live.INTEGRATION.model_copy(update={"users": (name,)})) == "pass"


@pytest.mark.parametrize("name", ["ſvc-logicapps@acme.example", "svc-logicapps@acme.example\u200b"])
def test_a_username_that_looks_like_the_named_one_is_another_user(name: str) -> None:
    twin = user(INTEGRATION_USER)._replace(id="005TWIN", username=name)
    snapshot = live.changed(users=(*live.table("users"), twin), tokens=(token(user_id=twin.id),))
    assert live.status(snapshot, HELD) == "fail"


def test_a_token_of_somebody_unread_fails_once_every_named_user_is_known() -> None:
    stranger = tokens(token(user_id="005NOBODY"))
    assert live.status(stranger, HELD) == "fail"
    by = live.INTEGRATION.model_copy(update={"users": (INTEGRATION_USER, "gone@acme.example")})
    result = live.verdict(stranger, HELD, by)
    assert result.status.value == "unknown"
    assert "gone@acme.example" in result.message


# Installed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [*LOOK_ALIKES, "Azure Logic App", "Salesforce CLI", ""])
def test_an_app_that_is_not_installed_never_passes(label: str) -> None:
    found = live.results(tokens(token(), token(handle="other", app_id="", app_label=label)), INSTALLED)
    assert "pass" not in {result.status.value for result in found}


def test_an_uninstalled_app_fails_by_its_name_with_users_and_counts() -> None:
    strange = [token(handle=f"h{n}", app_id="", app_label="Data Loader Pro") for n in range(2)]
    (result,) = live.results(tokens(token(), *strange), INSTALLED)
    assert (result.status.value, result.subject.kind, result.subject.name) == (
        "fail",
        "app",
        "Data Loader Pro",
    )
    assert "2 tokens" in result.message
    assert INTEGRATION_USER in result.message


@pytest.mark.parametrize("label", ["Azure Logic Apps", "azure_logic_apps", "REPORTING SYNC"])
def test_the_name_of_a_managed_app_without_a_link_to_it_can_not_be_told(label: str) -> None:
    (result,) = live.results(tokens(token(app_id="", app_label=label)), INSTALLED)
    assert result.status.value == "unknown"
    assert "look-alike" in result.message


def test_apps_spared_by_name_are_shown_and_never_passed() -> None:
    spared = tokens(token(), token(handle="x", app_id="", app_label="Salesforce CLI"))
    (result,) = live.results(spared, INSTALLED, allowed_apps=["salesforce cli"])
    assert result.status.value == "not-applicable"
    assert "proves nothing" in result.message
    twin = tokens(token(app_id="", app_label="Salesforce\u00a0CLI"))
    assert live.status(twin, INSTALLED, allowed_apps=["Salesforce CLI"]) == "fail"


def test_without_every_list_of_apps_an_unknown_name_may_be_managed() -> None:
    gap = Gap(what="External client apps", reason="their list was not read", kind=org.APPS)
    assert live.status(tokens(token(app_id="", app_label="Elsewhere"), gaps=(gap,)), INSTALLED) == "unknown"


def test_a_failure_stands_beside_what_was_not_read() -> None:
    gap = Gap(what="t", reason="cut off", kind=org.TOKENS)
    found = live.results(tokens(token(app_id="", app_label="Elsewhere"), gaps=(gap,)), INSTALLED)
    assert {result.status.value for result in found} == {"fail", "unknown"}


# Fresh ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (token(last_used=NOW - timedelta(days=90)), "pass"),
        (token(last_used=NOW - timedelta(days=90, seconds=1)), "fail"),
        (token(last_used=None), "pass"),
        (token(last_used=None, created=NOW - timedelta(days=91)), "fail"),
        (token(last_used=None, created=None), "unknown"),
        (token(created=None), "pass"),
        (token(user_id="005NOBODY"), "unknown"),
    ],
)
def test_stale_and_never_used_tokens(one: Token, expected: str) -> None:
    assert live.status(tokens(one), FRESH) == expected


def test_tokens_of_inactive_users_fail() -> None:
    gone = user(ADMIN_USER)._replace(id="005GONE", username="kim@acme.example", active=False)
    snapshot = live.changed(users=(*live.table("users"), gone), tokens=(token(user_id="005GONE"),))
    result = live.verdict(snapshot, FRESH)
    assert result.status.value == "fail"
    assert "1 token of inactive users" in result.message


def test_each_app_is_judged_and_look_alikes_are_told_apart() -> None:
    stale = token(handle="s", app_id="", last_used=NOW - timedelta(days=400))
    found = live.by_subject(tokens(token(), stale), FRESH)
    assert found == {f"{APP_LABEL} (not installed)": "fail", f"{APP_LABEL} ({token().app_id})": "pass"}


def test_tokens_are_judged_as_of_the_moment_they_were_read() -> None:
    snapshot = tokens(token(last_used=NOW - timedelta(days=100)))
    earlier = snapshot.model_copy(update={"taken_at": NOW - timedelta(days=20)})
    assert live.status(earlier, FRESH) == "pass"


def test_what_may_have_more_tokens_gives_no_pass_of_its_own() -> None:
    gap = Gap(what="t", reason="cut off", kind=org.TOKENS)
    found = live.results(tokens(token(), gaps=(gap,)), FRESH)
    assert [result.status.value for result in found] == ["unknown"]


def test_no_tokens_at_all_pass() -> None:
    assert "no tokens at all" in live.verdict(tokens(), FRESH).message


# Look-alikes ---------------------------------------------------------------------------------

APP_CONTROLS = ["app-admin-approved", "app-limited-to-integration-profile", AFTER, HELD]


@pytest.mark.parametrize("label", LOOK_ALIKES)
@pytest.mark.parametrize("control", APP_CONTROLS)
def test_a_look_alike_in_place_of_the_app_passes_nothing(label: str, control: str) -> None:
    snapshot = live.with_value(live.healthy(), "ConnectedApp", "Azure_Logic_Apps", "label", label)
    assert live.status(snapshot, control) == "unknown"


@pytest.mark.parametrize("control", APP_CONTROLS)
def test_two_apps_of_one_label_pass_by_api_name_only(control: str) -> None:
    twin = AppRow(OTHER_ID, APP_LABEL, "Azure_Logic_Apps_2", False, True)
    snapshot = with_app(twin, token())
    assert live.status(snapshot, control) == "unknown"
    assert (
        live.status(snapshot, control, live.INTEGRATION.model_copy(update={"app": "Azure_Logic_Apps"}))
        == "pass"
    )


@pytest.mark.parametrize("control", [AFTER, HELD])
def test_tokens_of_an_installed_look_alike_are_held_against_the_app(control: str) -> None:
    twin = AppRow(OTHER_ID, APP_LABEL, "Azure_Logic_Apps_2", False, True)
    snapshot = with_app(
        twin, token(), token(handle="t", app_id=OTHER_ID, created=OLD, user_id=user(ADMIN_USER).id)
    )
    by = live.INTEGRATION.model_copy(update={"app": "Azure_Logic_Apps"})
    assert live.status(snapshot, control, by) == "fail"


def test_an_app_whose_file_was_not_handed_out_may_have_the_label() -> None:
    unseen = Gap(what="ConnectedApp ns__X", reason="not handed out", kind="ConnectedApp", name="ns__X")
    gap = Gap(what="Connected apps", reason="rows may be missing", kind=org.APPS)
    assert (
        live.status(live.changed(unseen), "app-admin-approved") == "pass"
    )  # the records show one such label
    assert live.status(live.changed(unseen, gap), "app-admin-approved") == "unknown"


def test_hostile_names_are_carried_as_they_are() -> None:
    (result,) = live.results(tokens(token(app_id="", app_label="<b>x\x1b[31m")), INSTALLED)
    assert result.subject.name == "<b>x\x1b[31m"
    assert token().handle in shown(result)


def test_facts_older_than_the_hardening_clear_no_token() -> None:
    by = live.INTEGRATION.model_copy(update={"hardened_at": NOW + timedelta(days=1)})
    assert live.status(tokens(), AFTER, by) == "unknown"
    assert live.status(live.healthy(), AFTER, by) == "unknown"  # by then it may have been revoked


def test_d6_a_token_of_an_external_client_app_that_may_not_be_listed_is_not_called_unmanaged() -> None:
    """A token without a menu item may be of one, as theirs often are; this login may not see them."""
    gap = Gap(what="Tokens of external client apps", reason="it lacks a right", kind=org.EXTERNAL_TOKENS)
    external = {one.id[:15] for one in live.table("apps") if one.external}
    labels = sorted(one.label for one in live.table("apps") if one.external)
    blind = live.changed(
        gap,
        apps=tuple(one for one in live.table("apps") if one.id[:15] not in external),
        tokens=(*live.table("tokens"), live.token(app_label=labels[0], app_id="", handle="aaaabbbbcccc")),
        external_tokens=(),
    )
    assert "fail" not in {one.status.value for one in live.results(blind, "app-installed")}


# What stands for all that a user gave an external client app ----------------------------------


def summed(*, first: float, used: float | None, **changes: object) -> Token:
    """First connected and last used so many days ago; how many tokens it is was not asked."""
    return token(
        created=NOW - timedelta(days=first),
        last_used=None if used is None else NOW - timedelta(days=used),
        external=True,
        summed=True,
        **changes,
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (summed(first=10, used=1), "pass"),
        (summed(first=100, used=1), "unknown"),  # one is in use; another may lie idle
        (summed(first=100, used=95), "fail"),  # all of them do
        (summed(first=100, used=None), "unknown"),
        (summed(first=10, used=None), "pass"),
    ],
)
def test_what_stands_for_many_is_fresh_only_if_all_of_them_must_be(one: Token, expected: str) -> None:
    snapshot = live.changed(tokens=(), external_tokens=(one,))
    assert live.by_subject(snapshot, FRESH) == {APP_LABEL: expected}
    if expected == "unknown":
        (result,) = live.results(snapshot, FRESH)
        assert "--every-token" in result.message


@pytest.mark.parametrize(("first", "expected"), [(1, "pass"), (30, "unknown")])
def test_what_stands_for_many_is_new_only_if_the_first_connection_is(first: float, expected: str) -> None:
    """Connected before the hardening, and perhaps authorised anew since: a fail can't rest on that."""
    one = summed(first=first, used=0)
    assert live.status(live.changed(tokens=(), external_tokens=(one,)), AFTER) == expected


def test_what_stands_for_many_tells_whose_they_are() -> None:
    mine, admin = summed(first=1, used=0), summed(first=1, used=0, user_id=user(ADMIN_USER).id)
    assert live.status(live.changed(tokens=(), external_tokens=(mine,)), HELD) == "pass"
    assert live.status(live.changed(tokens=(), external_tokens=(mine, admin)), HELD) == "fail"
