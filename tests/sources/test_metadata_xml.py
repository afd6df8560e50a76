"""Documents that are broken, hostile or merely odd: the same component or a refusal, never more, never less."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.profiles import login_ranges
from sfharden.model.snapshot import Component
from sfharden.sources import metadata_xml
from sfharden.sources.metadata_xml import BadMetadata, NotOurs, parse_component
from sfharden.text import hardened_xml
from sfharden.text.hardened_xml import BLOCK_BYTES
from tests.expat_modes import MODES, expat_as
from tests.orgs.healthy import CONNECTED, EXTERNAL
from tests.orgs.metadata import HEALTHY, PROFILE, RANGES, XMLNS, login_range, parsed, permission
from tests.sources.build import MOST, Dribble, component, document, profile, refusal

pytestmark = pytest.mark.xml

TEXT = HEALTHY[PROFILE]
BODY = TEXT.split("\n", 1)[1]
ALL = {**CONNECTED, **EXTERNAL}
LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else "ha"}">'
    for n in range(30)
)
SECTIONS = "\n".join(
    f"<fieldPermissions><editable>true</editable><field>Account.F{n}</field></fieldPermissions>"
    for n in range(40)
)


@pytest.mark.parametrize(
    "prologue",
    [
        "<!DOCTYPE Profile>",
        '<!DOCTYPE Profile [<!ENTITY a "true">]>',
        '<!DOCTYPE Profile [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Profile PUBLIC "x" "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Profile [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>',
        '<!DOCTYPE Profile [<!ATTLIST Profile a CDATA "b">]>',
        f"<!DOCTYPE Profile [{LAUGHS}]>",
    ],
)
@pytest.mark.parametrize("use", ["true", "&a;", "&l29;"])
def test_a_document_type_is_refused_before_it_can_say_anything(prologue: str, use: str) -> None:
    text = f'<?xml version="1.0"?>\n{prologue}\n{BODY.replace("true", use)}'
    assert refusal(text).reason == "it declares a document type (DTD)"


@pytest.mark.parametrize("use", ["&a;", "&lt", "&#0;", "&#xD800;", "&;", "& "])
def test_references_that_mean_nothing_are_refused(use: str) -> None:
    assert "well-formed" in refusal(TEXT.replace("true", use, 1)).reason


def test_the_five_named_and_the_numbered_characters_are_read() -> None:
    text = document("PermissionSet", "<label>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;<![CDATA[<&]]></label>")
    (label,) = component(text, "PermissionSet").values["label"]
    assert label.text == "<>&\"'AB<&"


@pytest.mark.parametrize("kind", sorted({path.rpartition(".")[2] for path in ALL}))
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "iso-8859-1", "us-ascii"]
)
def test_every_encoding_that_xml_knows_gives_the_same_component(kind: str, encoding: str) -> None:
    path, text = next((path, text) for path, text in ALL.items() if path.endswith(f".{kind}"))
    wanted = parsed(path, text)
    name = encoding.removesuffix("-le-bom").removesuffix("-be-bom").removesuffix("-sig")
    body = text.replace('encoding="UTF-8"', f'encoding="{name}"')
    if encoding.endswith("-bom"):
        data = ("\ufeff" + body).encode(encoding.removesuffix("-bom"))
    else:
        data = body.encode(encoding)
    found = component(data, wanted.kind)
    assert found.model_copy(update={"name": wanted.name, "file": wanted.file}) == wanted


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-16"),  # says UTF-8 and is not
        TEXT.replace("UTF-8", "UTF-16").encode(),
        TEXT.replace("true", "tr\xfce", 1).encode("latin-1"),
        TEXT.replace("true", "true\x00", 1).encode(),
        TEXT.replace("UTF-8", "klingon").encode(),
        TEXT.encode().replace(b"<custom>", b"<custom>\xed\xa0\x80", 1),
        TEXT.encode("utf-16")[:-1],
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x00" * 50,
    ],
)
def test_encodings_that_are_not_what_they_say_are_refused(data: bytes) -> None:
    assert refusal(data).reason


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("path", sorted(ALL))
def test_line_ends_change_neither_facts_nor_lines(path: str, end: str) -> None:
    assert parsed(path, ALL[path].replace("\n", end)) == parsed(path, ALL[path])


@pytest.mark.parametrize(
    "text",
    [
        profile(),
        f"<Profile {XMLNS}/>",
        f'<Profile {XMLNS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>',
        "<Profile/>",
        profile("<loginIpRanges/>", "<fieldPermissions/>", "<!-- nothing -->"),
    ],
)
def test_an_empty_root_is_a_component_that_says_nothing(text: str) -> None:
    found = component(text)
    assert (found.values, found.groups, found.permissions, found.gaps) == ({}, {}, {}, ())
    assert login_ranges(found).entries == 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mark", ["=======", ">>>>>>> feature/x", "||||||| 1a2b3c4", "<<<<<<< HEAD"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("where", ["<custom>", "<fieldPermissions>", "<loginIpRanges>"])
def test_what_is_left_of_a_merge_is_refused_wherever_it_stands(
    mark: str, encoding: str, end: str, where: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the border of two blocks runs through it."""
    monkeypatch.setattr(hardened_xml, "BLOCK_BYTES", 512)
    whole = profile("<custom>true</custom>", SECTIONS, RANGES, SECTIONS)
    at = whole.rindex(where)
    text = f"{whole[:at]}{mark}\n{whole[at:]}".replace("\n", end).replace("UTF-8", encoding)
    start, width = len(text[: text.index(mark)].encode(encoding)), 2 if encoding == "utf-16" else 1
    for inside in range(-4, 12):
        pad = -(start // width + inside) % (512 // width)
        padded = text.replace(end, end + " " * pad, 1)
        with expat_as(mode):
            assert refusal(padded.encode(encoding)).reason == "it holds git conflict markers"


@pytest.mark.parametrize("path", sorted(ALL))
@pytest.mark.parametrize("mark", ["=======", ">>>>>>> main", "||||||| base"])
def test_a_merge_left_inside_any_element_is_refused_or_a_gap(path: str, mark: str) -> None:
    wanted = parsed(path, ALL[path])
    for tag in re.finditer(r"<(?!/)[^?>]*>", ALL[path]):
        text = f"{ALL[path][: tag.end()]}\n{mark}\n{ALL[path][tag.end() :]}"
        try:
            found = parsed(path, text)
        except metadata_xml.BadMetadata:
            continue
        if tag[0] != "<consumerSecret>":  # of which nothing is kept
            read, whole = ((one.gaps, one.values, one.groups) for one in (found, wanted))
            assert read != whole


@pytest.mark.parametrize("path", sorted(ALL))
def test_a_file_cut_off_anywhere_is_refused(path: str) -> None:
    wanted = parsed(path, ALL[path])
    data, complete = ALL[path].encode(), len(ALL[path].rstrip().encode())
    for length in range(len(data)):
        if length < complete:
            refusal(data[:length], wanted.kind)
        else:
            assert component(data[:length], wanted.kind).values == wanted.values


# When expat calls back ------------------------------------------------------------------------


def verdict(data: bytes, mode: str = "own", steps: Sequence[int] = (MOST,)) -> Component | tuple[str, int]:
    """The component, or why there's none and where."""
    with expat_as(mode):
        try:
            return parse_component(Dribble(data, *steps), "X", "X", max_bytes=MOST, expected=None)
        except BadMetadata as problem:
            return problem.reason, problem.line
        except NotOurs:
            return "not ours", 0


DAMAGE = [
    "", "<", "&", "\0", "]]>", "<![CDATA[", "<!--", "-->", "<?x?>", "<x/>", "<a>", "</a>", "<a:b/>", "<!DOCTYPE a>", "\ufeff",
    "\n=======\n", "\n>>>>>>> b\n", "\n||||||| b\n", "<<<<<<< HEAD\n", "&amp;", "&#0;", "&a;", "stray", "<description>",
]  # fmt: skip
MONSTERS = [
    "x" * 100_001, " " * 100_001, f"<!--{'-x' * 200_000}-->", f"<description>{'<a/>' * 150_000}</description>",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, room: int = 0) -> bytes:
    """A file of any kind, often damaged, and moved so that a border after `room` bytes may run through anything."""
    text = ALL[draw(st.sampled_from(sorted(ALL)))]
    tags = [found.end() for found in re.finditer(">", text)]
    at = draw(st.one_of(st.integers(0, len(text)), st.sampled_from(tags)))
    text = (
        text[:at]
        + draw(st.sampled_from(DAMAGE + MONSTERS if room else DAMAGE))
        + text[at + draw(st.sampled_from([0, 0, 0, 1, 30])) :]
    )
    encoding, end = draw(st.sampled_from(["utf-8", "utf-8", "utf-16"])), draw(st.sampled_from(["\n", "\r\n"]))
    after_root = text.find("\n", text.find("\n") + 1) + 1
    pad = room // (2 if encoding == "utf-16" else 1) - draw(st.integers(0, len(text)))
    text = text[:after_root] + " " * pad + text[after_root:]
    return text.replace("\n", end).replace("UTF-8", encoding.upper(), 1).encode(encoding)


@given(
    st.one_of(damaged(), damaged(BLOCK_BYTES), damaged(3 * BLOCK_BYTES)),
    st.lists(st.integers(200, BLOCK_BYTES + 1), min_size=1, max_size=4),
)
def test_a_verdict_is_of_the_bytes_alone(data: bytes, steps: list[int]) -> None:
    """However the bytes are handed out, and whenever expat calls back."""
    wanted = verdict(data)
    assert all(verdict(data, mode, steps) == wanted for mode in MODES)


@given(damaged(), st.integers(600, 2000))
def test_where_the_borders_run_makes_no_difference(data: bytes, size: int) -> None:
    wanted = verdict(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hardened_xml, "BLOCK_BYTES", size)
        found = [verdict(data, mode) for mode in MODES]
    assert all(one == found[0] for one in found)
    assert found[0] == wanted or (isinstance(found[0], tuple) and isinstance(wanted, tuple))


@given(st.integers(1, 64), st.integers(0, 200))
def test_a_range_across_a_border_is_whole(step: int, shift: int) -> None:
    text = profile(f"<!--{'x' * shift}-->", SECTIONS, RANGES, permission("ApiEnabled"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hardened_xml, "BLOCK_BYTES", 300 + step)
        assert component(text) == component(profile("", SECTIONS, RANGES, permission("ApiEnabled")))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TEXT.replace("soap.sforce.com/2006", "soap.sforce.com/2007"), "namespace"),
        (TEXT.replace("<custom>true</custom>", '<custom xmlns="">true</custom>'), "namespace"),
        (TEXT.replace("<custom>", "<m:custom>").replace("</custom>", "</m:custom>"), "namespace"),
        (TEXT.replace("<Profile xmlns", "<m:Profile xmlns:m").replace("</Prof", "</m:Prof"), "root element"),
        (TEXT.replace("Profile", "profile"), "root element"),
        (TEXT.replace("Profile", "ConnectedApp"), "root element"),
        (profile("<Profile>", "<custom>false</custom>", "</Profile>"), "Profile is nested in itself"),
        (profile("<Profile>", "<Profile/>", "</Profile>"), "Profile is nested in itself"),
        (profile("<description><description/>", RANGES, "</description>"), "description is nested"),
        (profile("<newThing><newThing/>", RANGES, "</newThing>"), "newThing is nested"),
        (TEXT + "<Profile/>", "well-formed"),
        (TEXT + "text", "well-formed"),
        ("\n" + TEXT, "well-formed"),
    ],
)
def test_other_shapes_than_salesforce_writes_are_refused(text: str, reason: str) -> None:
    assert reason in refusal(text).reason


