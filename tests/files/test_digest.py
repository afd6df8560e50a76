"""Digests of files and of data: of the bytes alone, and the same whatever the order of keys."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.files.digest import canonical_json, digest_of, sha256_of


@given(st.binary(max_size=300))
def test_a_digest_is_that_of_the_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "x"
    path.write_bytes(data)
    assert sha256_of(path, "file") == digest_of(data) == sha256(data).hexdigest()


def test_what_can_not_be_read_is_told_by_its_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no snapshot"):
        sha256_of(tmp_path / "none", "snapshot")
    with pytest.raises(InputError, match=r"no regular file|can't be read"):
        sha256_of(tmp_path, "snapshot")
    with pytest.raises(InputError, match="can't be read"):
        sha256_of(tmp_path / "a\0b", "snapshot")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="no regular file"):
            sha256_of(tmp_path / "pipe", "snapshot")


def test_one_spelling_for_each_value() -> None:
    assert canonical_json({"b": 1, "a": [True, None, "é"]}) == b'{"a":[true,null,"\\u00e9"],"b":1}'
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        canonical_json(float("nan"))
