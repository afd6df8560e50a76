"""From a snapshot to plain facts: what is there, what is not, and what can't be told."""

import pytest

from sfharden.access.facts import AppFacts, SessionPolicy
from sfharden.access.gather import app_facts, org_facts, sides_named
from sfharden.access.users import who_is
from sfharden.addresses import AddressSet
from sfharden.facts.apps import IpRelaxation
from sfharden.facts.index import Index
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.snapshot import Gap
from tests.orgs import healthy
from tests.orgs.metadata import APP, SECURITY, without, xml
from tests.orgs.running import (
    ANY_CLIENT,
    APPROVE,
    DANA,
    FILES,
    USERS,
    assigned,
    changed,
    running,
)

BLOCK = "blacklistedConsumers/Bad.blacklistedConsumer"


def index(files: object = FILES, *gaps: Gap, **changes: object) -> Index:
    return Index(running(files, *gaps, **changes))  # type: ignore[arg-type]


def app_named(found: Index, label: str) -> AppFacts:
    """The policy of the one app that a login names."""
    ((_, policy),) = sides_named(found, label)
    return policy


def app(files: object = FILES, *gaps: Gap) -> AppFacts:
    return app_facts(index(files, *gaps), "Azure Logic Apps")


def test_a_connected_app_in_full() -> None:
    assert app() == AppFacts(
        "Azure_Logic_Apps",
        external=False,
        installed=True,
        blocked=False,
        admin_approved=True,
        relaxation=IpRelaxation.ENFORCE,
        own_ranges=AddressSet(),
        session_policy=SessionPolicy.NONE,
        client_credentials=False,
        token_allowlist=AddressSet(),
    )


def test_an_external_client_app_says_the_same_in_its_own_words() -> None:
    found = app_facts(Index(healthy.snapshot(healthy.EXTERNAL)), "Azure Logic Apps")
    assert found.external
    assert (found.admin_approved, found.relaxation) == (True, IpRelaxation.ENFORCE)
    assert (found.own_ranges, found.token_allowlist) == (AddressSet(), AddressSet.of(["192.0.2.0/28"]))
    assert found.session_policy is SessionPolicy.NONE


def test_trusted_ranges_of_both_kinds_of_app() -> None:
    ranges = "<ipRanges><end>192.0.2.9</end><start>192.0.2.1</start></ipRanges>\n<label>"
    assert app(changed(APP, ("<label>", ranges))).own_ranges == AddressSet.of(["192.0.2.1-192.0.2.9"])
    theirs = "<trustedIpRanges><endIpAddress>192.0.2.9</endIpAddress><startIpAddress>192.0.2.1</startIpAddress></trustedIpRanges>"
    files = healthy.swapped(healthy.EXTERNAL, healthy.ECA_OAUTH, ("<label>", f"{theirs}<label>"))
    found = app_facts(Index(healthy.snapshot(files)), "Azure Logic Apps")
    assert found.own_ranges == AddressSet.of(["192.0.2.1-192.0.2.9"])
    broken = changed(APP, ("<label>", ranges.replace("192.0.2.9", "9.2.0.192.1")))
    assert app(broken).own_ranges is None


@pytest.mark.parametrize(
    ("action", "wanted"),
    [("Block", SessionPolicy.BLOCK), ("RaiseSessionLevel", SessionPolicy.RAISE), ("Dance", None)],
)
def test_session_policies(action: str, wanted: SessionPolicy | None) -> None:
    policy = f"<sessionPolicy><policyAction>{action}</policyAction></sessionPolicy>\n<label>"
    assert app(changed(APP, ("<label>", policy))).session_policy is wanted


def test_an_external_apps_session_policy_counts_only_above_the_standard_level() -> None:
    def policy(level: str) -> SessionPolicy | None:
        text = f"<policyAction>Block</policyAction>\n<requiredSessionLevel>{level}</requiredSessionLevel>\n<label>"
        files = healthy.swapped(healthy.EXTERNAL, healthy.ECA_OAUTH_POLICY, ("<label>", text))
        return app_facts(Index(healthy.snapshot(files)), "Azure Logic Apps").session_policy

    assert policy("STANDARD") is SessionPolicy.NONE
    assert policy("HIGH_ASSURANCE") is None


def test_a_block_is_known_by_the_apps_consumer_key() -> None:
    def block(key: str) -> str:
        return xml(
            kinds.BLOCKED_CONSUMER, f"<consumerKey>{key}</consumerKey>\n<consumerName>x</consumerName>"
        )

    assert app({**FILES, BLOCK: block("3MVG9SECRETLIKE")}).blocked is True
    assert app({**FILES, BLOCK: block("3MVG9OTHER")}).blocked is False
    keyless = changed(APP, ("<consumerKey>3MVG9SECRETLIKE</consumerKey>", ""))
    assert app({**keyless, BLOCK: block("3MVG9OTHER")}).blocked is None
    assert app(FILES, Gap(what="b", reason="r", kind=kinds.BLOCKED_CONSUMER)).blocked is None


