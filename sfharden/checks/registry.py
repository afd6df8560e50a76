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
    sessions,
    settings,
    token_allowlist,
    tokens,
)
from sfharden.checks.azure import (
    backup,
    control_plane,
    data_collector,
    diagnostics,
    entra,
    gateway,
    plaintext,
    resource_setting,
    rotation,
    secure_data,
    signed_in,
    storage_logging,
    transit,
)
from sfharden.checks.common import Check

_MODULES = (
    profiles, ranges, everywhere, callers, permissions, apps, app_access, app_settings, token_allowlist, api_users,
    sessions, settings, tokens, logins, resource_setting,
    diagnostics, control_plane, storage_logging, rotation, backup, gateway,
    plaintext, secure_data, entra, transit, signed_in, data_collector,
)  # fmt: skip

CHECKS: dict[str, Check] = {name: check for module in _MODULES for name, check in module.CHECKS.items()}
