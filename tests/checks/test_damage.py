"""Whatever one file or element is lost or damaged: no verdict gets better, and no pass outlives its facts."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.orgs import healthy
from tests.orgs.healthy import CONNECTED, EXTERNAL, Files
from tests.orgs.metadata import APP, PROFILE, RANGES, SECURITY, login_range, permission

FORMS = {"connected": CONNECTED, "external": EXTERNAL}
_Swaps = dict[str, tuple[tuple[str, str], ...]]
# One org in which nearly every control fails, in both forms.
_BAD_ORG: _Swaps = {
    PROFILE: ((RANGES, login_range("0.0.0.0", "255.255.255.255")), ("<custom>true", "<custom>false"),
              (permission("ApiEnabled"), permission("ApiEnabled") + permission("ModifyAllData"))),
    SECURITY: (("EveryRequest>true", "EveryRequest>false"), ("TwoHours", "TwelveHours"),
               ("lockSessionsToIp>false", "lockSessionsToIp>true"),
               ("<networkAccess/>", "<networkAccess><ipRanges><end>99.0.0.0</end><start>1.0.0.0</start></ipRanges></networkAccess>")),
    "settings/OauthOidc.settings": ((">true<", ">false<"),),
    "settings/MyDomain.settings": ((">true<", ">false<"),),
    "settings/ConnectedApp.settings": ((">true<", ">false<"),),
    "settings/ExternalClientApp.settings": ((">false<", ">true<"),),
    healthy.OVERRIDE: ((">30<", ">480<"),),
}  # fmt: skip
_SECRETS = ("SecretOptional>false", "SecretOptional>true")
_ROTATION = ("RotationEnabled>true", "RotationEnabled>false")
_DEVICE = ("DeviceFlowEnabled>false", "DeviceFlowEnabled>true")
_BAD_APPS: dict[str, _Swaps] = {
    "connected": {APP: (("Approved>true", "Approved>false"), ("Tokens>false", "Tokens>true"), ("Required>true", "Required>false"), _SECRETS, _ROTATION, _DEVICE, ("CredentialEnabled>false", "CredentialEnabled>true"),
                        ("ENFORCE", "BYPASS"), ("specific_inactivity:30:DAYS", "infinite"),
                        ("isIpBindingEnabled>true", "isIpBindingEnabled>false"))},
    "external": {healthy.ECA_SECURITY: (("192.0.2.15", "192.0.2.200"),), healthy.ECA_OAUTH: (("Api,", "Full,"),), healthy.ECA_GLOBAL: (("Required>true", "Required>false"), _SECRETS, _ROTATION, _DEVICE, ("CredentialsFlowEnabled>false", "CredentialsFlowEnabled>true")),
                 healthy.ECA_OAUTH_POLICY: (("AdminApprovedPreAuthorized", "AllSelfAuthorized"), (">Enforce<", ">Bypass<"),
                                            ("SpecificInactivity", "Infinite"))},
}  # fmt: skip


@cache
def bad(form: str) -> Files:
    """The org in which nearly everything fails."""
    files = dict(FORMS[form])
    for path, swaps in {**_BAD_ORG, **_BAD_APPS[form]}.items():
        files = healthy.swapped(files, path, *swaps)
    return files


# A kind can be neither lost nor damaged.
KIND: dict[str, tuple[str, ...]] = {"connected": (), "external": ("connected-app-end-of-support",)}
# What these say is who is judged, or which permission is held: another text there is another fact, not damage.
NAMING = {(healthy.OVERRIDE, "profile"), (PROFILE, "name")}


def found(files: Files) -> dict[tuple[str, str], str]:
    """Each control's status by subject."""
    return {(one.control, one.subject.name): one.status.value for one in healthy.report(files).results}


def passes(files: Files) -> set[tuple[str, str]]:
    return {key for key, status in found(files).items() if status == "pass"}


def without_one_element(files: Files) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Path, element name, and the files without that one element."""
    for path, text in files.items():
        for name, element in healthy.elements(text):
            yield path, name, healthy.swapped(files, path, (element, ""))


def with_one_value_damaged(files: Files, damage: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Path, element name, and the files with that one element's text replaced."""
    for path, text in files.items():
        for name, element in healthy.elements(text):
            inside = element.removeprefix(f"<{name}>").removesuffix(f"</{name}>")
            if inside != element and "<" not in inside:
                yield path, name, healthy.swapped(files, path, (element, f"<{name}>{damage}</{name}>"))


def test_both_orgs_are_what_they_are_meant_to_be() -> None:
    for form, files in FORMS.items():
        assert "fail" not in found(files).values()
        assert len(passes(files)) == 25 + 2 * (
            form == "external"
        )  # a connected app's allowlist is compared by hand
        statuses = found(bad(form))
        assert list(statuses.values()).count("fail") >= 17
        # Ranges over everything hold egress and operator, too.
        held = {"login-ranges-cover-egress", "login-ranges-keep-operator-way-in", *KIND[form]}
        assert {control for control, subject in passes(bad(form)) if subject != "Admin"} == held


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("loss", ["gone", "cut off", "empty"])
def test_losing_a_file_makes_nothing_better(form: str, loss: str) -> None:
    for files in (FORMS[form], bad(form)):
        before = passes(files)
        for path in files:
            kept = {name: text for name, text in files.items() if name != path}
            poorer = {"gone": kept, "cut off": healthy.cut_off(files, path), "empty": {**kept, path: ""}}[
                loss
            ]
            assert passes(poorer) <= before, path


