"""Published lists of addresses, as responders write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, format_address
from sfharden.errors import InputError
from sfharden.sources.indicator_file import load_indicators
from sfharden.sources.indicator_words import Indicators
from sfharden.text.redact import safe_text


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


V4 = "198.51.100.7"


@pytest.mark.parametrize(
    "text",
    [
        "hxxp://198[.]51[.]100[.]7/gate", "hxxp[://]198.51.100.7:8080/1.php", "ip:198.51.100.7", "IP: 198.51.100.7", "`198.51.100.7`",
        "**198.51.100.7**", "198.51.100.7/tcp", "198.51.100.7:443/tcp", "198.51.100.7: scanner", "[198.51.100.7]:443", r"198\.51\.100\.7",
        "198.51.100[.7", "\u200b198.51.100.7", "https://ref.example/a,198.51.100.7", "Actor #1,198.51.100.7", "[::ffff:198.51.100.7]:443",
        ";198.51.100.7", "198.51.100.7 ; SBL1", "198.51.100.7 # 198.51.100.7: a scanner", "198.51.100.7 // Tor", "2026-08-01T12:00:00Z 12:00:00 198.51.100.7 01.08.2026",
    ],
)  # fmt: skip
def test_an_address_in_the_form_that_people_give_it_is_read(tmp_path: Path, text: str) -> None:
    assert ranges(tmp_path, text) == [V4]


@pytest.mark.parametrize(
    "comment",
    [
        "\t#tor\t203.0.113.9",
        " # not 203.0.113.9",
        " // 203.0.113.0/24",
        "\n# 203.0.113.9 is gone",
        "\n//2001:db8::1",
    ],
)
def test_an_address_behind_a_comment_sign_is_counted(tmp_path: Path, comment: str) -> None:
    found = read(tmp_path, f"{V4}{comment}\n")
    assert found.addresses.ranges() == [V4]
    assert found.unreadable == [safe_text(comment.strip())]


def test_a_head_in_a_comment_is_a_head(tmp_path: Path) -> None:
    assert ranges(tmp_path, "# start_ip,end_ip\n198.51.100.7,198.51.100.9\n") == ["198.51.100.7-198.51.100.9"]


@pytest.mark.parametrize(
    "text",
    [
        "198.51.100.7,198.51.100.9", "198.51.100.7 198.51.100.9", "AS64500\t198.51.100.7\t198.51.100.9\tACME\n203.0.113.1\t203.0.113.1",
        "lower,upper\n198.51.100.7,198.51.100.9\n203.0.113.1,203.0.113.5", "between 198.51.100.7 and 198.51.100.9\n203.0.113.1",
        "2001:db8::1 .. 2001:db8::9", "198.51.100.0 255.255.255.0", "198.51.100.0 0.0.0.255\n203.0.113.0 0.0.0.63",
    ],
)  # fmt: skip
def test_rows_of_two_addresses_that_may_be_ranges_are_told(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.unreadable == []
    assert found.pairs
    assert all(a == b for (a, b), _ in found.ranges)


@pytest.mark.parametrize(
    "text",
    [
        "198.51.100.7,203.0.113.9\n203.0.113.9,198.51.100.7", "198.51.100.7,198.51.100.7", "198.51.100.7,2001:db8::1",
        "198.51.100.7,198.51.100.8,198.51.100.9", "198.51.100.7-198.51.100.9", "198.51.100.0/30,203.0.113.0/30", "198.51.100.7:443,198.51.100.9:443",
    ],
)  # fmt: skip
def test_rows_that_are_no_ranges_for_sure_are_not(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).pairs == []


@given(
    st.lists(st.tuples(st.integers(1, 2**24 - 1), st.integers(1, 2**24 - 1)), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", " ", " - ", "->", " to ", " | ", " .. ", " > ", "…", " # ", "\t// "]),
)
def test_no_list_of_ranges_is_searched_by_its_ends_alone_in_silence(
    tmp_path_factory: pytest.TempPathFactory, ends: list[tuple[int, int]], sign: str
) -> None:
    """However two ascending addresses a row are written: what lies between is searched, or told."""
    rows = [[format_address(0xFFFF_0A00_0000 + one) for one in sorted(pair)] for pair in ends]
    found = read(tmp_path_factory.mktemp("lists"), "\n".join(["192.0.2.1", *map(sign.join, rows)]))
    wanted = AddressSet.of(["192.0.2.1", *map("-".join, rows)])
    assert found.addresses == wanted or found.pairs or found.unreadable


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(
            (f"198.51.100.0{sign}198.51.100.255", "198.51.100.0-198.51.100.255")
            for sign in ("->", " -> ", " --> ", " => ", "→", " to ", " TO ", " - ", " through ")
        ),
        ("198.51.100.0/26 - 198.51.100.192/26", "198.51.100.0-198.51.100.255"),
        ("198.51.100.*", "198.51.100.0-198.51.100.255"),
        ("198.51.100.7-20", "198.51.100.7-198.51.100.20"),
        ("198.51.100.0/255.255.255.0", "198.51.100.0-198.51.100.255"),
        ("198.51.100.7 – 198.51.100.20", "198.51.100.7-198.51.100.20"),
        *(
            (f"{before}{first}{sign}{last}\n198.51.100.0{sign}198.51.100.255", "198.51.100.0-198.51.100.255")
            for before in ("", "# a list\n\n", "Our list of August\n")
            for sign in ",;\t|"
            for first, last in (
                ("start_ip", "end_ip"), ("startIpAddress", "endIpAddress"), ("RANGE_START", "RANGE_END"), ("first", "last"), ("From", "To"),
            )
        ),
    ],
)  # fmt: skip
def test_a_range_is_read_whole(tmp_path: Path, text: str, found: str) -> None:
    assert ranges(tmp_path, text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "198.51.100.256", "198.51.100", "198.51.100/24", "198.51.100.0/33", "198.51.100 .7", "198.51.100.7..198.51.100.20", "198.51.*.*",
        "198.51.100.0/0.0.0.255", "198.51.100.0/l6", "198.51.100.20-7", "user@198.51.100.7", "198.51.100.7+203.0.113.9",
        "198.51.100.0/24:443", "http://198.51.100.0/24", "fe80::1%eth0", "2001:db8:::1", "2001:db8::12345", "https://a.example/198.51.100.7",
    ],
)  # fmt: skip
def test_what_is_like_an_address_and_gives_no_range_is_counted(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, f"192.0.2.1\n{text}\n")
    assert found.addresses.ranges() == ["192.0.2.1"]
    assert len(found.unreadable) == 1


def test_every_row_of_a_csv_of_ranges_is_read_or_counted(tmp_path: Path) -> None:
    rows = (
        "name,start_ip,end_ip,ip",
        "a,198.51.100.0,198.51.100.5,",
        "b,203.0.113.9",
        "c,,,203.0.113.8",
        'd,"203.0.113.1,',
        "e,203.0.113.5,,",
    )
    found = read(tmp_path, "\n".join(rows))
    assert found.addresses.ranges() == ["198.51.100.0-198.51.100.5", "203.0.113.8"]
    assert len(found.unreadable) == 3


def test_a_cell_that_is_too_large_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, f'start_ip,end_ip\n"{"a" * 200_000}",x\n198.51.100.7,198.51.100.7\n')
    assert found.addresses.ranges() == [V4]
    assert [len(text) <= 100 for text in found.unreadable] == [True]
    assert ranges(tmp_path, f'"{"a" * 200_000}\n{V4}\n') == [V4]


@pytest.mark.parametrize(
    "pattern",
    [
        "[ipv4-addr:value LIKE '198.51.100.%']", r"[ipv4-addr:value MATCHES '^198\\.51']", "[ipv4-addr:value ISSUPERSET '198.51.100.7']",
        "[ipv4-addr:value >= '198.51.100.0' AND ipv4-addr:value <= '198.51.100.9']", "['ipv4-addr':value = '198.51.100.7']",
        "[domain-name:resolves_to_refs[*].value = '198.51.100.7']", "[ipv4-addr:value != '198.51.100.7']", "[ipv4-addr:value = 'x']",
        "[url:value LIKE 'http://198[.]51.100.7/%']", "[file:name = 'a' OR ipv4-addr:value LIKE '1%']", "[ipv4-addr:value = '198.51.100.7",
    ],
)  # fmt: skip
def test_a_pattern_that_is_not_understood_is_counted(tmp_path: Path, pattern: str) -> None:
    found = read(tmp_path, bundle({"type": "ipv4-addr", "value": "192.0.2.1"}, indicator(pattern)))
    assert "192.0.2.1" in found.addresses.ranges()
    assert found.unreadable or V4 in found.addresses.ranges()


def test_a_rule_of_another_language_and_an_odd_value_are_counted(tmp_path: Path) -> None:
    rule: dict[str, object] = {
        "type": "indicator",
        "pattern_type": "snort",
        "pattern": f"alert ip {V4} any -> any any",
    }
    found = read(
        tmp_path,
        bundle({"type": "ipv4-addr", "value": "192.0.2.1"}, rule, {"type": "ipv4-addr", "value": [V4]}),
    )
    assert len(found.unreadable) == 2


@pytest.mark.parametrize(
    "one",
    [
        {"type": "observed-data", "objects": {"0": {"type": "ipv4-addr", "value": V4}}},
        {"type": "ipv4-addr", "value": "198[.]51[.]100[.]7 "},
        {"type": "url", "value": f"http://{V4}/a"},
        indicator(f"[url:value = 'http://{V4}/a']"),
        indicator("[ipv4-addr:value = '198[.]51[.]100[.]7']"),
        indicator(f"[ipv4-addr : value in ('{V4}')]"),
        indicator(f"[file:name = 'NOT ' AND ipv4-addr:value = '{V4}']"),
    ],
)
def test_the_objects_of_a_bundle_give_their_addresses(tmp_path: Path, one: dict[str, object]) -> None:
    assert ranges(tmp_path, bundle(one)) == [V4]


@pytest.mark.parametrize("unit", ["a", " ", "[", ":", "\\'", "ipv4-addr:value IN ("])
def test_a_line_of_a_megabyte_ends(tmp_path: Path, unit: str) -> None:
    long = unit * (1_000_000 // len(unit))
    assert V4 in read(tmp_path, f"{V4}\nx{long}x\n").addresses.ranges()
    objects: list[dict[str, object]] = [
        {"type": "ipv4-addr", "value": V4},
        indicator(f"[x:y = '{long}"),
        indicator(long),
    ]
    assert V4 in read(tmp_path, bundle(*objects)).addresses.ranges()


@given(
    st.text(alphabet="0129.:abfx[]()#/;,|-*' \\\"\t", max_size=60),
    st.sampled_from(["", "start_ip,end_ip\n", "first;last\n"]),
)
def test_any_line_beside_an_address_is_read_or_counted_and_stops_nothing(
    tmp_path_factory: pytest.TempPathFactory, line: str, head: str
) -> None:
    found = read(tmp_path_factory.mktemp("lists"), f"192.0.2.1,192.0.2.1\n{head}{line}\n")
    assert "192.0.2.1" in [text for _, text in found.ranges]