@pytest.mark.parametrize("root", ["m:SecuritySettings", "x:ConnectedAppSettings"])
def test_a_settings_root_with_a_prefix_is_not_passed_over_in_silence(root: str) -> None:
    prefix = root.partition(":")[0]
    text = document(root).replace("xmlns=", f"xmlns:{prefix}=")
    assert "namespace" in refusal(text, None).reason


def test_a_root_that_nobody_expected_and_nobody_reads_is_somebody_elses() -> None:
    with pytest.raises(NotOurs):
        component(document("PrivacySettings", "<a>1</a>"), None)
    assert component(TEXT, None).kind == "Profile"


SECURITY_LINES = ["<sessionSettings>", "<sessionTimeout>TwoHours</sessionTimeout>", "</sessionSettings>"]


@pytest.mark.parametrize("at", range(1, 3))
def test_text_between_the_elements_of_settings_is_refused(at: int) -> None:
    lines = [*SECURITY_LINES[:at], "stray", *SECURITY_LINES[at:]]
    refused = refusal(document("SecuritySettings", *lines), "SecuritySettings")
    assert refused.reason == "it has stray text between its elements"
    assert refused.line


def test_the_bounds_of_depth_number_and_length_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = document("SecuritySettings", "<a>" * 40 + "</a>" * 40)
    assert "more elements" in refusal(deep, "SecuritySettings").reason
    long = document("SecuritySettings", f"<a>{'x' * 100_001}</a>")
    assert "more text" in refusal(long, "SecuritySettings").reason
    for most in ("x" * 100_000, " " * 200_000 + "x"):
        assert component(document("SecuritySettings", f"<a>{most}</a>"), None).values["a"]
    monkeypatch.setattr(metadata_xml, "MAX_KEPT", 50)
    assert "more elements" in refusal(profile(permission("ApiEnabled") * 60)).reason


