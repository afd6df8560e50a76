"""One browser for all tests of pages: starting it takes longer than any of them."""

from collections.abc import Iterator

import pytest

from .browser import Browser, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A window of Chromium; only for tests that are skipped where there is none."""
    with chromium() as opened:
        yield opened
