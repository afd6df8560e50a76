"""One module for each sub-command; each loads what it needs when it's run."""

from typing import Final

# Where the context of a command keeps the entry point.
ENTRY: Final = "sfharden.main"
