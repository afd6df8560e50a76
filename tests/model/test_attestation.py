"""What an attestation may say: digests that are some, and no key that nobody knows."""

import pytest
from pydantic import ValidationError

from sfharden.model.attestation import AttestedInput, AttestedSubject, Sha256


@pytest.mark.parametrize("text", ["", "ab", "A" * 64, "a" * 65, "g" * 64, "a" * 64 + "\n"])
def test_a_digest_is_64_small_hex_digits(text: str) -> None:
    assert Sha256(sha256="a" * 64).sha256
    with pytest.raises(ValidationError):
        Sha256(sha256=text)


def test_roles_and_subjects_are_known_ones() -> None:
    digest = {"sha256": "0" * 64}
    assert AttestedInput.model_validate({"role": "egress", "name": "x", "digest": None}).digest is None
    for bad in ({"role": "else", "name": "x", "digest": digest}, {"role": "egress", "name": "x"}):
        with pytest.raises(ValidationError):
            AttestedInput.model_validate(bad)
    with pytest.raises(ValidationError):
        AttestedSubject.model_validate({"name": "other.json", "digest": digest})
