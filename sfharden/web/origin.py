"""Where requests may go: one scheme, host and port, parsed strictly."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sfharden.errors import UsageError

_HOST_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class WebOrigin:
    """Scheme, host and port of a server; two origins are the same only if all three are."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this machine, so that plain http shows a token to nobody."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> WebOrigin | None:
    """The origin of an absolute http or https URL; None for anything else, or with a user name in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc or not _is_host(host):
        return None
    return WebOrigin(parts.scheme, host, _DEFAULT_PORTS[parts.scheme] if port is None else port)


def server_at(url: str, wanted: str) -> WebOrigin:
    """The origin of a server's address as a user writes it; `wanted` says what it must look like.

    Raises UsageError for a path, a query, a user name, or plain http to another machine.
    """
    origin = origin_of(url)
    # A backslash is a slash to some readers of addresses, and part of a name to others.
    if origin is None or urlsplit(url).path not in ("", "/") or any(mark in url for mark in "?#\\"):
        raise UsageError(wanted, "Give scheme and host only, without a path or a user name.")
    if origin.scheme == "http" and not origin.is_loopback:
        raise UsageError(
            "Plain http is accepted for loopback addresses only", "Write https:// before the host's name."
        )
    return origin


def _is_host(host: str) -> bool:
    if ":" not in host:
        return bool(_HOST_NAME.fullmatch(host)) and len(host) <= 253
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
