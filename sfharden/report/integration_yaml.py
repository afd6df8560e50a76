"""A commented integration file, from what a source holds."""

import json
from collections.abc import Iterator
from typing import Final

from sfharden.addresses import show_ranges
from sfharden.facts.apps import App, apps_of
from sfharden.facts.profiles import login_ranges
from sfharden.model import kinds
from sfharden.model.snapshot import Component, Snapshot
from sfharden.text.names import profile_aliases
from sfharden.text.redact import safe_text

_MOST_LISTED: Final = 40


def integration_text(snapshot: Snapshot) -> str:
    """The text of an integration file; every name from the source is quoted or in a comment made safe."""
    apps = apps_of(snapshot.components)
    profiles = sorted(snapshot.of_kind(kinds.PROFILE), key=lambda one: (not _is_likely(one), one.name))
    app = _quoted((apps[0].labels or (apps[0].name,))[0]) if apps else '"EDIT: name of the app"'
    profile = _quoted(profiles[0].name) if profiles else '"EDIT: name of the profile"'
    lines = [
        "# An integration: one app, the profile its users have, and the addresses it calls from.",
        "# Lines marked EDIT need your facts; until then, what rests on them is unknown or failed, never passed.",
        "version: 1",
        "integrations:",
        "  - name: my-integration        # EDIT: any name; it stands in reports",
        "    # The connected app or external client app, by API name or label. Found:",
        *_comments(_app_line(one) for one in apps),
        f"    app: {app}",
        "    # The dedicated profile, by API name or label. Found, with login ranges:",
        *_comments(_profile_line(one) for one in profiles),
        f"    profile: {profile}",
        "    # clone_from: Minimum Access - Salesforce   # to make the profile from, where there's none yet",
        "    users: [EDIT@example.invalid]   # EDIT: the usernames that the integration signs in with",
        "    # Where it calls from; any mix of the three. Paths are relative to this file.",
        "    egress:",
        "      - logic_app: EDIT.json   # EDIT: az resource show --ids ID > my-logic-app.json",
        "      # - service_tags: ServiceTags_Public.json",
        "      #   tag: AzureConnectors.WestEurope",
        "      # - ranges: [192.0.2.0/28, 192.0.2.40-192.0.2.47]",
        "    operator_ranges: [0.0.0.0]   # EDIT: an address of yours; the way in that must survive",
        "    # hardened_at: 2026-11-20T09:00:00Z   # when the hardening was done",
        "# waivers:",
        "#   - {control: app-pkce-required, subject: my app, reason: why, owner: who, expires: 2027-01-31}",
    ]
    return "\n".join(lines) + "\n"


def _is_likely(profile: Component) -> bool:
    """Custom profiles come first, and only those can be dedicated."""
    return any(value.text == "true" for value in profile.values.get("custom", ()))


def _comments(lines: Iterator[str]) -> Iterator[str]:
    listed = list(lines)
    for line in listed[:_MOST_LISTED] or ["none"]:
        yield f"    #   {safe_text(line, limit=160)}"
    if len(listed) > _MOST_LISTED:
        yield f"    #   and {len(listed) - _MOST_LISTED} more"


def _app_line(app: App) -> str:
    labels = f" ({', '.join(app.labels)})" if app.labels else ""
    return f"{app.name}{labels}, {app.kind}"


def _profile_line(profile: Component) -> str:
    ranges = login_ranges(profile)
    names = " = ".join(profile_aliases(profile.name))
    broken = "; some can't be read" if ranges.broken else ""
    return f"{names}: {show_ranges(ranges.addresses)}{broken}"


def _quoted(name: str) -> str:
    """A string that YAML reads as the name, whatever is in it: JSON's, but for what JSON writes as two halves."""
    parts = (f"\\U{ord(one):08X}" if ord(one) > 0xFFFF else json.dumps(one)[1:-1] for one in name)
    return f'"{"".join(parts)}"'
