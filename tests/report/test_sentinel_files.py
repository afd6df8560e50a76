"""The folder of `sentinel`: the same bytes each time, no secret, no machine's path."""

import json
import re
from pathlib import Path

import yaml

from sfharden.report.sentinel_files import is_former, sentinel_files
from tests.report.test_sentinel_ranges import integration

FILES = sentinel_files([integration()], {})


def test_all_files_are_there_and_can_be_read() -> None:
    assert sorted(FILES) == [
        "README.md", "ranges.csv", "rules.json", "rules/many_tokens.yaml", "rules/outside.yaml", "rules/regressed.yaml",
        "rules/uninstalled.yaml", "table.json", "workbook.json",
    ]  # fmt: skip
    for name, data in FILES.items():
        if name.endswith(".json"):
            json.loads(data)
        if name.endswith(".yaml"):
            yaml.safe_load(data)
    assert sentinel_files([integration()], {}) == FILES


def test_the_readme_names_every_file_and_no_other() -> None:
    told = set(re.findall(r"^\| `([\w./]+)` \|", FILES["README.md"].decode(), flags=re.MULTILINE))
    assert told == {"table.json", "rules.json", "rules/", "ranges.csv", "workbook.json"}


def test_only_the_watchlist_s_name_changes_with_it() -> None:
    other = sentinel_files([integration()], {}, "MyRanges")
    assert {name for name in FILES if FILES[name] != other[name]} == {
        "README.md",
        "rules.json",
        "rules/outside.yaml",
    }


def test_a_folder_of_its_own_is_known(tmp_path: Path) -> None:
    assert not is_former(tmp_path)
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert is_former(tmp_path)
