"""An app's own settings, on both kinds of app: what they say, what a version hides, what absence means."""

import pytest

from sfharden.emulator.generate import APP_NAME
from sfharden.errors import InputError
from sfharden.model import kinds
from sfharden.model.snapshot import Snapshot, Value
from tests.orgs import healthy, served
from tests.orgs.files import APP, CONNECTED, ECA_GLOBAL, ECA_OAUTH_POLICY, EXTERNAL, Files
from tests.orgs.files import without as without_file

ROTATION, DEVICE, SECRET = "app-refresh-token-rotation", "app-device-flow-off", "app-secret-required"
FLOW, SIGNATURE, SUPPORT = (
    "app-client-credentials-off",
    "app-digital-signature",
    "connected-app-end-of-support",
)
CREDENTIALS = "oauthConfig.isClientCredentialEnabled"


@pytest.mark.parametrize(("files", "path"), [(CONNECTED, APP), (EXTERNAL, ECA_GLOBAL)])
@pytest.mark.parametrize(
    ("asked", "old", "new", "words"),
    [
        (ROTATION, "RotationEnabled>true", "RotationEnabled>false", "Refresh token rotation is off."),
        (DEVICE, "DeviceFlowEnabled>false", "DeviceFlowEnabled>true", "The device flow is on."),
        (SECRET, "SecretOptional>false", "SecretOptional>true", "Doing without a secret in the web server flow is on."),
        (SECRET, "RefreshToken>true", "RefreshToken>false", "Asking for the secret in the refresh token flow is off."),
    ],
)  # fmt: skip
def test_a_switch_that_is_wrong_is_named(
    files: Files, path: str, asked: str, old: str, new: str, words: str
) -> None:
    result = healthy.verdict(asked, healthy.swapped(files, path, (old, new)))
    assert (result.status.value, result.message) == ("fail", words)
    assert path in healthy.shown(result)


def test_one_wrong_switch_fails_whatever_else_cannot_be_read() -> None:
    files = healthy.swapped(
        CONNECTED,
        APP,
        ("SecretOptional>false", "SecretOptional>perhaps"),
        ("RefreshToken>true", "RefreshToken>false"),
    )
    assert healthy.status(SECRET, files) == "fail"


def without(path: str, *, version: str = "68.0", name: str = APP_NAME) -> Snapshot:
    """The healthy org, whose app's file lacks an element; read with that version, under that name."""
    snapshot = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, path, None)
    renamed = tuple(
        one.model_copy(update={"name": name})
        if (one.kind, one.name) == (kinds.CONNECTED_APP, APP_NAME)
        else one
        for one in snapshot.components
    )
    source = snapshot.source.model_copy(update={"api_version": version})
    return snapshot.model_copy(update={"source": source, "components": renamed})


def test_a_version_that_hides_a_switch_is_named() -> None:
    result = served.verdict(without("oauthConfig.isDeviceFlowEnabled", version="66.0"), DEVICE)
    assert result.status.value == "unknown"
    assert "API 66.0 doesn't show whether the device flow is on: that takes API 68.0" in result.message


def test_a_documented_default_counts_in_a_whole_file_only() -> None:
    optional = "oauthConfig.isConsumerSecretOptional"
    whole = served.verdict(without(optional), SECRET)
    assert whole.status.value == "pass"
    assert "off by default" in healthy.shown(whole)
    assert served.status(without(optional, version="48.0"), SECRET) == "unknown"
    cut_down = healthy.swapped(
        CONNECTED, APP, ("<isConsumerSecretOptional>false</isConsumerSecretOptional>", "")
    )
    assert healthy.status(SECRET, cut_down) == "unknown"


def test_of_a_managed_app_the_developers_part_is_not_shown() -> None:
    hidden = without("oauthConfig.isConsumerSecretOptional", name=f"acme__{APP_NAME}")
    assert served.status(hidden, SECRET) == "unknown"


# The client credentials flow, and the certificate -----------------------------------------------


def signing_in(*, as_user: str = "", design: bool = False, certificate: str = "") -> tuple[str, str]:
    """How both controls come out where the flow is on."""
    one = served.component(kinds.CONNECTED_APP, APP_NAME)
    said = {
        CREDENTIALS: "true",
        "oauthConfig.oauthClientCredentialUser": as_user,
        "oauthConfig.certificate": certificate,
    }
    values = {**one.values, **{path: (Value(text=text, line=1),) for path, text in said.items() if text}}
    snapshot = served.replaced(served.healthy(), one, values=values)
    by = served.INTEGRATION.model_copy(update={"client_credentials": design})
    return served.status(snapshot, FLOW, by), served.status(snapshot, SIGNATURE, by)


def test_the_flow_is_spared_only_where_it_is_meant_and_runs_as_the_integrations_user() -> None:
    own = served.INTEGRATION.users[0]
    assert signing_in(as_user=own) == ("fail", "fail")
    assert signing_in(as_user=own, design=True) == ("not-applicable", "fail")
    assert signing_in(as_user=own, design=True, certificate="signing") == ("not-applicable", "manual")
    assert signing_in(as_user="admin@acme.example", design=True)[0] == "unknown"
    assert signing_in(design=True)[0] == "unknown"


def external_says(developers: str, policy: str) -> str:
    files = healthy.swapped(
        EXTERNAL, ECA_GLOBAL, ("FlowEnabled>false</isClientC", f"FlowEnabled>{developers}</isClientC")
    )
    own = "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>"
    said = own.replace("false", policy) if policy else ""
    files = healthy.swapped(files, ECA_OAUTH_POLICY, (own, said))
    return healthy.status(FLOW, files)


@pytest.mark.parametrize(
    ("developers", "policy", "expected"),
    [
        ("false", "", "unknown"), ("false", "false", "pass"), ("true", "false", "fail"), ("false", "true", "fail"),
        ("true", "", "fail"), ("perhaps", "false", "unknown"), ("false", "perhaps", "unknown"),
    ],
)  # fmt: skip
def test_of_an_external_client_app_either_word_may_say_that_the_flow_is_on(
    developers: str, policy: str, expected: str
) -> None:
    assert external_says(developers, policy) == expected


def test_without_the_admins_policy_nothing_is_known_of_an_external_client_app() -> None:
    files = without_file(ECA_OAUTH_POLICY, EXTERNAL)
    assert healthy.status(FLOW, files) == healthy.status(SIGNATURE, files) == "unknown"


def test_that_metadata_shows_no_certificate_of_an_external_client_app_is_no_failure() -> None:
    files = healthy.swapped(
        EXTERNAL, ECA_GLOBAL, ("FlowEnabled>false</isClientC", "FlowEnabled>true</isClientC")
    )
    assert healthy.status(SIGNATURE, files) == "unknown"
    signed = healthy.swapped(
        files, ECA_GLOBAL, ("<callbackUrl>", "<certificate>signing</certificate><callbackUrl>")
    )
    # By the certificate or by the secret: with both ways open no call tells.
    assert healthy.status(SIGNATURE, signed) == "manual"


def test_the_announced_end_of_connected_apps_is_told_and_fails_nobody() -> None:
    assert healthy.status(SUPPORT, CONNECTED) == "manual"
    assert healthy.status(SUPPORT, EXTERNAL) == "pass"


def test_a_switch_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="there is no switch 'rotation'"):
        healthy.status(ROTATION, CONNECTED, required={"rotation": True})
