"""An org's address is taken only where it names a host, safely."""

import pytest

from sfharden.errors import UsageError
from sfharden.salesforce.origin import parse_origin


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://Acme.My.Salesforce.com/", "https://acme.my.salesforce.com"),
        ("https://acme--dev.sandbox.my.salesforce.com:443", "https://acme--dev.sandbox.my.salesforce.com"),
        ("https://org.example:8443", "https://org.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_accepts_scheme_and_host(url: str, text: str) -> None:
    assert str(parse_origin(url)) == text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.my.salesforce.com",
        "https://",
        "https://acme.my.salesforce.com/services",
        "https://acme.my.salesforce.com?x",
        "https://acme.my.salesforce.com/#x",
        "https://me:pw@acme.my.salesforce.com",
        "https://acme.my.salesforce.com:port",
        "https://acme my.salesforce.com",
        "https://acme\\.my.salesforce.com",
        "https://ácme.my.salesforce.com",
        "http://acme.my.salesforce.com",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "http://[::2]",
        "file:///etc/passwd",
        "https://acme.lightning.force.com",
    ],
)
def test_refuses_everything_else(url: str) -> None:
    with pytest.raises(UsageError):
        parse_origin(url)
