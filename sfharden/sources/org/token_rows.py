"""Rows of OauthToken as values, and names for tokens of which nothing secret was asked.

Ids are always null there (Object Reference, OauthToken), and what would revoke a token is asked for only by who
revokes. Without it a token is known by nothing but what its row shows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from sfharden.errors import AnswerError
from sfharden.salesforce.handles import handle_of, name_of
from sfharden.salesforce.soql import soql_datetime
from sfharden.sources.org.values import Row, moment, number, optional, parse_moment, required, required_moment
from sfharden.text.redact import Secret

SHOWN: Final = "AppName, AppMenuItemId, UserId, CreatedDate, LastUsedDate, UseCount"
SECRET: Final = "DeleteToken"  # noqa: S105 - a column's name
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


class RawToken(NamedTuple):
    """A token as OauthToken tells of it, its app not yet resolved; `handle` is empty until it has a name.

    `created` is cut to milliseconds, as queries are: so what one compares, the other selects.
    """

    handle: str
    app_label: str
    menu_id: str
    user_id: str
    created: datetime
    last_used: datetime | None
    use_count: int | None


def token_of(row: Row) -> RawToken:
    """A row's token. Raises AnswerError for a row that isn't what the Object Reference promises."""
    return RawToken(
        "",
        optional(row, "AppName"),
        optional(row, "AppMenuItemId"),
        required(row, "UserId"),
        _cut(required_moment(row, "CreatedDate")),
        moment(row, "LastUsedDate"),
        number(row, "UseCount"),
    )


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def with_secret(row: Row, org_id: str) -> tuple[RawToken, Secret]:
    """A row's token and what revokes it, which gives the token its handle."""
    secret = Secret(required(row, SECRET))
    return token_of(row)._replace(handle=handle_of(secret, org_id)), secret


def named(tokens: Iterable[RawToken], org_id: str) -> Iterator[RawToken]:
    """The tokens with names made of what doesn't change about them; those that share all of it are numbered."""
    numbers: Counter[tuple[str, ...]] = Counter()
    for one in sorted(tokens, key=_order):
        if one.handle:
            yield one
            continue
        looks = (one.app_label, one.menu_id, one.user_id, soql_datetime(one.created))
        numbers[looks] += 1
        yield one._replace(handle=name_of((*looks, str(numbers[looks])), org_id))


def _order(one: RawToken) -> tuple[object, ...]:
    used = -1 if one.use_count is None else one.use_count
    return one.app_label, one.user_id, one.created, one.menu_id, one.last_used or _NEVER, used, one.handle


def refuse_disorder(tokens: Sequence[RawToken], low: str = "", high: str = "") -> None:
    """Raise AnswerError unless they ascend by moment, from `low` on and before `high`.

    Only of rows that are what was asked for does their number tell whether all came.
    """
    if any(later.created < earlier.created for earlier, later in pairwise(tokens)):
        raise AnswerError("Querying: the org's tokens came in another order than was asked for")
    first, last = (tokens[0].created, tokens[-1].created) if tokens else (None, None)
    if (low and first and first < parse_moment(low)) or (high and last and last >= parse_moment(high)):
        raise AnswerError("Querying: the org gave other tokens than it was asked for")


def twin_moments(tokens: Iterable[RawToken]) -> dict[str, int]:
    """The moments at which tokens were made that show the very same, and how many tokens in all were made then."""
    at: Counter[datetime] = Counter()
    looks: Counter[RawToken] = Counter()
    for one in tokens:
        at[one.created] += 1
        looks[one] += 1
    return {soql_datetime(one.created): at[one.created] for one, times in looks.items() if times > 1}
