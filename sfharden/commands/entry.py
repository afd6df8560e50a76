"""Where the context of a command keeps the entry point; apart, since the command line loads it at once."""

from typing import Final

ENTRY: Final = "sfharden.main"
