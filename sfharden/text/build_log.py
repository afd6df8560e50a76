"""What the log of a build takes for a command: nothing that is printed gives one, whatever a name says.

Azure Pipelines takes `##vso[…]` and `##[…]` anywhere in a line (Logging commands). GitHub's runner takes `##[…]` anywhere,
and `::name …::` where a line begins, spaces before it or not (actions/runner, ActionCommand.cs). `redact.safe_text` breaks
them in what a person reads; here is how they are written where a text must keep its meaning.
"""

import re
from typing import Final

_ANYWHERE: Final = re.compile(r"##(?:vso)?\[", re.IGNORECASE)


def gives_orders(text: str) -> bool:
    """True if any line of the text may be taken for a command."""
    return bool(_ANYWHERE.search(text)) or any(
        line.lstrip().startswith("::") for line in text.splitlines() if "::" in line
    )


def json_without_orders(text: str) -> str:
    """A document of JSON with the same values. None of its lines begins with colons: texts are quoted."""
    return text.replace("##", "#\\u0023")


def yaml_without_orders(quoted: str) -> str:
    """Texts within double quotes of YAML, with the same values."""
    return quoted.replace("##", r"#\x23")
