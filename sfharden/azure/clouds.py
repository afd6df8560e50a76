"""The clouds that Azure Resource Manager answers in: where each is, and what a token for it says."""

from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.objects import get, text
from sfharden.errors import AuthError
from sfharden.web.origin import WebOrigin, origin_of, server_at

ENDPOINT_VARIABLE: Final = "SFHARDEN_AZURE_ENDPOINT"
_WANTED: Final = "The Azure endpoint must look like https://management.azure.com"
# The application that ARM is to Entra ID, in every cloud: tokens of version 2 may name it by this id instead of by
# its address (Microsoft Learn, first-party applications: Windows Azure Service Management API).
_ARM_APPLICATION: Final = "797f4846-ba00-4fd7-ba43-dac1f8f63013"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One ARM. `resource` is what a token is asked for; `audiences` is what its `aud` may say, None anything.

    `login` is the host that signs in; empty where nobody told it.
    """

    name: str
    origin: WebOrigin
    resource: str
    audiences: frozenset[str] | None
    login: str = ""

    def accepts(self, audience: str) -> bool:
        """Whether a token for this audience is one for this ARM."""
        return self.audiences is None or _bare(audience) in self.audiences


def _bare(audience: str) -> str:
    return audience.lower().rstrip("/")


def _cloud(name: str, host: str, resource: str, others: tuple[str, ...], login: str) -> Cloud:
    origin = WebOrigin("https", host, 443)
    audiences = frozenset({str(origin), resource, *others, _ARM_APPLICATION})
    return Cloud(name, origin, resource, audiences, login)


# azure.mgmt.core.tools.get_arm_endpoints and azure-identity's constants; the names are those of `az cloud list`. The
# resource of the US Government's differs from its host. management.core.* is ARM's older name in each cloud.
PUBLIC: Final = _cloud(
    "AzureCloud",
    "management.azure.com",
    "https://management.azure.com",
    ("https://management.core.windows.net",),
    "login.microsoftonline.com",
)
US_GOVERNMENT: Final = _cloud(
    "AzureUSGovernment",
    "management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net",
    (),
    "login.microsoftonline.us",
)
CHINA: Final = _cloud(
    "AzureChinaCloud",
    "management.chinacloudapi.cn",
    "https://management.chinacloudapi.cn",
    ("https://management.core.chinacloudapi.cn",),
    "login.chinacloudapi.cn",
)
CLOUDS: Final = (PUBLIC, US_GOVERNMENT, CHINA)


def cloud_at(endpoint: str) -> Cloud:
    """The cloud whose ARM is at this address, as a user writes it; another than the three is a cloud of its own.

    Raises UsageError for a path, a user name, or plain http to another machine.
    """
    return _known_or_own(server_at(endpoint, _WANTED))


def _known_or_own(origin: WebOrigin, name: str = "", resource: str = "", login: str = "") -> Cloud:
    known = next((cloud for cloud in CLOUDS if cloud.origin == origin), None)
    if known:
        return known
    # Plain http to this machine shows the token to nobody, whoever it is for.
    accepted = None if origin.is_loopback else frozenset({str(origin), _bare(resource or str(origin))})
    return Cloud(name or "another cloud", origin, resource or str(origin), accepted, login)


def cloud_of(audience: str) -> Cloud | None:
    """The cloud that a token of this audience is for; None where it doesn't tell."""
    bare = _bare(audience)
    if bare == _ARM_APPLICATION:
        return None
    return next((cloud for cloud in CLOUDS if cloud.audiences and bare in cloud.audiences), None)


def cloud_signed_in_at(authority: str) -> Cloud | None:
    """The cloud that this host signs in to, with or without its scheme; None for any other."""
    host = authority.lower().removeprefix("https://").rstrip("/")
    return next((cloud for cloud in CLOUDS if cloud.login == host), None)


def cloud_shown(told: Any) -> Cloud:
    """The cloud that `az cloud show` tells. Raises AuthError where it tells no usable address."""
    endpoints = get(told, "endpoints")
    manager = text(get(endpoints, "resourceManager"))
    origin = origin_of(manager)
    if origin is None or (origin.scheme == "http" and not origin.is_loopback):
        raise AuthError("The Azure CLI tells no usable address of Azure", "Try `az cloud show`.")
    login = origin_of(text(get(endpoints, "activeDirectory")))
    resource = text(get(endpoints, "activeDirectoryResourceId"))
    return _known_or_own(origin, text(get(told, "name")), resource, login.host if login else "")
