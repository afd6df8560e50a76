"""How the org says no: one exception that each interface turns into its own shape."""

from typing import Final

STATUS: Final = {
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "INSUFFICIENT_ACCESS": 403,
    "API_DISABLED_FOR_ORG": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_API_VERSION": 410,
    "URI_TOO_LONG": 414,
    "HEADERS_TOO_LARGE": 431,
}


class RefusalError(Exception):
    """An error answer of the org: `code` as the platform names it, `message` as a person would read it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code in REST answers."""
        return STATUS.get(self.code, 400)
