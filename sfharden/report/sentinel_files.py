"""All files of `sentinel`, by name."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sfharden.model.integration import Integration
from sfharden.report.sentinel_data import WATCHLIST, sentinel_file
from sfharden.report.sentinel_ranges import ranges_csv
from sfharden.report.sentinel_rules import RULES, rule_yaml, rules_template
from sfharden.report.sentinel_table import table_template
from sfharden.report.sentinel_workbook import workbook

_OURS: Final = ("table.json", "rules.json", "ranges.csv", "workbook.json")


def sentinel_files(
    integrations: Iterable[Integration], ids: Mapping[str, str], watchlist: str = WATCHLIST
) -> dict[str, bytes]:
    """Everything; the same integrations give the same bytes."""
    texts = {
        "README.md": sentinel_file("README.md", watchlist),
        "table.json": _json(table_template()),
        "rules.json": _json(rules_template(watchlist)),
        "ranges.csv": ranges_csv(integrations, ids),
        "workbook.json": _json(workbook()),
        **{f"rules/{rule.slug}.yaml": rule_yaml(rule, watchlist) for rule in RULES},
    }
    return {name: text.encode() for name, text in texts.items()}


def is_former(folder: Path) -> bool:
    """Whether a folder is one that was written before."""
    return all((folder / name).is_file() for name in _OURS)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
