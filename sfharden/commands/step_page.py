"""The page of a GitHub Actions step: with `-f github`, the file in GITHUB_STEP_SUMMARY gets a short report as well."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sfharden.commands.output_option import Output
from sfharden.files.output_file import append_text
from sfharden.files.output_place import refuse_place
from sfharden.model.results import Report

VARIABLE: Final = "GITHUB_STEP_SUMMARY"


def step_page(outputs: Iterable[Output]) -> Path | None:
    """The file, looked at before anything is read; None where nobody asked for it."""
    named = os.environ.get(VARIABLE)
    if not named or not any(one.form == "github" for one in outputs):
        return None
    refuse_place(Path(named))
    return Path(named)


def add_step_page(page: Path | None, report: Report) -> None:
    """Write it behind what other commands of the step wrote."""
    if page:
        from sfharden.report.check_github import step_summary

        append_text(page, step_summary(report))
