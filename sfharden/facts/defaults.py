"""Settings that Salesforce leaves out of a file, and what their absence means by its documentation.

An absence counts only where the file is whole: handed out by a running org, or with an element in it that
shows that nobody cut it down. Then the assumption is said beside the value.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sfharden.facts import values as facts
from sfharden.facts.values import Fact
from sfharden.model import kinds
from sfharden.model.snapshot import Component


class Default(NamedTuple):
    """What absence means. `together` are left out together or not at all; `mark` is in every whole file.

    Without a mark only what a running org hands out is taken for whole.
    """

    value: str
    together: tuple[str, ...]
    mark: str = ""


_ACCESS_CONTROL: Final = ("enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser")
# Metadata API Guide, ConnectedAppSettings: both are false by default, and can't be seen until Salesforce
# Support enables API Access Control. The third element of the type is always there (14 of 15 public files
# have it and lack these two). OauthOidcSettings and MyDomainSettings: false by default, too.
_DEFAULTS: Final[Mapping[tuple[str, str], Default]] = {
    **{
        (kinds.CONNECTED_APP_SETTINGS, path): Default(
            "false", _ACCESS_CONTROL, "enableSkipUserProvisioningWizardWelcomePage"
        )
        for path in _ACCESS_CONTROL
    },
    **{
        (kinds.OAUTH_OIDC, path): Default("false", (path,))
        for path in ("blockOAuthUnPwFlow", "blockOAuthUsrAgtFlow")
    },
    **{
        (kinds.MY_DOMAIN, path): Default("false", (path,))
        for path in ("canOnlyLoginWithMyDomainUrl", "doesApiLoginRequireOrgDomain")
    },
}


def setting(component: Component, path: str, *, live: bool) -> Fact[str]:
    """The text of a setting as `values.text` gives it, or its documented default where absence counts as one.

    `live`: a running org handed the file out. Of a default the fact's `text` says that it is one.
    Raises CannotTell.
    """
    known = _DEFAULTS.get((component.kind, path))
    if known is None or not _is_left_out(component, known, live=live):
        return facts.text(component, path)
    for one in known.together:
        facts.refuse_gap(component, one)
    return Fact(known.value, f"{known.value} (by default: it's not in the file)", component.where())


def is_default(component: Component, path: str, *, live: bool) -> bool:
    """True if the setting isn't in the file, and its absence counts as its default."""
    known = _DEFAULTS.get((component.kind, path))
    return known is not None and _is_left_out(component, known, live=live)


def _is_left_out(component: Component, known: Default, *, live: bool) -> bool:
    whole = live or bool(known.mark and facts.has(component, known.mark))
    return whole and not any(facts.has(component, one) for one in known.together)
