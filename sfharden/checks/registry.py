"""All checks by the name that policies use."""

from sfharden.checks import apps, live, permissions, profiles, sessions, settings
from sfharden.checks.common import Check

_MODULES = (profiles, permissions, apps, sessions, settings, live)

CHECKS: dict[str, Check] = {name: check for module in _MODULES for name, check in module.CHECKS.items()}
