"""Which of a plan's tokens an inventory still shows, by whatever name."""

from collections.abc import Iterable

from sfharden.model.directory import Directory
from sfharden.model.org import Token
from sfharden.revocation.plan import RevocationPlan


def still_there(
    plan: RevocationPlan, handles: Iterable[str], tokens: Iterable[Token], directory: Directory
) -> frozenset[str]:
    """Handles of the plan's tokens that are among `handles`, or that `tokens` show under another handle.

    A token of an external client app may be told of by OauthToken and by the OAuth usage resource, with another
    secret in each. Once the one no longer tells of it, what the other tells is the same authorisation.
    """
    there = frozenset(handles)
    planned = {one.handle for one in plan.tokens}
    twins = {
        (one.app_label, directory.username(one.user_id), one.created)
        for one in tokens
        if one.external and one.handle not in planned
    }
    return frozenset(
        one.handle
        for one in plan.tokens
        if one.handle in there or (not one.external and (one.app, one.user, one.created) in twins)
    )