@pytest.mark.parametrize("form", FORMS)
def test_losing_an_element_makes_nothing_better(form: str) -> None:
    before = passes(FORMS[form])
    for path, name, poorer in without_one_element(FORMS[form]):
        assert passes(poorer) <= before or (path, name) in NAMING, (path, name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", ["", "Bogus", "tru", "0", "-1", "9" * 5000, "\u202etrue", "null"])
def test_damaging_a_value_makes_nothing_better(form: str, damage: str) -> None:
    before = passes(FORMS[form])
    for path, name, poorer in with_one_value_damaged(FORMS[form], damage):
        assert passes(poorer) <= before or (path, name) in NAMING, (path, name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", ["", "Bogus", "tru", "-1"])
def test_damage_hides_no_failure(form: str, damage: str) -> None:
    files = bad(form)
    before = passes(files)
    for path, name, poorer in with_one_value_damaged(files, damage):
        assert passes(poorer) <= before or (path, name) in NAMING, (path, name)


APP_FACTS = {
    "app-admin-approved": {"isAdminApproved", "permittedUsersPolicyType", "oauthConfig"},
    "app-ip-enforced": {"ipRelaxation", "ipRelaxationPolicyType", "oauthPolicy", "startAddress", "endAddress"},
    "app-limited-to-integration-profile": {"profileName", "commaSeparatedProfile", "isAdminApproved", "permittedUsersPolicyType"},
    "app-refresh-token-bounded": {
        "refreshTokenPolicy", "refreshTokenPolicyType", "refreshTokenValidityPeriod", "refreshTokenValidityUnit",
    },
    "app-pkce-required": {"isPkceRequired", "oauthConfig"},
    "app-refresh-token-rotation": {"isRefreshTokenRotationEnabled", "oauthConfig"},
    "app-device-flow-off": {"isDeviceFlowEnabled", "oauthConfig"},
    "app-secret-required": {"isConsumerSecretOptional", "isSecretRequiredForRefreshToken", "oauthConfig"},
    "app-client-credentials-off": {"isClientCredentialEnabled", "isClientCredentialsFlowEnabled", "oauthConfig"},
    "app-scopes-minimal": {"isIntrospectAllTokens", "commaSeparatedOauthScopes", "oauthConfig"},
    "app-token-allowlist": {"tokenIpRanges", "startIpAddress", "endIpAddress"},
}  # fmt: skip
ORG_FACTS = {
    "login-ranges-cover-egress": {"startAddress", "endAddress"},
    "login-ranges-keep-operator-way-in": {"startAddress", "endAddress"},
    "login-ranges-bounded": {"startAddress", "endAddress"},
    "login-ranges-everywhere": {"startAddress", "endAddress"},
    "integration-profile-least-privilege": {"userPermissions", "name", "enabled"},
    "ip-enforced-on-every-request": {"enforceIpRangesEveryRequest", "sessionSettings"},
    "session-not-locked-to-ip": {"lockSessionsToIp", "sessionSettings"},
    "trusted-ranges-bounded": {"networkAccess"},
    "session-timeout-bounded": {"sessionTimeout", "sessionSettings"},
    "password-and-user-agent-flows-blocked": {"blockOAuthUnPwFlow", "blockOAuthUsrAgtFlow"},
    "mydomain-login-enforced": {"canOnlyLoginWithMyDomainUrl", "doesApiLoginRequireOrgDomain"},
    "api-access-control-on": {"enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser"},
    "external-client-app-secrets-protected": {"enableClientSecretInRestApiAccess", "enableConsumerSecretApiAccess"},
}  # fmt: skip
DECISIVE = {**APP_FACTS, **ORG_FACTS}


@pytest.mark.parametrize("form", FORMS)
def test_no_pass_outlives_the_element_that_decides_it(form: str) -> None:
    # What kind an app is of, no element tells.
    before = {one for one in passes(FORMS[form]) if one[0] != "connected-app-end-of-support"}
    by_hand = {"app-token-allowlist"} if form == "connected" else set()
    assert {control for control, _ in before} == set(DECISIVE) - by_hand
    lost: set[tuple[str, str]] = set()
    for path, name, poorer in without_one_element(FORMS[form]):
        gone = before - passes(poorer)
        for control, names in DECISIVE.items():
            if name in names and control not in by_hand and _rests_on(control, path):
                assert control in {key for key, _ in gone}, (control, path, name)
        lost |= gone
    assert lost == before


def _rests_on(control: str, path: str) -> bool:
    """Whether the control looks at this file; `isPkceRequired` and ranges stand in files of other controls, too."""
    if control == "login-ranges-everywhere":
        return path.endswith(".profile")
    if control.startswith("app-") and control not in (
        "app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile", "app-refresh-token-bounded",
    ):  # fmt: skip
        return path in (APP, healthy.ECA_GLOBAL, healthy.ECA_OAUTH)
    return path != "profiles/Admin.profile"
