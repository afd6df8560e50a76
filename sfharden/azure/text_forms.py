"""What a file is that should be JSON and isn't, told by how it begins, and the command that gives JSON instead."""

import re
from typing import Final, NamedTuple

EXPORT: Final = "`az resource show --ids ID -o json`"


class TextForm(NamedTuple):
    """A form of text by its name, and how to get what is read."""

    name: str
    hint: str


_STATE: Final = "`terraform show -json > state.json`"
_FORMS: Final = tuple(
    (re.compile(pattern, re.M | re.I), TextForm(name, hint))
    for pattern, name, hint in (
        (
            r'^\s*(?:resource|data)\s+"\w+"\s+"[\w-]+"\s*\{|^\s*(?:terraform|locals)\s*\{|^\s*(?:provider|module|variable|output)\s+"[\w-]+"\s*\{',
            "Terraform source: it holds no values of Azure",
            f"Give the state, {_STATE}, or an export, {EXPORT}.",
        ),
        (
            r"^\s*resource\s+\w+\s+'[\w./-]+@[\w-]+'\s*(?:existing\s*)?=|^\s*targetScope\s*=|^\s*(?:param|output)\s+\w+\s+\w+|^\s*module\s+\w+\s+'",
            "Bicep source: it holds no values of Azure",
            f"Give an export, {EXPORT}, or the template, `bicep build FILE --outfile template.json`.",
        ),
        (
            r"^\s*<(?:!doctype\s+html|html|head|body)\b",
            "a web page, not an answer of Azure: a proxy's, or that of a sign-in",
            f"Give an export, {EXPORT}.",
        ),
        (
            r"^interactions:\s*$",
            "a recorded test, not an export",
            f"Give an export, {EXPORT}.",
        ),
        (
            r"^(?:ERROR|WARNING): ",
            "a message of the Azure CLI, not its answer",
            f"Run it again with standard output alone in the file: {EXPORT}.",
        ),
        (
            r"^(?:ResourceId|ResourceType|ResourceGroupName)\s*: ",
            "PowerShell's list for the screen",
            "Write JSON: `Get-AzResource -ResourceId ID -ExpandProperties | ConvertTo-Json -Depth 100`.",
        ),
        (
            r"^-?\s*(?:id|properties|definition): *(?:/subscriptions/\S+)?\s*$",
            "YAML, not JSON",
            f"Use `-o json`: {EXPORT}.",
        ),
        (
            r"^Name\s{2,}.*\n-{2,}\s",
            "a table of the Azure CLI",
            f"Use `-o json`: {EXPORT}.",
        ),
        (
            r"\APK[\x03\x05]",
            "a zip, or a plan file of Terraform",
            "Give a zip of exports by the ending .zip; of a plan, `terraform show -json PLAN > plan.json`.",
        ),
    )
)  # fmt: skip


def text_form(start: str) -> TextForm | None:
    """What a text is by its beginning; None if it's none of the forms that people take for an export."""
    if not start.strip():
        return TextForm("empty", f"Give an export, {EXPORT}.")
    return next((form for pattern, form in _FORMS if pattern.search(start)), None)
