"""A token goes to Salesforce, to this machine, or to a host that the user named."""

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AuthError, UsageError
from sfharden.salesforce.auth import SignInDoors, sign_in_with_client_credentials, sign_in_with_token
from sfharden.salesforce.connect import connect
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.trust import SALESFORCE_DOMAINS, SALESFORCE_ONLY, trust_in
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from sfharden.web.origin import origin_of

from .kit import ORG, TOKEN, FakeTime


@pytest.mark.parametrize(
    "host",
    [
        "acme.my.salesforce.com",
        "acme--dev.sandbox.my.salesforce.com",
        "na123.salesforce.com",
        "login.salesforce.com",
        "acme.my.salesforce.mil",
        "acme.my.sfcrmproducts.cn",
        "acme.my.cloudforce.com",
        "localhost",
        "127.0.0.1",
        "[::1]",
    ],
)
def test_hosts_of_salesforce_and_this_machine_get_the_token(host: str) -> None:
    origin = origin_of(f"https://{host}")
    assert origin is not None
    assert SALESFORCE_ONLY.covers(origin)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "salesforce.com.evil.example",
        "notsalesforce.com",
        "salesforce.mil.example",
        "my-salesforce.com",
        "salesforce.co",
        "10.0.0.1",
        "xn--slesforce-z1a.com",
    ],
)
def test_any_other_host_gets_none_unless_it_is_named(host: str) -> None:
    origin = parse_origin(f"https://{host}")
    with pytest.raises(UsageError, match="gets no token") as caught:
        SALESFORCE_ONLY.require(origin, UsageError)
    assert f"--trust-host {host}" in caught.value.hint
    trust_in([host]).require(origin, UsageError)
    assert not trust_in(["other.example"]).covers(origin)


@given(st.sampled_from(SALESFORCE_DOMAINS), st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,8})?", fullmatch=True))
def test_only_the_end_of_a_name_makes_it_salesforces(domain: str, label: str) -> None:
    ours, before, after = (
        origin_of(f"https://{host}")
        for host in (f"{label}.{domain}", f"{label}{domain}", f"{domain}.{label}")
    )
    assert ours
    assert before
    assert after
    assert SALESFORCE_ONLY.covers(ours)
    assert not SALESFORCE_ONLY.covers(before) or label.endswith("sales")  # salesforce.com ends in force.com
    assert SALESFORCE_ONLY.covers(after) == any(after.host.endswith(f".{one}") for one in SALESFORCE_DOMAINS)


@pytest.mark.parametrize(
    "text", ["", "https://a.example", "a.example:8443", "a.example/x", "*", "a b", "u@a.example"]
)
def test_a_trusted_host_is_one_name(text: str) -> None:
    with pytest.raises(UsageError, match="name of one host"):
        trust_in([text])


@responses.activate
def test_an_untrusted_host_gets_no_call_at_all() -> None:
    session = sign_in_with_token("https://evil.example", Secret(TOKEN))
    with pytest.raises(AuthError, match=r"evil\.example is no host of Salesforce's"):
        connect(session, ["66.0"], CallMeter())
    doors = SignInDoors(CallMeter(), FakeTime().timing())
    with pytest.raises(UsageError, match=r"evil\.example"):
        sign_in_with_client_credentials("https://evil.example", "3MVG", Secret("made-up"), doors)
    assert len(responses.calls) == 0


@responses.activate
def test_a_sign_in_leads_to_no_untrusted_host() -> None:
    told = {"access_token": TOKEN, "instance_url": "https://evil.example"}
    responses.post(f"{ORG}/services/oauth2/token", json=told)
    meter, timing = CallMeter(), FakeTime().timing()
    with pytest.raises(AuthError, match=r"evil\.example is no host"):
        sign_in_with_client_credentials(ORG, "3MVG", Secret("made-up"), SignInDoors(meter, timing))
    doors = SignInDoors(meter, timing, trust=trust_in(["evil.example"]))
    assert (
        sign_in_with_client_credentials(ORG, "3MVG", Secret("made-up"), doors).origin.host == "evil.example"
    )
