"""What stays of one text, by where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.calls import calls_salesforce
from sfharden.azure.masked_texts import Keep, masked_text

API = "/subscriptions/s/providers/Microsoft.Web/locations/westeurope/managedApis/salesforce"


@pytest.mark.parametrize(
    ("keep", "text", "masked"),
    [
        (Keep.OPEN, "westeurope", "westeurope"),
        (Keep.OPEN, "a;AccountKey=abc", "***"),
        (Keep.NOTHING, "hello", "***"),
        (Keep.NOTHING, "", ""),
        (Keep.NOTHING, "@body('Get_secret')?['value']", "@body('Get_secret')?['value']"),
        (Keep.NOTHING, "Bearer @{body('x')}", "***@{body('x')}"),
        (Keep.NOTHING, "@concat('Bearer ', variables('t'))", "@concat('***', variables('t'))"),
        (Keep.NOTHING, "@concat('it''s')", "@concat('***')"),
        (Keep.VALUE, "https://acme.example/own/path?x=y", "https://acme.example/***/***?***=***"),
        (Keep.VALUE, "acme.my.salesforce.com", "acme.my.salesforce.com"),
        (Keep.VALUE, "DefaultEndpointsProtocol=https;AccountName=logs01;AccountKey=x", "AccountName=logs01;***"),
        (Keep.VALUE, "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "@Microsoft.KeyVault(***)"),
        (Keep.ADDRESS, "https://a@b.example:8443/services/data/v58.0/query?q=x#f", "https://***@b.example:8443/services/data/v58.0/query?q=***#***"),
        (Keep.ADDRESS, "https://@{parameters('h')}/services/data/@{body('x')}", "https://@{parameters('h')}/services/data/@{body('x')}"),
        (Keep.ADDRESS, "@{parameters('h')}/services/data", "@{parameters('h')}/services/data"),
        (Keep.ADDRESS, "@concat(parameters('h'), '/services/data')", "@concat(parameters('h'), '/services/data')"),
        (Keep.ADDRESS, "not an address", "***"),
        (Keep.PATH, "/secrets/@{encodeURIComponent('name')}/value", "/secrets/@{encodeURIComponent('***')}/value"),
        (Keep.PATH, "/datasets/default/tables/Account/items", "/datasets/default/tables/***/items"),
        (Keep.ID, API, API),
        (Keep.ID, "https://logic-apis-westeurope.azure-apim.net/apim/salesforce", "https://logic-apis-westeurope.azure-apim.net/apim/salesforce"),
        (Keep.ID, "@parameters('$connections')['salesforce']['connectionId']", "@parameters('$connections')['salesforce']['connectionId']"),
        (Keep.ID, "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc", "***"),
        (Keep.ADDRESS, "@soonToCome('x')", "@***"),
        (Keep.ADDRESS, "https://@{soonToCome('x')}/services/data", "https://@{***}/services/data"),
        (Keep.NOTHING, "@dm1n!Password", "@***"),
        (Keep.WORD, "Post", "Post"),
        (Keep.WORD, "hunter2", "***"),
        (Keep.NAME, "Http", "Http"),
    ],
)  # fmt: skip
def test_what_stays(keep: Keep, text: str, masked: str) -> None:
    assert masked_text(text, keep, in_template=False) == masked


def test_template_expressions_keep_their_calls() -> None:
    text = "[concat('/subscriptions/', subscription().subscriptionId, '/managedApis/', 'salesforce')]"
    assert masked_text(text, Keep.ID, in_template=True) == text
    assert (
        masked_text(text, Keep.NOTHING, in_template=True)
        == "[concat('***', subscription().subscriptionId, '***', '***')]"
    )
    assert masked_text("[my own]", Keep.NOTHING, in_template=True) == "[***]"


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.my.salesforce.com/services/data/v58.0/sobjects/Account?q=SELECT",
        "https://other.example/x/services/data/v58.0/y",
        "https://other.example/x",
        "@{parameters('host')}/services/apexrest/Own",
        "@concat('https://acme.my.salesforce.com', '/x')",
        "@body('x')",
    ],
)
def test_whether_an_address_is_salesforce_s_is_told_as_before(address: str) -> None:
    masked = masked_text(address, Keep.ADDRESS, in_template=False)
    assert calls_salesforce(masked, {}) is calls_salesforce(address, {})


@given(st.text(max_size=80), st.sampled_from(Keep), st.booleans())
def test_masking_twice_changes_nothing(text: str, keep: Keep, in_template: bool) -> None:
    once = masked_text(text, keep, in_template=in_template)
    assert masked_text(once, keep, in_template=in_template) == once


def test_a_text_too_long_to_look_through_is_masked() -> None:
    assert masked_text("a" * 100_001, Keep.OPEN, in_template=False) == "***"
