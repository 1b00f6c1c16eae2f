"""The bundle's own verifier: alone, on old Pythons, and of one mind with the product."""

import ast
import json
import os
import random
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from irtui.journal.seal import Ed25519Signer, checks
from irtui.journal.verify import verify
from tests.support import removals
from tests.support.journals import BESIDE, KINDS, OPERATOR, OTHER, SEED, corpus, written

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "irtui" / "report" / "bundled" / "verify.py"
MEMBERS = ("verdict", "at", "mode", "records", "closed", "head", "signer", "pinned")

# RFC 8032, section 7.1: (secret, public, message, signature).
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655"
        "141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
        "291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027"
        "beceea1ec40a",
    ),
]


@pytest.fixture(scope="module")
def alone() -> ModuleType:
    """The script as a module, loaded by its path."""
    spec = spec_from_file_location("verify_alone", SCRIPT)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("kinds")
    return {kind: written(place / kind, kind) for kind in KINDS}


@pytest.mark.parametrize("vector", range(len(VECTORS)))
def test_ed25519_of_the_rfc(alone: ModuleType, vector: int) -> None:
    """RFC 8032's test vectors verify, and with one bit changed anywhere they do not."""
    _, public, message, signature = map(bytes.fromhex, VECTORS[vector])
    assert alone.signature_fits(public, message, signature)
    for place in range(0, 512, 37):
        bent = bytearray(signature)
        bent[place // 8] ^= 1 << place % 8
        assert not alone.signature_fits(public, message, bytes(bent)), place
    assert not alone.signature_fits(public, message + b"!", signature)


def test_ed25519_agrees_with_the_library_on_honest_and_on_crooked_signatures(alone: ModuleType) -> None:
    """Random keys; points of small order, not canonical ones, no points, S beyond the order: one answer from both."""
    chance = random.Random(8032)
    prime, order = alone.P, alone.ORDER
    for _ in range(12):
        signer = Ed25519Signer.from_seed(chance.randbytes(32), "")
        message = chance.randbytes(chance.randrange(200))
        signature = signer.sign(message)
        high = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
        assert alone.signature_fits(signer.public, message, signature)
        assert not alone.signature_fits(signer.public, message, high)
        assert not checks(signer.public, message, high)
    ys = [0, 1, 2, prime - 1, prime, prime + 1, 2**255 - 1,
          0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
          0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826]  # fmt: skip
    points = [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]
    accepted = 0
    for public in points:
        for r in points:
            for s in (0, order - 1, order, 2**256 - 1):
                signature = r + s.to_bytes(32, "little")
                found = alone.signature_fits(public, b"irtui", signature)
                assert found == checks(public, b"irtui", signature), (public.hex(), signature.hex())
                accepted += found
    assert accepted, "no crooked signature is accepted by both: the cases do not reach the edge"
    assert not alone.signature_fits(b"\1" * 31, b"", b"\1" * 64)


def agree(alone: ModuleType, folder: Path, name: str, signers: frozenset[str] = frozenset()) -> str:
    ours, theirs = verify(folder, signers=signers), alone.verify(str(folder), signers)
    assert {member: getattr(ours, member) for member in MEMBERS} == {m: theirs[m] for m in MEMBERS}, name
    return ours.verdict


def run_corpus(alone: ModuleType, kinds: dict[str, Path], place: Path, instances: int, every: int = 1) -> None:
    signers = [frozenset[str](), frozenset({Ed25519Signer.from_seed(OPERATOR, "").public.hex()}),
               frozenset({Ed25519Signer.from_seed(seed, "").public.hex() for seed in (SEED, OTHER)})]  # fmt: skip
    verdicts = set()
    for number, (name, lines, beside) in enumerate(corpus(kinds, instances, 6, every)):
        folder = place / str(number)
        shutil.copytree(kinds[name.split(",")[0]], folder)
        (folder / "journal.jsonl").write_bytes(b"".join(lines))
        if beside:
            BESIDE[beside](folder, random.Random(number))
        verdicts.add(agree(alone, folder, name, signers[number % 3]))
        shutil.rmtree(folder)
    assert verdicts == {"not a journal", "wrong key", "altered", "truncated", "not closed", "complete"}


def test_both_verifiers_are_of_one_mind(alone: ModuleType, kinds: dict[str, Path], tmp_path: Path) -> None:
    """One corpus of good and forged journals: the same verdict, record, mode, head and signer from both."""
    run_corpus(alone, kinds, tmp_path, 1, every=3)


@pytest.mark.deep
def test_both_verifiers_are_of_one_mind_on_many_forgeries(
    alone: ModuleType, kinds: dict[str, Path], tmp_path: Path
) -> None:
    """The corpus with three instances of each forgery of each kind: more than 2,000 journals."""
    run_corpus(alone, kinds, tmp_path, 3)


def test_both_are_of_one_mind_on_what_was_removed(alone: ModuleType, tmp_path: Path) -> None:
    """Texts deleted, exchanged and edited, removals forged, replayed, cut and moved: one verdict, at one record."""
    told, verdicts = removals.story(tmp_path / "told"), set()
    pinned = frozenset({removals.OPERATOR.public.hex()})
    for number, (name, (_, prover)) in enumerate(removals.PROVERS.items()):
        root = tmp_path / "forged"
        shutil.copytree(told.parent, root)
        prover(root / "a", random.Random(name))
        verdicts.add(agree(alone, root / "a", name, pinned if number % 2 else frozenset()))
        if number % 4 == 0:
            agree(alone, root / "a" / "journal.jsonl", name)
        shutil.rmtree(root)
    assert verdicts == {"wrong key", "altered", "truncated", "complete"}


def test_a_lone_file_and_no_file(alone: ModuleType, kinds: dict[str, Path], tmp_path: Path) -> None:
    """A journal without its folder, a pipe, a folder without a journal, nothing: the same words as the product's."""
    lone = tmp_path / "lone.jsonl"
    lone.write_bytes((kinds["closed"] / "journal.jsonl").read_bytes())
    os.mkfifo(tmp_path / "pipe")
    for path in (lone, tmp_path / "pipe", tmp_path, tmp_path / "absent"):
        agree(alone, path, path.name)


def pythons() -> list[str]:
    """This Python, and every other that answers on this machine."""
    found = [sys.executable]
    for minor in range(8, 15):
        name = f"python3.{minor}"
        if path := shutil.which(name):
            asked = subprocess.run(
                [path, "-c", "import sys; print(sys.version_info[1])"], capture_output=True, text=True
            )
            found += [path] if asked.stdout.strip() == str(minor) else []
    return found


def test_it_runs_alone_on_every_python_here(kinds: dict[str, Path], tmp_path: Path) -> None:
    """Isolated, without site packages, from a folder of its own: exit 0, 6 and words like those of `audit verify`."""
    script = tmp_path / "verify.py"
    script.write_bytes(SCRIPT.read_bytes())
    altered = tmp_path / "altered"
    shutil.copytree(kinds["closed"], altered)
    journal = altered / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"commit"', b'"commut"', 1))
    cases: list[tuple[Path, list[str], int, str]] = [
        (altered, [], 6, "altered at #2: the signature does not fit"),
        (kinds["closed"], [], 0, "complete"),
        (kinds["left"], [], 6, "not closed at #7: still running"),
        (kinds["left"], ["--allow-open"], 0, "not closed at #7: still running"),
        (kinds["closed"], ["--signer", "00" * 32], 6, "wrong key at #1: none of the given keys"),
    ]
    for number, python in enumerate(pythons()):
        for folder, arguments, code, first in cases[: 1 if number else None]:
            ran = subprocess.run(
                [python, "-I", "-S", str(script), str(folder), *arguments], capture_output=True, text=True, check=False
            )
            assert (ran.returncode, ran.stderr) == (code, ""), python
            assert ran.stdout.startswith(first), (python, ran.stdout)
            assert ran.stdout.isascii()
    ran = subprocess.run(
        [sys.executable, str(script), str(altered), "--json"], capture_output=True, text=True, check=False
    )
    assert json.loads(ran.stdout)["at"] == 2


def test_it_needs_nothing_but_the_standard_library_of_python_3_8() -> None:
    """Its syntax is that of 3.8, and it imports only what 3.8 has."""
    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"argparse", "datetime", "hashlib", "json", "os", "re", "stat", "sys", "typing"}
