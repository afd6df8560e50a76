"""`check --attest` through its entry point: what is signed, by which key, and when nothing is."""

import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sfharden.commands import attest_option, source

from .attest_kit import STAMP, Desk, a_key, desk, private_pem
from .kit import Run, words

WORD = "correct horse battery"


@pytest.fixture
def made(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", STAMP)
    return desk(tmp_path, run)


def test_the_same_input_has_the_same_bytes_and_the_runs_own_exit_code(made: Desk) -> None:
    code, _, err = made.attest()
    first = made.path("a.json").read_bytes()
    assert "Wrote" in err
    assert made.attest()[0] == code == made.check()[0]
    assert made.path("a.json").read_bytes() == first
    assert made.statement()["predicate"]["exitCode"] == code
    if os.name == "posix":
        assert made.path("a.json").stat().st_mode & 0o777 == 0o600


def test_what_is_unknown_and_what_is_waived_stand_in_it_as_in_the_report(made: Desk) -> None:
    made.attest()
    report, said = json.loads(made.path("report.json").read_text()), made.statement()["predicate"]
    assert [one["fingerprint"] for one in said["controls"]] == [
        one["fingerprint"] for one in report["results"]
    ]
    for told, result in zip(said["controls"], report["results"], strict=True):
        assert (told["status"], told["waived"], told["known"]) == (
            result["status"], result["waived"], result["known"],
        )  # fmt: skip
        assert told["why"] == (result["message"] if result["status"] == "unknown" else None)
    assert {name: said["counts"][name] for name in report["summary"]} == report["summary"]
    assert said["counts"]["waived"] == 1
    assert said["gaps"] == report["gaps"]
    assert (said["timeVerified"], said["baselineOf"]) == (
        report["generated_at"],
        report["baseline"]["generated_at"],
    )


def test_a_mild_threshold_makes_no_failure_a_pass(made: Desk) -> None:
    made.path("i.yaml").write_text(made.path("i.yaml").read_text().partition("waivers:")[0])
    made.attest("--fail-on", "critical")
    said = made.statement()["predicate"]
    assert (said["failOn"], said["verificationResult"]) == ("critical", "FAILED")
    assert said["exitCode"] != 1


def test_shipped_policies_are_named_where_none_was_given(made: Desk) -> None:
    made.run("check", "--snapshot", made.path("s.json"), "--attest", made.path("a.json"), "--attest-key", made.path("key.pem"))  # fmt: skip
    named = [
        (one["role"], one["name"])
        for one in made.statement()["predicate"]["inputs"]
        if one["role"] == "policy"
    ]
    assert named == [("policy", "logic-apps-salesforce"), ("policy", "salesforce-oauth-2026")]


def test_the_keys_file_may_be_named_by_the_environment(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = made.check("--attest", made.path("a.json"))
    assert code == 2
    assert "--attest needs a key" in err
    monkeypatch.setenv(attest_option.KEY_FILE, str(made.path("key.pem")))
    assert made.check("--attest", made.path("a.json"))[0] in (0, 1, 4)
    assert made.verify()[0] == 0
    made.path("a.json").unlink()
    assert made.check()[0] in (0, 1, 4)  # the variable alone attests nothing
    assert not made.path("a.json").exists()


def test_an_encrypted_key_takes_its_passphrase_from_the_environment(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.path("key.pem").write_bytes(private_pem(a_key(), WORD.encode()))
    code, _, err = made.attest()
    assert code == 2
    assert attest_option.PASSPHRASE in err
    monkeypatch.setenv(attest_option.PASSPHRASE, "another")
    code, _, err = made.attest()
    assert code == 2
    assert "the passphrase is wrong" in words(err)
    monkeypatch.setenv(attest_option.PASSPHRASE, WORD)
    code, out, err = made.attest()
    assert code in (0, 1, 4)
    assert made.verify()[0] == 0
    assert WORD not in out + err + made.path("a.json").read_text() + made.path("report.json").read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_that_others_may_read_is_warned_of(made: Desk) -> None:
    assert "Warning" not in made.attest()[2]
    made.path("key.pem").chmod(0o640)
    code, _, err = made.attest()
    assert code in (0, 1, 4)
    assert "Warning: others on this machine may read or write the key" in words(err)


def test_keys_that_are_none_or_of_another_kind_are_two_before_anything_is_read(made: Desk) -> None:
    keys = {
        "is not an Ed25519 key": private_pem(rsa.generate_private_key(65537, 2048)),
        "not an Ed25519 key": private_pem(ec.generate_private_key(ec.SECP256R1())),
        "holds no private key": b"nothing",
        "can't be read": private_pem(a_key())[:60] + b"\n-----END PRIVATE KEY-----\n",
    }
    for said, pem in keys.items():
        made.path("key.pem").write_bytes(pem)
        code, _, err = made.attest()
        assert code == 2
        assert said in words(err)
        assert not made.path("report.json").exists()
    made.path("key.pem").unlink()
    assert made.attest()[0] == 2


def test_places_are_looked_at_first(made: Desk) -> None:
    key = ("--attest-key", made.path("key.pem"))
    assert made.check("--attest", made.path("none") / "a.json", *key)[0] == 3
    assert made.check("--attest", "-", *key)[0] == 2
    code, _, err = made.check("--attest", made.path("report.json"), *key)
    assert code == 2
    assert "Two outputs go to" in err
    assert made.check(*key)[0] == 2  # a key and nothing to sign


def test_no_verdict_is_not_attested(made: Desk) -> None:
    words = ("check", "--instance-url", "http://127.0.0.1:9", "--attest", made.path("a.json"), "--attest-key",
             made.path("key.pem"))  # fmt: skip
    assert made.run(*words)[0] in (2, 3)
    made.path("s.json").write_text("{}")
    assert made.attest()[0] == 2
    assert not made.path("a.json").exists()


def test_a_file_that_changes_while_it_is_judged_is_not_attested(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = source.read_to_judge

    def meanwhile(*given: object, **how: object) -> object:
        found = judged(*given, **how)  # type: ignore[arg-type]
        made.path("tags.json").write_bytes(made.path("tags.json").read_bytes() + b" ")
        return found

    monkeypatch.setattr("sfharden.commands.check.read_to_judge", meanwhile)
    code, _, err = made.attest()
    assert code == 3
    assert "was changed while it was judged" in words(err)
    assert not made.path("a.json").exists()
    assert not made.path("report.json").exists()
