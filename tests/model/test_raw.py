"""Bytes of metadata files, which may hold secrets."""

from sfharden.model.raw import RawFile


def test_the_bytes_of_a_file_show_themselves_nowhere() -> None:
    raw = RawFile("a/X.connectedApp", "ConnectedApp", "X", b"<consumerSecret>hush</consumerSecret>")
    assert "hush" not in f"{raw!r} {raw} {[raw]}"
