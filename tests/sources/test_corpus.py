"""Real metadata written by others, where it is at hand; nothing of it is in this repository."""

import ipaddress
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sfharden.facts.profiles import login_ranges
from tests.conftest import Run
from tests.orgs.metadata import loaded

CORPUS = Path(os.environ.get("SFHARDEN_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
pytestmark = [pytest.mark.xml, pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")]
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


def independent_ranges(path: Path) -> list[tuple[int, int]]:
    """The login ranges as another reader sees them, merged."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - a file of the corpus
    found = sorted(
        (
            int(ipaddress.ip_address(one.findtext(f"{NAMESPACE}startAddress") or "")),
            int(ipaddress.ip_address(one.findtext(f"{NAMESPACE}endAddress") or "")),
        )
        for one in root.findall(f"{NAMESPACE}loginIpRanges")
    )
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def test_login_ranges_equal_what_another_reader_finds() -> None:
    folder = CORPUS / "profiles"
    snapshot = loaded(folder)
    ours = {one.file: login_ranges(one) for one in snapshot.components}
    broken = {gap.what.rpartition(":")[0] for gap in snapshot.gaps}
    for path in folder.iterdir():
        if path.name in broken:
            with pytest.raises(ET.ParseError):
                independent_ranges(path)
            continue
        base = 0xFFFF << 32
        assert [(start - base, end - base) for start, end in ours[path.name].addresses] == independent_ranges(
            path
        )
        assert not ours[path.name].broken


def test_healthy_files_leave_no_gaps() -> None:
    for folder in (
        "profiles",
        "connected-apps",
        "external-client-apps",
        "security-settings",
        "permission-sets",
    ):
        unclear = [one.name for one in loaded(CORPUS / folder).components if one.gaps]
        # One app nests its scopes in a way that Salesforce doesn't write.
        assert all("NEPA" in name for name in unclear), unclear


@pytest.mark.parametrize(
    "folder", sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
)
def test_every_folder_and_every_file_alone_gives_a_verdict_twice_the_same(run: Run, folder: str) -> None:
    for source in [CORPUS / folder, *sorted((CORPUS / folder).iterdir())[:15]]:
        first = run("check", "--source", source, "-f", "json")
        assert first[0] in (1, 4), source
        assert "Traceback" not in first[2]
        assert first == run("check", "--source", source, "-f", "json")


def test_trusted_ranges_that_add_up_to_everything_are_critical(run: Run) -> None:
    _, out, _ = run("check", "--source", CORPUS / "security-settings", "-f", "json")
    assert out.count("together trust all of IPv4") >= 1
