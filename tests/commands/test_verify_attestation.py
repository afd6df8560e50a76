"""`sfharden verify-attestation` through its entry point: each exit code, and no changed bit that goes unseen."""

import json
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from .attest_kit import STAMP, Desk, a_key, desk, private_pem, public_pem
from .kit import Run, words

PARTS = {
    "a.json": 400, "report.json": 150, "s.json": 150, "mine.yaml": 100, "i.yaml": 100, "tags.json": 40, "old.json": 40, "events.csv": 20,
}  # fmt: skip


@pytest.fixture
def made(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", STAMP)
    found = desk(tmp_path, run)
    assert found.attest()[0] in (0, 1, 4)
    return found


def rows(out: str) -> set[tuple[str, str]]:
    return {(one["part"], one["match"]) for one in json.loads(out)["parts"]}


# Exit 0 -------------------------------------------------------------------------------------------


def test_all_that_was_judged_matches(made: Desk) -> None:
    code, out, err = made.verify(*made.given(), "-f", "json")
    assert (code, err) == (0, "")
    same = {
        (part, "matches")
        for part in ("report", "snapshot", "policy", "integration", "egress", "events", "baseline")
    }
    assert rows(out) == same | {("policy", "not given")}  # a shipped one, which mine.yaml includes
    assert json.loads(out)["holds"] is True


def test_what_is_not_given_is_said_and_so_is_what_it_says(made: Desk) -> None:
    code, out, _ = made.verify("-f", "json")
    assert code == 0
    assert {match for _, match in rows(out)} == {"not given"}
    told = words(made.verify()[1])
    assert "No file was given to be compared" in told
    assert f"It says: {made.statement()['predicate']['verificationResult']}." in told
    assert "1 waived" in told


def test_a_verdict_that_failed_is_verified_all_the_same(made: Desk) -> None:
    made.path("i.yaml").write_text(made.path("i.yaml").read_text().partition("waivers:")[0])
    assert made.attest()[0] == 1
    code, out, _ = made.verify(*made.given())
    assert code == 0
    assert "It says: FAILED." in out


def test_a_policy_is_known_by_its_content_and_a_shipped_one_by_its_name(made: Desk) -> None:
    made.path("mine.yaml").rename(made.path("other.yaml"))
    code, out, _ = made.verify("--policy", made.path("other.yaml"), "-f", "json")
    assert (code, ("policy", "matches") in rows(out)) == (0, True)
    code, out, _ = made.verify("--policy", "logic-apps-salesforce-files", "-f", "json")
    assert (code, ("policy", "matches") in rows(out)) == (0, True)


# Exit 1 -------------------------------------------------------------------------------------------


def test_each_changed_file_is_named(made: Desk) -> None:
    for name in ("report.json", "s.json", "mine.yaml", "i.yaml", "tags.json", "events.csv", "old.json"):
        path, before = made.path(name), made.path(name).read_bytes()
        path.write_bytes(before + b" ")
        code, out, _ = made.verify(*made.given())
        assert code == 1
        assert "NOT WHAT WAS ATTESTED" in out
        assert any(line.startswith("differs") and name in line for line in out.splitlines())
        path.write_bytes(before)
    assert made.verify(*made.given())[0] == 0


def test_a_file_of_a_kind_that_was_not_judged_matches_nothing(made: Desk) -> None:
    words = ("check", "--source", made.path("force-app"), "--policy", made.path("mine.yaml"), "--attest", made.path("a.json"),
             "--attest-key", made.path("key.pem"), "--quiet")  # fmt: skip
    assert made.run(*words)[0] in (1, 4)
    for option in ("--snapshot", "-i", "--baseline"):
        code, out, _ = made.verify(option, made.path("s.json"))
        assert code == 1
        assert "was judged" in out


def test_a_gone_file_of_egress_differs(made: Desk) -> None:
    made.path("tags.json").unlink()
    code, out, _ = made.verify("-i", made.path("i.yaml"), "-f", "json")
    assert (code, ("egress", "differs") in rows(out)) == (1, True)


def test_a_file_of_egress_that_was_a_gap_then_is_not_compared(made: Desk) -> None:
    tags = made.path("tags.json").read_bytes()
    made.path("tags.json").unlink()
    made.attest()
    made.path("tags.json").write_bytes(tags)
    code, out, _ = made.verify("-i", made.path("i.yaml"))
    assert code == 0
    assert "it could not be read then: a gap" in words(out)


def test_another_key_and_a_swapped_payload_are_refused_and_nothing_of_it_is_shown(made: Desk) -> None:
    made.path("other.pem").write_bytes(public_pem(a_key(8)))
    code, out, _ = made.run("verify-attestation", made.path("a.json"), "--key", made.path("other.pem"))
    assert code == 1
    assert "names another key" in out
    first = json.loads(made.path("a.json").read_text())
    made.attest("--fail-on", "critical")
    second = json.loads(made.path("a.json").read_text())
    assert first["payload"] != second["payload"]
    made.path("a.json").write_text(json.dumps({**second, "payload": first["payload"]}, indent=2) + "\n")
    code, out, _ = made.verify()
    assert code == 1
    assert "THE SIGNATURE DOESN'T HOLD" in out
    assert "It says" not in out
    assert made.verify("-f", "json")[1].count('"statement": null') == 1


def test_one_flipped_bit_in_any_part_is_found_in_a_thousand_of_a_thousand(made: Desk) -> None:
    chance, found = random.Random(16), Counter[str]()  # noqa: S311 - a sample, the same at each run
    assert made.verify(*made.given())[0] == 0
    for name, times in PARTS.items():
        whole = made.path(name).read_bytes()
        for bit in chance.sample(range(len(whole) * 8), times):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            made.path(name).write_bytes(damaged)
            code, _, err = made.verify(*made.given())
            found[name] += code == 1 if name != "a.json" else code in (1, 2)
            assert err.count("Error: ") == (code == 2), err
        made.path(name).write_bytes(whole)
    assert found == PARTS
    assert sum(found.values()) == 1_000
    assert made.verify(*made.given())[0] == 0


# Exit 2 and 3 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("[]", "is no DSSE envelope"),
        ('{"payload": "", "payload": "", "payloadType": "", "signatures": []}', "gives 'payload' twice"),
        ('{"payload": "", "payloadType": "text/plain", "signatures": []}', "holds 'text/plain'"),
        ('{"payload": 1, "payloadType": 1, "signatures": 1}', "is no DSSE envelope"),
        ('{"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [1, 2]}', "has 2 signatures"),
        ('{"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "a"}]}', "is no DSSE"),
        ("[" * 100_000, "is not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_two_with_one_line(made: Desk, text: str, said: str) -> None:
    made.path("a.json").write_text(text)
    code, out, err = made.verify()
    assert (code, out) == (2, "")
    assert said in words(err)
    assert err.count("Error: ") == 1


def test_files_that_are_not_there_and_keys_of_another_kind_are_two(made: Desk) -> None:
    for option in ("--report", "--snapshot", "-i", "--policy", "--events", "--baseline"):
        code, _, err = made.verify(option, made.path("none.yaml"))
        assert code == 2
        assert "There is no" in words(err)
    made.path("curve.pem").write_bytes(public_pem(ec.generate_private_key(ec.SECP256R1())))
    for name, said in (("curve.pem", "not an Ed25519 key"), ("key.pem", "holds a private key"), ("i.yaml", "no public key")):  # fmt: skip
        code, _, err = made.run("verify-attestation", made.path("a.json"), "--key", made.path(name))
        assert code == 2
        assert said in words(err)
    assert made.run("verify-attestation", made.path("a.json"))[0] == 2


def test_a_place_that_can_not_be_written_to_is_three(made: Desk) -> None:
    assert made.verify("-o", made.path("none") / "x.json")[0] == 3


def in_shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh") or "sh"
    return subprocess.run([shell, "-ec", script], cwd=folder, capture_output=True, text=True, check=False)


# Without sfharden ---------------------------------------------------------------------------------


@pytest.mark.skipif(
    not all(map(shutil.which, ("openssl", "sh", "sed", "base64", "sha256sum"))), reason="tools are missing"
)
def test_the_page_verifies_it_by_openssl(made: Desk) -> None:
    page = (Path(__file__).parents[2] / "docs" / "attest.md").read_text("utf-8")
    script = page.partition("```sh\n")[2].partition("```")[0]
    made.path("attestation.json").write_bytes(made.path("a.json").read_bytes())
    done = in_shell(script, made.folder)
    assert done.returncode == 0, done.stderr
    assert "Verified Successfully" in done.stdout
    assert done.stdout.split()[-2] == made.statement()["subject"][0]["digest"]["sha256"]
    changed = made.path("a.json").read_text().replace('"payload": "ey', '"payload": "eC')
    made.path("attestation.json").write_text(changed)
    assert in_shell(script, made.folder).returncode != 0


def test_a_private_key_in_the_place_of_a_public_one_is_not_repeated(made: Desk) -> None:
    key = private_pem(a_key()).decode().splitlines()[1]
    _, out, err = made.run("verify-attestation", made.path("a.json"), "--key", made.path("key.pem"))
    assert key not in out + err
