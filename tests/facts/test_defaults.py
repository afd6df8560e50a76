"""What absence means: the documented default where the file is whole, and nothing where it may be cut down."""

import pytest

from sfharden.access.gather import org_facts
from sfharden.facts.defaults import is_default, setting
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.snapshot import Component
from tests.orgs import live
from tests.orgs.metadata import parsed, xml

SWITCHES = ("enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser")
MARK = "<enableSkipUserProvisioningWizardWelcomePage>false</enableSkipUserProvisioningWizardWelcomePage>"


def settings(inner: str) -> Component:
    return parsed("settings/ConnectedApp.settings", xml("ConnectedAppSettings", inner))


@pytest.mark.parametrize("path", SWITCHES)
def test_a_whole_file_without_access_control_says_that_it_is_off(path: str) -> None:
    """As 14 of 15 public files are. Metadata API Guide, ConnectedAppSettings: false by default, and hidden until enabled."""
    found = setting(settings(MARK), path, live=False)
    assert found.value == "false"
    assert "by default" in found.text


@pytest.mark.parametrize("path", SWITCHES)
def test_a_file_that_may_be_cut_down_says_nothing_by_what_it_lacks(path: str) -> None:
    with pytest.raises(CannotTell):
        setting(settings(""), path, live=False)
    assert setting(settings(""), path, live=True).value == "false"  # a running org hands out whole files


@pytest.mark.parametrize(("path", "other"), [SWITCHES, SWITCHES[::-1]])
def test_two_switches_that_are_hidden_together_are_not_hidden_alone(path: str, other: str) -> None:
    one = settings(f"{MARK}<{other}>true</{other}>")
    assert not is_default(one, path, live=True)
    with pytest.raises(CannotTell):
        setting(one, path, live=True)


@pytest.mark.parametrize("path", SWITCHES)
def test_a_damaged_spelling_is_no_absence(path: str) -> None:
    damaged = path.replace("Approved", "Aproved")
    with pytest.raises(CannotTell, match="damaged"):
        setting(settings(f"{MARK}<{damaged}>true</{damaged}>"), path, live=True)


def test_what_is_written_is_taken_as_it_is_written() -> None:
    one = settings(f"<{SWITCHES[0]}>true</{SWITCHES[0]}>")
    assert setting(one, SWITCHES[0], live=True).text == "true"


def test_a_setting_without_a_documented_default_has_none() -> None:
    (one,) = live.healthy().of_kind(kinds.EXTERNAL_APP_SETTINGS)
    with pytest.raises(CannotTell):
        setting(one.model_copy(update={"values": {}}), "enableConsumerSecretApiAccess", live=True)


def test_d7_an_org_that_does_not_show_access_control_has_it_off() -> None:
    (one,) = live.healthy().of_kind(kinds.CONNECTED_APP_SETTINGS)
    snapshot = live.replaced(live.healthy(), one, values={})
    result = live.verdict(snapshot, "api-access-control-on")
    assert result.status.value == "fail"
    assert "by default" in result.message
    assert "Support" in result.message + result.remediation
    found = org_facts(Index(snapshot))
    assert (found.api_access_control, found.access_control_by_default) == (False, True)


@pytest.mark.parametrize(
    ("control", "kind"),
    [
        ("password-and-user-agent-flows-blocked", kinds.OAUTH_OIDC),
        ("mydomain-login-enforced", kinds.MY_DOMAIN),
    ],
)
def test_other_switches_of_a_running_org_fail_by_their_default_too(control: str, kind: str) -> None:
    (one,) = live.healthy().of_kind(kind)
    assert live.status(live.replaced(live.healthy(), one, values={}), control) == "fail"
