"""Real answers and templates of Azure, written by others: judged at the command line without a fault, and twice alike."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.sources.test_corpus import CORPUS

Run = Callable[..., tuple[int, str, str]]
FOLDERS = ("azure", "azure-controls")
FILES = sorted(path for name in FOLDERS for path in (CORPUS / name).glob("*.json")) if CORPUS.is_dir() else []
# A verdict, what is wrong, what isn't known; or a file that isn't of this kind, called by its name.
ENDINGS = (0, 1, 2, 4)
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")


def judged(run: Run, *paths: Path) -> tuple[int, str]:
    """The exit code, and all that was said."""
    given = [word for path in paths for word in ("--azure-exports", str(path))]
    code, out, err = run("check", *given, "--as-of", "2026-11-28", "-f", "json")
    assert "Traceback" not in err
    assert code in ENDINGS, err
    assert code != 2 or "Hint:" in err, err
    if code != 2:
        json.loads(out)
    return code, out + err


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_alone_ends_in_a_verdict_or_is_called_what_it_is(run: Run, path: Path) -> None:
    assert judged(run, path) == judged(run, path)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_and_its_zip_end_in_the_same_verdicts(run: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(CORPUS / name, folder)
    with ZipFile(tmp_path / f"{name}.zip", "w") as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, path.name)
    first, again = judged(run, folder), judged(run, folder)
    assert first == again
    assert judged(run, tmp_path / f"{name}.zip")[0] == first[0]
