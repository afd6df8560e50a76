"""A plan that was written before: recognised, and read again."""

import json
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from sfharden.errors import InputError
from sfharden.files.input_file import read_regular
from sfharden.model.plan import Plan
from sfharden.text.redact import safe_text

PARTS: Final = frozenset({"README.md", "plan.json", "package", "rollback"})
_MOST_BYTES: Final = 50_000_000


def is_former_plan(folder: Path) -> bool:
    """True if a folder holds a plan and nothing else."""
    if {one.name for one in folder.iterdir()} - PARTS:
        return False
    try:
        load_plan(folder)
    except InputError:
        return False
    return True


def load_plan(folder: Path) -> Plan:
    """The plan in a folder. Raises InputError."""
    path = folder / "plan.json"
    try:
        return Plan.model_validate(json.loads(read_regular(path, _MOST_BYTES)))
    except (OSError, ValueError, RecursionError, ValidationError):
        raise InputError(
            f"There is no plan in {safe_text(str(folder))}.", "Make one: sfharden plan … -o DIR"
        ) from None


def load_package(folder: Path, plan: Plan) -> dict[str, bytes]:
    """The files of a plan's package/, by path; only those that the plan names. Raises InputError."""
    root = folder / "package"
    wanted = ["package.xml", *(one.member for one in plan.files)]
    if any(".." in Path(one).parts or Path(one).is_absolute() for one in wanted):
        raise InputError(f"The plan in {safe_text(str(folder))} names files outside its package.")
    try:
        found = {one.relative_to(root).as_posix() for one in root.rglob("*") if not one.is_dir()}
        if found != set(wanted):
            raise InputError(f"{safe_text(str(root))} is not as the plan wrote it.", "Plan again.")
        return {one: (root / one).read_bytes() for one in wanted}
    except OSError:
        raise InputError(f"{safe_text(str(root))} can't be read.") from None
