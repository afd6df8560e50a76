"""An app's name as it's shown where somebody decides by it: made safe, and marked if it may deceive."""

from collections.abc import Mapping

from sfharden.text.look_alike import oddity, shown_name
from sfharden.text.redact import safe_text


def marked(name: str, alike: Mapping[str, str], limit: int = 60) -> str:
    """The name, and in brackets what is odd about it; `alike` are names with another that looks the same."""
    mark = mark_of(name, alike)
    return f"{shown_name(name, limit)} [!: {mark}]" if mark else shown_name(name, limit)


def mark_of(name: str, alike: Mapping[str, str]) -> str:
    """What is odd about a name; empty for nothing, and for no name, which is shown as that."""
    parts = [oddity(name) if name.strip() else ""]
    if name in alike:
        parts.append(f"looks like '{safe_text(alike[name], limit=60)}', and is another")
    return "; ".join(part for part in parts if part)
