"""All checks by the name that policies use."""

from sfharden.checks import apps, live, profiles, settings
from sfharden.checks.common import Check

CHECKS: dict[str, Check] = {**profiles.CHECKS, **apps.CHECKS, **settings.CHECKS, **live.CHECKS}
