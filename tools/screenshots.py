"""Takes the two pictures of the README again, of the embedded org: `make screenshots`.

The page of a report as Chromium shows it, and a terminal's text as a page of its own. A palette makes the pictures small.
"""

import base64
import html
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sfharden.plan.steps import wrapped
from tests.report.browser import CHROMIUM, DRIVER, Browser, chromium

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURES: Final = ROOT / "docs" / "pictures"
SAMPLE: Final = ROOT / "sfharden" / "demo" / "sample"
MOST_BYTES: Final = 250_000
_COLUMNS: Final = 84
_SIMULATE: Final = (
    *("simulate", "--demo", "-i", "integration.yaml"),
    *("--expect-refused", "192.0.2.66", "--expect-refused", "192.0.2.140"),
)

# A terminal ----------------------------------------------------------------------------------

_SGR: Final = re.compile(r"\x1b\[([0-9;]*)m")
# The colours that click.style gives by name, on a dark ground.
_COLOURS: Final = {
    30: "#9198a1", 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#56d4dd", 37: "#f0f6fc",
}  # fmt: skip
_BRIGHT: Final = 60  # from a colour's number to that of its bright sister
_STYLE: Final = (
    "body{margin:0;background:#0d1117;color:#d1d7e0}"
    "pre{margin:0;padding:20px 24px;display:inline-block;font:15px/1.35 'DejaVu Sans Mono','Liberation Mono',monospace}"
)


def terminal_page(text: str) -> str:
    """A page that shows what a terminal would."""
    body = "".join(_spans(text))
    return (
        f"<!DOCTYPE html><meta charset=utf-8><title>Terminal</title><style>{_STYLE}</style><pre>{body}</pre>"
    )


def _spans(text: str) -> Iterator[str]:
    colour, bold, at = "", False, 0
    for found in _SGR.finditer(text):
        yield _span(text[at : found.start()], colour, bold=bold)
        at = found.end()
        for code in (int(one or 0) for one in found[1].split(";")):
            if code in (0, 39):
                colour = ""
            if code in (0, 1, 22):
                bold = code == 1
            colour = _COLOURS.get(code, _COLOURS.get(code - _BRIGHT, colour))
    yield _span(text[at:], colour, bold=bold)


def _span(text: str, colour: str, *, bold: bool) -> str:
    style = (f"color:{colour};" if colour else "") + ("font-weight:bold" if bold else "")
    shown = html.escape(text)
    return f'<span style="{style}">{shown}</span>' if style and text else shown


def matrix_and_guard(text: str) -> str:
    """Of a simulation who gets in, and the line that sums it up; what is left out is marked."""
    lines = text.splitlines()
    first = next(at for at, line in enumerate(lines) if "Who gets in:" in line)
    last = next(at for at, line in enumerate(lines) if line.startswith("In capitals:"))
    guard = next(at for at, line in enumerate(lines) if "LOCK-OUT GUARD" in line)
    end = next((at for at in range(guard, len(lines)) if not lines[at].strip()), len(lines))
    return "\n".join([*lines[first : last + 1], "…", *lines[guard:end]])


# A picture -------------------------------------------------------------------------------------

# Chromium decodes its own picture and counts colours, coarser until there are no more than a palette holds.
_TO_PALETTE: Final = """
const [data, done] = arguments, image = new Image();
image.onload = () => {
  const canvas = document.createElement('canvas');
  canvas.width = image.width; canvas.height = image.height;
  const brush = canvas.getContext('2d'); brush.drawImage(image, 0, 0);
  const dots = brush.getImageData(0, 0, image.width, image.height).data;
  for (const step of [1, 2, 4, 8, 16, 32, 64]) {
    const near = value => Math.min(255, Math.round(value / step) * step);
    const known = new Map(), numbers = new Uint8Array(dots.length / 4);
    for (let at = 0; at < dots.length && known.size <= 256; at += 4) {
      const colour = near(dots[at]) << 16 | near(dots[at + 1]) << 8 | near(dots[at + 2]);
      if (!known.has(colour)) known.set(colour, known.size);
      numbers[at / 4] = known.get(colour);
    }
    if (known.size > 256) continue;
    let text = ''; for (let at = 0; at < numbers.length; at += 8192) text += String.fromCharCode(...numbers.subarray(at, at + 8192));
    done({width: image.width, height: image.height, palette: [...known.keys()], numbers: btoa(text)}); return;
  }
};
image.src = 'data:image/png;base64,' + data;
"""


def png(width: int, height: int, palette: Sequence[int], numbers: bytes) -> bytes:
    """A picture of at most 256 colours (PNG Specification, Third Edition: IHDR, PLTE, IDAT, IEND)."""
    rows = b"".join(b"\0" + numbers[at * width : (at + 1) * width] for at in range(height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(one.to_bytes(3, "big") for one in palette)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(browser: Browser, page: Path, window: int, end: str) -> bytes:
    """The upper part of a page, down to where a script says that it ends, twice as sharp as a screen."""
    browser.open(page, window)
    width, height = browser.run(end)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 2}
    params = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    taken = browser.ask("POST", "/goog/cdp/execute", cmd="Page.captureScreenshot", params=params)["data"]
    browser.ask("POST", "/url", url="about:blank")  # a report's own policy lets no picture be loaded
    found = browser.ask("POST", "/execute/async", script=_TO_PALETTE, args=[taken])
    return png(found["width"], found["height"], found["palette"], base64.b64decode(found["numbers"]))


# The two -----------------------------------------------------------------------------------------

# Above the heading of the Azure side and the room that it keeps; a page without one is no picture.
REPORT_END: Final = """
const next = [...document.querySelectorAll('h2, h3')].find(one => one.textContent.trim().endsWith('Azure side'));
if (!next) throw new Error('The report has no heading of the Azure side to end the picture at.');
const above = next.getBoundingClientRect().top + scrollY - parseFloat(getComputedStyle(next).marginTop);
return [innerWidth, Math.floor(above)];
"""
_TERMINAL_END: Final = """
const box = document.querySelector('pre').getBoundingClientRect(); return [Math.ceil(box.width), Math.ceil(box.height)];
"""


def taken(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each picture by its name."""
    _said(("check", "--demo", "-o", str(folder / "report.html")))
    typed = wrapped(f"$ sfharden {' '.join(_SIMULATE)}", _COLUMNS)
    shown = f"{typed}\n\n{matrix_and_guard(_said(_SIMULATE))}\n"
    (folder / "terminal.html").write_text(terminal_page(shown), "utf-8")
    with chromium() as browser:
        yield "report", picture(browser, folder / "report.html", 1120, REPORT_END)
        yield "terminal", picture(browser, folder / "terminal.html", 1000, _TERMINAL_END)


def _said(words: Sequence[str]) -> str:
    """What sfharden shows a person at a terminal with colours."""
    around = {**os.environ, "COLUMNS": str(_COLUMNS), "FORCE_COLOR": "1"}
    command = [sys.executable, "-m", "sfharden", *words]
    done = subprocess.run(command, cwd=SAMPLE, env=around, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own words
    return done.stdout


def main() -> int:
    """Take both; 1 where there is no Chromium, or a picture is too large."""
    if not (CHROMIUM and DRIVER):
        sys.stderr.write(
            "There is no Chromium with its driver here (apt-get install chromium chromium-driver).\n"
        )
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sizes = {}
        for name, data in taken(Path(folder)):
            (PICTURES / f"{name}.png").write_bytes(data)
            sizes[name] = len(data)
    sys.stdout.write(f"{json.dumps(sizes)} bytes, in docs/pictures.\n")
    return 1 if max(sizes.values()) > MOST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
