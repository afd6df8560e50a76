"""The whole plan: nothing where nothing is wrong, each app once, and no credential in it."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import InputError, NoVerdictError
from sfharden.model.integration import Egress, Integration
from sfharden.model.snapshot import Gap
from sfharden.plan.package import diff, package_files, rollback_files
from tests.orgs.metadata import APP, PROFILE

from .kit import PROFILE_NAME, addresses, everything_bad, healthy, integration, on, only, planned


def test_what_is_as_it_should_be_is_left_alone() -> None:
    result = planned(healthy())
    assert result.files == ()
    assert result.plan.changes == ()
    assert result.plan.conditions == ()


def test_integrations_that_share_a_profile_and_an_app_get_both_their_ranges() -> None:
    other = integration(
        name="second",
        egress=addresses("203.0.113.1"),
        profile="logic apps  INTEGRATION",
        app="azure_logic_apps",
    )
    result = planned(healthy(), integration(), other)
    assert only(result).after == ("192.0.2.0-192.0.2.15", "198.51.100.7", "203.0.113.1")


def two_profiles() -> dict[str, bytes]:
    return {**healthy(), "profiles/Second.profile": healthy()[PROFILE]}


def test_an_app_of_two_profiles_is_assigned_to_both() -> None:
    result = planned(two_profiles(), integration(), integration(name="second", profile="Second"))
    assert only(result).after == (PROFILE_NAME, "Second")


@pytest.mark.parametrize("secret", ["00Dxx0000000001!AQ0AQabc.def", "-----BEGIN RSA PRIVATE KEY-----"])
def test_a_file_with_a_credential_is_refused_without_showing_it(secret: str) -> None:
    files = on(
        APP, "<label>Azure Logic Apps", f"<description>{secret}</description>\n<label>Azure Logic Apps"
    )
    files[APP] = files[APP].replace(b"ENFORCE", b"BYPASS")
    with pytest.raises(
        NoVerdictError, match=r"Azure_Logic_Apps\.connectedApp:3 holds what looks like"
    ) as caught:
        planned(files)
    assert secret not in caught.value.message + caught.value.hint


def test_f020_an_app_that_can_not_be_planned_is_told_in_one_sentence() -> None:
    gone = {path: text for path, text in healthy().items() if path != APP}
    with pytest.raises(NoVerdictError) as told:
        planned(gone)
    assert ".." not in told.value.message


# Changes that need each other ---------------------------------------------------------------------


def settings(files: dict[str, bytes], *asked: Integration) -> set[str]:
    return {change.setting for change in planned(files, *asked).plan.changes}


@pytest.mark.parametrize("clone_from", [None, PROFILE_NAME], ids=["no profile", "a clone"])
def test_an_app_and_the_session_setting_wait_for_every_profile(clone_from: str | None) -> None:
    other = integration(name="second", profile="Second", clone_from=clone_from)
    result = planned(everything_bad(), integration(), other)
    assert {change.setting for change in result.plan.changes} == {"login ranges"} | (
        {"new profile"} if clone_from else set()
    )
    told = " ".join(result.plan.manual)
    assert "app 'Azure_Logic_Apps' yet" in told
    assert "the session setting yet" in told


def test_an_app_that_another_integration_does_not_use_need_not_wait() -> None:
    other = integration(name="second", profile="Second", app="Not There Yet")
    assert "permitted users" in settings(everything_bad(), integration(), other)


def test_without_ranges_that_hold_the_egress_nothing_is_enforced() -> None:
    """A refused half refuses the whole plan: no package can hold the other."""
    bad = everything_bad()
    unread = Egress(addresses=AddressSet.of(["192.0.2.1"]), gaps=(Gap(what="export", reason="gone"),))
    with pytest.raises(NoVerdictError, match="are not all known"):
        planned(bad, integration(egress=unread))
    with pytest.raises(NoVerdictError, match="operator"):
        planned(bad, integration(operator_ranges=AddressSet()))
    handed = bad[PROFILE].replace(b"192.0.2.0", b"not-an-address")
    assert settings({**bad, PROFILE: handed}) >= {
        "login ranges",
        "IP relaxation",
    }  # a broken range is replaced
    in_utf16 = bad[PROFILE].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    with pytest.raises(InputError, match="encoding"):
        planned({**bad, PROFILE: in_utf16})


ADDRESS = "<infoUrl>https://svc:HUSH@gw.example/</infoUrl>\n<label>Azure Logic Apps"


def test_a_file_that_may_hold_a_secret_is_planned_byte_for_byte_and_looked_at_first() -> None:
    files = on(APP, "<label>Azure Logic Apps", ADDRESS)
    assert planned(files).plan.conditions == ()  # nothing is written of what doesn't change
    files[APP] = files[APP].replace(b"ENFORCE", b"BYPASS")
    result = planned(files)
    (said,) = result.plan.conditions
    assert said.startswith(f"{APP} may hold a secret: infoUrl (line 3). The package and the way back hold it")
    assert "HUSH" not in said
    assert b"svc:HUSH@gw.example" in package_files(result)[APP]
    assert b"svc:HUSH@gw.example" in rollback_files(result)[APP]
    assert b"HUSH" not in diff(result)
    assert b"ENFORCE" in diff(result)
