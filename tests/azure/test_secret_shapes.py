"""Secrets by their shape and by the name they stand under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.secret_shapes import (
    hides_one,
    is_placeholder,
    named_secret,
    names_a_secret,
    query_secret,
    shape_of,
)


@pytest.mark.parametrize(
    ("text", "kind", "is_sure"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----\nMII", "private key", True),
        ("Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc", "JSON web token", True),
        ("00D5e000000abcd!AQEAQabcdef", "Salesforce session id", True),
        ("https://x.example/?sid=00D5e000000abcd%21AQEAQabcdef", "Salesforce session id", True),
        ("xoxb-1234567890-abc", "Slack token", True),
        ("https://hooks.slack.com/services/T000/B000/XXXX", "webhook address", True),
        ("https://acme.webhook.office.com/webhookb2/abc@def", "webhook address", True),
        ("https://x.example/a?api-version=1&sig=0123456789abcdef", "signature or key in an address", True),
        ("https://x.azurewebsites.net/api/f?code=0123456789abcdef", "signature or key in an address", True),
        ("sv=2022&sig=0123456789abcdef%3D", "signature or key in an address", True),
        (
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc==",
            "connection string with a key",
            True,
        ),
        ("Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=abc", "connection string with a key", True),
        ("SharedAccessSignature sr=x&sig=abc", "connection string with a key", True),
        ("Server=x;Uid=u;Pwd=hunter2", "connection string with a password", True),
        ("Password=hunter2;Server=x", "connection string with a password", True),
        ("password = hunter2", "password in a text", False),
        ('{"client_secret": "abc"}', "secret in a text", False),
        ("grant_type=client_credentials&client_secret=abc", "secret in a text", False),
        ("https://x.example/?token=abcdef0123", "secret in an address or a form", False),
        ("https://x.example/?a=b&apikey=abcdef0123", "secret in an address or a form", False),
        ("https://x.example/?pass=hunter2", "secret in an address or a form", False),
        ("user=a&pass=hunter2hunter2", "secret in an address or a form", False),
        ("grant_type=x&assertion=abcdef", "secret in an address or a form", False),
        ("https://user:pw@x.example/", "user and password in an address", False),
        ("A" * 43 + "=", "possible key", False),
    ],
)
def test_shapes(text: str, kind: str, is_sure: bool) -> None:
    assert shape_of(text) == (kind, is_sure)
    assert hides_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "***",
        "https://x.example/a?api-version=2016-06-01",
        "https://x.example/a?code=short",
        "AccountKey=<your key>",
        "AccountKey=",
        "Server=x;Password={password};",
        "a file named password",
        "https://x.example/?$skiptoken=abcdef0123",
        "https://x.example/?grant_type=password&scope=token",
        "https://x.example/?token=",
        "https://x.example/?token=<yours>",
        "bypass=everything",
        "the AccountKey is elsewhere",
        "SharedAccessSignature of the bus",
        "00D5e000000abcd",
        "eyJ",
        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/code/providers/Microsoft.Web/connections/sig",
    ],
)
def test_no_shapes(text: str) -> None:
    assert shape_of(text) is None


@pytest.mark.parametrize(
    "text", ["eyJ" * 20_000, "Password=" * 10_000, ";" * 50_000, "a" * 50_000, "://a:" * 20_000]
)
def test_a_long_row_of_beginnings_is_looked_through(text: str) -> None:
    shape_of(text)
    hides_one(text)


@pytest.mark.parametrize(
    ("name", "literal", "is_sure"),
    [
        ("Authorization", "Bearer abc", True),
        ("Ocp-Apim-Subscription-Key", "abc", True),
        ("x-functions-key", "abc", True),
        ("client_secret", "abc", True),
        ("clientSecret", "abc", True),
        ("API_KEY", "abc", True),
        ("connectionString", "abc", True),
        ("sf_password", "abc", False),
        ("pass", "abc", False),
        ("Cookie", "session=abc", False),
        ("X-Auth", "abc", False),
        ("SecurityToken", "abc", False),
    ],
)
def test_names(name: str, literal: str, is_sure: bool) -> None:
    found = named_secret(name, literal)
    assert found is not None
    assert found.is_sure is is_sure
    assert names_a_secret(name)


@pytest.mark.parametrize("literal", ["", " ", "<secret>", "***", "[parameters('x')]", "string"])
def test_what_keeps_the_place_of_a_secret_is_none(literal: str) -> None:
    assert is_placeholder(literal)
    assert named_secret("password", literal) is None
    assert named_secret("Authorization", f"Bearer {literal}") is None


@pytest.mark.parametrize(
    "name", ["continuationToken", "nextPageToken", "signature", "grant_type", "tokenType"]
)
def test_names_of_what_lets_nobody_in(name: str) -> None:
    assert named_secret(name, "abc") is None


def test_code_and_key_are_secrets_in_an_address_only() -> None:
    assert named_secret("code", "AuthorizationFailedForClient") is None
    assert query_secret("code", "0123456789abcdef") is not None
    assert query_secret("code", "short") is None


@given(st.text("abcdefx05AKepI/-.M", max_size=60))
def test_plain_ids_are_passed_over_and_nothing_else(text: str) -> None:
    """With a blank before it no text is plain, so all shapes are looked for."""
    assert shape_of(text) == shape_of(f" {text}")
    assert shape_of(f"AKIAABCDEFGHIJKLMNOP/{text.strip('.-')}") is not None
