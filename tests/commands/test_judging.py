"""What check asks: one question, that whoever foresees its answer asks as well."""

from datetime import timedelta
from pathlib import Path

import pytest

from sfharden.checks.policy import DEFAULT_POLICIES, wanted_permissions
from sfharden.commands.judging import plan_judge, question
from sfharden.commands.source import SourceOptions
from sfharden.doors.live_options import LiveOptions
from sfharden.errors import InputError, UsageError
from sfharden.model.integration import Waiver
from tests.orgs import served
from tests.orgs.constants import INTEGRATION
from tests.orgs.files import APP, HEALTHY, snapshot_of
from tests.orgs.reading import NOW


def given(*, demo: bool = False) -> SourceOptions:
    live = LiveOptions(demo=demo, doors=served.doors())
    return SourceOptions(None, None, demo, live)


def test_without_anything_the_shipped_policies_are_asked_of_the_org_alone() -> None:
    asked = question(given(), None, (), NOW)
    assert tuple(one.name for one in asked.policies) == DEFAULT_POLICIES
    assert asked.integrations == ()
    assert asked.wanted.logins_since == NOW - timedelta(days=30)
    assert asked.wanted.permissions == wanted_permissions(asked.policies)


def test_logins_are_read_since_the_hardening_or_since_what_is_said(integration: Path) -> None:
    asked = question(given(), integration, (), NOW)
    assert asked.wanted.logins_since == served.HARDENED
    assert question(given(), integration, (), NOW, "7d").wanted.logins_since == NOW - timedelta(days=7)
    with pytest.raises(UsageError):
        question(given(), integration, (), NOW, "soon")


def test_the_demo_has_an_integration_of_its_own() -> None:
    assert [one.name for one in question(given(demo=True), None, (), NOW).integrations] == ["crm-sync"]


def test_a_policy_that_is_named_twice_is_asked_once(integration: Path) -> None:
    name = DEFAULT_POLICIES[0]
    asked = question(given(), integration, (name, name), NOW)
    assert [one.name for one in asked.policies] == [name]
    report = asked.answer(served.healthy(), NOW)
    assert report.policies == (name,)
    assert report.generated_at == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def test_a_plan_asks_the_policies_that_were_given_and_minds_waivers() -> None:
    files = {**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}
    day = (NOW + timedelta(days=30)).date()
    waiver = Waiver(control="app-ip-enforced", subject="*", reason="r", owner="o", expires=day)
    for waivers, accepted in (((), False), ((waiver,), True)):
        found = plan_judge((), [INTEGRATION], waivers, NOW)(snapshot_of(files))
        assert found.accepts(["app_ip_enforced"], [INTEGRATION.name]) is accepted
    with pytest.raises(InputError):
        plan_judge(["no-such-policy"], [INTEGRATION], (), NOW)
