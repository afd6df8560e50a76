"""What is kept of a document: facts with their lines, gaps where something is damaged, and no secret."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, format_address
from sfharden.facts import values as facts
from sfharden.facts.profiles import login_ranges, permissions, ranges_of
from sfharden.facts.values import CannotTell
from sfharden.sources.metadata_types import SECRET_ELEMENTS, TYPES
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.metadata import login_range, parsed, permission
from tests.sources.build import component, document, profile, refusal

pytestmark = pytest.mark.xml

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
GOOD = login_range("192.0.2.1", "192.0.2.9")
ALL = {**CONNECTED, **EXTERNAL}


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_fact_names_the_line_it_stands_on(path: str) -> None:
    lines = ALL[path].splitlines()
    found = parsed(path, ALL[path])
    for place, values in found.values.items():
        if place != "userPermissions":
            assert all(f"<{place.rpartition('.')[2]}" in lines[value.line - 1] for value in values)
    for place, groups in found.groups.items():
        assert all(f"<{place.rpartition('.')[2]}" in lines[group.line - 1] for group in groups)
    assert all(f">{name}<" in lines[line - 1] for name, line in found.permissions.items())


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 50))
def test_lines_are_right_whatever_stands_between(blanks: list[int], step: int) -> None:
    lines = ["x"]
    for blank in blanks:
        lines += [f"<layoutAssignments>{chr(10) * blank}<layout>a</layout></layoutAssignments>", GOOD]
    text = profile(*lines[1:])
    written = [number for number, line in enumerate(text.split("\n"), 1) if "<loginIpRanges>" in line]
    assert [group.line for group in component(text, step=step).groups["loginIpRanges"]] == written


@pytest.mark.parametrize(("first", "second"), [("true", "false"), ("false", "true"), ("true", "")])
def test_a_scalar_given_twice_with_two_values_can_not_be_told(first: str, second: str) -> None:
    found = component(profile(f"<custom>{first}</custom>", f"<custom>{second}</custom>"))
    with pytest.raises(CannotTell) as reason:
        facts.boolean(found, "custom")
    assert reason.value.where == "X.Profile:4"


def test_a_scalar_given_twice_alike_is_what_it_is() -> None:
    found = component(profile("<custom>true</custom>", "<custom>true</custom>"))
    assert facts.boolean(found, "custom").where == "X.Profile:3"


def test_a_container_given_twice_is_read_as_one_and_a_contradiction_can_not_be_told() -> None:
    policy = "<oauthPolicy><ipRelaxation>{}</ipRelaxation></oauthPolicy>"
    found = component(document("ConnectedApp", policy.format("ENFORCE"), policy.format("BYPASS")), None)
    with pytest.raises(CannotTell, match="more than once"):
        facts.text(found, "oauthPolicy.ipRelaxation")


@pytest.mark.parametrize(
    "element",
    [
        f"<custom {XSI}/>",
        f"<custom {XSI}></custom>",
        f"<custom {XSI}>  </custom>",
        f"<custom {XSI.replace('true', '1')}/>",
        "<custom/>",
        "<custom>\n</custom>",
    ],
)
def test_nil_and_empty_are_no_value(element: str) -> None:
    with pytest.raises(CannotTell, match="empty"):
        facts.boolean(component(profile(element)), "custom")


def test_nil_that_says_something_nonetheless_is_refused() -> None:
    assert "nil" in refusal(profile(f"<custom {XSI}>true</custom>")).reason
    inside = f"<sessionSettings {XSI}><sessionTimeout>TwoHours</sessionTimeout></sessionSettings>"
    assert "nil" in refusal(document("SecuritySettings", inside), None).reason


def test_nil_false_is_an_ordinary_value() -> None:
    found = component(profile(f"<custom {XSI.replace('true', 'false')}>true</custom>"))
    assert facts.boolean(found, "custom").value


DAMAGED_RANGES = {
    "reversed": login_range("192.0.2.9", "192.0.2.1"),
    "mixed": login_range("192.0.2.1", "2001:db8::1"),
    "no end": "<loginIpRanges><startAddress>192.0.2.1</startAddress></loginIpRanges>",
    "no start": "<loginIpRanges><endAddress>192.0.2.1</endAddress></loginIpRanges>",
    "empty end": "<loginIpRanges><endAddress/><startAddress>192.0.2.1</startAddress></loginIpRanges>",
    "nil end": login_range("192.0.2.1", "192.0.2.1").replace("<endAddress>", f"<endAddress {XSI}>"),
    "two ends": GOOD.replace("</loginIpRanges>", "<endAddress>192.0.2.2</endAddress></loginIpRanges>"),
    "nested": GOOD.replace("192.0.2.9", "<a>192.0.2.9</a>"),
    "words": login_range("everywhere", "192.0.2.9"),
    "leading zero": login_range("192.0.2.010", "192.0.2.10"),
    "spaced": login_range("192.0. 2.1", "192.0.2.9"),
    "wide digits": login_range("１９２.0.2.1", "192.0.2.9"),
    "a network": login_range("192.0.2.0/24", "192.0.2.9"),
    "text before": GOOD.replace("<loginIpRanges>", "<loginIpRanges>1"),
    "text between": GOOD.replace("</endAddress>", "</endAddress>1"),
    "text after": GOOD.replace("</loginIpRanges>", "1</loginIpRanges>"),
    "no parts": "<loginIpRanges>192.0.2.1-192.0.2.9</loginIpRanges>",
    "lost letter": GOOD.replace("loginIpRanges", "loginIpRanes"),
    "other case": GOOD.replace("loginIpRanges", "LoginIPRanges"),
    "damaged part": GOOD.replace("endAddress", "endAdress"),
}


@pytest.mark.parametrize("name", sorted(DAMAGED_RANGES))
def test_a_damaged_range_is_told_with_its_line_and_the_good_ones_are_kept(name: str) -> None:
    other = login_range("198.51.100.1", "198.51.100.2")
    ranges = login_ranges(component(profile(other, DAMAGED_RANGES[name])))
    assert AddressSet.of(["198.51.100.1-198.51.100.2"]) == ranges.addresses - AddressSet.of(["192.0.2.0/24"])
    assert ranges.broken[0].where == "X.Profile:4"
    with pytest.raises(CannotTell):
        ranges.require_whole()


@given(
    st.lists(
        st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 2**64)).map(
            lambda pair: AddressSet.from_intervals([(pair[0], min(sum(pair), 2**128 - 1))])
        ),
        max_size=12,
    ),
    st.integers(1, 97),
)
def test_ranges_of_both_families_come_out_as_they_were_written(sets: list[AddressSet], step: int) -> None:
    pairs = [ends for one in sets for ends in one]
    texts = [(format_address(start), format_address(end)) for start, end in pairs]
    found = login_ranges(component(profile(*(login_range(*ends) for ends in texts)), step=step))
    assert found.addresses == AddressSet.from_intervals(pairs)
    assert (found.entries, found.broken) == (len(pairs), ())
    trusted = [f"<ipRanges><end>{end}</end><start>{start}</start></ipRanges>" for start, end in texts]
    settings = component(document("SecuritySettings", "<networkAccess>", *trusted, "</networkAccess>"), None)
    org_wide = ranges_of(settings, "networkAccess.ipRanges", "start", "end")
    assert (org_wide.addresses, org_wide.broken) == (found.addresses, ())


SECRET = "D0NTSHOWTHISTOANYBODY"


@pytest.mark.parametrize(
    "name", sorted(SECRET_ELEMENTS | {"consumerSecrets", "ConsumerSecret", "certificat"})
)
@pytest.mark.parametrize("kind", ["ConnectedApp", "ExtlClntAppGlobalOauthSettings", "SecuritySettings"])
@pytest.mark.parametrize("around", ["{}", "<oauthConfig>{}</oauthConfig>", "<ipRanges>{}</ipRanges>"])
def test_no_secret_is_kept_in_whatever_place(kind: str, name: str, around: str) -> None:
    text = document(
        kind, around.format(f"<{name}>{SECRET}</{name}>"), f"<contactPhone>{SECRET}</contactPhone>"
    )
    found = component(text, kind, step=5)
    assert SECRET not in found.model_dump_json()
    assert any(path.endswith(name) for path in found.values) or found.groups


def test_that_a_secret_is_there_is_kept_and_a_yes_or_no_about_secrets_too() -> None:
    text = document(
        "ExtlClntAppGlobalOauthSettings",
        "<consumerSecret>x</consumerSecret><isConsumerSecretOptional>false</isConsumerSecretOptional><certificate/>",
    )
    values = {path: found[0].text for path, found in component(text, None).values.items()}
    assert values == {
        "consumerSecret": "(present, not kept)",
        "isConsumerSecretOptional": "false",
        "certificate": "",
    }


@pytest.mark.parametrize("name", ["consumerKey", "consumerkey", "consumerKei"])
def test_a_consumer_key_is_kept_as_a_short_hash_that_tells_keys_apart(name: str) -> None:
    found = component(document("ConnectedApp", f"<oauthConfig><{name}>{SECRET}</{name}></oauthConfig>"), None)
    wanted = f"sha256:{sha256(SECRET.encode()).hexdigest()[:12]}"
    assert [one.text for one in found.values[f"oauthConfig.{name}"]] == [wanted]


@pytest.mark.parametrize("name", ["contactEmail", "contactPhone", "attributes"])
def test_personal_data_is_dropped_with_all_that_is_in_it(name: str) -> None:
    inside = f"<{name}><key>{SECRET}</key>{SECRET}<consumerKey>a</consumerKey></{name}>"
    found = component(document("ConnectedApp", inside, "<label>L</label>"), None)
    assert set(found.values) == {"label"}


@pytest.mark.parametrize("name", ["callbackUrl", "startUrl", "infoUrl", "issuer", "description"])
@pytest.mark.parametrize(
    "text",
    [
        f"https://acme.example/?access_token={SECRET}&amp;x=1",
        f"https://acme.example/?client_secret={SECRET}",
        f"https://someone:{SECRET}@acme.example/",
        f"https://{SECRET}@acme.example/",
        f"https://acme.example/?sid=00D000000000001!{SECRET}",
        f"sfdc://acme/cb\nhttps://acme.example/?code={SECRET}",
    ],
)
def test_credentials_in_addresses_of_pages_are_masked(name: str, text: str) -> None:
    dumped = component(document("ConnectedApp", f"<{name}>{text}</{name}>"), None).model_dump_json()
    assert SECRET not in dumped
    assert "acme" in dumped


def one_letter_off(name: str) -> set[str]:
    """Each letter lost, changed, doubled, or swapped with the next; and the case of the first."""
    found = {name[0].swapcase() + name[1:]}
    for at in range(len(name)):
        head, tail = name[:at], name[at + 1 :]
        found |= {head + tail, f"{head}q{tail}", head + name[at] * 2 + tail}
        found.add(head + tail[:1] + name[at] + tail[1:])
    return {one for one in found if one and one != name and one[0].isalpha()}


@pytest.mark.parametrize("kind", [one for one in TYPES if one.decisive], ids=lambda one: str(one.kind))
def test_every_decisive_name_one_letter_off_is_a_gap(kind: object) -> None:
    metadata_type = next(one for one in TYPES if one is kind)
    for decisive in sorted(metadata_type.decisive):
        for damaged in sorted(one_letter_off(decisive)):
            found = component(document(metadata_type.kind, f"<{damaged}>x</{damaged}>"), metadata_type.kind)
            assert damaged in metadata_type.decisive or decisive in {gap.path for gap in found.gaps}


def test_a_gap_withholds_the_list_that_it_may_belong_to() -> None:
    damaged = permission("ModifyAllData").replace("userPermissions", "userPermisions")
    with pytest.raises(CannotTell, match="damaged userPermissions"):
        permissions(component(profile(permission("ApiEnabled"), damaged)))


def test_new_elements_are_counted_and_nothing_more() -> None:
    new = "<agentVisibilities><name>A</name></agentVisibilities><quantumFlag>true</quantumFlag>"
    found = component(profile(new, permission("ApiEnabled"), new, GOOD))
    assert (found.unknown_elements, found.gaps) == (4, ())
    assert permissions(found) == {"ApiEnabled": 4}
    assert login_ranges(found).entries == 1


@pytest.mark.parametrize(
    "damaged",
    [
        "<userPermissions><enabled>true</enabled></userPermissions>",
        "<userPermissions><name>ModifyAllData</name></userPermissions>",
        "<userPermissions><enabled>yes</enabled><name>ModifyAllData</name></userPermissions>",
        "<userPermissions><enabled>true</enabled><nme>ModifyAllData</nme></userPermissions>",
        "<userPermissions>ModifyAllData</userPermissions>",
        "<userPermissions/>",
        permission("Modify All Data"),
        permission("Mod>ViewAllData"),
    ],
)
def test_a_damaged_permission_withholds_all_of_them(damaged: str) -> None:
    with pytest.raises(CannotTell):
        permissions(component(profile(permission("ApiEnabled"), damaged)))


def test_a_permission_spelt_out_as_false_is_not_granted() -> None:
    assert permissions(component(profile(permission("X").replace("true", "false")))) == {}


@pytest.mark.parametrize(
    "stray",
    ["00D5g00000ABCDE!AQcAQstray", "5Aep861stray1234567890abcdefghij", "eyJhbGciOiJSUzI1.stray.stray"],
)
def test_a_token_that_strayed_into_any_element_is_not_kept(stray: str) -> None:
    text = f"<label>My JWT {stray} app</label><profileName>{stray}</profileName>"
    found = component(document("ConnectedApp", text), "ConnectedApp")
    assert "stray" not in found.model_dump_json()
    assert found.values["label"][0].text == "My JWT *** app"
    bare = component(document("ConnectedApp", "<label>JWT Bearer Sync 00D</label>"), "ConnectedApp")
    assert bare.values["label"][0].text == "JWT Bearer Sync 00D"
