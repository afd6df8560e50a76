"""Other programs: only by a full path, never out of the folder one stands in, and without our secrets."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from sfharden.files.programs import PassedOverError, Surroundings

POSIX: Final = pytest.mark.skipif(sys.platform == "win32", reason="needs modes and links")
pytestmark = POSIX


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder of a stranger's, where one stands; one of the system's; and one's own."""
    for folder in ("stranger/node_modules/.bin", "system", "home/.local/bin"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def program(folder: Path, name: str = "sf") -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def around(
    house: Path, path: str, *, here: str = "stranger", more: Mapping[str, str] | None = None
) -> Surroundings:
    return Surroundings({"PATH": path, **(more or {})}, house / here, house / "home")


@pytest.mark.parametrize("path", ["", ":", ".", "./", "node_modules/.bin", "{here}", "{here}/node_modules/.bin",
                                  "{here}/../stranger", "{link}"])  # fmt: skip
def test_nothing_is_taken_from_the_folder_one_stands_in(
    house: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(house / "stranger")
    for folder in ("stranger", "stranger/node_modules/.bin"):
        program(house / folder)
    (house / "link").symlink_to(house / "stranger")
    path = path.format(here=house / "stranger", link=house / "link")
    with pytest.raises(PassedOverError):
        around(house, path).find("sf")
    good = program(house / "system")
    assert around(house, f"{path}:{house / 'system'}").find("sf") == good


def test_a_link_into_the_folder_one_stands_in_is_not_taken_either(house: Path) -> None:
    (house / "system/sf").symlink_to(program(house / "stranger"))
    with pytest.raises(PassedOverError):
        around(house, str(house / "system")).find("sf")


@pytest.mark.parametrize("here", ["home", "."])
def test_standing_in_ones_own_folder_or_above_it_ones_own_programs_are_found(house: Path, here: str) -> None:
    mine = program(house / "home/.local/bin")
    assert around(house, str(mine.parent), here=here).find("sf") == mine
    program(house / here)
    with pytest.raises(PassedOverError):
        around(house, str((house / here).resolve()), here=here).find("sf")


def test_what_is_not_there_or_does_not_run_is_not_found(house: Path) -> None:
    program(house / "system").chmod(0o644)
    (house / "system/folder").mkdir()
    for name in ("sf", "folder", "nothing"):
        with pytest.raises(FileNotFoundError) as caught:
            around(house, f"{house / 'system'}:{house / 'nowhere'}").find(name)
        assert not isinstance(caught.value, PassedOverError)


SECRETS: Final = (
    "SF_ACCESS_TOKEN", "SF_CLIENT_SECRET", "AZURE_ACCESS_TOKEN", "AZURE_CLIENT_SECRET", "GITHUB_TOKEN",
    "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "SFDX_AUTH_URL", "sf_access_token", "GOOGLE_APPLICATION_CREDENTIALS",
)  # fmt: skip
NEEDED: Final = ("HOME", "HTTPS_PROXY", "NODE_EXTRA_CA_CERTS", "LANG", "SF_USE_GENERIC_UNIX_KEYCHAIN",
                 "DBUS_SESSION_BUS_ADDRESS", "SYSTEMROOT", "APPDATA")  # fmt: skip


def test_a_child_gets_what_it_needs_and_no_secret(house: Path) -> None:
    given = dict.fromkeys((*SECRETS, *NEEDED, "PWD", "OLDPWD"), "x")
    child = around(house, "", more=given).for_child()
    assert not set(child) & {*SECRETS, "PWD", "OLDPWD"}
    assert set(NEEDED) <= set(child)


def test_a_child_looks_for_its_own_programs_as_carefully(house: Path) -> None:
    path = f":.:{house / 'stranger'}:bin:{house / 'system'}:"
    assert around(house, path).for_child()["PATH"] == str(house / "system")


def test_windows_endings_and_its_spelling_of_path_are_known(house: Path) -> None:
    """As far as this can be seen on another system."""
    good = program(house / "system", "sf.CMD")
    program(house / "stranger", "sf.CMD")
    environment = {"Path": os.pathsep.join([".", str(house / "system")])}
    windows = Surroundings(environment, house / "stranger", house / "home", windows=True)
    assert windows.find("sf") == good
    assert windows.for_child()["PATH"] == str(house / "system")
    assert windows.for_child()["NoDefaultCurrentDirectoryInExePath"] == "1"
    other = Surroundings({**environment, "PATHEXT": ".EXE"}, house / "stranger", house / "home", windows=True)
    with pytest.raises(FileNotFoundError):
        other.find("sf")
