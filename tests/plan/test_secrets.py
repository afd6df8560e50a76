"""Secrets in metadata files: found by name and by shape, masked and left out, and nothing else is touched."""

from typing import Any

import pytest

from sfharden.errors import InputError
from sfharden.plan.secrets import (
    comments,
    credential_line,
    kept,
    left_out_names,
    masked,
    may_hold,
    named_masked,
    packaged,
)

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


@pytest.mark.parametrize(
    "name",
    [
        "clientSecret",
        "appSECRET",
        "tokenSecretValue",
        "privateKey",
        "PASSWORD",
        "userPassword",
        "Accesstoken",
        "refreshToken",
        "APIKey",
        "passwd",
    ],
)
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


# What has no secret's name -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        '<consumerSecret value="HUSH"/>', '<consumerSecret value="HUSH">x</consumerSecret>', '<apiKey><a>HUSH</a></apiKey>',
        "<consumerSecret><a><b>\n</b><b>HUSH</b></a></consumerSecret>",
    ],
)  # fmt: skip
def test_a_secret_is_one_wherever_in_its_element_it_stands(secret: str) -> None:
    data = f"<X>\n{secret}\n<label>a</label></X>".encode()
    shown = masked(data, "f")
    assert b"HUSH" not in packaged(data, "f") + shown
    assert shown.count(b"\n") == data.count(b"\n")
    assert b"<label>a</label>" in shown
    with pytest.raises(InputError, match="holds more than a text") as refused:
        kept(data, "f")
    assert "HUSH" not in refused.value.message


def test_what_only_says_how_a_file_is_written_is_no_secret() -> None:
    nil = b'<X xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><consumerSecret x:nil="true"/></X>'
    assert (left_out_names(nil, "f"), packaged(nil, "f"), kept(nil, "f")) == ((), nil, nil)


MAY_HOLD = [
    ("<infoUrl>https://svc:HUSH@gw.example/</infoUrl>", "infoUrl"),
    ("<startUrl>https://gw.example/cb?client_secret=HUSH</startUrl>", "startUrl"),
    ("<startUrl>/cb?a=b&amp;client_secret=HUSH</startUrl>", "startUrl"),
    ("<other>https&#58;//svc:HUSH@gw.example/</other>", "other"),
    ("<other>https:<![CDATA[//svc:HUSH]]>@gw.example/</other>", "other"),
    ("<other>https:<!-- -->//svc:HUSH@gw.example/</other>", "other"),
    ("<description>client_secret=HUSH</description>", "description"),
    ("<description>clientSecret: HUSH</description>", "description"),
    ("<description>&#112;assword: HUSH</description>", "description"),
    ("<description>a\nand password:\nHUSH</description>", "description"),
    ("<other>&#48;0D5g000001AbCdEAK!HUSH</other>", "other"),
    ('<other secret="HUSH">a</other>', "other"),
    ('<other at="https://svc:HUSH@gw.example">a</other>', "other"),
    ("<customAttributes><formula>&quot;HUSH&quot;</formula><key>consumerSecret</key></customAttributes>", "customAttributes"),
    ("<!-- was: token=HUSH -->", "a comment"),
    ("<!-- old consumerSecret: HUSH -->", "a comment"),
    ("<?note\npassword=HUSH?>", "a comment"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), MAY_HOLD)
def test_a_secret_in_a_value_is_told_by_its_line_and_shown_in_no_diff(text: str, name: str) -> None:
    data = f"<X>\n<label>a</label>\n{text}\n<label>b</label></X>".encode()
    assert may_hold(data, "f") == (f"{name} (line 3)",)
    assert packaged(data, "f") == data, "it must deploy as it was"
    shown = masked(data, "f")
    assert b"HUSH" not in shown
    assert shown.count(b"\n") == data.count(b"\n")
    assert shown.startswith(b"<X>\n<label>a</label>\n")
    assert shown.endswith(b"\n<label>b</label></X>")


@pytest.mark.parametrize(
    "text",
    [
        "<callbackUrl>https://logic-apis-westeurope.consent.azure-apim.net/redirect\nhttps://a.example/?state=1</callbackUrl>",
        "<description>Where tokens and secrets are, see https://wiki.example/a@b</description>",
        "<description>For JWT bearer apps, with a consumer secret</description>",
        "<!-- for the secret, see the vault -->",
        "<consumerSecret>HUSH</consumerSecret>",  # which no package holds
        "<customAttributes><key>team</key><formula>a</formula></customAttributes>",
        "<email>a@b.example</email>",
    ],
)
def test_ordinary_texts_hold_none(text: str) -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<X xmlns="http://soap.sforce.com/2006/04/metadata">'
    data = f"{head}{text}</X>".encode()
    assert may_hold(data, "f") == ()
    assert masked(data, "f") == named_masked(data, "f")


class Looked(bytes):
    """Bytes that count how often they are searched."""

    times = 0

    def find(self, *wanted: Any) -> int:
        """As of any bytes."""
        self.times += 1
        return super().find(*wanted)


@pytest.mark.parametrize(("marks", "found"), [((b"<!--", b"-->"), 1), ((b"<?", b"?>"), 0)])
def test_no_row_of_opened_comments_is_searched_from_each_of_them(
    marks: tuple[bytes, bytes], found: int
) -> None:
    data = Looked(b"<!---->" + marks[0] * 30_000)
    assert len(list(comments(data, marks))) == found
    assert data.times <= 2 * (found + 1)
