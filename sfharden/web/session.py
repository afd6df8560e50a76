"""The wire: sends a call over the guarded session, counts it, and tries again what may be tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from sfharden.errors import AnswerError, LimitError, OrgError, UnreachableError
from sfharden.ports import CallLog, CallMade, Timing, no_log
from sfharden.text.redact import Secret
from sfharden.web.concurrency import ConcurrencyLimit, Rank
from sfharden.web.guard import OutgoingGuard, Rule
from sfharden.web.large_answers import SMALL_VALUES, LargeAnswers, values_in
from sfharden.web.meter import CallMeter
from sfharden.web.origin import WebOrigin, origin_of
from sfharden.web.retry import (
    AttemptError,
    RetryPolicy,
    interruptions,
    retry_after_seconds,
)
from sfharden.web.transport import Bounds, Unsigned, build_session

T = TypeVar("T")


Limited = Callable[[int, bytes], bool]


@dataclass(frozen=True, slots=True)
class Peer:
    """A service. `name` stands within a sentence.

    An answer of a `retried` status may be another one later. `limited` tells from status and body that there were too
    many calls, which narrows the wire; `limit_code` and `limit_hint` say so. `redirects` are followed within the
    service, `redirect_hint` is for others. `usage_header` is where it tells how many calls it has counted.
    """

    name: str
    retried: frozenset[int]
    limited: Limited
    limit_code: str
    limit_hint: str
    redirects: int
    redirect_hint: str
    usage_header: str = ""

    @property
    def capital(self) -> str:
        """The name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True, slots=True)