@pytest.mark.parametrize(
    "inside",
    [
        "<startAddress>" + "1" * 300_000 + "</startAddress>",
        "".join(f"<a{n}/>" for n in range(1000)),
        "<a/>" * 1000,
        "<a>" * 1000 + "</a>" * 1000,
        " " * 100_001,
        f"<a>{' ' * 60_000}</a><b>{' ' * 60_000}</b>",
    ],
)
@pytest.mark.parametrize("name", ["loginIpRanges", "userPermissions"])
def test_one_list_element_can_not_fill_the_memory(name: str, inside: str) -> None:
    assert "more" in refusal(profile(f"<{name}>{inside}</{name}>")).reason


@pytest.mark.parametrize(
    "inside",
    [
        "<!--" + "x" * 5_000_000 + "-->",
        "<custom a='" + "x" * 5_000_000 + "'/>",
        "<fieldPermissions>" + "<a>" * 900_000 + "</a>" * 900_000 + "</fieldPermissions>",
        "<newThing>" + "<a>" * 900_000 + "</a>" * 900_000 + "</newThing>",
    ],
)
def test_what_the_parser_itself_would_gather_is_bounded(inside: str) -> None:
    assert refusal(profile(inside), step=200_000).reason == "it has markup larger than any real file"


def test_a_large_healthy_profile_is_read_to_its_end() -> None:
    body = SECTIONS * 1200 + login_range("192.0.2.1", "192.0.2.2")
    assert len(body) > 4_000_000
    assert login_ranges(component(profile(body), step=300_000)).entries == 1


