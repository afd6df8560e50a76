"""The address of an org or a login host, as a user writes it."""

from sfharden.errors import UsageError
from sfharden.web.origin import WebOrigin, server_at


def parse_origin(url: str) -> WebOrigin:
    """The origin of an org's or a login host's address as a user writes it.

    Raises UsageError for a path, a query, a user name, plain http to another machine, or a Lightning host.
    """
    origin = server_at(url, "The org's address must look like https://acme.my.salesforce.com")
    if origin.host.endswith(".lightning.force.com"):
        raise UsageError(
            "A Lightning address does not answer API calls",
            "Use the My Domain address, https://<name>.my.salesforce.com.",
        )
    return origin
