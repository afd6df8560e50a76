"""The healthy org of `tests.orgs.metadata` in a second form, and ways to damage either: cut off, or one element gone.

`EXTERNAL` has the app as an external client app in five files. Both forms hold a profile's session override.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, Control, Policy, load_policy
from sfharden.model.integration import Egress, Integration, Waiver
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Component, Gap, Snapshot, Source, Tool
from sfharden.sources.metadata_files import kind_and_name
from sfharden.sources.metadata_types import SETTINGS_NAMES
from sfharden.sources.metadata_xml import BadMetadata
from tests.orgs.metadata import APP, HEALTHY, INTEGRATION, NOW, parsed, without, xml

Files = Mapping[str, str]

OVERRIDE: Final = "profileSessionSettings/Logic_Apps.profileSessionSetting"
ECA: Final = "externalClientApps/Azure_Logic_Apps.eca"
ECA_OAUTH: Final = "extlClntAppOauthSettings/Azure_Logic_Apps_oauth.ecaOauth"
ECA_GLOBAL: Final = "extlClntAppGlobalOauthSets/Azure_Logic_Apps_glbloauth.ecaGlblOauth"
ECA_OAUTH_POLICY: Final = "extlClntAppOauthPolicies/Azure_Logic_Apps_oauthPlcy.ecaOauthPlcy"
ECA_POLICY: Final = "extlClntAppPolicies/Azure_Logic_Apps_plcy.ecaPlcy"

_OVERRIDES: Final[Files] = {
    OVERRIDE: xml(
        "ProfileSessionSetting",
        "<profile>logic apps integration</profile>\n<sessionTimeout>30</sessionTimeout>",
    )
}
CONNECTED: Final[Files] = {**HEALTHY, **_OVERRIDES}

_PARENT = "<externalClientApplication>Azure_Logic_Apps</externalClientApplication>"
EXTERNAL: Final[Files] = {
    **without(APP),
    **_OVERRIDES,
    ECA: xml(
        "ExternalClientApplication",
        "<distributionState>Local</distributionState>\n<label>Azure Logic Apps</label>",
    ),
    ECA_OAUTH: xml(
        "ExtlClntAppOauthSettings",
        f"<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>\n{_PARENT}\n"
        "<label>Azure Logic Apps OAuth</label>",
    ),
    ECA_GLOBAL: xml(
        "ExtlClntAppGlobalOauthSettings",
        f"<callbackUrl>https://logic-apps.acme.example/callback</callbackUrl>\n{_PARENT}\n"
        "<isIntrospectAllTokens>false</isIntrospectAllTokens>\n<isPkceRequired>true</isPkceRequired>\n"
        "<label>Azure Logic Apps global OAuth</label>",
    ),
    ECA_OAUTH_POLICY: xml(
        "ExtlClntAppOauthConfigurablePolicies",
        f"<commaSeparatedProfile>Logic Apps Integration</commaSeparatedProfile>\n{_PARENT}\n"
        "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>\n"
        "<label>Azure Logic Apps OAuth policy</label>\n"
        "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>\n"
        "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType>\n"
        "<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>\n"
        "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
    ),
    ECA_POLICY: xml(
        "ExtlClntAppConfigurablePolicies",
        f"{_PARENT}\n<isEnabled>true</isEnabled>\n<label>Azure Logic Apps policy</label>",
    ),
}


def swapped(files: Files, path: str, *swaps: tuple[str, str]) -> dict[str, str]:
    """The files with texts of one file replaced; each old text must be there."""
    text = files[path]
    for old, new in swaps:
        assert old in text, f"{old!r} is not in {path}"
        text = text.replace(old, new)
    return {**files, path: text}


def cut_off(files: Files, *paths: str) -> dict[str, str]:
    """The files, some of which end in the middle."""
    assert set(paths) <= set(files)
    return {path: text[: len(text) // 2] if path in paths else text for path, text in files.items()}


def elements(text: str) -> Iterator[tuple[str, str]]:
    """Each element below the root of a document, as its name and its whole text."""
    opened: list[tuple[str, int]] = []
    for tag in re.finditer(r"<(/?)([A-Za-z]+)[^>]*?(/?)>", text):
        closing, name, empty = tag.groups()
        if not closing and not empty:
            opened.append((name, tag.start()))
            continue
        start = tag.start() if empty else opened.pop()[1]
        if opened:
            yield name, text[start : tag.end()]


def outcome(path: str, text: str) -> Component | Gap:
    """What reading one file gives; a file that can't be read is a gap."""
    try:
        return parsed(path, text)
    except BadMetadata as problem:
        kind, name = kind_and_name(path)
        return Gap(what=path, reason=problem.reason, kind=kind or SETTINGS_NAMES[name.lower()], name=name)


