"""Published lists of addresses, as responders write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.errors import InputError
from sfharden.sources.indicator_file import Indicators, load_indicators


def read(folder: Path, text: str, name: str = "list.txt") -> Indicators:
    path = folder / name
    path.write_text(text, "utf-8")
    return load_indicators([path])


def ranges(folder: Path, text: str) -> list[str]:
    found = read(folder, text)
    assert found.unreadable == []
    return found.addresses.ranges()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("198.51.100.7\n", ["198.51.100.7"]),
        ("# seen in August\n198[.]51[.]100[.]7  # exit node\n// more\n203(.)0(.)113(dot)9", ["198.51.100.7", "203.0.113.9"]),
        ("198.51.100.0/30\n203.0.113.1-203.0.113.3\n203.0.113.4 - 203.0.113.6", ["198.51.100.0-198.51.100.3", "203.0.113.1-203.0.113.6"]),
        ("198.51.100.7/30", ["198.51.100.4-198.51.100.7"]),  # any address of a network means the network
        ("2001[:]db8[:][:]1\n2001:db8::/127", ["2001:db8::-2001:db8::1"]),
        ("198.51.100.7:443", ["198.51.100.7"]),
        ("- 198.51.100.7\n* 198.51.100.9,", ["198.51.100.7", "198.51.100.9"]),
        ("ip,first seen,note\n198.51.100.7,2026-08-01,\"scraper, Tor\"\n", ["198.51.100.7"]),
        ("ip,first_seen,last_seen\n198.51.100.7,2026-08-01,2026-08-02\n", ["198.51.100.7"]),
        ("start_ip,end_ip\n198.51.100.7,198.51.100.9\n", ["198.51.100.7-198.51.100.9"]),
        ("198.51.100.7\r\n\r\n198.51.100.8", ["198.51.100.7-198.51.100.8"]),
    ],
)  # fmt: skip
def test_every_form_of_text_gives_the_addresses_it_means(tmp_path: Path, text: str, found: list[str]) -> None:
    assert ranges(tmp_path, text) == found


def bundle(*objects: dict[str, object]) -> str:
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": list(objects)})


def indicator(pattern: str, **more: object) -> dict[str, object]:
    return {"type": "indicator", "pattern_type": "stix", "pattern": pattern, **more}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ipv4-addr:value = '198.51.100.7']", ["198.51.100.7"]),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/31']", ["198.51.100.0-198.51.100.1"]),
        ("[ipv4-addr:value IN ('198.51.100.7', '198.51.100.9')]", ["198.51.100.7", "198.51.100.9"]),
        (
            "[ipv6-addr:value='2001:db8::1' OR ipv4-addr:value = '198.51.100.7']",
            ["198.51.100.7", "2001:db8::1"],
        ),
        (
            "[network-traffic:src_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443]",
            ["198.51.100.7"],
        ),
        ("[ipv4-addr:value = '198.51.100.7'] AND [ipv4-addr:value NOT = '198.51.100.9']", ["198.51.100.7"]),
        ("[ipv4-addr:value = '198.51.100.7' AND ipv4-addr:value != '198.51.100.9']", ["198.51.100.7"]),
    ],
)
def test_the_patterns_of_a_bundle_give_theirs(tmp_path: Path, pattern: str, found: list[str]) -> None:
    text = bundle({"type": "identity"}, indicator(pattern))
    assert ranges(tmp_path, text) == AddressSet.of(found).ranges()


def test_observed_addresses_count_and_what_is_revoked_or_no_address_does_not(tmp_path: Path) -> None:
    text = bundle(
        {"type": "ipv4-addr", "value": "198.51.100.7"},
        indicator("[ipv4-addr:value = '198.51.100.9']", revoked=True),
        indicator("[domain-name:value = 'evil.example']"),
    )
    found = read(tmp_path, text)
    assert found.addresses.ranges() == ["198.51.100.7"]
    assert found.others == 1


def test_what_is_no_address_is_counted_and_what_looks_like_one_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, "198.51.100.7\nevil.example\n198.51.100.999\n198.51.100.9-198.51.100.7\n")
    assert found.addresses.ranges() == ["198.51.100.7"]
    assert found.others == 1
    assert found.unreadable == ["198.51.100.999", "198.51.100.9-198.51.100.7"]


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "evil.example", '{"type": "report"}', '{"objects": [1]}', '{"objects"', "[1, 2]"],
)
def test_a_file_without_any_is_named_with_what_would_be_right(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"list\.txt") as caught:
        read(tmp_path, text)
    assert "STIX" in caught.value.hint


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no list of addresses"):
        load_indicators([tmp_path / "gone"])
    (tmp_path / "list.txt").write_bytes(b"\x80\x81")
    with pytest.raises(InputError, match="as text"):
        load_indicators([tmp_path / "list.txt"])


ADDRESSES = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20, unique=True)


@given(ADDRESSES)
def test_defanged_or_not_in_text_csv_or_stix_the_addresses_are_the_same(tmp_path_factory, numbers) -> None:  # type: ignore[no-untyped-def]
    texts = [".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) for number in numbers]
    folder = tmp_path_factory.mktemp("lists")
    wanted = AddressSet.of(texts)
    forms = (
        "\n".join(texts),
        "\n".join(text.replace(".", "[.]") for text in texts),
        "ip,note\n" + "\n".join(f'"{text}","x"' for text in texts),
        bundle(*(indicator(f"[ipv4-addr:value = '{text}']") for text in texts)),
    )
    for number, form in enumerate(forms):
        assert read(folder, form, f"{number}.txt").addresses == wanted
