"""Secrets show themselves nowhere; foreign text can't harm a terminal; logs lose whatever looks like a credential."""

import copy
import dataclasses
import io
import json
import logging
import pickle
import re
import string
import traceback
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from sfharden.text.redact import (
    MASK,
    RedactingFilter,
    Secret,
    mask_credentials,
    may_hold_secret,
    names_secret,
    safe_lines,
    safe_text,
    searchable,
    without_credentials,
    without_last_header,
    without_tokens,
)

TOKEN = "00D5g000001AbCdEAK!AQEAQHfakefakefakefake.notreal_Zz9"
PLAIN = "Zq7-hush_hush"

# Secret ----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Login:
    """What holds a secret in our code."""

    user: str
    token: Secret


class LoginModel(BaseModel):
    """And in a model."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    token: Secret


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(TOKEN)), repr(Secret(TOKEN)), f"{Secret(TOKEN)}", f"{Secret(TOKEN)!r:>60}", f"{Secret(TOKEN):>60}",
        "{}".format(Secret(TOKEN)), "%s %r" % (Secret(TOKEN), Secret(TOKEN)), repr([Secret(TOKEN)]),  # noqa: UP031, UP032 - the old ways are the subject
        repr({"token": Secret(TOKEN)}), repr(Login("ada", Secret(TOKEN))), str(LoginModel(token=Secret(TOKEN))),
        repr(LoginModel(token=Secret(TOKEN))), json.dumps({"token": Secret(TOKEN)}, default=str),
        str(ValueError("refused", Secret(TOKEN))),
    ],
)  # fmt: skip
def test_a_secret_shows_only_the_mask(shown: str) -> None:
    assert MASK in shown
    assert TOKEN[:8] not in shown
    assert "AQEAQH" not in shown


def test_only_reveal_gives_the_value() -> None:
    secret = Secret(TOKEN)
    assert secret.reveal() == TOKEN
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        len(secret)  # type: ignore[arg-type] # that it has no length is the point
    with pytest.raises(TypeError):
        list(secret)  # type: ignore[call-overload] # nor characters
    with pytest.raises(TypeError):
        secret + ""  # type: ignore[operator] # nor can it be joined to a text by accident


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_never_pickled(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN), protocol)
    with pytest.raises(TypeError):
        pickle.dumps({"login": Login("ada", Secret(TOKEN))}, protocol)


def test_a_secret_is_never_copied_or_written_as_json_by_accident() -> None:
    for attempt in (copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            attempt(Secret(TOKEN))
    with pytest.raises(TypeError):
        dataclasses.asdict(Login("ada", Secret(TOKEN)))
    with pytest.raises(ValueError, match="serialize"):
        LoginModel(token=Secret(TOKEN)).model_dump_json()


def test_a_traceback_with_a_secret_in_its_frames_does_not_show_it() -> None:
    def fail(token: Secret) -> None:
        raise ValueError(f"refused {token}")

    try:
        fail(Secret(TOKEN))
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert MASK in shown
    assert TOKEN not in shown


def test_secrets_compare_by_value_and_with_nothing_else() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert hash(Secret("a")) != hash("a")
    assert (bool(Secret("")), bool(Secret("a"))) == (False, True)


# Foreign text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"), ("Zürich 東京 🔒", "Zürich 東京 🔒"), ("a\tb\r\nc", "a b  c"),
        ("\x1b[31mred\x1b[0m", "�[31mred�[0m"), ("bell\x07\x08\x00\x7f\x9b", "bell�����"),
        ("user\u202egpj.exe", "user�gpj.exe"), ("\u2066x\u2069\u200b\ufeff", "�x���"), ("\ud800\udcff", "��"),
        ("\u2028\u2029", "��"), ("\ue000\U0010fffd", "��"), ("", ""),
    ],
)  # fmt: skip
def test_harmful_characters_are_replaced_and_others_kept(text: str, expected: str) -> None:
    assert safe_text(text) == expected


@given(st.text(st.characters(codec=None), max_size=500), st.integers(1, 450))
def test_safe_text_is_short_printable_and_stable(text: str, limit: int) -> None:
    safe = safe_text(text, limit=limit)
    assert len(safe) <= limit
    assert all(unicodedata.category(one)[0] != "C" and one not in "\u2028\u2029" for one in safe)
    assert "\n" not in safe
    safe.encode("utf-8")
    assert safe_text(safe, limit=limit) == safe


def test_long_text_is_cut_and_says_so() -> None:
    assert safe_text("x" * 400) == "x" * 400
    assert safe_text("x" * 401) == "x" * 399 + "…"
    assert safe_text("\x00" * 100_000, limit=5) == "����…"


def test_lines_stay_lines_and_are_cleaned_one_by_one() -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{PLAIN}\n-----END PRIVATE KEY-----"
    assert safe_lines(f"  a\x1b\n    b\u202e c\n{key}\nlast\n") == f"  a�\n    b� c\n{MASK}\nlast"
    assert safe_lines("") == ""


# Credentials in text ---------------------------------------------------------------------------

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJub25lIn0.c2lnbmF0dXJl"
SHAPES = [
    f"GET /services/data {TOKEN}", f"Authorization: Bearer {PLAIN}", f"authorization: bearer {PLAIN}",
    f"Authorization: OAuth {TOKEN}", f"sid={TOKEN}; path=/", f"<sessionId>{TOKEN}</sessionId>", f"assertion={JWT}",
    JWT, f'{{"id_token":"{JWT}"}}', "5Aep861fakefakefakefakefake.notreal", f"access_token={PLAIN}&x=1",
    f'{{"access_token": "{PLAIN}"}}', f'{{"refresh_token":"{PLAIN}","scope":"api"}}', f"client_secret={PLAIN}",
    f"token={PLAIN}", f"POST /revoke token={PLAIN}", f"password: {PLAIN}", f"https://x.example/?code={PLAIN}&state=1",
    f"https://x.example/a?sp=%2F&sig={PLAIN}", f"CLIENT_SECRET={PLAIN}", f"sessionId={PLAIN}",
    f"-----BEGIN PRIVATE KEY----- {PLAIN}",
]  # fmt: skip
# Shapes that real libraries and shells write, and that the masking lets through today.
LEAKS = [
    f"-----BEGIN RSA PRIVATE KEY-----\n{PLAIN}\n-----END RSA PRIVATE KEY-----",
    f"{{'client_secret': '{PLAIN}'}}",
    f"SF_CLIENT_SECRET={PLAIN}",
    f"SF_ACCESS_TOKEN={PLAIN}",
    f'{{\\"access_token\\": \\"{PLAIN}\\"}}',
    f"<password>{PLAIN}</password>",
    f"Authorization: Basic {PLAIN}",
    f'{{"password": "open {PLAIN}"}}',
    f"sid={TOKEN.replace('!', '%21')}",
    f"https://robot:{PLAIN}@acme.example/x",
]  # fmt: skip


def hidden(text: str) -> bool:
    """True if nothing of the made-up credentials is left."""
    return not any(part in text for part in ("AQEAQH", "hush", "notreal", JWT[:15], JWT[-12:]))


@pytest.mark.parametrize("text", SHAPES)
def test_every_shape_of_a_credential_is_masked(text: str) -> None:
    assert not hidden(text)
    masked = mask_credentials(text)
    assert hidden(masked)
    assert MASK in masked


@pytest.mark.parametrize("text", LEAKS)
def test_further_shapes_are_masked(text: str) -> None:
    assert hidden(mask_credentials(text))


@pytest.mark.parametrize(
    "text",
    [
        f"consumerSecret={PLAIN}", f"clientSecret: {PLAIN}", f"apiKey={PLAIN}", f"passwd={PLAIN}", f"accessToken={PLAIN}",
    ],
)  # fmt: skip
def test_the_names_of_files_are_known_too(text: str) -> None:
    assert hidden(mask_credentials(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The profile has 3 ranges.",
        "00D5g000001AbCdEAK",
        "https://acme.my.salesforce.com/services/oauth2/token",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert mask_credentials(text) == text


letters = st.text(string.ascii_letters + string.digits, min_size=12, max_size=12)
bodies = st.text(string.ascii_letters + string.digits + "._", min_size=20, max_size=100)


@given(st.text(max_size=60), letters, st.sampled_from(["", "EAK"]), bodies, st.text(max_size=60))
def test_a_token_anywhere_disappears(before: str, org: str, rest: str, body: str, after: str) -> None:
    masked = mask_credentials(f"{before}00D{org}{rest}!{body}{after}")
    assert f"!{body}" not in masked
    assert body not in masked.removeprefix(before).removesuffix(after)


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_credentials(text)
    assert mask_credentials(once) == once


@pytest.mark.parametrize(
    ("name", "secret"),
    [("consumerSecret", True), ("ACCESSTOKEN", True), ("userPassword", True), ("apikey", True),
     ("refreshTokenPolicy", False), ("minimumPasswordLength", False), ("label", False)],
)  # fmt: skip
def test_some_names_say_that_a_text_is_a_secret(name: str, secret: bool) -> None:
    assert names_secret(name) == secret


def test_only_addresses_and_descriptions_lose_more_than_tokens() -> None:
    for name in ("description", "startUrl"):
        assert without_credentials(name, f"client_secret={PLAIN}") == f"client_secret={MASK}"
    assert without_credentials("label", f"https://u:{PLAIN}@a.example") == f"https://{MASK}@a.example"
    assert without_credentials("label", "token: bearer one") == "token: bearer one"
    assert without_credentials("label", f"a {TOKEN}") == f"a {MASK}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("For the JWT bearer flow", False), ("OAuth 2.0 (JWT) Bearer Token flow.", False), ("Bearer apps", False), ("JWT BEARER APP", False),
        ("JWT bearer\nflow", False), ("JWT bearer tokens, password: x", True), (f"header bearer {PLAIN}", True),
        ("Authorization: Bearer abc", True), ("a bearer abc.def", True), ("a bearer abc123", True), ("a bearer abcdefghijklmnop", True),
        ("a bearer abcDef", True), ("a bearer abc=", True), ("token=bearer abc", True), ("nothing", False),
    ],
)  # fmt: skip
def test_the_name_of_a_flow_is_no_secret(text: str, told: bool) -> None:
    assert may_hold_secret("description", text) == told


# What a long text costs -------------------------------------------------------------------------

LONG = 30_000
WORDS = st.lists(
    st.sampled_from(
        ["eyJ", "eyJhbGciOiJSUzI1NiJ9", "5Aep861fakefakefakefakefake", "00D5g000001AbCd", "!", ".", "-", " ", "\n",
         "Authorization", ":", "bearer", "é", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def jwts(text: str) -> list[int]:
    """Where the tokens begin, found the slow way."""
    return [one.start() for one in re.finditer(r"(?=eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[\w-]*)", text)]


def headers(text: str) -> list[int]:
    """Where headers with a value begin, found the slow way."""
    found = re.finditer(r"""(?=(?i:authorization["']?\s*[:=]\s*["']?\S+\s+)\S+)""", text)
    return [one.start() for one in found]


@given(WORDS)
def test_what_is_left_to_search_has_every_token_where_it_was(text: str) -> None:
    for left in (searchable(text), without_last_header(text)):
        assert len(left) == len(text)
        assert (jwts(left), headers(left)) == (jwts(text), headers(text))


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("eyJ" * LONG, 0),
        ("eyJ" * LONG + "." + "eyJ" * LONG, 0),
        ("eyJ." * LONG + "x", LONG),  # of which none reaches beyond a dot
        ("x" * LONG + "eyJ", 0),
    ],
)
def test_no_row_of_beginnings_is_searched_from_each_of_them(text: str, most: int) -> None:
    assert searchable(text).count("eyJ") <= most
    assert without_tokens(text) == text
    assert mask_credentials(text) == text


def test_a_row_that_does_begin_a_token_is_masked_from_its_first() -> None:
    row = "eyJ" * LONG
    assert without_tokens(f"a-{row}.{row}.x b") == f"a-{MASK} b"


@pytest.mark.parametrize("end", ["", " ", "\n" * LONG])
def test_no_row_of_headers_is_searched_from_each_of_them(end: str) -> None:
    row = "authorization:" * LONG
    assert "authorization" not in without_last_header(row + end)
    assert mask_credentials(row + end) == row + end
    assert mask_credentials(f"{row} {PLAIN}{end}") == MASK + end


# Logs ------------------------------------------------------------------------------------------


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    """A logger with the filter, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.Logger("a library", logging.DEBUG)
    logger.addHandler(handler)
    return logger, written


def test_the_filter_masks_messages_and_arguments(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.debug("send: %s", f"Bearer {PLAIN}")
    logger.warning(f"token={PLAIN}")
    logger.info("%(access_token)s and %(n)d", {"access_token": TOKEN, "n": 3})
    logger.info("100 % sure")
    assert hidden(written.getvalue())
    assert written.getvalue().count(MASK) == 3
    assert "and 3" in written.getvalue()
    assert "100 % sure" in written.getvalue()


def test_the_filter_drops_tracebacks(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logger.exception("failed")
    assert written.getvalue() == "ERROR failed\n"


def test_a_percent_sign_in_a_masked_message_is_not_formatted_again(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, written = log
    logger.info("%s", "50%s off")
    assert written.getvalue() == "INFO 50%s off\n"


# The log of a build ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["##vso[task.setvariable variable=A]b", "x ##VSO[task.complete]", "a##[error]b", "::error::x", "a ::stop-commands::b",
     "###vso[a]b", "::Add-Mask::a", "::add-path::a", "::add-matcher::a"],
)  # fmt: skip
def test_a_name_gives_no_command_to_a_build(name: str) -> None:
    shown = safe_text(name).lower()
    assert "##vso[" not in shown
    assert "##[" not in shown
    assert not any(f"::{word}" in shown for word in ("error", "stop", "add"))


@pytest.mark.parametrize(
    "name",
    [
        "2001:db8::1",
        "::add-::aff",
        "2001:db8::add-beef::1",
        "::ffff:192.0.2.1",
        "## Sales",
        "C#",
        "Apex::Class",
        "# [1]",
    ],
)
def test_what_is_no_command_stays(name: str) -> None:
    assert safe_text(name) == name