# A proposal -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("true", "false"), ("false", "true")])
def test_a_permission_that_is_given_and_taken_is_a_gap(order: tuple[str, str]) -> None:
    both = "".join(permission("ApiEnabled").replace("true", value) for value in order)
    (gap,) = component(profile(both)).gaps
    assert (gap.path, gap.reason) == ("userPermissions", "a user permission is given and taken in one file")
    assert component(profile(permission("ApiEnabled") * 2)).gaps == ()


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("<object>Account</object><allowRead>true</allowRead>", False),
        ("<object>Account</object><allowRead>true</allowRead><allowEdit>false</allowEdit>", True),
        ("<object>Account</object><allowRead>0</allowRead>", True),
        ("<object>Account</object><allowRead/>", True),
        ("", False),
    ],
)
def test_what_a_proposal_withholds_is_kept_as_one_entry_and_of_an_org_not_at_all(
    entry: str, kept: bool
) -> None:
    text = profile(
        f"<objectPermissions>{entry}</objectPermissions>" * 3,
        "<tabVisibilities><tab>x</tab></tabVisibilities>",
    )
    proposal = parsed(PROFILE, text, proposed=True)
    assert [one.text for one in proposal.values.get("objectPermissions", ())] == ["Account"] * kept
    assert proposal.model_copy(update={"values": {}}) == parsed(PROFILE, text).model_copy(
        update={"values": {}}
    )
    assert "objectPermissions" not in parsed(PROFILE, text).values
