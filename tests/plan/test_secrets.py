"""Secrets in metadata files: found by name and by shape, masked and left out, and nothing else is touched."""

import pytest

from sfharden.plan.secrets import credential_line, kept, left_out_names, masked, packaged

APP = b"""<?xml version="1.0" encoding="UTF-8"?>
<ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata">
    <label>App</label>
    <oauthConfig>
        <consumerKey>3MVG9KEY</consumerKey>
        <consumerSecret>HUSH
HUSH</consumerSecret>
        <isConsumerSecretOptional>true</isConsumerSecretOptional>
    </oauthConfig>
    <password>HUSH</password>
</ConnectedApp>
"""
KEY = b"        <consumerKey>3MVG9KEY</consumerKey>\n"
PLAIN = APP.replace(b"HUSH\nHUSH", b"").replace(b"<password>HUSH</password>", b"<password/>")
KEYLESS = PLAIN.replace(KEY, b"")


def test_secrets_are_named_and_switches_and_empty_elements_are_none() -> None:
    assert left_out_names(APP, "f") == ("consumerKey", "consumerSecret", "password")
    assert left_out_names(PLAIN, "f") == ("consumerKey",)
    assert left_out_names(KEYLESS, "f") == ()


def test_what_is_masked_keeps_its_lines() -> None:
    shown = masked(APP, "f")
    assert b"HUSH" not in shown
    assert shown.count(b"\n") == APP.count(b"\n")
    assert b"<consumerSecret>***\n</consumerSecret>" in shown


def test_what_is_left_out_is_the_secret_and_the_key_and_nothing_else() -> None:
    rest = packaged(APP, "f")
    assert b"HUSH" not in rest
    assert b"3MVG9KEY" not in rest
    for stays in (b"<label>App</label>", b"<isConsumerSecretOptional>true<"):
        assert stays in rest
    assert packaged(PLAIN, "f") == KEYLESS
    assert packaged(KEYLESS, "f") == kept(KEYLESS, "f") == KEYLESS
    assert masked(PLAIN, "f") == PLAIN


@pytest.mark.parametrize("data", [APP, PLAIN, APP.replace(b"\n", b"\r\n"), APP.replace(b"\n", b"")])
def test_what_a_snapshot_holds_gives_the_same_package(data: bytes) -> None:
    held = kept(data, "f")
    assert not any(one in held for one in (b"HUSH", b"3MVG9KEY"))
    assert held.count(b"\n") == data.count(b"\n")
    assert packaged(held, "f") == packaged(data, "f")
    assert left_out_names(held, "f") == left_out_names(data, "f")


@pytest.mark.parametrize("name", ["clientSecret", "appSECRET", "tokenSecretValue", "privateKey"])
def test_any_spelling_of_a_secret_s_name_is_one(name: str) -> None:
    data = f"<X><{name}>HUSH</{name}></X>".encode()
    assert left_out_names(data, "f") == (name,)
    assert b"HUSH" not in packaged(data, "f")
    assert b"HUSH" not in masked(data, "f")


@pytest.mark.parametrize(
    "secret",
    [
        b"00D5g000001AbCd!AQEAQHfake.fake_Zz", b"00D5g000001AbCdEAK%21AQEAQHfake", b"5Aep861" + b"x" * 40,
        b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.sig", b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN RSA PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_a_credential_is_found_wherever_it_stands_with_its_line(secret: bytes) -> None:
    assert credential_line(b"<a>\n<description>see " + secret + b"</description>\n</a>") == 2


@pytest.mark.parametrize(
    "text", [b"JWT bearer app", b"00D5g000001AbCdEAK", b"token, secret, password", b"BEGIN PUBLIC KEY"]
)
def test_words_about_credentials_are_none(text: bytes) -> None:
    assert credential_line(b"<description>" + text + b"</description>") == 0
