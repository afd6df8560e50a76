"""From the SOURCE options to an org that is open for reading, and what reading it cost."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import click

from sfharden import __version__
from sfharden.doors.clock import current_time
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.progress import waiting_for, watching
from sfharden.doors.run_doors import RunDoors
from sfharden.doors.typed_secret import secret_of
from sfharden.errors import AuthError, UsageError
from sfharden.salesforce.auth import (
    SIGN_IN_BOUNDS,
    OrgSession,
    SignInDoors,
    sign_in_with_client_credentials,
    sign_in_with_jwt,
    sign_in_with_token,
)
from sfharden.salesforce.cli_login import sign_in_with_cli
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.salesforce.guard import READING
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.trust import Trust, trust_in
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text
from sfharden.text.terminal import aside
from sfharden.web.guard import Rule
from sfharden.web.meter import RESERVE_SHARE, CallCount, CallMeter
from sfharden.web.transport import Bounds


def bounds_of(given: LiveOptions) -> Bounds:
    """How long and how large an answer may be; a wait that the user gave goes before. Seconds."""
    bounds = given.doors.bounds or Bounds()
    return bounds if given.timeout is None else bounds.waiting(given.timeout)


@contextmanager
def open_org(
    given: LiveOptions, rules: tuple[Rule, ...] = READING, *, reserve_share: float | None = RESERVE_SHARE
) -> Iterator[Connection]:
    """Sign in and open the org; with --demo, the embedded org runs until the block ends.

    `reserve_share` is the part of the org's daily calls that is left to others, see CallMeter.
    """
    meter, trust = CallMeter(given.api_budget, reserve_share), trust_in(given.trust_host)
    doors, bounds = given.doors, bounds_of(given)
    if given.demo:
        with given.demo_org(current_time(doors)) as (url, token):
            yield from _opened(sign_in_with_token(url, token), meter, doors, bounds, rules, trust)
        return
    patience = replace(bounds, json_bytes=SIGN_IN_BOUNDS.json_bytes)
    session = _sign_in(given, os.environ, SignInDoors(meter, doors.timing, patience, trust, doors.log))
    trust.require(session.origin, AuthError)
    click.echo(f"The token goes to {safe_text(session.origin.host, limit=80)}.", err=True)
    yield from _opened(session, meter, doors, bounds, rules, trust)


def _opened(
    session: OrgSession,
    meter: CallMeter,
    doors: RunDoors,
    bounds: Bounds,
    rules: tuple[Rule, ...],
    trust: Trust,
) -> Iterator[Connection]:
    with waiting_for("the org's API versions", doors):
        connection = connect(
            session,
            API_VERSIONS,
            meter,
            timing=doors.timing,
            rules=rules,
            bounds=bounds,
            log=doors.log,
            trust=trust,
        )
    try:
        yield connection
    finally:
        connection.wire.close()


def _sign_in(given: LiveOptions, environment: Mapping[str, str], doors: SignInDoors) -> OrgSession:
    if given.org:
        with waiting_for("the Salesforce CLI", given.doors):
            return sign_in_with_cli(given.org)
    if not given.instance_url:
        raise UsageError("Give --org or --instance-url.")
    # Before a secret is asked for.
    login = parse_origin(given.instance_url)
    doors.trust.require(login, UsageError)
    if given.client_id:
        click.echo(f"Signing in at {safe_text(login.host, limit=80)}.", err=True)
    if given.jwt_key_file:
        if not (given.client_id and given.username):
            missing = [
                name
                for name, value in (("--client-id", given.client_id), ("--username", given.username))
                if not value
            ]
            raise UsageError(f"--jwt-key-file needs {' and '.join(missing)}.")
        return sign_in_with_jwt(
            given.instance_url, given.client_id, given.username, given.jwt_key_file, doors
        )
    if given.client_id:
        secret = secret_of(environment, "SF_CLIENT_SECRET", "client secret")
        return sign_in_with_client_credentials(given.instance_url, given.client_id, secret, doors)
    return sign_in_with_token(given.instance_url, secret_of(environment, "SF_ACCESS_TOKEN", "access token"))


def read_live(connection: Connection, wanted: Wanted, doors: RunDoors) -> OrgReading:
    """Read the org, show a watching person how far it is, and say what it cost."""
    connection.wire.begin_run()
    with watching(doors) as watcher:
        reading = read_org(connection, wanted, __version__, watcher)
    say_cost(connection)
    return reading


def say_cost(connection: Connection) -> None:
    """One line on standard error: the calls made, and what the org has left."""
    line = cost_line(connection.wire.meter.count(), connection.session.origin.host)
    click.echo(aside(line, sys.stderr), err=True)


def cost_line(count: CallCount, host: str) -> str:
    """`38 API calls to acme.my.salesforce.com; 99,962 of its 100,000 daily calls are left.`"""
    calls = f"{count.total} API call{'' if count.total == 1 else 's'} to {safe_text(host, limit=80)}"
    if count.daily_left is None or count.daily_limit is None:
        return f"{calls}."
    return f"{calls}; {count.daily_left:,} of its {count.daily_limit:,} daily calls are left."
