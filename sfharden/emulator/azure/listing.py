"""The outside of an answer: pages with an absolute nextLink on the same host (reference 2.5), ids in lower case."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from sfharden.emulator.azure.refusals import bad_request
from sfharden.emulator.wire import Request

_TOKENS: Final = ("$skiptoken", "$skipToken")


def page(request: Request, rows: Sequence[Mapping[str, Any]], size: int) -> dict[str, Any]:
    """One page of a list, as `$top` and `$skiptoken` ask for it, and where the next one is."""
    size = min(size, _number(request.query.get("$top", str(size)), least=1))
    start = next((_number(request.query[one]) for one in _TOKENS if one in request.query), 0)
    answer: dict[str, Any] = {"value": list(rows[start : start + size])}
    if start + size < len(rows):
        answer["nextLink"] = _link(request, start + size)
    return answer


def _number(text: str, least: int = 0) -> int:
    if not text.isdecimal() or int(text) < least:
        raise bad_request(f"The value '{text}' of a paging parameter is not valid.")
    return int(text)


def _link(request: Request, start: int) -> str:
    parts = urlsplit(request.target)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _TOKENS]
    return f"{request.base_url}{parts.path}?{urlencode([*query, ('$skiptoken', start)])}"


def lowered(value: Any) -> Any:
    """Ids in lower case, as some providers give them back (reference 2.1)."""
    if isinstance(value, dict):
        return {name: lowered(one) for name, one in value.items()}
    if isinstance(value, list):
        return [lowered(one) for one in value]
    return value.lower() if isinstance(value, str) and value.startswith("/subscriptions/") else value