def test_switches_whose_effect_is_not_documented_are_named() -> None:
    off = healthy.swapped(healthy.EXTERNAL, healthy.ECA_POLICY, ("<isEnabled>true", "<isEnabled>false"))
    assert app_facts(Index(healthy.snapshot(off)), "Azure Logic Apps").unknown == ("The app is switched off",)


def test_what_is_missing_is_unknown_and_never_a_default() -> None:
    bare = changed(
        APP, ("<isAdminApproved>true</isAdminApproved>", ""), ("<ipRelaxation>ENFORCE</ipRelaxation>", "")
    )
    found = app_facts(index(bare, apps=()), "Azure Logic Apps")
    assert (found.admin_approved, found.relaxation) == (None, None)
    assert app(bare).admin_approved is True  # as the app's record says
    assert app_facts(index(), "Nobody's app") == AppFacts("Nobody's app")
    settings = org_facts(index(without(SECURITY)))
    assert (settings.every_request, settings.session_lock, settings.trusted_ranges) == (None, None, None)
    hidden = Gap(what="s", reason="r", kind=kinds.SECURITY)
    assert org_facts(index(FILES, hidden)).every_request is None


def test_settings_of_the_org() -> None:
    found = org_facts(index())
    assert found.every_request is True
    assert found.session_lock is False
    assert found.trusted_ranges == AddressSet()
    assert (found.api_access_control, found.user_agent_blocked, found.password_blocked) == (True, True, True)


def test_an_app_of_a_login_that_the_org_does_not_manage() -> None:
    assert app_named(index(), "azure logic apps").installed is True
    foreign = app_named(index(), "Azure Logic App")
    assert (foreign.installed, foreign.blocked, foreign.relaxation) == (False, False, None)
    assert app_named(index(apps=None), "Azure Logic App").installed is None
    gap = Gap(what="apps", reason="cut off", kind=tables.APPS)
    assert app_named(index(FILES, gap), "Azure Logic App").installed is None
    unread = app_named(index(without(APP)), "Azure Logic Apps")
    assert (unread.installed, unread.relaxation, unread.session_policy) == (True, None, None)


def test_what_a_user_holds() -> None:
    def dana(files: object = FILES, **changes: object) -> tuple[bool | None, bool | None]:
        who = who_is(index(files, **changes), USERS[2], None)
        return who.approves_uninstalled, who.any_api_client

    assert dana() == (False, False)
    assert dana(assignments=assigned("Approver")) == (True, False)
    assert dana(assignments=None) == (None, None)
    assert dana(permissions_asked=(), permission_names=(APPROVE,)) == (False, None)
    off = without("settings/ConnectedApp.settings", FILES)
    # Asked for, and the org has no such permission: nobody holds it. With API Access Control it must be there.
    assert dana(off, permission_names=(APPROVE,)) == (False, False)
    assert dana(permission_names=(APPROVE,)) == (False, None)
    assert dana(assignments=(tables.Assignment(DANA, "0PS00000000000XAAA", ""),)) == (None, None)
    assert dana(permission_names=(ANY_CLIENT, APPROVE)) == (False, False)


@pytest.mark.parametrize(
    ("swap", "refreshes"),
    [
        (("specific_inactivity:30:DAYS", "zero"), False),
        (("specific_inactivity:30:DAYS", "infinite"), True),
        (("<refreshTokenPolicy>specific_inactivity:30:DAYS</refreshTokenPolicy>", ""), True),  # the default
        (("specific_inactivity:30:DAYS", "some_day"), None),
        (("refreshTokenPolicy>", "refreshTokenPolicyy>"), None),  # damaged, so it's no default
    ],
)
def test_an_apps_refresh_policy_may_end_tokens_at_once(swap: tuple[str, str], refreshes: bool | None) -> None:
    assert app(changed(APP, swap)).refreshes is refreshes


def test_an_external_client_apps_refresh_policy_has_no_default() -> None:
    def policy(*swap: str) -> bool | None:
        old, new = swap
        files = healthy.swapped(healthy.EXTERNAL, healthy.ECA_OAUTH_POLICY, (old, new))
        return app_facts(Index(healthy.snapshot(files)), "Azure Logic Apps").refreshes

    kind = "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType>"
    assert policy(kind, kind) is True
    assert policy("SpecificInactivity", "Zero") is False
    assert policy(kind, "") is None