def snapshot(files: Files, *, api_version: str | None = None) -> Snapshot:
    """The files, read as a source reads them."""
    return assembled((outcome(path, text) for path, text in files.items()), api_version=api_version)


def assembled(read: Iterable[Component | Gap], *, api_version: str | None = None) -> Snapshot:
    """The snapshot of what was read."""
    found = list(read)
    components = (one for one in found if isinstance(one, Component))
    return Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="files", name="test", api_version=api_version),
        components=tuple(sorted(components, key=lambda one: (one.kind, one.name, one.file))),
        gaps=tuple(one for one in found if isinstance(one, Gap)),
    )


def integration(**changes: Any) -> Integration:
    """The integration with some fields changed; `egress` and `operator_ranges` are texts of ranges."""
    if "egress" in changes and not isinstance(changes["egress"], Egress):
        changes["egress"] = Egress(addresses=AddressSet.of(changes["egress"]))
    if "operator_ranges" in changes:
        changes["operator_ranges"] = AddressSet.of(changes["operator_ranges"])
    return INTEGRATION.model_copy(update=changes)


@cache
def shipped() -> tuple[Policy, ...]:
    """The policies that `check` takes by itself."""
    return tuple(load_policy(name) for name in DEFAULT_POLICIES)


def control(control_id: str, **parameters: Any) -> Control:
    """One shipped control, with some parameters changed."""
    found = next(one for policy in shipped() for one in policy.controls if one.id == control_id)
    return found.model_copy(update={"with_": {**found.with_, **parameters}})


def setting(**parameters: Any) -> Control:
    """A control of a user's that uses the generic check."""
    like = control("api-access-control-on")
    return like.model_copy(update={"id": "mine", "check": "setting", "with_": parameters})


def policy_of(*controls: Control, name: str = "test") -> Policy:
    """A policy of these controls."""
    return Policy(name=name, title="test", source="test", controls=controls)


def report(
    files: Files,
    *controls: Control,
    by: Iterable[Integration] = (INTEGRATION,),
    waivers: Iterable[Waiver] = (),
    api_version: str | None = None,
) -> Report:
    """The report on some controls, or on every shipped one."""
    policies = [policy_of(*controls)] if controls else shipped()
    return evaluate(snapshot(files, api_version=api_version), policies, tuple(by), tuple(waivers), NOW, "0")


def verdict(control_id: str, files: Files, by: Integration = INTEGRATION, **parameters: Any) -> Result:
    """The result of one shipped control, of which there must be exactly one."""
    api_version = parameters.pop("api_version", None)
    (result,) = report(files, control(control_id, **parameters), by=[by], api_version=api_version).results
    return result


def status(control_id: str, files: Files, by: Integration = INTEGRATION, **parameters: Any) -> str:
    """The status of one shipped control, of which there must be exactly one result."""
    return verdict(control_id, files, by, **parameters).status.value


def by_subject(control_id: str, files: Files) -> dict[str, str]:
    """The status of each subject; no two subjects may have one name."""
    results = report(files, control(control_id)).results
    found = {result.subject.name: result.status.value for result in results}
    assert len(found) == len(results)
    return found


def shown(result: Result) -> str:
    """All that a person reads of a result."""
    parts = (f"{one.what} {one.observed} {one.expected} {one.source}" for one in result.evidence)
    return "\n".join((result.message, *parts))
