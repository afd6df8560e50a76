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
    backup,
    control_plane,
    diagnostics,
    gateway,
    resource_setting,
    rotation,
    storage_logging,
)
from sfharden.checks.common import Check

_MODULES = (
    profiles, ranges, everywhere, callers, permissions, apps, app_access, app_settings, token_allowlist, api_users,
    sessions, settings, tokens, logins, requests, resource_setting,
    diagnostics, control_plane, storage_logging, rotation, backup, gateway,
)  # fmt: skip

CHECKS: dict[str, Check] = {name: check for module in _MODULES for name, check in module.CHECKS.items()}
