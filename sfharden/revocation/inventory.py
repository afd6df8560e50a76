"""The tokens of a reading, and why they may not be all; which of them are this program's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sfharden.errors import NoVerdictError
from sfharden.facts.directory import same_record
from sfharden.model import org
from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import normalise


@dataclass(frozen=True, slots=True)
class TokenInventory:
    """All tokens that were read. `gap` says why they may not be all of them; empty, they are.

    Of external client apps some may stand for all that a user gave an app, see `Token.summed`: those can't be revoked.

    `handles` are those of the tokens, and second ones: a token of an external client app has one for OauthToken
    and one for its own resource, and the tables list it once. `usernames` are by user id.
    """

    org_id: str
    tokens: tuple[Token, ...]
    gap: str
    handles: frozenset[str]
    usernames: Mapping[str, str] = field(default_factory=dict)


def inventory_of(
    snapshot: Snapshot, handles: Iterable[str] = (), *, saw_others: bool = False
) -> TokenInventory:
    """The tokens of a snapshot, with all handles that its reading gave.

    `saw_others`: this login was shown other people's tokens before. Then its own alone are no sign of a list
    cut short: they are what is left once all others are revoked.
    Raises NoVerdictError if no token was read, or the org didn't say which one it is.
    """
    tables = snapshot.org
    if tables is None or tables.organization is None:
        raise NoVerdictError("The org did not say which one it is, so nothing can be revoked safely")
    if tables.tokens is None and tables.external_tokens is None:
        reasons = [gap.reason for gap in snapshot.gaps_of(org.TOKENS, org.EXTERNAL_TOKENS)]
        raise NoVerdictError(f"The tokens were not read: {reasons[0] if reasons else 'nobody asked'}")
    parts = ((org.TOKENS, tables.tokens), (org.EXTERNAL_TOKENS, tables.external_tokens))
    gaps = [f"{kind} was not read" for kind, rows in parts if rows is None]
    gaps += [
        f"{gap.what}: {gap.reason}"
        for gap in snapshot.gaps_of(org.TOKENS, org.EXTERNAL_TOKENS)
        if not (saw_others and gap.reason == org.ONLY_OWN_ROWS)
    ]
    tokens = {token.handle: token for _, rows in parts for token in rows or ()}
    reason = "; ".join(dict.fromkeys(gaps))
    usernames = {user.id: user.username for user in tables.users or ()}
    every = frozenset((*handles, *(one.handle for one in tokens.values() if not one.summed)))
    return TokenInventory(tables.organization.id, tuple(tokens.values()), reason, every, usernames)


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """What is known of this run's own token: its user, and the app it was given to.

    `apps` are the labels that the app may have. `sure` is False where the login doesn't tell its app. Logins
    by JWT bearer and by client credentials hold no token of their own: no apps, and sure.
    """

    user_id: str
    apps: tuple[str, ...] = ()
    sure: bool = False

    def spares(self, token: Token) -> bool:
        """True for a token that is, or for all that is known may be, this run's own: it's never revoked."""
        if not same_record(self.user_id, token.user_id):
            return False
        return not self.sure or normalise(token.app_label) in {normalise(label) for label in self.apps}

    @property
    def gap(self) -> str:
        """Why this run's own token can't be told from others at all; empty if it can."""
        told = self.sure or self.user_id
        return "" if told else "who is signed in was not told, so this run's own token may be among them"
