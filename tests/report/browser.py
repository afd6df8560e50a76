"""A real Chromium, driven by its WebDriver, for what only a browser can tell; none of it is needed anywhere else."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

DRIVER: Final = shutil.which("chromedriver")
CHROMIUM: Final = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
)

needs_chromium = pytest.mark.skipif(
    not (DRIVER and CHROMIUM), reason="there is no Chromium with its driver here"
)


def axe_source() -> str:
    """The text of axe-core where npm has put it, in the checkout or for everybody; empty where there is none."""
    places = [Path(__file__).resolve().parents[2] / "node_modules"]
    if npm := shutil.which("npm"):
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False, timeout=60)
        places.append(Path(asked.stdout.strip()))
    files = (place / "axe-core" / "axe.min.js" for place in places)
    return next((one.read_text("utf-8") for one in files if one.is_file()), "")


class Browser:
    """One window."""

    def __init__(self, wire: requests.Session, session: str) -> None:
        self._wire, self._session = wire, session

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """One command of the WebDriver protocol."""
        call = requests.request(
            method, f"{self._session}{path}", json=body if method == "POST" else None, timeout=60
        )
        value = call.json()["value"]
        assert call.ok, value
        return value

    def open(self, path: Path, width: int = 1280) -> None:
        """Show a file in a window of that width; narrow ones, too, which a window of its own can't be."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.ask("POST", "/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params=size)
        self.ask("POST", "/url", url=path.as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self.ask("POST", "/execute/sync", script=script, args=list(arguments))

    def later(self, script: str) -> Any:
        """What a script hands to its last argument."""
        return self.ask("POST", "/execute/async", script=script, args=[])

    def prefer(self, **features: str) -> None:
        """Such as `scheme="dark"`."""
        told = [{"name": f"prefers-color-{name}", "value": value} for name, value in features.items()]
        params = {"features": told}
        self.ask("POST", "/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params=params)

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """What is shown is laid out as in print, for as long as the block lasts."""
        for media in ("print", ""):
            self.ask("POST", "/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"media": media})
            if media:
                yield

    def complaints(self) -> list[str]:
        """What stands in the console."""
        return [one["message"] for one in self.ask("POST", "/se/log", type="browser")]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own, which ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as profile,
        subprocess.Popen([str(DRIVER), f"--port={port}", "--silent"], stdout=subprocess.DEVNULL) as driver,
    ):
        try:
            wire = _wire()
            options = {"binary": CHROMIUM, "args": [*_FLAGS, f"--user-data-dir={profile}"]}
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL"},
            }
            begun = wire.post(f"{base}/session", json={"capabilities": {"alwaysMatch": wanted}}, timeout=60)
            browser = Browser(wire, f"{base}/session/{begun.json()['value']['sessionId']}")
            yield browser
            browser.ask("DELETE", "")
        finally:
            driver.terminate()


def _wire() -> requests.Session:
    """The way to a driver that may still be starting: a refused connection is tried again for a while, never a proxy."""
    wire = requests.Session()
    wire.trust_env = False
    wire.mount("http://", HTTPAdapter(max_retries=Retry(connect=12, read=0, backoff_factor=0.05)))
    return wire
