"""Check of the app's Refresh Token IP Allowlist: there, holding the egress, and nothing else."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import Field

from sfharden.addresses import show_ranges, union
from sfharden.checks.common import (
    APP_PARTS,
    Check,
    Context,
    Verdict,
    app_subject,
    failed,
    manual,
    not_applicable,
    passed,
)
from sfharden.egress.allowlist_fit import fit_allowlist, fit_words
from sfharden.facts.profiles import keeps_nobody_out
from sfharden.facts.token_allowlist import (
    MOST_ADDRESSES,
    MOST_RANGES,
    TOLERATED_SURPLUS,
    TokenAllowlist,
    token_allowlist,
)
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import are, count, the_whole

_WHAT = "Refresh Token IP Allowlist"


class Allowlist(Model):
    """`surplus_addresses`: how many addresses beyond egress and operator ranges the list may hold.

    `exempt_callbacks`: an app that every callback leads to this machine, a Salesforce org or a native app needs none.
    """

    surplus_addresses: int = Field(default=TOLERATED_SURPLUS, ge=0)
    exempt_callbacks: bool = False


def judge_token_allowlist(context: Context, parameters: Allowlist) -> Iterable[Verdict]:
    """Of an external client app the addresses are compared; of a connected app only the switch shows."""
    subject = app_subject(context)
    if parameters.exempt_callbacks and (spared := _spared(context)):
        yield spared
        return
    found = token_allowlist(context.facts, context.app)
    if found.on is not None:
        yield _by_switch(context, subject, found.on)
    elif not found.entries:
        yield _no_list(context, subject, found)
    else:
        yield _by_addresses(context, subject, found, parameters)


# Hosts of Salesforce orgs: Help, My Domain URL Formats.
_OWN_HOSTS = (".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _spared(context: Context) -> Verdict | None:
    """Not applicable where every callback is one that the partner mandate exempts.

    ISVforce Guide, secure_code_ac_eca: localhost, a Salesforce org, or a custom URL scheme. Several stand in one element,
    a line each (Metadata API Guide, ConnectedApp, callbackUrl).
    """
    app = context.app
    kind = kinds.EXTERNAL_GLOBAL_OAUTH if app.external else kinds.CONNECTED_APP
    path = "callbackUrl" if app.external else "oauthConfig.callbackUrl"
    try:
        written = app.written(kind, path)
    except CannotTell:
        return None
    if not all(map(_is_exempt, written.value.split())):
        return None
    evidence = Evidence(what="callback URLs", observed=written.value, source=written.where)
    text = "Its callbacks are exempt: this machine, a Salesforce org, or a native app's own scheme."
    return not_applicable(app_subject(context), text, evidence)


def _is_exempt(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return bool(parts.scheme)
    return host in _LOCAL or host.endswith(_OWN_HOSTS)


def _by_switch(context: Context, subject: Subject, on: Fact[bool]) -> Verdict:
    evidence = Evidence(
        what=f"{_WHAT} (isIpBindingEnabled)", observed=on.text, expected="true", source=on.where
    )
    if not on.value:
        return failed(subject, f"The app's allowlist is off: {_anywhere(context)}", evidence)
    egress = context.integration.egress.addresses
    text = (
        "The app's allowlist is on, and no API shows its addresses: compare them in App Manager with the egress, "
        f"{show_ranges(egress)}."
    )
    return manual(subject, text, evidence)


def _anywhere(context: Context) -> str:
    stolen = "a stolen code or refresh token is kept out by nothing of the app's own."
    fit = fit_allowlist(context.integration.egress)
    return stolen if fit.listed is not None else f"{stolen} {fit_words(fit)}"


def _no_list(context: Context, subject: Subject, found: TokenAllowlist) -> Verdict:
    evidence = Evidence(what=_WHAT, observed="none", expected="the egress addresses", source=found.where)
    if _lost(context):
        text = (
            "The connected app has an allowlist, and the external client app that it became has none: the migration "
            "doesn't carry it over (Help 005387022)."
        )
        return failed(subject, text, evidence)
    return failed(subject, f"The app has no allowlist: {_anywhere(context)}", evidence)


def _lost(context: Context) -> bool:
    """True if the other side of a migrated app has its allowlist on."""
    for side in context.sides:
        if side.external or not context.app.external:
            continue
        try:
            on = token_allowlist(context.facts, side).on
        except CannotTell:
            continue
        if on is not None and on.value:
            return True
    return False


def _by_addresses(
    context: Context, subject: Subject, found: TokenAllowlist, parameters: Allowlist
) -> Verdict:
    """A list that refuses the integration is worst; one that holds too much comes next."""
    listed, integration = found.addresses, context.integration
    if listed is None:
        raise CannotTell("the allowlist's addresses don't show", found.where)
    evidence = Evidence(
        what=_WHAT, observed=show_ranges(listed), expected="the egress addresses", source=found.where
    )
    egress = integration.egress
    if keeps_nobody_out(listed):
        return failed(subject, f"The app's allowlist keeps nobody out: {show_ranges(listed)}.", evidence)
    missing = egress.addresses - listed
    if missing:
        return failed(
            subject,
            f"{missing.size:,} of {count(egress.addresses.size, 'egress address')} {are(missing.size)} not in the app's allowlist: "
            f"{show_ranges(missing)}. From there no code and no refresh token can be redeemed.",
            evidence,
        )
    if found.entries > MOST_RANGES or listed.size > MOST_ADDRESSES:
        text = f"{count(found.entries, 'range')} and {count(listed.size, 'address')}"
        limits = f"{MOST_RANGES} ranges and {MOST_ADDRESSES} addresses"
        return failed(subject, f"The file lists {text}; Salesforce takes at most {limits}.", evidence)
    sharing = context.of_app  # whoever else redeems by the app needs its addresses in the list, too
    surplus = listed - union(one.egress.addresses | one.operator_ranges for one in sharing)
    if gaps := [gap for one in sharing for gap in one.egress.gaps]:
        raise CannotTell(f"some egress addresses are not known: {gaps[0].reason}", gaps[0].what)
    if surplus.size > parameters.surplus_addresses:
        return failed(
            subject,
            f"The app's allowlist admits {count(surplus.size, 'address')} that nobody needs: {show_ranges(surplus)}.",
            evidence,
        )
    if not egress.addresses:
        raise CannotTell("the integration has no egress addresses")
    return passed(
        subject,
        f"The app's allowlist holds {the_whole(egress.addresses.size, 'egress address')}, and "
        f"{count(surplus.size, 'address')} beyond egress and operator.",
        evidence,
    )


CHECKS = {
    "app_token_allowlist": Check("integration", Allowlist, judge_token_allowlist, app_subject, APP_PARTS),
}
