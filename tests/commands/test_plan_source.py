"""What `plan` reads of each source: a snapshot, and the very bytes of the files that would change."""

from pathlib import Path

import pytest

from sfharden.commands.plan_source import open_material
from sfharden.commands.source import SourceOptions
from sfharden.doors.live_options import LiveOptions
from sfharden.errors import NoVerdictError, UsageError
from sfharden.model import kinds
from sfharden.sources.org.wanted import Wanted
from tests.orgs.files import HEALTHY, SECURITY, write


def material_of(source: Path | None, snapshot: Path | None = None) -> SourceOptions:
    return SourceOptions(source, snapshot, False, LiveOptions())


def test_a_folder_gives_its_files_byte_for_byte(tmp_path: Path) -> None:
    org = write(HEALTHY, tmp_path)
    odd = HEALTHY[SECURITY].replace("\n", "\r\n").encode()
    (org / SECURITY).write_bytes(odd)
    with open_material(material_of(org), Wanted()) as found:
        (security,) = found.snapshot.of_kind(kinds.SECURITY)
        raw = found.raw({SECURITY: security})
        assert raw[SECURITY].content == odd
        assert found.validate is None  # nothing to ask: a folder refuses no package


def test_a_file_that_went_away_meanwhile_is_no_empty_file(tmp_path: Path) -> None:
    org = write(HEALTHY, tmp_path)
    with open_material(material_of(org), Wanted()) as found:
        (security,) = found.snapshot.of_kind(kinds.SECURITY)
        (org / SECURITY).unlink()
        with pytest.raises(NoVerdictError, match="has changed since it was read"):
            found.raw({SECURITY: security})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (material_of(None), "Give a source"),
        (material_of(Path("src"), Path("s.json")), "exactly one"),
    ],
)
def test_no_source_and_one_without_files_are_refused(given: SourceOptions, said: str) -> None:
    with pytest.raises(UsageError, match=said), open_material(given, Wanted()):
        pytest.fail("nothing can be planned on")
