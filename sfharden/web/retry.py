"""What is tried again, how often and after which pause; and the HTTP library's errors in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3.exceptions

from sfharden.errors import AnswerError, OrgError, UnreachableError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call that only reads is tried again, and how long it waits in between. Seconds.

    A call that met silence is tried only once more: a question that is too slow stays too slow.
    """

    attempts: int = 4
    attempts_after_silence: int = 2
    attempts_after_limit: int = 2
    first_wait: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 30.0

    def wait(self, attempt: int, chance: float) -> float:
        """The pause after the attempt with this number, from 1: doubling, and half of it by chance."""
        full = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return full * (0.5 + chance / 2)


class AttemptError(Exception):
    """An attempt that failed in a way that another may not; `error` is what to say if none is left.

    `refused` is true where the service itself answered that it could not do it now.
    """

    def __init__(
        self, error: OrgError, attempts: int, retry_after: str = "", *, refused: bool = False
    ) -> None:
        super().__init__()
        self.error = error
        self.attempts = attempts
        self.retry_after = retry_after
        self.refused = refused


@contextmanager
def interruptions(what: str, retries: RetryPolicy, whom: str = "the org") -> Iterator[None]:
    """Turn what the HTTP library raises into `AttemptError` or an error of ours, without its text.

    The library's errors hold addresses with queries, and a proxy's address may hold a password.
    """
    try:
        yield
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        error: OrgError = AnswerError(f"{what}: {whom}'s answer was cut off")
        raise AttemptError(error, retries.attempts) from None
    except requests.exceptions.SSLError:
        raise UnreachableError(
            f"{what}: no trusted connection to {whom}",
            "If a proxy inspects traffic, name its CA bundle in REQUESTS_CA_BUNDLE.",
        ) from None
    except requests.exceptions.ProxyError:
        raise UnreachableError(f"{what}: the proxy refused", "Check HTTPS_PROXY and NO_PROXY.") from None
    except requests.exceptions.Timeout:
        error = UnreachableError(f"{what}: {whom} did not answer in time", "Try later.")
        raise AttemptError(error, retries.attempts_after_silence) from None
    except requests.exceptions.ConnectionError:
        error = UnreachableError(f"{what}: no connection to {whom}", "Check the address and the network.")
        raise AttemptError(error, retries.attempts) from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError):
        # OSError: a CA bundle from the environment that is not there. HTTPError: what requests lets through.
        raise UnreachableError(
            f"{what}: the request could not be sent", "Check the proxy and the CA bundle settings."
        ) from None


def retry_after_seconds(header: str, now: datetime) -> float:
    """The pause that a `Retry-After` header asks for, in seconds or as a date; 0 if it can't be read."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or a zone that no calendar has
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
