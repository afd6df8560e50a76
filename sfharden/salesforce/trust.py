"""Which hosts may get a token: Salesforce's own, this machine, and those that the user vouches for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sfharden.errors import SfhardenError, UsageError
from sfharden.text.redact import safe_text
from sfharden.web.origin import WebOrigin, origin_of

# Whose servers are Salesforce's (Salesforce Help, Allow the Required Domains, and My Domain URL Formats: Hyperforce
# and first-party, Government Cloud, Government Cloud Plus - Defense, and Salesforce on Alibaba Cloud; the Salesforce
# CLI's own list, forcedotcom/sfdx-core `sfdcUrl.ts`). A missing one costs a --trust-host; a wrong one a token.
SALESFORCE_DOMAINS: Final = (
    "salesforce.com",
    "force.com",
    "cloudforce.com",
    "database.com",
    "salesforce.mil",
    "force.mil",
    "cloudforce.mil",
    "crmforce.mil",
    "sfcrmproducts.cn",
    "sfcrmapps.cn",
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Says of a server whether it may get a token. `hosts` are trusted by name, on every port."""

    hosts: frozenset[str] = frozenset()

    def covers(self, origin: WebOrigin) -> bool:
        """True for Salesforce's servers, this machine, and the hosts named."""
        host = origin.host
        return origin.is_loopback or host in self.hosts or _is_salesforce(host)

    def require(self, origin: WebOrigin, error: type[SfhardenError]) -> None:
        """Raise the error unless the server may get a token."""
        if not self.covers(origin):
            host = safe_text(origin.host, limit=80)
            raise error(
                f"{host} is no host of Salesforce's, and gets no token",
                f"If it's yours, such as a gateway before your org, add --trust-host {host}",
            )


SALESFORCE_ONLY: Final = Trust()


def trust_in(hosts: Iterable[str]) -> Trust:
    """Trust in these hosts besides Salesforce's. Raises UsageError for one that is no host's name."""
    return Trust(frozenset(map(_host, hosts)))


def _host(text: str) -> str:
    origin = origin_of(f"https://{text}")
    if origin is None or text.lower() not in (origin.host, f"[{origin.host}]"):
        raise UsageError("--trust-host takes the name of one host", "Without https://, port and path.")
    return origin.host


def _is_salesforce(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in SALESFORCE_DOMAINS)
