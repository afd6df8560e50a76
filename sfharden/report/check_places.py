"""Where a result stands: file and line below the root of a repository, or a logical name in an org."""

import re
from typing import Final
from urllib.parse import quote

from sfharden.model.results import Report, Result

# `profiles/Sales.profile:12`; a table of an org such as `OauthToken` is no file.
_FILE: Final = re.compile(r"(?P<path>[^\0]*\.[A-Za-z][\w-]*)(?::(?P<line>[1-9]\d{0,8}))?")


def file_of(report: Report, result: Result) -> tuple[str, int | None] | None:
    """The file relative to the repository's root, and the line if one is known; None where no repository holds it."""
    if not report.source.is_files or report.folder is None:
        return None
    for part in result.evidence:
        if found := _FILE.fullmatch(part.source):
            path = "/".join(filter(None, (report.folder.strip("/"), found["path"])))
            return path, int(found["line"]) if found["line"] else None
    return None


def uri_of(path: str) -> str:
    """A path as a relative URI: what is no plain ASCII is escaped, so that nothing in it is markup (RFC 3986)."""
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")


def logical_name(report: Report, result: Result) -> str:
    """`00D…/profile/Sales`: what was judged, wherever it stands."""
    org = report.source.org_id or report.source.kind
    return f"{org}/{result.subject.kind}/{result.subject.name}"
