"""Small metadata files, written as the Metadata API writes them; for generated orgs and for tests."""

from collections.abc import Iterable, Mapping

from sfharden.emulator.xmltree import Node, branch, document, leaf

Pair = tuple[str, str]


def profile_xml(
    permissions: Iterable[str] = (),
    *,
    ranges: Iterable[Pair] = (),
    licence: str = "Salesforce",
    custom: bool = True,
) -> bytes:
    """A profile with permissions that are on, and login ranges as (first, last) addresses."""
    login = [
        branch("loginIpRanges", leaf("endAddress", last), leaf("startAddress", first))
        for first, last in ranges
    ]
    rights = [_permission(name) for name in sorted(permissions)]
    return document(branch("Profile", leaf("custom", custom), *login, leaf("userLicense", licence), *rights))


def _permission(name: str) -> Node:
    return branch("userPermissions", leaf("enabled", True), leaf("name", name))


def permission_set_xml(label: str, permissions: Iterable[str] = (), *, session_based: bool = False) -> bytes:
    """A permission set; a session-based one counts in activated sessions only."""
    rights = [_permission(name) for name in sorted(permissions)]
    return document(
        branch("PermissionSet", leaf("hasActivationRequired", session_based), leaf("label", label), *rights)
    )


def muting_set_xml(label: str, permissions: Iterable[str]) -> bytes:
    """What a permission set group shall not grant."""
    rights = [_permission(name) for name in sorted(permissions)]
    return document(branch("MutingPermissionSet", leaf("label", label), *rights))


def permission_group_xml(
    label: str, sets: Iterable[str], muting: Iterable[str] = (), *, status: str = "Updated"
) -> bytes:
    """A permission set group, by the names of its parts."""
    muted = [leaf("mutingPermissionSets", one) for one in muting]
    parts = [leaf("permissionSets", one) for one in sets]
    said = (leaf("hasActivationRequired", False), leaf("label", label))
    return document(branch("PermissionSetGroup", *said, *muted, *parts, leaf("status", status)))


def connected_app_xml(
    label: str,
    *,
    key: str = "3MVG9EXAMPLEONLY",
    admin_approved: bool = True,
    relaxation: str = "ENFORCE",
    refresh: str = "specific_inactivity:30:DAYS",
    profiles: Iterable[str] = (),
    scopes: Iterable[str] = ("Api", "RefreshToken"),
    permission_sets: Iterable[str] = (),
    pkce: bool = True,
    managed: bool = False,
    bound: bool = False,
) -> bytes:
    """A connected app with its OAuth policy; of a managed one the subscriber is shown that alone.

    `bound`: it has a Refresh Token IP Allowlist, whose addresses the org keeps to itself.
    """
    developers = (
        leaf("isClientCredentialEnabled", False),
        leaf("isConsumerSecretOptional", False),
        leaf("isDeviceFlowEnabled", False),
        leaf("isIntrospectAllTokens", False),
        leaf("isIpBindingEnabled", bound),
        leaf("isPkceRequired", pkce),
        leaf("isRefreshTokenRotationEnabled", True),
        leaf("isSecretRequiredForRefreshToken", True),
        *(leaf("scopes", one) for one in scopes),
    )
    oauth = branch(
        "oauthConfig",
        leaf("callbackUrl", "https://app.acme.example/callback"),
        leaf("consumerKey", key),
        leaf("isAdminApproved", admin_approved),
        *(() if managed else developers),
    )
    policy = branch("oauthPolicy", leaf("ipRelaxation", relaxation), leaf("refreshTokenPolicy", refresh))
    assigned = [leaf("permissionSetName", one) for one in permission_sets]
    assigned += [leaf("profileName", one) for one in profiles]
    contact = leaf("contactEmail", "it@acme.example")
    return document(branch("ConnectedApp", contact, leaf("label", label), oauth, policy, *assigned))


def security_xml(
    *, every_request: bool = True, timeout: str = "TwoHours", trusted: Iterable[Pair] = ()
) -> bytes:
    """Security settings: sessions, and trusted ranges as (first, last) addresses."""
    ranges = [branch("ipRanges", leaf("end", last), leaf("start", first)) for first, last in trusted]
    session = branch(
        "sessionSettings",
        leaf("enforceIpRangesEveryRequest", every_request),
        leaf("forceLogoutOnSessionTimeout", True),
        leaf("lockSessionsToIp", False),
        leaf("sessionTimeout", timeout),
    )
    return document(branch("SecuritySettings", branch("networkAccess", *ranges), session))


def settings_xml(name: str, **values: object) -> bytes:
    """Any other settings file, of plain values; `name` is its full name, such as `OauthOidc`."""
    return document(branch(f"{name}Settings", *(leaf(key, value) for key, value in values.items())))


def external_app_files(name: str, label: str, **policy: object) -> dict[str, bytes]:
    """An external client app with its policies, by path; `policy` changes the hardened defaults."""
    said = {
        "externalClientApplication": name,
        "ipRelaxationPolicyType": "Enforce",
        "isClientCredentialsFlowEnabled": False,
        "label": f"{name}_oauthPlcy",
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "refreshTokenPolicyType": "SpecificInactivity",
        "refreshTokenValidityPeriod": 30,
        "refreshTokenValidityUnit": "Days",
        **policy,
    }
    app = {
        "contactEmail": "it@acme.example",
        "distributionState": "Local",
        "isProtected": False,
        "label": label,
    }
    oauth = {
        "commaSeparatedOauthScopes": "Api, RefreshToken",
        "externalClientApplication": name,
        "label": f"{name}_oauth",
    }
    shared = {
        "callbackUrl": "https://reports.acme.example/callback",
        "externalClientApplication": name,
        "isClientCredentialsFlowEnabled": False,
        "isConsumerSecretOptional": False,
        "isDeviceFlowEnabled": False,
        "isIntrospectAllTokens": False,
        "isPkceRequired": True,
        "isRefreshTokenRotationEnabled": True,
        "isSecretRequiredForRefreshToken": True,
        "label": f"{name}_glbloauth",
    }
    return {
        f"externalClientApps/{name}.eca": _flat("ExternalClientApplication", app),
        f"extlClntAppOauthPolicies/{name}_oauthPlcy.ecaOauthPlcy": _flat(
            "ExtlClntAppOauthConfigurablePolicies", said
        ),
        f"extlClntAppOauthSettings/{name}_oauth.ecaOauth": _flat("ExtlClntAppOauthSettings", oauth),
        f"extlClntAppGlobalOauthSets/{name}_glbloauth.ecaGlblOauth": _flat(
            "ExtlClntAppGlobalOauthSettings", shared
        ),
    }


def allowlist_file(name: str, ranges: Iterable[Pair]) -> dict[str, bytes]:
    """The Refresh Token IP Allowlist of an external client app, by path, as (first, last) addresses."""
    entries = [
        branch("tokenIpRanges", leaf("endIpAddress", last), leaf("startIpAddress", first))
        for first, last in ranges
    ]
    said = (leaf("externalClientApplication", name), leaf("label", f"{name}_oauthSecurity"))
    tree = branch("ExtlClntAppOauthSecuritySettings", *said, *entries)
    path = f"extlClntAppOauthSecuritySettings/{name}_oauthSecurity.ecaOauthSecurity"
    return {path: document(tree)}


def _flat(root: str, values: Mapping[str, object]) -> bytes:
    return document(branch(root, *(leaf(key, value) for key, value in values.items())))
