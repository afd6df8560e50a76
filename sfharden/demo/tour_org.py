"""The embedded org as every command's --demo sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sfharden.demo.sample import sample_folder
from sfharden.demo.story import bad_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.text.redact import Secret

CALLER: Final = "auditor"


@contextmanager
def serve_tour(now: datetime, *, latency: float = 0.0) -> Iterator[DemoServer]:
    """The bad org of the tour on a loopback port, until the block ends."""
    org = bad_org(sample_folder() / "force-app", now)
    org.knobs.retrieve_polls = 1  # nobody watches a tour for the waiting in it
    with serve(org, latency=latency) as server:
        yield server


@contextmanager
def serve_demo_org(now: datetime) -> Iterator[tuple[str, Secret]]:
    """Its address, and an access token of its auditor."""
    with serve_tour(now) as server:
        yield server.base_url, Secret(server.tokens[CALLER])
