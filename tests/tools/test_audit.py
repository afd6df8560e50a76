"""Known vulnerabilities: told if there are any, and never "none" where nobody looked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tools.audit import NotAsked, asked, audit, everywhere, found_in
from tools.lock import LOCKS


def answer(lock: str, **vulnerable: str) -> str:
    """What pip-audit answers for a lock, with an id for each package that is named."""
    known = {name: [{"id": one, "fix_versions": ["9.9"], "aliases": []}] for name, one in vulnerable.items()}
    listed = [
        {"name": name, "version": "1.0", "vulns": known.get(name, [])} for name in sorted(everywhere(lock))
    ]
    return json.dumps({"dependencies": listed, "fixes": []})


def nobody() -> None:
    raise NotAsked("the vulnerability data can't be had here (URLError)")


def somebody() -> None:
    """The data can be had."""


def test_what_is_known_is_told_once_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(False, somebody, lambda lock: answer(lock, requests="PYSEC-1")) == 1
    assert capsys.readouterr().out == "requests 1.0: PYSEC-1, mended in 9.9\n"


def test_nothing_known_passes_if_every_package_was_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(True, somebody, answer) == 0
    assert "No known vulnerability" in capsys.readouterr().out


@pytest.mark.parametrize(("must", "code"), [(False, 0), (True, 1)])
def test_where_nobody_can_look_one_line_says_so(
    capsys: pytest.CaptureFixture[str], must: bool, code: int
) -> None:
    assert audit(must, nobody, answer) == code
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Not checked for known vulnerabilities: ")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"dependencies": null}', '{"dependencies": [1]}'])
def test_no_answer_is_no_pass(text: str) -> None:
    with pytest.raises(NotAsked, match="no answer"):
        found_in(text, ["click"])


def test_a_package_that_was_left_out_is_no_pass() -> None:
    for listed in ([], [{"name": "click", "skip_reason": "not found"}]):
        with pytest.raises(NotAsked, match="didn't judge click"):
            found_in(json.dumps({"dependencies": listed}), ["click"])


@pytest.mark.parametrize("name", LOCKS)
def test_only_what_few_systems_install_can_be_left_out(name: str) -> None:
    assert everywhere(name)


@contextmanager
def serving(body: bytes, status: int) -> Iterator[str]:
    """A source of data on this machine that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_data_that_know_an_old_release_can_be_asked() -> None:
    with serving(b'{"vulns": [{"id": "PYSEC-1"}]}', 200) as url:
        asked(url)


@pytest.mark.parametrize(
    ("body", "status"), [(b"{}", 200), (b"[]", 200), (b"<html>sign in</html>", 200), (b"{}", 403)]
)
def test_whatever_answers_otherwise_is_no_data(body: bytes, status: int) -> None:
    with serving(body, status) as url, pytest.raises(NotAsked):
        asked(url)


def test_nothing_listening_is_no_data() -> None:
    with serving(b"", 200) as url:
        gone = url
    reach: Callable[[str], None] = asked
    with pytest.raises(NotAsked, match="can't be had here"):
        reach(gone)
