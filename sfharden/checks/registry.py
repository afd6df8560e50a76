"""All checks by the name that policies use."""

from sfharden.checks import (
    api_users,
    app_access,
    app_settings,
    apps,
    callers,
    everywhere,
    logins,
    permissions,
    profiles,
    ranges,
    requests,
    sessions,
    settings,
    token_allowlist,
    tokens,
)
from sfharden.checks.azure import (
    access_policies,
    backup,
    content_readers,
    control_plane,
    data_collector,
    diagnostics,
    entra,
    gateway,
    group_isolated,
    plaintext,
    resource_setting,
    rights_least,
    rotation,
    scm_closed,
    secure_data,
    signed_in,
    storage_logging,
    transit,
    trigger_callers,
    trigger_signatures,
)
from sfharden.checks.common import Check

_MODULES = (
    profiles, ranges, everywhere, callers, permissions, apps, app_access, app_settings, token_allowlist, api_users,
    sessions, settings, tokens, logins, requests, resource_setting,
    diagnostics, control_plane, storage_logging, rotation, backup, gateway,
    trigger_callers, content_readers, trigger_signatures, scm_closed, rights_least, group_isolated, access_policies,
    plaintext, secure_data, entra, transit, signed_in, data_collector,
)  # fmt: skip

CHECKS: dict[str, Check] = {name: check for module in _MODULES for name, check in module.CHECKS.items()}
