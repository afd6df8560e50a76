"""Names of elements: whatever spelling a secret's has, its text is not kept; and damage is told from another name."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.sources.metadata_names import damaged_forms, kept_below, kept_text
from sfharden.sources.metadata_types import SECRET_ELEMENTS

NOT_KEPT = "(present, not kept)"
SECRET = "s3cr3t-Value_42"


@pytest.mark.parametrize(
    "name", [*sorted(SECRET_ELEMENTS), "consumerSecrte", "CONSUMERSECRET", "appSecretKey", "certificte"]
)
def test_a_secret_is_kept_as_the_fact_that_it_is_there(name: str) -> None:
    assert kept_text(name, SECRET) == NOT_KEPT


@pytest.mark.parametrize("text", ["", "true", "false"])
def test_a_yes_or_no_about_secrets_is_kept(text: str) -> None:
    assert kept_text("isConsumerSecretOptional", text) == text


def test_a_consumer_key_becomes_a_short_hash() -> None:
    assert kept_text("consumerKey", SECRET) == f"sha256:{sha256(SECRET.encode()).hexdigest()[:12]}"
    assert kept_text("consumerKye", SECRET).startswith("sha256:")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("callbackUrl", f"https://u:{SECRET}@x.example/"),
        ("startUrl", f"/path?access_token={SECRET}"),
        ("other", f"https://x.example/?client_secret={SECRET}"),
        ("description", f"password={SECRET}"),
        ("label", f"00D5g000001AbCdEAK!{SECRET}"),
    ],
)
def test_credentials_in_other_texts_are_masked(name: str, text: str) -> None:
    assert SECRET not in kept_text(name, text)


@given(st.text("abcdefghij :-_ä", max_size=30))
def test_a_plain_text_is_kept_as_it_is(text: str) -> None:
    assert kept_text("label", text) == text


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("ipRelaxation", False),
        ("ipRelaxtion", True),
        ("iprelaxation", True),
        ("ipRelaxationn", True),
        ("relaxation", False),
        ("label", False),
        ("", False),
    ],
)
def test_damage_is_nearly_a_name_and_not_quite(name: str, damaged: bool) -> None:
    assert damaged_forms(name, frozenset({"ipRelaxation"})) == (("ipRelaxation",) if damaged else ())


def test_every_name_that_may_be_meant_is_told() -> None:
    assert damaged_forms("scope", frozenset({"scopes", "scoped", "label"})) == ("scoped", "scopes")


@pytest.mark.parametrize("path", ["consumerSecret.a", "oauthConfig.APIKey.a.b", "oauthConfig.consumerSecret"])
def test_what_stands_below_a_secret_is_one(path: str) -> None:
    assert kept_below(path, SECRET) == NOT_KEPT
    assert kept_below(path, "true") == "true"


def test_what_stands_below_anything_else_is_kept_by_its_own_name() -> None:
    assert kept_below("oauthConfig.label", SECRET) == kept_below("label", SECRET) == SECRET
    assert kept_below("oauthConfig.consumerKey", SECRET) == kept_text("consumerKey", SECRET)
