"""The parts of a multipart/form-data body."""

import re
from typing import Final

from sfharden.emulator.wire import Request

_NAME: Final = re.compile(rb'name="([^"]*)"')
_BOUNDARY: Final = re.compile(r'boundary="?([^";]+)"?')


def parts_of(request: Request) -> dict[str, bytes]:
    """Content of each part by its name; empty if the body isn't multipart."""
    match = _BOUNDARY.search(request.headers.get("content-type", ""))
    if match is None:
        return {}
    found = {}
    for piece in (b"\r\n" + request.body).split(b"\r\n--" + match[1].encode())[1:]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name:
            found[name[1].decode("utf-8", "replace")] = content
    return found