class WireCall:
    """One request. `what` names it for a person; `kind` is what the meter counts it as.

    `reading` says that sending it twice does no harm. `again_if_refused` has another call sent again, too, but only
    where the service answered that it couldn't take it now. `signed` puts the token into its header. `rank` says whose
    turn it is where calls wait. A body may hold the token, so no repr shows it. `shown_path` is what a log has of
    a path that holds a secret. A good answer goes into `sink` where there is one, and its body is empty then.
    """

    method: str
    path: str
    what: str
    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    reading: bool = True
    again_if_refused: bool = False
    signed: bool = True
    rank: Rank = Rank.REST
    shown_path: str = ""
    sink: IO[bytes] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. Its body is foreign and may hold a secret, so no repr shows it."""

    status: int
    content_type: str
    body: bytes = field(repr=False)


class ServiceWire:
    """Sends calls to one service. Safe to share between up to 16 threads.

    It never signs in again by itself: a run whose session ends keeps what it has read and names the rest
    as gaps, rather than joining what two sign-ins (perhaps with different rights) could see.
    """

    def __init__(
        self,
        peer: Peer,
        origin: WebOrigin,
        token: Secret | None,
        *,
        meter: CallMeter,
        rules: tuple[Rule, ...],
        timing: Timing | None = None,
        retries: RetryPolicy | None = None,
        bounds: Bounds | None = None,
        limit: ConcurrencyLimit | None = None,
        large: LargeAnswers | None = None,
        log: CallLog = no_log,
    ) -> None:
        self.peer = peer
        self.origin = origin
        self.log = log
        self.limit = limit or ConcurrencyLimit()
        self.meter = meter
        self.timing = timing or Timing()
        self.retries = retries or RetryPolicy()
        self.bounds = bounds or Bounds()
        self.large = large or LargeAnswers()
        self._session = build_session(
            OutgoingGuard(origin, rules, peer.name),
            token=token,
            bounds=self.bounds,
            clock=self.timing.clock,
            large=self.large,
        )
        self.begin_run()

    def begin_run(self) -> None:
        """Count the time of a run from here on: a person may have thought for long before it."""
        self._until = self.timing.clock() + self.bounds.run

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def take(self, call: WireCall, read: Callable[[Answer], T]) -> T:
        """What the reader makes of the answer; of large answers one is read and made something of at a time.

        Raises what `send` and the reader raise.
        """
        with self.large.answer():
            try:
                return self._taken(call, read)
            except OrgError as error:
                raise _light(error) from None

    def _taken(self, call: WireCall, read: Callable[[Answer], T]) -> T:
        answer = self._sent(call)
        if values_in(answer.body) > SMALL_VALUES:
            self.large.take_turn()
        return read(answer)

    def send(self, call: WireCall) -> Answer:
        """The answer, whatever its status but those that were retried in vain.

        Raises UnreachableError, AnswerError (cut off or over the bounds), LimitError (budget or reserve).
        """
        with self.large.answer():
            try:
                return self._sent(call)
            except OrgError as error:
                raise _light(error) from None

    def _sent(self, call: WireCall) -> Answer:
        attempt = 1
        while True:
            try:
                with self.limit.slot(call.rank):
                    return self._attempt(call, attempt)
            except AttemptError as failed:
                # Before it waits for a slot again: who has one may wait for this turn.
                self.large.leave()
                again = call.reading or (call.again_if_refused and failed.refused)
                if not again or attempt >= failed.attempts:
                    raise failed.error from None
                self.timing.sleep(self._pause(attempt, failed))
                attempt += 1

    def _attempt(self, call: WireCall, attempt: int) -> Answer:
        response = self._once(call, f"{self.origin}{call.path}", call.params, attempt)
        for _ in range(self.peer.redirects):
            if not response.is_redirect:
                break
            # The target holds the query already, if it wants one.
            response = self._once(call, self._target(call, response), {}, attempt)
        if response.is_redirect:
            if not self.peer.redirects:
                raise self._elsewhere(call)
            raise AnswerError(f"{call.what}: {self.peer.name} redirects without end")
        if response.status_code in self.peer.retried:
            raise self._trouble(call, response)
        if self.peer.limited(response.status_code, response.content):
            raise self._limited(call, response)
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)

    def _once(self, call: WireCall, url: str, params: Mapping[str, str], attempt: int) -> requests.Response:
        if self.timing.clock() > self._until:
            message = f"{call.what}: the run has taken more than {self.bounds.run:.0f} seconds"
            raise UnreachableError(message, f"{self.peer.capital} answers too slowly; read less at once.")
        self.meter.before_call(call.kind)
        begun, response = self.timing.clock(), None
        try:
            with interruptions(call.what, self.retries, self.peer.name), self._session.into(call.sink):
                response = self._session.request(
                    call.method,
                    url,
                    params=dict(params),
                    data=call.body,
                    headers=dict(call.headers),
                    auth=None if call.signed else Unsigned(),
                )
            return response
        finally:
            self.meter.after_call(None if response is None else response.headers.get(self.peer.usage_header))
            path = call.shown_path or urlsplit(url).path
            status = None if response is None else response.status_code
            spent = round((self.timing.clock() - begun) * 1000)
            self.log(CallMade(call.method, path, status, spent, attempt, call.what))

    def _target(self, call: WireCall, response: requests.Response) -> str:
        try:
            target = urljoin(response.url, response.headers["Location"])
        except ValueError:
            target = ""
        if call.method != "GET" or origin_of(target) != self.origin:
            raise self._elsewhere(call)
        return target

    def _elsewhere(self, call: WireCall) -> AnswerError:
        return AnswerError(
            f"{call.what}: {self.peer.name} redirects to another address, which was not followed",
            self.peer.redirect_hint,
        )

    def _trouble(self, call: WireCall, response: requests.Response) -> AttemptError:
        message = f"{call.what}: {self.peer.name} answered HTTP {response.status_code}"
        error = UnreachableError(message, f"{self.peer.capital} is in trouble or in maintenance; try later.")
        asked = response.headers.get("Retry-After", "")
        return AttemptError(error, self.retries.attempts, asked, refused=True)

    def _limited(self, call: WireCall, response: requests.Response) -> AttemptError:
        """Too many calls at once, or too many today: the answers look alike, so a second try tells."""
        self.limit.narrow()
        message = f"{call.what}: {self.peer.name} answered {self.peer.limit_code}"
        error = LimitError(message, self.peer.limit_hint)
        asked = response.headers.get("Retry-After", "")
        return AttemptError(error, self.retries.attempts_after_limit, asked, refused=True)

    def _pause(self, attempt: int, failed: AttemptError) -> float:
        asked = retry_after_seconds(failed.retry_after, self.timing.now())
        # Sooner than asked would be rude and in vain; later than this, a person should decide.
        if asked > self.retries.longest_retry_after:
            raise failed.error from None
        return max(asked, self.retries.wait(attempt, self.timing.chance()))


def _light(error: OrgError) -> OrgError:
    """The error without the frames that it came through: they hold the answer, and an error may be kept for long."""
    error.__context__ = None
    return error.with_traceback(None)
