"""A profile's ranges, or a whole profile as a clone: what is planned, and what is left to a person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.errors import NoVerdictError
from sfharden.facts.index import Index
from sfharden.facts.profiles import TOLERATED_SURPLUS
from sfharden.model.org import ProfileRow
from sfharden.model.snapshot import Gap
from sfharden.plan.profile_changes import existing_profile
from tests.orgs.files import APP, PROFILE, login_range, xml

from .kit import (
    PROFILE_NAME,
    SERVICE,
    Files,
    addresses,
    after,
    healthy,
    integration,
    on,
    only,
    org,
    outcome,
    planned,
    user,
)


def test_ranges_are_those_of_egress_and_operator_and_nothing_else() -> None:
    wanted = integration(egress=addresses("192.0.2.0/28", "2001:db8::/126"))
    result = planned(
        on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), login_range("0.0.0.0", "255.255.255.255")), wanted
    )
    change = only(result)
    assert (change.setting, change.control) == ("login ranges", "login-ranges-cover-egress")
    assert change.before == ("0.0.0.0-255.255.255.255",)
    assert change.after == ("192.0.2.0-192.0.2.15", "198.51.100.7", "2001:db8::-2001:db8::3")
    edited = after(result, PROFILE)
    assert login_range("198.51.100.7", "198.51.100.7") in edited  # what was right stays as it was
    assert "0.0.0.0<" not in edited


def test_the_same_addresses_in_other_ranges_are_no_change() -> None:
    halves = login_range("192.0.2.0", "192.0.2.7") + "\n" + login_range("192.0.2.8", "192.0.2.15")
    files = on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), halves)
    assert planned(files).plan.changes == ()
    assert only(planned(files, fit=2)).after == ("192.0.2.0-192.0.2.15", "198.51.100.7")


def test_a_range_that_cannot_be_read_is_replaced() -> None:
    files = on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), login_range("192.0.2.0", "banana"))
    assert "banana" not in after(planned(files), PROFILE)


def test_an_element_that_looks_damaged_is_not_guessed_at() -> None:
    files = on(
        PROFILE,
        login_range("192.0.2.0", "192.0.2.15"),
        "<loginIpRange><endAddress>1.2.3.4</endAddress></loginIpRange>",
    )
    with pytest.raises(NoVerdictError, match="can't be edited so that its login ranges"):
        planned(files)


def test_more_than_five_ranges_are_told() -> None:
    wanted = integration(egress=addresses(*(f"192.0.2.{number}" for number in range(1, 60, 2))))
    assert any("--fit 5" in note for note in planned(healthy(), wanted).plan.notes)


ENDS = st.lists(st.integers(0, 3000), min_size=6, max_size=12, unique=True)


@settings(max_examples=25, deadline=None)
@given(ENDS)
def test_five_ranges_are_recommended_only_where_the_control_would_pass_them(ends: list[int]) -> None:
    wanted = integration(egress=addresses(*(f"192.0.{end // 256}.{end % 256}" for end in ends)))
    notes = planned(healthy(), wanted).plan.notes
    fitted = planned(healthy(), wanted, fit=5).plan
    need = wanted.egress.addresses | wanted.operator_ranges
    tolerated = need.fit(5).size - need.size <= TOLERATED_SURPLUS
    if len(need) > 5:
        assert any("--fit 5" in note for note in notes) is tolerated
    assert any("login-ranges-bounded" in one for one in fitted.conditions) is not tolerated
    assert not any("that nobody needs" in note for note in fitted.notes) or tolerated


def test_several_files_of_one_profile_are_refused() -> None:
    with pytest.raises(NoVerdictError, match="2 files describe the profile"):
        planned({**healthy(), "other/Logic Apps Integration.profile": healthy()[PROFILE]})


# New profiles ------------------------------------------------------------------------------------

TEMPLATE = "profiles/Minimum Access - Salesforce.profile-meta.xml"


def with_template(
    body: str = "<custom>false</custom>\n<userLicense>Salesforce</userLicense>",
) -> dict[str, bytes]:
    return {**healthy(), TEMPLATE: xml("Profile", body).encode()}


NEW = integration(profile="CRM (new), 2", clone_from="Minimum Access - Salesforce")


def test_a_new_profile_is_a_clone_and_comes_alone() -> None:
    result = planned(with_template(), NEW)
    (file,) = result.files
    assert file.before is None
    assert file.member == "profiles/CRM %28new%29%2C 2.profile"
    assert file.path == "profiles/CRM %28new%29%2C 2.profile-meta.xml"
    assert "<custom>true</custom>" in file.after.decode()
    assert "<userLicense>Salesforce</userLicense>" in file.after.decode()
    assert [one.setting for one in result.plan.changes] == ["new profile", "login ranges"]
    assert any("plan again" in step for step in result.plan.manual)
    assert any(NEW.profile in condition and "already" in condition for condition in result.plan.conditions)


def test_in_a_known_org_a_new_profile_needs_no_condition() -> None:
    result = outcome(Files(with_template(), org=org(user(SERVICE, "00e2"))), NEW).planned
    assert result.plan.conditions == ()


def test_a_clone_of_a_mighty_profile_is_warned_of_and_its_name_replaced() -> None:
    body = (
        "<fullName>Minimum Access - Salesforce</fullName>\n<userPermissions><enabled>true</enabled>"
        "<name>ModifyAllData</name></userPermissions>"
    )
    result = planned(with_template(body), NEW)
    assert any("ModifyAllData" in note for note in result.plan.notes)
    assert any("no user license" in condition for condition in result.plan.conditions)
    made = result.files[0].after.decode()
    assert "<fullName>CRM %28new%29%2C 2</fullName>" in made
    assert made.index("<fullName>") < made.index("<custom>")


@pytest.mark.parametrize("clone_from", [None, "No Such Profile"])
def test_without_a_template_nothing_is_planned_but_a_step_named(clone_from: str | None) -> None:
    result = planned(on(APP, "ENFORCE", "BYPASS"), integration(profile="New", clone_from=clone_from))
    assert result.plan.changes == ()
    assert "clone a minimal one" in result.plan.manual[0]
    assert "There is no profile 'New'" in result.plan.conditions[0]


@pytest.mark.parametrize(
    "gap",
    [
        Gap(what="profiles/New.profile", reason="broken", kind="Profile", name="new"),
        Gap(what="Profile (all)", reason="denied", kind="Profile"),
        Gap(what="folder", reason="the folder can't be listed"),
    ],
)
def test_a_profile_that_may_be_there_unread_is_not_made(gap: Gap) -> None:
    with pytest.raises(NoVerdictError, match="can't be told"):
        outcome(
            Files(with_template(), (gap,)),
            integration(profile="New", clone_from="Minimum Access - Salesforce"),
        )


@pytest.mark.parametrize("name", ["bad\x07bell", "line\nbreak"])
def test_a_name_that_no_profile_can_have(name: str) -> None:
    with pytest.raises(Exception, match="can't be the name"):
        planned(with_template(), integration(profile=name, clone_from="Minimum Access - Salesforce"))


def test_a_profile_is_there_is_not_there_or_can_not_be_told() -> None:
    facts = Index(Files(healthy()).material().snapshot)
    found = existing_profile(facts, "logic apps INTEGRATION")
    assert found
    assert found.name == PROFILE_NAME
    assert existing_profile(facts, "New") is None
    hidden = Files(healthy(), (Gap(what="x.profile", reason="cut off", kind="Profile", name="new"),))
    with pytest.raises(NoVerdictError, match=r"x\.profile: cut off"):
        existing_profile(Index(hidden.material().snapshot), "New")


def test_a_profile_that_the_org_lists_without_its_file_is_not_made_anew() -> None:
    listed = Files(with_template(), org=org(user(SERVICE), profiles=(ProfileRow("00e9", "New", ""),)))
    with pytest.raises(NoVerdictError, match="The org has a profile 'New', but its metadata was not read"):
        outcome(listed, integration(profile="New", clone_from="Minimum Access - Salesforce"))
